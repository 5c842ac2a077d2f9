//! Whether data fits into memory, before it is read.

use std::fs;
use std::path::Path;

use crate::error::ImportError;

/// Data is there more than once while it is read and cut into splits.
const TIMES: u64 = 2;

/// Refuses `count` examples of `shape` bytes that do not fit into what memory is free. Where the system does not say what is free, all
/// is tried.
pub(crate) fn check(path: &Path, count: usize, shape: &[usize]) -> Result<(), ImportError> {
    let bytes = shape.iter().fold(count as u64, |bytes, side| bytes.saturating_mul(*side as u64));
    check_against(path, bytes, || format!("{count} examples of {shape:?}"), free())
}

/// The same of what an archive says that it unpacks to.
pub(crate) fn check_unpacked(path: &Path, bytes: u64) -> Result<(), ImportError> {
    check_against(path, bytes, || "unpacked".to_owned(), free())
}

fn check_against(path: &Path, bytes: u64, what: impl FnOnce() -> String, free: Option<u64>) -> Result<(), ImportError> {
    let wanted = bytes.saturating_mul(TIMES);
    match free {
        Some(free) if wanted > free => {
            Err(ImportError::TooLarge { path: path.to_path_buf(), what: what(), wanted, free })
        }
        _ => Ok(()),
    }
}

/// Linux alone says so in a file.
fn free() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_said() {
        let check = |free| check_against(Path::new("x.npz (array x)"), 3_072_000_000, || "unpacked".to_owned(), free);
        let said = check(Some(4 << 30)).map_err(|error| error.to_string());
        let expected = "x.npz (array x) wants 6.1 GB of memory (unpacked), and 4.3 GB are free; use fewer examples";
        assert!(said.as_ref().is_err_and(|said| said.starts_with(expected)), "{said:?}");
        assert!(check(Some(6_144_000_000)).is_ok() && check(Some(6_143_999_999)).is_err() && check(None).is_ok());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_no_machine_holds_is_refused() {
        let said = check(Path::new("pets"), usize::MAX, &[3, usize::MAX]).map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.contains("examples of [3, ")));
    }
}
