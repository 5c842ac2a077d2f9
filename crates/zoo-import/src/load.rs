//! From the words of a recipe to a data set in memory.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use zoo_core::{Alike, DataError, Dataset, Progress, Provenance, alike, sha256_file, sha256_hex};
use zoo_recipe::{DataFiles, DataFormat};

use crate::error::{ImportError, counted};
use crate::find::{check_lasting, is_there};
use crate::folders::ClassFolders;
use crate::look::in_several_classes;
use crate::npz::Npz;
use crate::{arrays, folders, idx, npz, pictures};

/// How data is loaded.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The folder in which decoded pictures are kept; `None` decodes them every time.
    pub cache: Option<PathBuf>,
    /// How the user is told how far it is.
    pub progress: Progress,
}

/// Loads the data that `files` describes and calls it `name`.
///
/// # Errors
/// If it is not there, is not what `files` says ([`ImportError::Changed`]), holds something that cannot be read, or does not fit into
/// memory.
pub fn load(name: &str, files: &DataFiles, import: &Import) -> Result<Dataset, ImportError> {
    let path = files.path.as_path();
    if !is_there(path)? {
        return Err(ImportError::NotThere { path: path.to_path_buf(), near: Vec::new() });
    }
    check_lasting(path)?;
    let mut dataset = match &files.format {
        DataFormat::Pictures { skip_bad } => {
            let listed = folders::list(path, Some(&files.class_names))?;
            check_digest(files, digest_of_pictures(&listed)?)?;
            pictures::dataset(name, files, *skip_bad, &listed, import)?
        }
        DataFormat::Idx => {
            check_digest(files, digest_of_idx(path)?)?;
            arrays::dataset(name, path, idx::read(path)?)?
        }
        DataFormat::Npz => {
            check_digest(files, digest_of_file(path)?)?;
            let Npz { arrays, notes } = npz::read(path)?;
            let mut dataset = arrays::dataset(name, path, arrays)?;
            dataset.notes.extend(notes);
            dataset
        }
        DataFormat::Table(format) => {
            check_digest(files, digest_of_file(path)?)?;
            Dataset {
                name: name.to_owned(),
                class_names: files.class_names.clone(),
                provenance: Provenance::Own,
                train: zoo_table::load(path, format, &files.class_names)?,
                valid: None,
                test: None,
                notes: Vec::new(),
            }
        }
    };
    let (shape, classes) = (dataset.train.inputs.shape(), &dataset.class_names);
    ImportError::check_names(path, classes)?;
    match () {
        () if shape != files.shape => {
            Err(differs(path, "data.files.shape", format!("{:?}", files.shape), format!("{shape:?}")))
        }
        () if *classes != files.class_names => {
            Err(differs(path, "data.files.class_names", format!("{:?}", files.class_names), format!("{classes:?}")))
        }
        () => {
            dataset.notes.extend(alike_classes(&dataset));
            dataset.notes.extend(in_several_classes(&dataset));
            Ok(dataset)
        }
    }
}

/// Classes that may have been meant as one, a sentence for each group of them.
fn alike_classes(dataset: &Dataset) -> Vec<String> {
    let names = &dataset.class_names;
    let alike = alike(names.iter().map(String::as_str));
    if alike.is_empty() {
        return Vec::new();
    }
    let parts = [Some(&dataset.train), dataset.valid.as_ref(), dataset.test.as_ref()];
    let counts: Vec<Vec<usize>> = parts.into_iter().flatten().map(|part| part.class_counts(names.len())).collect();
    let told = |(class, name): (&usize, &String)| {
        let count: usize = counts.iter().map(|counts| counts[*class]).sum();
        format!("{name} ({})", counted(count, "example"))
    };
    let sentence = |Alike { places, names, likeness }: Alike| {
        let classes: Vec<String> = places.iter().zip(&names).map(told).collect();
        format!(
            "warning: the classes {} {likeness}, and are told apart; give them one name if they are one",
            classes.join(" and ")
        )
    };
    alike.into_iter().map(sentence).collect()
}

fn differs(path: &Path, key: &str, found: String, expected: String) -> ImportError {
    ImportError::format(path, format!("{key} is {found}"), format!("{expected}, as the data has it"))
}

fn check_digest(files: &DataFiles, found: String) -> Result<(), ImportError> {
    match found == files.sha256 {
        true => Ok(()),
        false => Err(ImportError::Changed { path: files.path.clone(), found, expected: files.sha256.clone() }),
    }
}

/// The digest of files by their names: sha256 of a line `SHA256  NAME` for each, in the order given.
fn digest<'a>(
    files: impl ParallelIterator<Item = (&'a str, Result<String, DataError>)>,
) -> Result<String, ImportError> {
    let lines = files.map(|(name, sha256)| sha256.map(|sha256| format!("{sha256}  {name}\n")));
    let lines = lines.collect::<Result<Vec<String>, DataError>>()?;
    Ok(sha256_hex(lines.concat().as_bytes()))
}

/// One that cannot be read counts as empty: whether that matters is for whoever decodes it.
pub(crate) fn digest_of_pictures(folders: &ClassFolders) -> Result<String, ImportError> {
    let sha256 = |file: &Path| Ok(sha256_file(file).unwrap_or_else(|_| sha256_hex(b"")));
    digest(folders.pictures.par_iter().map(|one| (one.name.as_str(), sha256(&one.path))))
}

pub(crate) fn digest_of_idx(folder: &Path) -> Result<String, ImportError> {
    let pairs = idx::pairs(folder)?;
    let files: Vec<PathBuf> = pairs.into_iter().flat_map(|pair| [pair.images, pair.labels]).collect();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let named: Vec<(String, PathBuf)> = files.into_iter().map(|path| (name(&path), path)).collect();
    digest(named.par_iter().map(|(name, path)| (name.as_str(), sha256_file(path))))
}

/// That of one file is its sha256, as other programs print it.
pub(crate) fn digest_of_file(file: &Path) -> Result<String, ImportError> {
    Ok(sha256_file(file)?)
}
