//! Where on disk a split is: a folder of its files, or the archive of all.

use std::path::{Path, PathBuf};

use zoo_core::{
    DataError, DataFile, FileBytes, Member, Store, gunzipped, read_file, read_zip, sha256_file, sha256_hex,
};

use crate::Split;
use crate::published::{self, SplitFile};

/// A split's files, uncompressed, in the order of [`published::files`].
pub(crate) struct Source {
    pub(crate) files: [FileBytes; 4],
    /// Whether every one has a published sha256, or came out of an archive that has.
    pub(crate) official: bool,
    pub(crate) place: PathBuf,
}

/// The split in the data folder, if it is there: in its own folder or in any other, as torchvision's `EMNIST/raw` or an unpacked
/// `gzip`, else in the archive.
pub(crate) fn find(store: &Store, split: Split, archive: &DataFile<'_>) -> Result<Option<Source>, DataError> {
    let files = published::files(split);
    let (folder, absent) = fullest_folder(store, split);
    if absent.is_empty() {
        return from_folder(&files, folder).map(Some);
    }
    match store.find(&[archive.name]) {
        Some(path) => from_archive(&files, path, archive.sha256).map(Some),
        None => Ok(None),
    }
}

/// The folder that has the most of the split's files, and which it lacks.
pub(crate) fn fullest_folder(store: &Store, split: Split) -> (PathBuf, Vec<String>) {
    let files = published::files(split);
    store.fullest_folder(&published::folder(split), |folder| {
        let absent = files.iter().filter(|file| in_folder(folder, file).is_none());
        absent.map(|file| format!("{}[.gz]", file.name)).collect()
    })
}

/// The names of `files` in the archive.
pub(crate) fn members(files: &[SplitFile; 4]) -> [String; 4] {
    files.each_ref().map(|file| format!("gzip/{}.gz", file.name))
}

/// The file's path in `folder`: gzipped, as that is what has a published sha256, else uncompressed, also under the name that some
/// programs give it then.
fn in_folder(folder: &Path, file: &SplitFile) -> Option<PathBuf> {
    let dotted = file.name.replace("-idx", ".idx");
    let names = [format!("{}.gz", file.name), format!("{dotted}.gz"), file.name.clone(), dotted];
    names.iter().map(|name| folder.join(name)).find(|path| path.exists())
}

fn from_folder(files: &[SplitFile; 4], place: PathBuf) -> Result<Source, DataError> {
    let read = four_at_once(|index| {
        let file = &files[index];
        let path = in_folder(&place, file).unwrap_or_else(|| place.join(&file.name));
        let stored = read_file(&path, file.limit)?;
        let official = is_official(file, &stored);
        if !official {
            tracing::warn!("{} is unverified: it is not a file with a published sha256", stored.path.display());
        }
        Ok((gunzipped(stored, file.limit)?, official))
    })?;
    let official = read.iter().all(|(_, official)| *official);
    Ok(Source { files: read.map(|(file, _)| file), official, place })
}

fn from_archive(files: &[SplitFile; 4], place: PathBuf, sha256: &str) -> Result<Source, DataError> {
    let names = members(files);
    let member = |(file, name): (&SplitFile, _)| Member { name, limit: file.limit, sha256: None };
    let members: Vec<Member<'_>> = files.iter().zip(names.iter().map(String::as_str)).map(member).collect();
    let stored = read_zip(&place, &members)?;
    let members_official = files.iter().zip(&stored).all(|(file, stored)| is_official(file, stored));
    // Hashing half a gigabyte takes a while: only where the members' own hashes do not tell.
    let official = members_official || sha256_file(&place)? == sha256;
    if !official {
        tracing::warn!("{} is unverified: its sha256 is not the official one", place.display());
    }
    let files = four_at_once(|index| gunzipped(stored[index].clone(), files[index].limit))?;
    Ok(Source { files, official, place })
}

/// Calls `work` with 0 to 3 in parallel.
fn four_at_once<T: Send>(work: impl Fn(usize) -> Result<T, DataError> + Sync) -> Result<[T; 4], DataError> {
    let train = || rayon::join(|| work(0), || work(1));
    let test = || rayon::join(|| work(2), || work(3));
    let ((first, second), (third, fourth)) = rayon::join(train, test);
    Ok([first?, second?, third?, fourth?])
}

fn is_official(file: &SplitFile, stored: &FileBytes) -> bool {
    file.gzip.is_some_and(|gzip| gzip.bytes == stored.bytes.len() as u64 && gzip.sha256 == sha256_hex(&stored.bytes))
}
