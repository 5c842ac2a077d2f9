//! Folders of pictures: which file is of which split and class.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use zoo_pictures::image;

use crate::arrays::Part;
use crate::error::ImportError;

/// What is tried as a picture: a format that is not read is then named as such, and not passed over.
const PICTURES: &[&str] = &[
    "png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "heic", "heif", "avif", "tif", "tiff", "jp2", "jxl",
    "ico", "psd", "svg",
];

/// No collection of pictures is nested so deep.
const DEEPEST: usize = 32;

/// The class folders below a folder.
#[derive(Debug, Default)]
pub(crate) struct ClassFolders {
    /// In alphabetical order.
    pub(crate) class_names: Vec<String>,
    /// Sorted by split, class and name.
    pub(crate) pictures: Vec<PictureFile>,
    /// The files that are no pictures, by their path from the top.
    pub(crate) left_out: Vec<String>,
    /// The class folders with pictures in subfolders, and these.
    pub(crate) merged: Vec<Merged>,
}

/// A class folder whose subfolders hold pictures as well.
#[derive(Debug)]
pub(crate) struct Merged {
    /// Its path from the top.
    pub(crate) folder: String,
    pub(crate) class: String,
    pub(crate) subfolders: Vec<String>,
}

/// A file that should hold a picture.
#[derive(Debug)]
pub(crate) struct PictureFile {
    pub(crate) part: Part,
    pub(crate) class: usize,
    pub(crate) path: PathBuf,
    /// Its path from the top, with `/` on every system.
    pub(crate) name: String,
}

/// An entry of a folder that is not hidden.
struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

/// Lists the pictures below `root`. Where the classes are `known`, a folder that is none of them and holds no picture came later, and is
/// left out.
pub(crate) fn list(root: &Path, known: Option<&[String]>) -> Result<ClassFolders, ImportError> {
    let parts = parts(root, known)?;
    let mut folders = ClassFolders::default();
    for (part, folder) in &parts {
        let (classes, loose) = folders_and_others(folder, known)?;
        let prefix = if *folder == root { String::new() } else { format!("{}/", name_of(folder)?) };
        if *part == Part::Train {
            if classes.is_empty() {
                let path = folder.clone();
                let has_pictures = loose.iter().any(|entry| is_picture(&entry.path));
                return Err(if has_pictures {
                    ImportError::NoClasses { path }
                } else {
                    ImportError::NoPictures { path }
                });
            }
            folders.class_names = classes.iter().map(|class| class.name.clone()).collect();
            ImportError::check_names(folder, &folders.class_names)?;
        }
        if *part != Part::Train && classes.is_empty() {
            let pictures = loose.iter().filter(|entry| is_picture(&entry.path)).count();
            return Err(ImportError::EmptySplit { path: folder.clone(), part: part.to_string(), pictures });
        }
        // A link that leads nowhere may have been meant as a class; in a class folder it is a picture that cannot be read.
        loose
            .iter()
            .try_for_each(|entry| fs::metadata(&entry.path).map(drop).map_err(ImportError::read(&entry.path)))?;
        folders.left_out.extend(loose.iter().map(|entry| format!("{prefix}{}", entry.name)));
        for class in classes {
            folders.add_class(*part, &class, &format!("{prefix}{}", class.name))?;
        }
    }
    match folders.class_names.as_slice() {
        [class] => Err(ImportError::OneClass { path: root.to_path_buf(), class: class.clone() }),
        classes if classes.len() > 256 => {
            Err(ImportError::TooManyClasses { path: root.to_path_buf(), found: classes.len() })
        }
        _ => Ok(folders),
    }
}

impl ClassFolders {
    fn add_class(&mut self, part: Part, folder: &Entry, name: &str) -> Result<(), ImportError> {
        let Some(class) = self.class_names.iter().position(|class| *class == folder.name) else {
            let (place, class) = (folder.path.display().to_string(), folder.name.clone());
            return Err(ImportError::UnknownClass { place, class, known: self.class_names.clone() });
        };
        let before = self.pictures.len();
        self.walk(part, class, &folder.path, name, &mut Vec::new())?;
        self.merged.extend(merged(&folder.name, name, &self.pictures[before..]));
        match self.pictures.len() == before {
            true => Err(ImportError::EmptyClass { path: folder.path.clone() }),
            false => Ok(()),
        }
    }

    fn walk(
        &mut self,
        part: Part,
        class: usize,
        folder: &Path,
        name: &str,
        above: &mut Vec<PathBuf>,
    ) -> Result<(), ImportError> {
        let itself = folder.canonicalize().map_err(ImportError::read(folder))?;
        if above.contains(&itself) || above.len() > DEEPEST {
            return Err(ImportError::Circle { path: folder.to_path_buf() });
        }
        above.push(itself);
        for entry in entries(folder)? {
            let name = format!("{name}/{}", entry.name);
            match entry.is_folder {
                true => self.walk(part, class, &entry.path, &name, above)?,
                false if is_picture(&entry.path) => {
                    self.pictures.push(PictureFile { part, class, path: entry.path, name });
                }
                false => self.left_out.push(name),
            }
        }
        above.pop();
        Ok(())
    }
}

