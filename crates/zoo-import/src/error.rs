//! What can be wrong with a user's own data, one sentence each.

use std::io;
use std::path::{Path, PathBuf};

use zoo_core::{DataError, listed, look_alike, printable};
use zoo_pictures::PictureFileError;
use zoo_recipe::Data;
use zoo_table::TableError;

/// What data may be, for sentences.
const KINDS: &str = "a folder with one folder of pictures per class, a folder with idx files, a file .npz, or a table .csv, .tsv or .txt";

/// Why a user's own data cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Nothing is there.
    #[error("there is no {}{}", path.display(), instead(near))]
    NotThere {
        /// The place.
        path: PathBuf,
        /// What lies beside it and is called alike.
        near: Vec<String>,
    },
    /// The data is on another machine.
    #[error("{address} is an address, expected data on this machine: {}; download it first", KINDS)]
    Address {
        /// As its user has named it.
        address: String,
    },
    /// The data is packed.
    #[error("{} is an archive, expected {}; unpack it first", path.display(), KINDS)]
    Archive {
        /// The file.
        path: PathBuf,
    },
    /// The file is of no kind that is known.
    #[error("{} is not data that can be read, expected {}", path.display(), KINDS)]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// A pipe, a device or what a shell hands over, which nobody reads twice.
    #[error(
        "{} is a pipe, a device or standard input, expected {}: data is read again when the run goes on or is measured; write it to a file \
         and name that", path.display(), KINDS
    )]
    NotLasting {
        /// What was named.
        path: PathBuf,
    },
    /// A column of what has none.
    #[error("--label names the column of a table, and {} is none; leave --label out", path.display())]
    NoTable {
        /// The folder or file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// There is no picture.
    #[error("{} holds no folder of pictures, expected one folder per class with its pictures in it", path.display())]
    NoPictures {
        /// The folder.
        path: PathBuf,
    },
    /// The pictures have no classes.
    #[error("the pictures in {} lie beside each other, expected one folder per class; move those of each class into its own", path.display())]
    NoClasses {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to tell apart.
    #[error("{} has one class alone, {class:?}, expected at least two; add examples of another, pictures in a folder of their own", path.display())]
    OneClass {
        /// The folder or file.
        path: PathBuf,
        /// Its name.
        class: String,
    },
    /// There is nothing to learn from.
    #[error("{} has no examples to train on; add some", path.display())]
    NoExamples {
        /// The folder or file.
        path: PathBuf,
    },
    /// More than labels can name.
    #[error("{} has {found} classes, expected at most 256; put rare ones together", path.display())]
    TooManyClasses {
        /// The folder or file.
        path: PathBuf,
        /// How many.
        found: usize,
    },
    /// A class without an example.
    #[error("the class folder {} holds no picture (PNG, JPEG, WebP, GIF or BMP); put some there or remove the folder", path.display())]
    EmptyClass {
        /// The folder.
        path: PathBuf,
    },
    /// A class that training would not see.
    #[error(
        "{place} has the class {class:?}, and the training split has not, whose classes are {}; add examples of it there, or leave it out{}",
        listed(known, 40),
        as_one(class, known)
    )]
    UnknownClass {
        /// The folder or array.
        place: String,
        /// The name.
        class: String,
        /// Those of the training split.
        known: Vec<String>,
    },
    /// Splits and classes in one folder.
    #[error(
        "{} has the folder {folder} beside train, expected only train, valid (or val, validation) and test, each once; move it into \
         train, or elsewhere", path.display()
    )]
    MixedFolders {
        /// The folder.
        path: PathBuf,
        /// What does not belong.
        folder: String,
    },
    /// A held-out split without a class.
    #[error(
        "{} holds {}{}, expected one folder per class with its pictures in it, as train has; put them there, or remove the folder, and the \
         {part} split is cut from train", path.display(), counted(*pictures, "picture"), if *pictures > 0 { " and no folder" } else { "" }
    )]
    EmptySplit {
        /// The folder.
        path: PathBuf,
        /// The split that it is of.
        part: String,
        /// The pictures that lie in it, of no class.
        pictures: usize,
    },
    /// Held-out splits alone.
    #[error("{} has the folder {folder} and no train; add train, or put the class folders directly into it", path.display())]
    NoTraining {
        /// The folder.
        path: PathBuf,
        /// The split that is there.
        folder: String,
    },
    /// A name that no label can be.
    #[error("the name of {} is not Unicode; rename it", path.display())]
    Name {
        /// The folder.
        path: PathBuf,
    },
    /// A name that no data can have.
    #[error(
        "the data is called by the name of {}, expected one of at most {} printable characters; rename it",
        printable(&path.display().to_string()), Data::LONGEST_NAME
    )]
    DataName {
        /// The folder or file.
        path: PathBuf,
    },
    /// A name that no file of a model can hold.
    #[error("{}: the class name {name:?} holds a control character, expected printable text; rename it", path.display())]
    ControlCharacter {
        /// The folder or file that it is in.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A folder that leads back to itself.
    #[error("{} leads back to a folder that it is in; remove the link", path.display())]
    Circle {
        /// The link.
        path: PathBuf,
    },
    /// Files that are no pictures.
    #[error("{first}{}; mend or remove {}, or leave out what cannot be read with --skip-bad", and_more(*count), if *count == 1 { "it" } else { "them" })]
    BadPictures {
        /// What is wrong with the first.
        first: Box<PictureFileError>,
        /// How many there are.
        count: usize,
    },
    /// No picture of a class could be read.
    #[error("none of the pictures of the class {class:?} can be read; put others there or remove its folder")]
    BadClass {
        /// The class.
        class: String,
    },
    /// More than memory holds.
    #[error(
        "{} wants {} of memory ({what}), and {} are free; use fewer examples, or a smaller data.files.shape for pictures",
        path.display(), gigabytes(*wanted), gigabytes(*free)
    )]
    TooLarge {
        /// The folder or file.
        path: PathBuf,
        /// What takes it.
        what: String,
        /// Bytes.
        wanted: u64,
        /// Bytes.
        free: u64,
    },
    /// The files are others than those that were looked at.
    #[error(
        "{} changed since the recipe was written: its contents have the digest {}, expected {}; put the old files back, or look at the \
         new ones with --data", path.display(), &found[..12.min(found.len())], &expected[..12.min(expected.len())]
    )]
    Changed {
        /// The folder or file.
        path: PathBuf,
        /// The digest of its contents now.
        found: String,
        /// As the recipe has it.
        expected: String,
    },
    /// A file that breaks its format.
    #[error("{}: {found}, expected {expected}", path.display())]
    Format {
        /// The file, perhaps with the array's name.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What would be right, and what to do.
        expected: String,
    },
    /// A table, or a row of it.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Whole files, as those of the zoo are read.
    #[error(transparent)]
    Data(DataError),
}

