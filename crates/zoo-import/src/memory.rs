//! Whether data fits into memory, before it is read.

use std::fs;
use std::path::Path;

use crate::error::ImportError;

/// Refuses `count` examples of `shape` bytes that do not fit into what memory is free, that many times over: data is there more than
/// once while it is cut into splits. Where the system does not say what is free, all is tried.
pub(crate) fn check(path: &Path, count: usize, shape: &[usize], times: u64) -> Result<(), ImportError> {
    check_against(path, count, shape, times, free())
}

fn check_against(path: &Path, count: usize, shape: &[usize], times: u64, free: Option<u64>) -> Result<(), ImportError> {
    let one = shape.iter().fold(1_u64, |bytes, side| bytes.saturating_mul(*side as u64));
    let wanted = one.saturating_mul(count as u64).saturating_mul(times);
    match free {
        Some(free) if wanted > free => {
            Err(ImportError::TooLarge { path: path.to_path_buf(), count, shape: shape.to_vec(), wanted, free })
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
        let check = |free| check_against(Path::new("pets"), 1_000_000, &[3, 32, 32], 2, free);
        let said = check(Some(4 << 30)).map_err(|error| error.to_string());
        let expected = "pets wants 6.1 GB of memory (1000000 examples of [3, 32, 32]), and 4.3 GB are free";
        assert!(said.as_ref().is_err_and(|said| said.starts_with(expected)), "{said:?}");
        assert!(check(Some(7 << 30)).is_ok() && check(None).is_ok());
        assert!(check_against(Path::new("x"), usize::MAX, &[usize::MAX], 2, Some(u64::MAX - 1)).is_err());
    }
}
