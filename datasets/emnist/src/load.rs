//! A split from its files, wherever they are.

use std::path::PathBuf;

use zoo_core::{DataError, DataFile, Dataset, Member, Provenance, Store};

use crate::Split;
use crate::idx::examples;
use crate::published::{self, ARCHIVE, SplitFile};
use crate::source::{self, Source};

/// The `split`: from `emnist-<split>/*-ubyte.gz` or `*-ubyte` below the data folder, else from another folder there that has its
/// files (`EMNIST/raw` of torchvision, an unpacked `gzip`), else from `gzip.zip`, else downloaded. Files with other contents than the official ones are used when they parse, with a warning that names them,
/// and make the data set [`Provenance::Unverified`]. So are files without a published sha256: the uncompressed ones, and
/// single members of other splits than Letters.
///
/// # Errors
/// When files are missing and the store is offline, the download fails, or a file is damaged.
pub fn load(store: &Store, split: Split) -> Result<Dataset, DataError> {
    locate(store, split, &ARCHIVE).map(|(dataset, _)| dataset)
}

/// Makes the `split` present, checks it, and returns where it lies.
///
/// # Errors
/// As [`load`].
pub fn fetch(store: &Store, split: Split) -> Result<PathBuf, DataError> {
    locate(store, split, &ARCHIVE).map(|(_, place)| place)
}

fn locate(store: &Store, split: Split, archive: &DataFile<'_>) -> Result<(Dataset, PathBuf), DataError> {
    let source = match source::find(store, split, archive)? {
        Some(source) => source,
        None => {
            download(store, split, archive)?;
            source::find(store, split, archive)?.ok_or_else(|| missing(store, split, archive))?
        }
    };
    Ok((dataset(split, &source)?, source.place))
}

fn download(store: &Store, split: Split, archive: &DataFile<'_>) -> Result<(), DataError> {
    if store.offline {
        return Err(missing(store, split, archive));
    }
    let files = published::files(split);
    let names = source::members(&files);
    let members: Vec<Member<'_>> = files.iter().zip(&names).map(|(file, name)| member(file, name)).collect();
    store.fetch_members(archive, &members, &published::folder(split))
}

fn member<'a>(file: &SplitFile, name: &'a str) -> Member<'a> {
    let limit = file.gzip.map_or(file.limit, |gzip| gzip.bytes);
    Member { name, limit, sha256: file.gzip.map(|gzip| gzip.sha256) }
}

fn missing(store: &Store, split: Split, archive: &DataFile<'_>) -> DataError {
    let (folder, absent) = source::fullest_folder(store, split);
    let [matlab, csv] = [".mat", "-train.csv"].map(|end| format!("emnist-{}{end}", split.name()));
    store.missing_files(split.dataset_name(), (&folder, &absent), archive, &["matlab.zip", &matlab, &csv])
}

fn dataset(split: Split, source: &Source) -> Result<Dataset, DataError> {
    let [train_images, train_labels, test_images, test_labels] = &source.files;
    let train = examples(split, train_images, train_labels)?;
    let test = examples(split, test_images, test_labels)?;
    let (found, official) = ((train.len(), test.len()), split.counts());
    if found != official {
        tracing::warn!("{split} has {} + {} images, officially {} + {}", found.0, found.1, official.0, official.1);
    }
    let provenance = match source.official && found == official {
        true => Provenance::Official,
        false => Provenance::Unverified,
    };
    let class_names = split.class_names().iter().map(|&name| name.to_owned()).collect();
    Ok(Dataset {
        name: split.dataset_name().to_owned(),
        class_names,
        provenance,
        train,
        valid: None,
        test: Some(test),
        notes: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
