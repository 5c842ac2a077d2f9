//! What is at a path, in the words of a recipe.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use zoo_core::{is_handed_over, nearest};
use zoo_recipe::{Data, DataFiles, DataFormat, GivenSplit};
use zoo_table::{FoundTable, TargetColumn};

use crate::arrays::{Arrays, Label, Part};
use crate::digests::{digest_of_file, digest_of_idx, digest_of_pictures};
use crate::error::ImportError;
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

/// The ends of the names of files that hold others.
const ARCHIVES: &[&str] = &[".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar"];

/// Finds out what kind of data is at `path`, which classes and splits it has, and the digest of its contents.
///
/// Pictures get the `shape` asked for; arrays have their own. Of a table the column `target` is to be predicted.
///
/// # Errors
/// If nothing is there that can be learned from: no classes, an empty one, a single one.
pub fn find(
    path: &Path,
    shape: Option<[usize; 3]>,
    skip_bad: bool,
    target: Option<TargetColumn<'_>>,
) -> Result<Found, ImportError> {
    if !is_there(path)? {
        return Err(absent(path));
    }
    check_lasting(path)?;
    // From here on it is found from everywhere, and always called the same.
    let shown = path;
    let absolute = std::path::absolute(path).map_err(ImportError::read(path))?;
    let path = &absolute.components().collect::<PathBuf>();
    if path.is_file() && is_archive(path) {
        return Err(ImportError::Archive { path: shown.to_path_buf() });
    }
    let has_suffix = |suffixes: &[&str]| {
        let suffix = path.extension().unwrap_or_default().to_ascii_lowercase();
        suffixes.iter().any(|known| suffix == *known)
    };
    let (is_npz, is_table) = (has_suffix(&["npz"]), has_suffix(&["csv", "tsv", "tab", "txt"]));
    if path.is_file() && is_table {
        return of_table(shown, path, target);
    }
    if target.is_some() {
        return Err(ImportError::NoTable { path: path.clone() });
    }
    let files = match path.is_dir() {
        true if !idx::pairs(path)?.is_empty() => {
            of_arrays(path, DataFormat::Idx, &idx::read(path)?, digest_of_idx(path)?)?
        }
        true => of_pictures(path, shape.unwrap_or(USUAL_SHAPE), skip_bad)?,
        false if is_npz => of_arrays(path, DataFormat::Npz, &npz::read(path)?.arrays, digest_of_file(path)?)?,
        false => return Err(ImportError::UnknownKind { path: path.clone() }),
    };
    Ok(Found { name: name_of(path)?, files, table: None })
}

/// Whether anything is at a path.
///
/// # Errors
/// If the system does not let that be seen, as behind a folder that may not be searched.
pub(crate) fn is_there(path: &Path) -> Result<bool, ImportError> {
    match path.try_exists() {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(ImportError::read(path)(error)),
        found => Ok(found.unwrap_or(false)),
    }
}

/// Refuses what is there once: data is read again by every session of its run, and by all that measures it.
pub(crate) fn check_lasting(path: &Path) -> Result<(), ImportError> {
    match (path.is_file() || path.is_dir()) && !is_handed_over(path) {
        true => Ok(()),
        false => Err(ImportError::NotLasting { path: path.to_path_buf() }),
    }
}

/// Says what may have been meant by a path at which nothing is.
fn absent(path: &Path) -> ImportError {
    let text = path.to_string_lossy();
    let is_scheme = |scheme: &str| scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match text.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => ImportError::Address { address: text.to_string() },
        _ => ImportError::NotThere { path: path.to_path_buf(), near: beside(path) },
    }
}

/// What lies in the same folder and is called alike.
fn beside(path: &Path) -> Vec<String> {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return Vec::new() };
    let parent = path.parent().unwrap_or(Path::new(""));
    let folder = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut others: Vec<String> = names.filter(|other| !other.starts_with('.') && other != name).collect();
    others.sort_unstable();
    let near = nearest(name, others.iter().map(String::as_str));
    near.into_iter().map(|other| parent.join(other).display().to_string()).collect()
}

fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    ARCHIVES.iter().any(|end| name.ends_with(end))
}

fn of_table(shown: &Path, path: &Path, target: Option<TargetColumn<'_>>) -> Result<Found, ImportError> {
    // Named in sentences as its user has named it.
    let table = zoo_table::look_as(shown, target)?;
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
    let listed = folders::list(path, None)?;
    Ok(DataFiles {
        path: path.to_path_buf(),
        sha256: digest_of_pictures(&listed)?,
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
    if Data::is_name(name) { Ok(name.to_owned()) } else { Err(ImportError::DataName { path: path.to_path_buf() }) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn complaint(path: &Path) -> String {
        find(path, None, false, None).unwrap_err().to_string()
    }

    #[test]
    fn a_typo_is_told_by_what_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pets")).unwrap();
        fs::create_dir(folder.path().join(".petz2")).unwrap();
        let said = complaint(&folder.path().join("petz/"));
        let pets = folder.path().join("pets");
        assert!(said.ends_with(&format!("petz/; did you mean {}?", pets.display())), "{said}");
        let said = complaint(&folder.path().join("something"));
        assert!(said.ends_with("something, where the data should be; put it there"), "{said}");
    }

    #[test]
    fn addresses_and_archives_are_told_what_is_read() {
        let said = complaint(Path::new("https://example.org/pets.zip"));
        assert!(
            said.starts_with("https://example.org/pets.zip is an address, expected data on this machine"),
            "{said}"
        );
        let folder = tempfile::tempdir().unwrap();
        for name in ["pets.zip", "Pets.TAR.GZ"] {
            let file = folder.path().join(name);
            fs::write(&file, "packed").unwrap();
            let said = find(&file, None, false, Some("class".into())).unwrap_err().to_string();
            assert!(said.contains("is an archive, expected a folder") && said.ends_with("unpack it first"), "{said}");
        }
    }

    #[test]
    fn a_folder_has_one_path_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        for class in ["cat", "dog"] {
            fs::create_dir_all(folder.path().join("pets").join(class)).unwrap();
            fs::write(folder.path().join("pets").join(class).join("a.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        }
        let paths = ["pets", "pets/", "./pets/.", "pets//"].map(|name| folder.path().join(name));
        let found = paths.map(|path| find(&path, None, false, None).unwrap().files.path.into_os_string());
        assert!(found.iter().all(|path| *path == found[0]), "{found:?}");
    }
}
