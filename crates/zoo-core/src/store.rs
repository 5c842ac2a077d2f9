//! Where data files live.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{DataError, NetworkSettings, env_variable};

/// The environment variable that names the data folder when `--data-dir` does not.
pub const DATA_DIR_VARIABLE: &str = "ZOO_DATA_DIR";

/// The folder below the platform's cache folder that serves when nothing else is named.
const CACHE_FOLDER: &str = "burn-zoo";

/// torchvision's `EMNIST/raw` is as deep as that.
const DEEPEST: usize = 2;

/// A folder with more in it is not one of data files.
const MOST_ENTRIES: usize = 1000;

/// Where data files live, and whether and how the network may be used for those that are missing.
///
/// ```
/// use zoo_core::{Progress, Store};
///
/// let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden)?;
/// assert!(store.offline);
/// # Ok::<(), zoo_core::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    /// The data folder. It need not exist: the first download creates it.
    pub dir: PathBuf,
    /// Never touch the network.
    pub offline: bool,
    /// How a download tells the user how far it is.
    pub progress: Progress,
    /// How long to wait, and how often to try again.
    pub retry: Retry,
    /// How servers are reached.
    pub network: NetworkSettings,
}

/// How a download tells the user how far it is. All of it goes to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// A bar with rate and time left, for a terminal.
    Bar,
    /// A plain line every few seconds, for a log.
    Lines,
    /// Nothing.
    #[default]
    Hidden,
}

/// How patient a download is. Every origin is tried once a round, in order; between rounds it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many rounds.
    pub rounds: u32,
    /// The wait after the first round; it doubles after each further one.
    pub first_wait: Duration,
    /// How long finding a server and connecting to it may take, each.
    pub connect: Duration,
    /// How long a connection may stay silent before it counts as broken.
    pub stall: Duration,
    /// A connection that brings fewer bytes a second than this, for as long as `stall`, counts as broken, too.
    pub slowest: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            rounds: 4,
            first_wait: Duration::from_secs(1),
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            slowest: 4096,
        }
    }
}

impl Store {
    /// The store in `dir`; without one in `ZOO_DATA_DIR`; without that in `burn-zoo` below the platform's cache folder.
    /// Nothing is created or downloaded yet.
    ///
    /// # Errors
    /// When the system names no cache folder, and when the folder named is a file.
    pub fn new(dir: Option<PathBuf>, offline: bool, progress: Progress) -> Result<Store, DataError> {
        let dir = data_folder(dir).ok_or(DataError::NoCacheFolder)?;
        if dir.is_file() {
            return Err(DataError::NotAFolder { path: dir });
        }
        Ok(Store { dir, offline, progress, retry: Retry::default(), network: NetworkSettings::from_environment() })
    }

    /// The folder that lacks the fewest files by `absent_from`, and which: `own` below the data folder if no other is better. Users
    /// unpack archives one folder too deep or too high, and other programs have folders of their own.
    pub fn fullest_folder(&self, own: &str, absent_from: impl Fn(&Path) -> Vec<String>) -> (PathBuf, Vec<String>) {
        let own = self.dir.join(own);
        let lacking = |folder: PathBuf| {
            let absent = absent_from(&folder);
            (folder, absent)
        };
        let own = lacking(own);
        match own.1.is_empty() {
            true => own,
            // Of equals the first.
            false => std::iter::once(own)
                .chain(self.folders().into_iter().map(lacking))
                .min_by_key(|(_, absent)| absent.len())
                .unwrap_or_default(),
        }
    }

    /// The first path of one of these names in the data folder or below.
    pub fn find(&self, names: &[&str]) -> Option<PathBuf> {
        let paths = |folder: PathBuf| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>();
        self.folders().into_iter().flat_map(paths).find(|path| path.exists())
    }

    /// The data folder, the folders in it, and those in them. Nearer ones come first, then the alphabet decides.
    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.dir.clone()];
        let mut level = 0..1;
        for _ in 0..DEEPEST {
            let below: Vec<PathBuf> = folders[level].iter().flat_map(|folder| folders_in(folder)).collect();
            level = folders.len()..folders.len() + below.len();
            folders.extend(below);
        }
        folders
    }

    /// The error of a data set that is not here while the network is forbidden: of a folder that cannot be searched, that.
    pub fn missing(&self, name: &str, wanted: impl Into<String>) -> DataError {
        // Its own entry is looked up as any file in it is.
        if let Err(source) = fs::metadata(self.dir.join("."))
            && source.kind() != ErrorKind::NotFound
        {
            return DataError::Io { action: "read the data folder", path: self.dir.clone(), source };
        }
        DataError::Offline { name: name.to_owned(), folder: self.dir.clone(), wanted: wanted.into() }
    }
}

/// In alphabetical order; none where the system refuses to list them.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_ENTRIES);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The folder with data files: the one named, else that of `ZOO_DATA_DIR`, else the zoo's below the platform's cache folder.
pub fn data_folder(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| env_variable(DATA_DIR_VARIABLE).map(PathBuf::from)).or_else(cache_folder)
}

/// The zoo's folder below the platform's cache folder, if the system names one.
pub fn cache_folder() -> Option<PathBuf> {
    dirs::cache_dir().map(|cache| cache.join(CACHE_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_data_folder() {
        let file = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("{error}"));
        let store = Store::new(Some(file.path().to_owned()), false, Progress::Hidden);
        assert!(matches!(store, Err(DataError::NotAFolder { .. })));
    }

    #[test]
    fn a_folder_that_cannot_be_searched_is_not_one_that_lacks_the_data() {
        let file = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("{error}"));
        let said = |dir| match Store::new(Some(dir), true, Progress::Hidden) {
            Ok(store) => store.missing("cifar10", "its files").to_string(),
            Err(error) => panic!("{error}"),
        };
        let unreadable = said(file.path().join("below"));
        assert!(unreadable.starts_with("cannot read the data folder "), "{unreadable}");
        let missing = said(file.path().with_extension("missing"));
        assert!(missing.starts_with("cifar10 is not in "), "{missing}");
    }
}
