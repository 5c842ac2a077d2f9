//! A copy of the workspace, which mistakes may be written into.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes of `copy` what the files of the workspace are now that git tracks.
///
/// What is the same there is left alone, so that cargo does not compile it again; what is not, say with a mistake that an interruption
/// left, is written, so that it does.
pub(super) fn renew(root: &Path, copy: &Path) -> Result<()> {
    let tracked = tracked(root)?;
    make(copy)?;
    remove_others(copy, Path::new(""), &tracked)?;
    tracked.iter().try_for_each(|file| renew_file(&root.join(file), &copy.join(file)))?;
    // The trainer's build script asks for these, and would run before every build if they were not there.
    [".git/HEAD", ".git/logs/HEAD"].iter().try_for_each(|file| write_if_other(&copy.join(file), b""))
}

fn tracked(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let output =
        Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output().context("cannot start git")?;
    if !output.status.success() {
        bail!("git does not list the files of {}: {}", root.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let files = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}

/// Removes what is not among the files, and folders that are left without any.
fn remove_others(copy: &Path, below: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let folder = copy.join(below);
    let cannot_read = || format!("cannot read the folder {}", folder.display());
    for entry in fs::read_dir(&folder).with_context(cannot_read)? {
        let (path, file) =
            entry.map(|entry| (entry.path(), below.join(entry.file_name()))).with_context(cannot_read)?;
        if file == Path::new(".git") || files.contains(&file) {
            continue;
        }
        if path.is_dir() {
            remove_others(copy, &file, files)?;
            // Only of an empty one.
            let _ = fs::remove_dir(&path);
        } else {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn renew_file(original: &Path, copy: &Path) -> Result<()> {
    let bytes = fs::read(original).with_context(|| format!("cannot read {}", original.display()))?;
    write_if_other(copy, &bytes)
}

fn write_if_other(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    file.parent().map_or(Ok(()), make)?;
    write(file, bytes)
}

pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn what_is_not_among_the_files_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path();
        for file in ["kept/a.rs", "kept/b.rs", "gone/c.rs", ".git/HEAD"] {
            write_if_other(&copy.join(file), b"text").unwrap();
        }
        remove_others(copy, Path::new(""), &BTreeSet::from([PathBuf::from("kept/a.rs")])).unwrap();
        assert!(copy.join("kept/a.rs").exists() && copy.join(".git/HEAD").exists());
        assert!(!copy.join("kept/b.rs").exists() && !copy.join("gone").exists());
    }

    #[test]
    fn a_file_that_is_the_same_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.rs");
        write_if_other(&file, b"text").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let modified = || file.metadata().unwrap().modified().unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        write_if_other(&file, b"text").unwrap();
        assert_eq!(modified(), long_ago);
        write_if_other(&file, b"other").unwrap();
        assert_ne!(modified(), long_ago);
    }
}