/// The subfolders of a class folder that hold some of its pictures, if there are any.
fn merged(class: &str, folder: &str, pictures: &[PictureFile]) -> Option<Merged> {
    let subfolder = |picture: &PictureFile| {
        let (subfolder, _) = picture.name.strip_prefix(folder)?.strip_prefix('/')?.split_once('/')?;
        Some(subfolder.to_owned())
    };
    let mut subfolders: Vec<String> = pictures.iter().filter_map(subfolder).collect();
    subfolders.dedup(); // pictures are sorted by their folders
    let (folder, class) = (folder.to_owned(), class.to_owned());
    (!subfolders.is_empty()).then_some(Merged { folder, class, subfolders })
}

/// The folders that hold class folders: the splits', or the top itself.
fn parts(root: &Path, known: Option<&[String]>) -> Result<Vec<(Part, PathBuf)>, ImportError> {
    let (folders, _) = folders_and_others(root, known)?;
    let (named, others): (Vec<&Entry>, Vec<&Entry>) =
        folders.iter().partition(|folder| Part::named(&folder.name).is_some());
    let holds_folders =
        |folder: &&Entry| Ok::<bool, ImportError>(entries(&folder.path)?.iter().any(|entry| entry.is_folder));
    let hold_folders = named.iter().map(holds_folders).collect::<Result<Vec<bool>, ImportError>>()?;
    // A class may be called so, too: its folder has pictures in it, and not folders, and other classes beside it.
    let are_splits = hold_folders.contains(&true) || named.len() > 1 && others.is_empty();
    let path = root.to_path_buf();
    if !are_splits {
        return Ok(vec![(Part::Train, path)]);
    }
    let mut parts: Vec<(Part, PathBuf)> = Vec::new();
    for folder in named {
        let part = Part::named(&folder.name).unwrap_or(Part::Train);
        if parts.iter().any(|(other, _)| *other == part) {
            return Err(ImportError::MixedFolders { path, folder: folder.name.clone() });
        }
        parts.push((part, folder.path.clone()));
    }
    parts.sort_by_key(|(part, _)| *part);
    match (parts.first(), others.first()) {
        (Some((Part::Train, _)), Some(other)) => Err(ImportError::MixedFolders { path, folder: other.name.clone() }),
        (Some((Part::Train, _)), None) => Ok(parts),
        (Some((_, folder)), _) => Err(ImportError::NoTraining { folder: name_of(folder)?, path }),
        (None, _) => Ok(vec![(Part::Train, path)]),
    }
}

/// The folders in a folder that may be of classes or splits, and what else is there.
fn folders_and_others(folder: &Path, known: Option<&[String]>) -> Result<(Vec<Entry>, Vec<Entry>), ImportError> {
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for entry in entries(folder)? {
        let is_known = |known: &[String]| known.contains(&entry.name) || Part::named(&entry.name).is_some();
        if !entry.is_folder {
            others.push(entry);
        } else if known.is_none_or(is_known) || holds_picture(&entry)? {
            kept.push(entry);
        } else {
            others.push(Entry { name: format!("{}/", entry.name), ..entry });
        }
    }
    Ok((kept, others))
}

fn holds_picture(folder: &Entry) -> Result<bool, ImportError> {
    let mut found = ClassFolders::default();
    found.walk(Part::Train, 0, &folder.path, &folder.name, &mut Vec::new())?;
    Ok(!found.pictures.is_empty())
}

/// What is not hidden in a folder, in alphabetical order; links are followed.
fn entries(folder: &Path) -> Result<Vec<Entry>, ImportError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(ImportError::read(folder))? {
        let path = entry.map_err(ImportError::read(folder))?.path();
        let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_hidden(&shown) {
            continue;
        }
        let is_folder = path.is_dir();
        let name = match name_of(&path) {
            Ok(name) => name,
            Err(error) if is_folder || is_picture(&path) => return Err(error),
            // It is left out, and only shown.
            Err(_) => shown,
        };
        entries.push(Entry { name, path, is_folder });
    }
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(entries)
}

fn name_of(path: &Path) -> Result<String, ImportError> {
    let name = path.file_name().and_then(OsStr::to_str).map(str::to_owned);
    name.ok_or_else(|| ImportError::Name { path: path.to_path_buf() })
}

/// What systems, their programs and network drives leave in every folder: `@eaDir` holds pictures, thumbnails of those beside it.
const LEFT_BY_SYSTEMS: &[&str] = &[
    "thumbs.db",
    "desktop.ini",
    "__macosx",
    "@eadir",
    "#recycle",
    "@recycle",
    "$recycle.bin",
    "system volume information",
    "lost+found",
];

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || LEFT_BY_SYSTEMS.contains(&name.to_lowercase().as_str())
}

/// By its suffix; without one by its first bytes.
fn is_picture(file: &Path) -> bool {
    match file.extension() {
        Some(suffix) => PICTURES.contains(&suffix.to_string_lossy().to_lowercase().as_str()),
        None => {
            let mut start = Vec::new();
            // A pipe may have nothing to say.
            let is_read =
                file.is_file() && File::open(file).and_then(|file| file.take(32).read_to_end(&mut start)).is_ok();
            is_read && image::guess_format(&start).is_ok()
        }
    }
}

#[cfg(test)]
#[path = "folders_tests.rs"]
mod tests;
