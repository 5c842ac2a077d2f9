//! TESTING.md's tables: how the zoo was tested, in the numbers that the testing programs wrote.

use crate::catalog::entries;
use crate::results::short_commit;
use crate::workspace::Workspace;
use anyhow::Result;
use zoo_report::table::{left, markdown, right};
use zoo_results::{CountsReport, FuzzReport, FuzzedKind};

/// Below the results; one file a program.
pub(crate) const FOLDER: &str = "testing";

const FUZZ: &str = "fuzz.json";

/// What scripts counted, and what became of every kind of file changed at random.
pub(crate) fn section(workspace: &Workspace) -> Result<String> {
    let folder = workspace.results().join(FOLDER);
    let mut rows = Vec::new();
    for file in entries(&folder)?.iter().filter(|file| !file.ends_with(FUZZ)) {
        let CountsReport { commit, counts, .. } = CountsReport::read(file)?;
        let counts: Vec<_> = counts.iter().map(|(count, what)| format!("{} {what}", grouped(*count))).collect();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        rows.push(vec![name, counts.join(", "), short_commit(commit.as_deref())]);
    }
    let counted = markdown(&["counted", "", "commit"].map(left), &rows);
    Ok(format!("{counted}\n{}", fuzzed(&FuzzReport::read(&folder.join(FUZZ))?)))
}

fn fuzzed(FuzzReport { commit, seconds, kinds, .. }: &FuzzReport) -> String {
    let row = |kind: &FuzzedKind| {
        let peak = kind.peak_mebibytes.map_or("–".to_string(), |peak| format!("{peak:.0} MiB"));
        let slowest = format!("{:.0} ms", (1000.0 * kind.slowest_seconds).ceil());
        vec![kind.kind.clone(), grouped(kind.inputs), grouped(kind.used), slowest, peak]
    };
    let rows: Vec<_> = kinds.iter().map(row).collect();
    let numbers = ["inputs", "used", "slowest", "peak memory"].map(right);
    let columns: Vec<_> = [left("changed at random")].into_iter().chain(numbers).collect();
    let (total, commit) = (grouped(kinds.iter().map(|kind| kind.inputs).sum()), short_commit(commit.as_deref()));
    let minutes = seconds.div_ceil(60);
    format!("{}\n{total} inputs in {minutes} minutes at commit {commit}; no panic.\n", markdown(&columns, &rows))
}

/// `10,000,000`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_as_they_were_written() {
        assert_eq!([0, 999, 1000, 10_020_300].map(grouped), ["0", "999", "1,000", "10,020,300"]);
        let table = FuzzedKind {
            kind: "table".to_string(),
            inputs: 1500,
            used: 20,
            slowest_seconds: 0.0102,
            peak_mebibytes: Some(61.7),
        };
        let weights = FuzzedKind { kind: "weights".to_string(), peak_mebibytes: None, ..table.clone() };
        let told = fuzzed(&FuzzReport { schema: 1, commit: None, seconds: 61, kinds: vec![table, weights] });
        assert!(
            told.contains("| table | 1,500 | 20 | 11 ms | 62 MiB |\n| weights | 1,500 | 20 | 11 ms | – |"),
            "{told}"
        );
        assert!(told.ends_with("3,000 inputs in 2 minutes at commit unknown; no panic.\n"), "{told}");
    }
}
