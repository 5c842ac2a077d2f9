//! `SHA256SUMS`: the sha256 of every file that was recorded, line by line as `sha256sum --check` reads it. Whoever changes a recorded
//! file, or its digest, changes one of two things that have to agree.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use zoo_core::{Flush, sha256_hex, write_atomically};

use crate::ReportError;

/// The file, in the folder of the results.
pub const DIGESTS: &str = "SHA256SUMS";

/// The sha256 of files, by their path below the folder of the results: `experiments/netbp/outcome.json`.
type Sums = BTreeMap<String, String>;

/// Takes what `below` (a file or folder) holds now as recorded.
///
/// # Errors
/// [`ReportError::Read`] or [`ReportError::Write`].
pub fn digest(results: &Path, below: &str) -> Result<(), ReportError> {
    let is_below = |file: &str| file.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let mut sums = read(results)?;
    sums.retain(|file, _| !is_below(file));
    sums.extend(recorded(results)?.into_iter().filter(|(file, _)| is_below(file)));
    write(results, &sums)
}

/// Takes what has no digest yet as recorded: never what has one and was changed.
///
/// # Errors
/// As [`digest`].
pub fn digest_new(results: &Path) -> Result<(), ReportError> {
    let mut sums = recorded(results)?;
    let before = read(results)?;
    sums.extend(before.clone());
    if sums == before { Ok(()) } else { write(results, &sums) }
}

/// The files whose digest is another, or missing, or of nothing: each with a sentence.
///
/// # Errors
/// As [`digest`].
pub fn undigested(results: &Path) -> Result<Vec<(String, String)>, ReportError> {
    let (found, expected) = (recorded(results)?, read(results)?);
    let changed = found.iter().filter_map(|(file, sum)| match expected.get(file) {
        None => Some((file, format!("{file} has no digest in {DIGESTS}; record it by the program that wrote it"))),
        Some(expected) if expected != sum => {
            Some((file, format!("{file} is not what was recorded by {DIGESTS}; restore it or record it again")))
        }
        Some(_) => None,
    });
    let missing = expected.keys().filter(|file| !found.contains_key(*file));
    let missing = missing.map(|file| (file, format!("{file} is missing, which {DIGESTS} lists; restore it")));
    Ok(changed.chain(missing).map(|(file, sentence)| (file.clone(), sentence)).collect())
}

/// The digests of all that is recorded: at the top the JSON files, as pages and figures there are written from them, below it all.
fn recorded(results: &Path) -> Result<Sums, ReportError> {
    let mut sums = Sums::new();
    let mut folders = vec![results.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let read = |source| ReportError::Read { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(read)? {
            let path = entry.map_err(read)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if folder != results || path.extension().is_some_and(|extension| extension == "json") {
                let bytes = fs::read(&path).map_err(|source| ReportError::Read { path: path.clone(), source })?;
                let parts = path.strip_prefix(results).unwrap_or(&path).iter().map(|part| part.to_string_lossy());
                sums.insert(parts.collect::<Vec<_>>().join("/"), sha256_hex(&bytes));
            }
        }
    }
    Ok(sums)
}

/// What is written down; a line that is not one is left out, so its file has no digest.
fn read(results: &Path) -> Result<Sums, ReportError> {
    let path = results.join(DIGESTS);
    if !path.exists() {
        return Ok(Sums::new());
    }
    let text = fs::read_to_string(&path).map_err(|source| ReportError::Read { path, source })?;
    let line = |line: &str| line.split_once("  ").map(|(sum, file)| (file.to_owned(), sum.to_owned()));
    Ok(text.lines().filter_map(line).collect())
}

fn write(results: &Path, sums: &Sums) -> Result<(), ReportError> {
    let text: String = sums.iter().map(|(file, sum)| format!("{sum}  {file}\n")).collect();
    Ok(write_atomically(&results.join(DIGESTS), text.as_bytes(), Flush::ToDisk)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn faults(results: &Path) -> Vec<String> {
        undigested(results).unwrap().into_iter().map(|(file, _)| file).collect()
    }

    #[test]
    fn what_was_changed_added_or_removed_is_named_until_it_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path();
        fs::create_dir_all(results.join("experiments/a")).unwrap();
        let files = ["a.json", "ab.json", "experiments/a/outcome.json", "experiments/a/x.svg"];
        files.iter().for_each(|file| fs::write(results.join(file), file).unwrap());
        fs::write(results.join("README.md"), "written from the others").unwrap();
        assert_eq!(faults(results), files);
        digest_new(results).unwrap();
        assert!(faults(results).is_empty());
        let text = fs::read_to_string(results.join(DIGESTS)).unwrap();
        assert!(text.contains(&format!("{}  ab.json\n", sha256_hex(b"ab.json"))), "{text}");

        fs::write(results.join("a.json"), "b").unwrap();
        fs::write(results.join("experiments/a/x.svg"), "").unwrap();
        fs::remove_file(results.join("ab.json")).unwrap();
        digest_new(results).unwrap();
        assert_eq!(faults(results), ["a.json", "experiments/a/x.svg", "ab.json"]);
        digest(results, "a.json").unwrap();
        assert_eq!(faults(results), ["experiments/a/x.svg", "ab.json"]);
        digest(results, "experiments/a").unwrap();
        digest(results, "ab.json").unwrap();
        assert!(faults(results).is_empty());
    }
}
