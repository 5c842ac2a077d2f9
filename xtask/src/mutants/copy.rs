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
    [".git/HEAD", ".git/logs/HEAD"].iter().try_for_each(|file| write_if_other(&copy.join(file), b"").map(|_| ()))
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

/// With the original's time: in a target folder where the original has been compiled, cargo then takes the copy for compiled, too.
fn renew_file(original: &Path, copy: &Path) -> Result<()> {
    let bytes = fs::read(original).with_context(|| format!("cannot read {}", original.display()))?;
    if write_if_other(copy, &bytes)? {
        let modified = original.metadata().and_then(|original| original.modified());
        let dated = modified.and_then(|time| fs::File::options().write(true).open(copy)?.set_modified(time));
        dated.with_context(|| format!("cannot date {} as {}", copy.display(), original.display()))?;
    }
    Ok(())
}

/// Whether it was another.
fn write_if_other(file: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    file.parent().map_or(Ok(()), make)?;
    write(file, bytes)?;
    Ok(true)
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
    fn a_copy_is_as_old_as_its_original_and_left_alone_while_it_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let [original, copy] = ["a.rs", "copy/a.rs"].map(|file| folder.path().join(file));
        let modified = |file: &Path| file.metadata().unwrap().modified().unwrap();
        let date = |file: &Path, seconds: u64| {
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
            time
        };
        fs::write(&original, "text").unwrap();
        let long_ago = date(&original, 1_000_000_000);
        renew_file(&original, &copy).unwrap();
        assert_eq!(modified(&copy), long_ago);
        date(&original, 1_100_000_000);
        renew_file(&original, &copy).unwrap();
        assert_eq!(modified(&copy), long_ago);
        fs::write(&original, "other").unwrap();
        renew_file(&original, &copy).unwrap();
        assert_eq!(modified(&copy), modified(&original));
        assert_eq!(fs::read(&copy).unwrap(), b"other");
    }
}