impl From<DataError> for ImportError {
    /// A published file that is broken is downloaded again; a user's own has to be put right by the user.
    fn from(error: DataError) -> Self {
        const AGAIN: &str = "write or copy it there again";
        match error {
            DataError::Empty { path } => Self::format(&path, "an empty file", format!("a whole one; {AGAIN}")),
            DataError::Length { path, found, expected } => {
                Self::format(&path, format!("{found} bytes"), format!("{expected}; {AGAIN}"))
            }
            DataError::Archive { path, problem } => {
                Self::format(&path, format!("a damaged archive ({problem})"), format!("a whole one; {AGAIN}"))
            }
            DataError::Format { path, found, expected } => Self::format(&path, found, format!("{expected}; {AGAIN}")),
            other => Self::Data(other),
        }
    }
}

impl ImportError {
    /// Refuses class names with control characters.
    pub(crate) fn check_names(path: &Path, class_names: &[String]) -> Result<(), Self> {
        match class_names.iter().find(|name| name.contains(char::is_control)) {
            Some(name) => Err(Self::ControlCharacter { path: path.to_path_buf(), name: name.clone() }),
            None => Ok(()),
        }
    }

    /// For `map_err`: the system refused to read that.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn format(path: &Path, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Format { path: path.to_path_buf(), found: found.into(), expected: expected.into() }
    }
}

/// So many of what is called that: `1 picture`, `5 pictures`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn instead(near: &[String]) -> String {
    match near {
        [] => ", where the data should be; put it there".to_owned(),
        near => format!("; did you mean {}?", near.join(" or ")),
    }
}

/// That a class may be one of the known ones, written otherwise.
fn as_one(class: &str, known: &[String]) -> String {
    let alike = look_alike(class, known.iter().map(String::as_str));
    alike.map(|alike| format!("; {alike}: give them one name if they are one")).unwrap_or_default()
}

fn and_more(count: usize) -> String {
    match count {
        1 => String::new(),
        _ => format!(", and {} cannot be read", counted(count - 1, "other picture")),
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_downloads_a_users_own_file() {
        let path = || PathBuf::from("mine.npz");
        for (error, expected) in [
            (
                DataError::Empty { path: path() },
                "mine.npz: an empty file, expected a whole one; write or copy it there again",
            ),
            (
                DataError::Length { path: path(), found: 3, expected: "16 by its header".into() },
                "mine.npz: 3 bytes, expected 16 by its header; write or copy it there again",
            ),
            (
                DataError::Archive { path: path(), problem: "corrupt deflate stream".into() },
                "mine.npz: a damaged archive (corrupt deflate stream), expected a whole one; write or copy it there again",
            ),
            (
                DataError::Format { path: path(), found: "magic number 0x0".into(), expected: "0x803".into() },
                "mine.npz: magic number 0x0, expected 0x803; write or copy it there again",
            ),
            (DataError::NotAFile { path: path() }, "mine.npz is not a file, expected one here: move it away"),
        ] {
            assert_eq!(ImportError::from(error).to_string(), expected);
        }
    }
}
