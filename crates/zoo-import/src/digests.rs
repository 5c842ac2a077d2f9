//! The digest of all contents, by which a recipe knows its data again.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use zoo_core::{DataError, sha256_file, sha256_hex};

use crate::error::ImportError;
use crate::folders::ClassFolders;
use crate::idx;

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
