//! What is at a path, in the words of a recipe.

use std::path::Path;

use zoo_recipe::{DataFiles, DataFormat, GivenSplit};
use zoo_table::FoundTable;

use crate::arrays::{Arrays, Label, Part};
use crate::error::ImportError;
use crate::load::{digest, digest_of_file, digest_of_idx};
use crate::{arrays, folders, idx, npz};

/// Data that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The name of its folder or file.
    pub name: String,
    /// What it is, for a recipe.
    pub files: DataFiles,
    /// Of a table, what else was seen.
    pub table: Option<FoundTable>,
}

/// The shape of pictures that nobody has asked for another.
const USUAL_SHAPE: [usize; 3] = [3, 32, 32];

/// Finds out what kind of data is at `path`, which classes and splits it has, and the digest of its contents.
///
/// Pictures get the `shape` asked for; arrays have their own. Of a table the column `label` is to be predicted.
///
/// # Errors
/// If nothing is there that can be learned from: no classes, an empty one, a single one.
pub fn find(path: &Path, shape: Option<[usize; 3]>, skip_bad: bool, label: Option<&str>) -> Result<Found, ImportError> {
    if !path.exists() {
        return Err(ImportError::NotThere { path: path.to_path_buf() });
    }
    // From here on it is found from everywhere.
    let shown = path;
    let path = &std::path::absolute(path).map_err(ImportError::read(path))?;
    let has_suffix = |suffixes: &[&str]| {
        let suffix = path.extension().unwrap_or_default().to_ascii_lowercase();
        suffixes.iter().any(|known| suffix == *known)
    };
    let (is_npz, is_table) = (has_suffix(&["npz"]), has_suffix(&["csv", "tsv", "tab", "txt"]));
    if path.is_file() && is_table {
        return of_table(shown, path, label);
    }
    if label.is_some() {
        return Err(ImportError::NoTable { path: path.clone() });
    }
    let files = match path.is_dir() {
        true if !idx::pairs(path)?.is_empty() => {
            of_arrays(path, DataFormat::Idx, &idx::read(path)?, digest_of_idx(path)?)?
        }
        true => of_pictures(path, shape.unwrap_or(USUAL_SHAPE), skip_bad)?,
        false if is_npz => of_arrays(path, DataFormat::Npz, &npz::read(path)?, digest_of_file(path)?)?,
        false => return Err(ImportError::UnknownKind { path: path.clone() }),
    };
    Ok(Found { name: name_of(path)?, files, table: None })
}

fn of_table(shown: &Path, path: &Path, label: Option<&str>) -> Result<Found, ImportError> {
    // Named in sentences as its user has named it.
    let table = zoo_table::look(shown, label)?;
    let files = DataFiles {
        path: path.to_path_buf(),
        sha256: digest_of_file(path)?,
        shape: vec![table.format.columns().len()],
        class_names: table.classes.iter().map(|(name, _)| name.clone()).collect(),
        splits: Vec::new(),
        format: DataFormat::Table(table.format.clone()),
    };
    Ok(Found { name: name_of(path)?, files, table: Some(table) })
}

fn of_pictures(path: &Path, shape: [usize; 3], skip_bad: bool) -> Result<DataFiles, ImportError> {
    let listed = folders::list(path)?;
    Ok(DataFiles {
        path: path.to_path_buf(),
        sha256: digest(listed.pictures.iter().map(|one| (one.name.clone(), one.path.clone())))?,
        shape: shape.to_vec(),
        splits: given(listed.pictures.iter().map(|picture| picture.part)),
        class_names: listed.class_names,
        format: DataFormat::Pictures { skip_bad },
    })
}

fn of_arrays(path: &Path, format: DataFormat, all: &[Arrays], sha256: String) -> Result<DataFiles, ImportError> {
    Ok(DataFiles {
        path: path.to_path_buf(),
        sha256,
        shape: all[0].inputs.shape(),
        class_names: arrays::classes(path, all)?.iter().map(Label::to_string).collect(),
        splits: given(all.iter().map(|arrays| arrays.part)),
        format,
    })
}

/// The splits besides that for training.
fn given(parts: impl Iterator<Item = Part> + Clone) -> Vec<GivenSplit> {
    let has = |part: &Part| parts.clone().any(|other| other == *part);
    Part::ALL.into_iter().filter(has).filter_map(Part::given).collect()
}

/// The last part of the path, through `.` and links: `pets` of `./pets/`, and of `pets.npz`.
fn name_of(path: &Path) -> Result<String, ImportError> {
    let whole = path.canonicalize().map_err(ImportError::read(path))?;
    let name = if path.is_dir() { whole.file_name() } else { whole.file_stem() };
    let name = name.and_then(|name| name.to_str()).ok_or_else(|| ImportError::Name { path: whole.clone() })?;
    Ok(name.to_owned())
}
