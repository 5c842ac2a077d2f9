//! Where the data set is: a folder of its batches, an archive, or a server.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use zoo_core::{DataError, DataFile, Dataset, FileBytes, Member, Store, read_file, read_tar};

use crate::batches::assemble;
use crate::published::{ARCHIVE, BATCH_BYTES, BATCHES, BatchFile, FOLDER, NAME, OTHER_VERSIONS, TAR};

/// No batch that somebody made for themselves is longer than this.
const LARGEST_BATCH: u64 = 1 << 30;

/// The data set: from `cifar-10-batches-bin/*.bin` below the data folder, else from another folder there that has the batches, else
/// from `cifar-10-binary.tar.gz` (or `.tar`, as some browsers leave it), else downloaded. Batches with other contents than the official ones are used when they parse, with a warning that names
/// them, and make the data set [`zoo_core::Provenance::Unverified`].
///
/// # Errors
/// When files are missing and the store is offline, the download fails, or a file is damaged.
pub fn load(store: &Store) -> Result<Dataset, DataError> {
    locate(store, &ARCHIVE).map(|(dataset, _)| dataset)
}

/// Makes the data set present, checks it, and returns where it lies.
///
/// # Errors
/// As [`load`].
pub fn fetch(store: &Store) -> Result<PathBuf, DataError> {
    locate(store, &ARCHIVE).map(|(_, place)| place)
}

fn locate(store: &Store, archive: &DataFile<'_>) -> Result<(Dataset, PathBuf), DataError> {
    let (folder, missing) = store.fullest_folder(FOLDER, missing_batches);
    if missing.is_empty() {
        return Ok((load_folder(&folder)?, folder));
    }
    if missing.len() < BATCHES.len() {
        tracing::warn!("{} lacks {}: it is left aside", folder.display(), missing.join(", "));
    }
    match store.find(&[archive.name, TAR]) {
        Some(found) => load_archive(store, &found),
        None if store.offline => Err(store.missing_files(NAME, (&folder, &missing), archive, &OTHER_VERSIONS)),
        None => load_archive(store, &store.fetch(archive)?),
    }
}

fn missing_batches(folder: &Path) -> Vec<String> {
    BATCHES.iter().map(|batch| batch.name.to_owned()).filter(|name| !folder.join(name).exists()).collect()
}

fn load_folder(folder: &Path) -> Result<Dataset, DataError> {
    let read = |batch: &BatchFile| read_file(&folder.join(batch.name), LARGEST_BATCH);
    assemble(&BATCHES.par_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}

/// Reads the archive, and unpacks it beside itself so that the next load is quick.
fn load_archive(store: &Store, archive: &Path) -> Result<(Dataset, PathBuf), DataError> {
    let names = BATCHES.map(|batch| format!("{FOLDER}/{}", batch.name));
    let member = |name| Member { name, limit: BATCH_BYTES, sha256: None };
    let members: Vec<Member<'_>> = names.iter().map(|name| member(name)).collect();
    let files = read_tar(archive, &members)?;
    let dataset = assemble(&files)?;
    Ok((dataset, unpack(store, &files).unwrap_or_else(|| archive.to_owned())))
}

/// The new folder; none where there is one already or the data folder cannot be written: the archive serves as well.
fn unpack(store: &Store, files: &[FileBytes]) -> Option<PathBuf> {
    if store.dir.join(FOLDER).exists() {
        return None;
    }
    let unpacked = store.unpack(FOLDER, files);
    unpacked.inspect_err(|error| tracing::info!("{error}: the archive will be read again next time")).ok()
}

#[cfg(test)]
mod tests;
