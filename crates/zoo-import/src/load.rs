//! From the words of a recipe to a data set in memory.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use zoo_core::{DataError, Dataset, Progress, Provenance, sha256_file, sha256_hex};
use zoo_recipe::{DataFiles, DataFormat};

use crate::error::ImportError;
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
    if !path.exists() {
        return Err(ImportError::NotThere { path: path.to_path_buf(), near: Vec::new() });
    }
    let dataset = match &files.format {
        DataFormat::Pictures { skip_bad } => {
            let listed = folders::list(path)?;
            check_digest(files, digest(listed.pictures.iter().map(|one| (one.name.clone(), one.path.clone())))?)?;
            pictures::dataset(name, files, *skip_bad, &listed, import)?
        }
        DataFormat::Idx => {
            check_digest(files, digest_of_idx(path)?)?;
            arrays::dataset(name, path, idx::read(path)?)?
        }
        DataFormat::Npz => {
            check_digest(files, digest_of_file(path)?)?;
            arrays::dataset(name, path, npz::read(path)?)?
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
        () => Ok(dataset),
    }
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
pub(crate) fn digest(files: impl Iterator<Item = (String, PathBuf)>) -> Result<String, ImportError> {
    let files: Vec<(String, PathBuf)> = files.collect();
    let lines: Vec<String> = files
        .par_iter()
        .map(|(name, path)| match sha256_file(path) {
            Ok(sha256) => Ok(format!("{sha256}  {name}\n")),
            // Whether it matters is for whoever reads it.
            Err(DataError::Empty { .. }) => Ok(format!("{}  {name}\n", sha256_hex(b""))),
            Err(error) => Err(error),
        })
        .collect::<Result<_, _>>()?;
    Ok(sha256_hex(lines.concat().as_bytes()))
}

pub(crate) fn digest_of_idx(folder: &Path) -> Result<String, ImportError> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let pairs = idx::pairs(folder)?;
    digest(pairs.into_iter().flat_map(|pair| [pair.images, pair.labels]).map(|path| (name(&path), path)))
}

/// That of one file is its sha256, as other programs print it.
pub(crate) fn digest_of_file(file: &Path) -> Result<String, ImportError> {
    Ok(sha256_file(file)?)
}
