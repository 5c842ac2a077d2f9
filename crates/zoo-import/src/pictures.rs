//! Pictures of any size into images of one, all at once.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use zoo_core::{Dataset, Examples, Images, Inputs, Meter, Progress, Sources, Unit, and_more, printable};
use zoo_pictures::{PictureError, PictureFileError, PictureKind, Preparation, PreparedPicture};
use zoo_recipe::DataFiles;

use crate::arrays::{Part, assembled};
use crate::cache::{self, Decoded};
use crate::error::{ImportError, counted};
use crate::folders::{ClassFolders, Merged, PictureFile};
use crate::memory;

/// How data is loaded.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The folder in which decoded pictures are kept; `None` decodes them every time.
    pub cache: Option<PathBuf>,
    /// How the user is told how far it is.
    pub progress: Progress,
}

/// The pictures of class folders as a data set; `sha256` is the digest of their contents.
pub(crate) fn dataset(
    name: &str,
    files: &DataFiles,
    skip_bad: bool,
    folders: &ClassFolders,
    import: &Import,
) -> Result<Dataset, ImportError> {
    let Ok(shape) = <[usize; 3]>::try_from(files.shape.as_slice()) else {
        let found = format!("data.files.shape is {:?}", files.shape);
        return Err(ImportError::format(&files.path, found, "[channels, height, width] for pictures"));
    };
    let preparation = Preparation { kind: PictureKind::Photograph, shape };
    let pictures = &folders.pictures;
    let features = shape.iter().product();
    memory::check(&files.path, pictures.len(), &shape)?;
    let kept_in = import.cache.as_ref().map(|folder| cache::file(folder, &files.sha256, shape));
    let decoded = match kept_in.as_ref().and_then(|file| cache::read(file, pictures.len(), features)) {
        // What could not be read then has to be named now.
        Some(decoded) if skip_bad || decoded.is_kept.iter().all(|kept| *kept) => decoded,
        _ => {
            let decoded = decode(name, pictures, &preparation, skip_bad, import)?;
            kept_in.iter().for_each(|file| cache::write(file, &decoded));
            decoded
        }
    };
    let kept: Vec<&PictureFile> =
        pictures.iter().zip(&decoded.is_kept).filter(|(_, kept)| **kept).map(|(picture, _)| picture).collect();
    check_classes(&folders.class_names, &kept)?;
    let [channels, height, width] = shape;
    let mut pixels = decoded.pixels;
    // Sorted by split, so that each is a piece of the whole.
    let mut parts = Part::ALL.map(|part| {
        let of_part = || kept.iter().filter(|picture| picture.part == part);
        let own: Vec<u8> = of_part().map(|picture| picture.class as u8).collect();
        // The listing is the one that the cached pixels belong to: its names are part of the digest.
        let names = of_part().map(|picture| picture.name.clone()).collect();
        let rest = pixels.split_off(own.len() * features);
        let images = Images { channels, height, width, pixels: std::mem::replace(&mut pixels, rest) };
        (!own.is_empty()).then(|| Examples::of_classes(Inputs::Images(images), own).with_sources(Sources::Files(names)))
    });
    let mut dataset = assembled(name, folders.class_names.clone(), std::mem::take(&mut parts))
        .ok_or_else(|| ImportError::NoExamples { path: files.path.clone() })?;
    let skipped: Vec<&PictureFile> =
        pictures.iter().zip(&decoded.is_kept).filter(|(_, kept)| !**kept).map(|(picture, _)| picture).collect();
    log_left_out(&skipped, &folders.left_out);
    dataset.notes.extend(unreadable(&skipped, &preparation));
    dataset.notes.extend(left_out(&folders.left_out));
    dataset.notes.extend(merged(&folders.merged));
    Ok(dataset)
}

fn check_classes(names: &[String], kept: &[&PictureFile]) -> Result<(), ImportError> {
    let is_there = |class: usize| kept.iter().any(|picture| picture.class == class && picture.part == Part::Train);
    match names.iter().enumerate().find(|(class, _)| !is_there(*class)) {
        Some((_, class)) => Err(ImportError::BadClass { class: class.clone() }),
        None => Ok(()),
    }
}

/// So many names stand for all in a sentence.
const SHOWN: usize = 3;

/// Writes into the log what a sentence has no room for.
fn log_left_out(skipped: &[&PictureFile], others: &[String]) {
    if skipped.len() > SHOWN {
        skipped
            .iter()
            .for_each(|picture| tracing::info!("left out, as it cannot be read: {}", printable(&picture.name)));
    }
    if others.len() > SHOWN {
        let log =
            |name: &String| tracing::info!("left out, as it is no picture or in no class folder: {}", printable(name));
        others.iter().for_each(log);
    }
}

