//! The binary layout: records of one label byte and 3,072 pixel bytes, nothing before, between or after them.

use rayon::prelude::*;
use zoo_core::{DataError, Dataset, Examples, FileBytes, Images, Inputs, Provenance, sha256_hex};

use crate::published::{BATCHES, CHANNELS, CLASS_NAMES, HEIGHT, NAME, PIXELS, RECORD_BYTES, WIDTH};

/// The data set from its batches, in the order of [`BATCHES`].
pub(crate) fn assemble(batches: &[FileBytes]) -> Result<Dataset, DataError> {
    batches.par_iter().try_for_each(check_records)?;
    check_equal_lengths(batches)?;
    let provenance = provenance(batches);
    let (train, test) = batches.split_at(batches.len() - 1);
    Ok(Dataset {
        name: NAME.to_owned(),
        class_names: CLASS_NAMES.map(str::to_owned).to_vec(),
        provenance,
        train: examples(train),
        valid: None,
        test: Some(examples(test)),
        notes: Vec::new(),
    })
}

/// Whole records, at least one, with labels that name classes.
fn check_records(batch: &FileBytes) -> Result<(), DataError> {
    let (path, found) = (batch.path.clone(), batch.bytes.len() as u64);
    if batch.bytes.is_empty() {
        return Err(DataError::Empty { path });
    }
    if !batch.bytes.len().is_multiple_of(RECORD_BYTES) {
        return Err(DataError::Length { path, found, expected: format!("a multiple of {RECORD_BYTES}") });
    }
    match labels(batch).enumerate().find(|(_, label)| usize::from(*label) >= CLASS_NAMES.len()) {
        Some((record, found)) => Err(DataError::Label { path, record, found, expected: "0 to 9".to_owned() }),
        None => Ok(()),
    }
}

/// The layout has no header that would give a batch's length: one cut at a record's end shows only beside the others.
fn check_equal_lengths(batches: &[FileBytes]) -> Result<(), DataError> {
    let longest = batches.iter().map(|batch| batch.bytes.len()).max().unwrap_or(0);
    match batches.iter().find(|batch| batch.bytes.len() < longest) {
        Some(short) => Err(DataError::Length {
            path: short.path.clone(),
            found: short.bytes.len() as u64,
            expected: format!("{longest}, as the other batches have"),
        }),
        None => Ok(()),
    }
}

fn provenance(batches: &[FileBytes]) -> Provenance {
    let official: Vec<bool> = batches
        .par_iter()
        .zip(&BATCHES)
        .map(|(batch, published)| sha256_hex(&batch.bytes) == published.sha256)
        .collect();
    for (batch, _) in batches.iter().zip(&official).filter(|(_, official)| !**official) {
        tracing::warn!("{} is unverified: its sha256 is not the official one", batch.path.display());
    }
    match official.iter().all(|official| *official) {
        true => Provenance::Official,
        false => Provenance::Unverified,
    }
}

fn examples(batches: &[FileBytes]) -> Examples {
    let records = |batch: &FileBytes| batch.bytes.len() / RECORD_BYTES;
    let mut pixels = vec![0; batches.iter().map(records).sum::<usize>() * PIXELS];
    let mut rest = pixels.as_mut_slice();
    let mut parts = Vec::new();
    for batch in batches {
        let (part, after) = rest.split_at_mut(records(batch) * PIXELS);
        parts.push((batch, part));
        rest = after;
    }
    parts.into_par_iter().for_each(|(batch, part)| copy_pixels(batch, part));
    let images = Images { channels: CHANNELS, height: HEIGHT, width: WIDTH, pixels };
    Examples::of_classes(Inputs::Images(images), batches.iter().flat_map(labels).collect())
}

fn copy_pixels(batch: &FileBytes, pixels: &mut [u8]) {
    for (record, image) in batch.bytes.chunks_exact(RECORD_BYTES).zip(pixels.chunks_exact_mut(PIXELS)) {
        image.copy_from_slice(&record[1..]);
    }
}

fn labels(batch: &FileBytes) -> impl Iterator<Item = u8> {
    batch.bytes.iter().step_by(RECORD_BYTES).copied()
}
