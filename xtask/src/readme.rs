//! `cargo xtask readme`: the tables that programs write into READMEs, between markers that say so.

use crate::output::{answer, say};
use crate::{results, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// What to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Change nothing; exit with 1 if a table is not what its results say
    #[arg(long)]
    check: bool,
}

/// A part of a file that a program writes.
struct Section {
    /// Below the workspace's root.
    file: &'static str,
    /// The name between the markers.
    name: &'static str,
    /// What belongs there.
    render: fn() -> Result<String>,
}

const SECTIONS: [Section; 12] = [
    Section { file: "README.md", name: "results", render: || results::table(None) },
    Section { file: "README.md", name: "bench", render: || benchmark(zoo_bench::readme_section) },
    Section { file: "crates/experiments/README.md", name: "experiments", render: results::experiments },
    Section { file: "results/bench.md", name: "bench", render: || benchmark(zoo_bench::page_section) },
    Section {
        file: "models/logistic-regression/README.md",
        name: "results",
        render: || results::table(Some("logistic-regression")),
    },
    Section {
        file: "models/logistic-regression/README.md",
        name: "weights",
        render: || results::weights("logistic-regression"),
    },
    Section { file: "models/softmax/README.md", name: "results", render: || results::table(Some("softmax")) },
    Section { file: "models/softmax/README.md", name: "weights", render: || results::weights("softmax") },
    Section { file: "models/mlp/README.md", name: "results", render: || results::table(Some("mlp")) },
    Section { file: "models/mlp/README.md", name: "weights", render: || results::weights("mlp") },
    Section { file: "models/cnn/README.md", name: "results", render: || results::table(Some("cnn")) },
    Section { file: "models/cnn/README.md", name: "weights", render: || results::weights("cnn") },
];

/// Writes or checks all sections.
///
/// # Errors
/// If a file cannot be read or written, or has lost its markers.
pub(crate) fn readme(options: &Options) -> Result<ExitCode> {
    if !options.check {
        write()?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(stale) = stale()? else {
        return Ok(ExitCode::SUCCESS);
    };
    say(&format!("{stale}; run `cargo xtask readme` and commit what it changes"));
    Ok(ExitCode::FAILURE)
}

/// Which tables are not what their results say, if any.
///
/// # Errors
/// As [`readme`].
pub(crate) fn stale() -> Result<Option<String>> {
    let mut stale = Vec::new();
    for section in &SECTIONS {
        let (before, after) = section.update()?;
        if before != after {
            stale.push(format!("{} ({})", section.file, section.name));
        }
    }
    Ok((!stale.is_empty()).then(|| format!("not what the results say: {}", stale.join(", "))))
}

/// Writes all sections.
///
/// # Errors
/// As [`readme`].
pub(crate) fn write() -> Result<()> {
    for section in &SECTIONS {
        let (before, after) = section.update()?;
        if before != after {
            let path = workspace::root().join(section.file);
            fs::write(&path, after).with_context(|| format!("cannot write {}", path.display()))?;
            answer(&format!("{}: {} written", section.file, section.name));
        }
    }
    Ok(())
}

fn benchmark(render: fn(&Path) -> Result<String>) -> Result<String> {
    render(&workspace::root().join("results/bench.json"))
}

impl Section {
    /// The file as it is, and as it should be.
    fn update(&self) -> Result<(String, String)> {
        let path = workspace::root().join(self.file);
        let before = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let after = replace(&before, self.name, &(self.render)()?).with_context(|| self.file.to_string())?;
        Ok((before, after))
    }
}

/// The text with `content` between the markers of `name`.
fn replace(text: &str, name: &str, content: &str) -> Result<String> {
    let (start, end) = (format!("<!-- generated: {name} -->"), format!("<!-- end of generated: {name} -->"));
    let parts = text.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = parts else {
        bail!("there is no {start} followed by {end}; put both where the table belongs");
    };
    Ok(format!("{before}{start}\n{}\n{end}{after}", content.trim_end()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    const TEXT: &str = "# A\n<!-- generated: x -->\nold\n<!-- end of generated: x -->\nB\n";

    #[test]
    fn what_is_between_the_markers_is_replaced() {
        let new = replace(TEXT, "x", "new\n").unwrap();
        assert_eq!(new, "# A\n<!-- generated: x -->\nnew\n<!-- end of generated: x -->\nB\n");
        assert_eq!(replace(&new, "x", "new\n").unwrap(), new);
    }

    #[test]
    fn lost_markers_are_an_error() {
        for text in ["", "<!-- generated: x -->", "<!-- end of generated: x --><!-- generated: x -->"] {
            let error = replace(text, "x", "new").unwrap_err().to_string();
            assert!(error.contains("put both where the table belongs"), "{error}");
        }
    }
}