/// Pictures that were left out as they cannot be read, in a sentence: the first with the reason, for which they are tried again, as a cache
/// does not have it.
fn unreadable(skipped: &[&PictureFile], preparation: &Preparation) -> Option<String> {
    let reason = |picture: &PictureFile| match read(picture, preparation) {
        Err(error) => format!("{} ({})", printable(&picture.name), error.problem),
        Ok(_) => printable(&picture.name),
    };
    let shown: Vec<String> = skipped.iter().take(SHOWN).map(|picture| reason(picture)).collect();
    let more = match and_more(skipped.len(), SHOWN) {
        none if none.is_empty() => none,
        more => format!("{more}; the log.txt of a run names all"),
    };
    let count = counted(skipped.len(), "picture");
    (!skipped.is_empty()).then(|| format!("left out {count} that cannot be read: {}{more}", shown.join(", ")))
}

/// Files that are no pictures, in a sentence.
pub(crate) fn left_out(names: &[String]) -> Option<String> {
    let shown = printable(&names.get(..SHOWN.min(names.len()))?.join(", "));
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    match names.len() {
        0 => None,
        1 => Some(format!("left out 1 file that is no picture or in no class folder: {shown}")),
        count => Some(format!("left out {count} files that are no pictures or in no class folder: {shown}{more}")),
    }
}

/// Class folders with subfolders, which may have been meant as classes, a sentence each.
fn merged(folders: &[Merged]) -> Vec<String> {
    let sentence = |Merged { folder, class, subfolders }: &Merged| {
        let more = if subfolders.len() > SHOWN { ", ..." } else { "" };
        let names = printable(&subfolders[..SHOWN.min(subfolders.len())].join(", "));
        let count = counted(subfolders.len(), "subfolder");
        format!(
            "warning: the class folder {folder} has {count} of pictures ({names}{more}), which all count as {class}; move them one \
             level up if they are classes of their own"
        )
    };
    let mut sentences: Vec<String> = folders.iter().take(SHOWN).map(sentence).collect();
    if folders.len() > SHOWN {
        let more = counted(folders.len() - SHOWN, "more class folder");
        sentences.push(format!("warning: subfolders are merged into their class in {more}, too"));
    }
    sentences
}

fn read(picture: &PictureFile, preparation: &Preparation) -> Result<PreparedPicture, PictureFileError> {
    check_file(&picture.path).and_then(|()| preparation.read(&picture.path))
}

/// Refuses what is no file, such as a pipe, which may never say anything.
fn check_file(path: &Path) -> Result<(), PictureFileError> {
    let problem = match fs::metadata(path) {
        Ok(found) if found.is_file() => return Ok(()),
        Ok(_) => io::Error::new(ErrorKind::InvalidInput, "it is a pipe or a device"),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            io::Error::new(error.kind(), "it is a link that leads nowhere")
        }
        Err(error) => error,
    };
    Err(PictureFileError { path: path.to_path_buf(), problem: PictureError::Read(problem) })
}

/// Decodes on all threads.
fn decode(
    name: &str,
    pictures: &[PictureFile],
    preparation: &Preparation,
    skip_bad: bool,
    import: &Import,
) -> Result<Decoded, ImportError> {
    let features = preparation.shape.iter().product();
    let mut pixels = vec![0; pictures.len() * features];
    let meter =
        Mutex::new(Meter::start(import.progress, &format!("{name}: pictures"), pictures.len() as u64, Unit::Items));
    let places = pixels.par_chunks_exact_mut(features);
    let results: Vec<Result<(), PictureFileError>> = places
        .zip(pictures)
        .map(|(place, picture)| {
            let prepared = read(picture, preparation);
            meter.lock().unwrap_or_else(PoisonError::into_inner).add(1);
            prepared.map(|prepared| place.copy_from_slice(&prepared.pixels))
        })
        .collect();
    let is_kept: Vec<bool> = results.iter().map(Result::is_ok).collect();
    let mut bad = results.into_iter().filter_map(Result::err);
    if let Some(first) = bad.next() {
        if !skip_bad {
            return Err(ImportError::BadPictures { first: Box::new(first), count: 1 + bad.count() });
        }
        let whole = pixels.chunks_exact(features).zip(&is_kept).filter(|(_, kept)| **kept);
        pixels = whole.flat_map(|(image, _)| image).copied().collect();
    }
    Ok(Decoded { is_kept, pixels })
}
