//! The tables that programs write into READMEs, between markers that say so: `<!-- generated: NAME -->`.

use crate::catalog::entries;
use crate::workspace::Workspace;
use crate::{card, errata, figure, int8, pace, results, testing};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trainer::output::{say, warn};
use zoo_core::{Flush, write_atomically};
use zoo_results::{FineTuning, digest, digest_new};

/// What to do.
#[derive(Debug, Args)]
pub(crate) struct ReadmeOptions {
    /// Change nothing; exit with 1 if a table is not what its results say
    #[arg(long)]
    check: bool,
}

/// A file with generated sections.
struct Page {
    path: PathBuf,
    /// Below the workspace's root.
    name: String,
    before: String,
    after: String,
    /// The names of its sections.
    sections: Vec<String>,
}

/// Writes or checks all sections.
pub(crate) fn readme(workspace: &Workspace, options: &ReadmeOptions) -> Result<ExitCode> {
    if !options.check {
        write(workspace)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(stale) = stale(workspace)? else {
        return Ok(ExitCode::SUCCESS);
    };
    warn(&format!("{stale}; run `cargo xtask readme` and commit what it changes"));
    Ok(ExitCode::FAILURE)
}

/// Which files have tables that are not what their results say, if any.
pub(crate) fn stale(workspace: &Workspace) -> Result<Option<String>> {
    let stale = pages(workspace)?.into_iter().filter(|page| page.before != page.after);
    let names: Vec<String> = stale.map(|page| format!("{} ({})", page.name, page.sections.join(", "))).collect();
    Ok((!names.is_empty()).then(|| format!("not what the results say: {}", names.join("; "))))
}

/// Writes all sections, the model cards beside the weights, and the digests of results that have none.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    digest_new(&workspace.results())?;
    // The scripts that write these know no digests.
    digest(&workspace.results(), testing::FOLDER)?;
    for entry in workspace.recipes()? {
        if let Some(record) = workspace.record(&entry.recipe.name)?
            && card::fault(workspace, &entry, &record)?.is_some()
        {
            card::write(workspace, &entry, &record)?;
            say(&format!("{}: model card written", record.recipe));
        }
    }
    for Page { path, name, before, after, sections } in pages(workspace)? {
        if before != after {
            write_atomically(&path, after.as_bytes(), Flush::ToDisk)?;
            say(&format!("{name}: {} written", sections.join(", ")));
        }
    }
    Ok(())
}

/// Every file with generated sections, and the figures, which are generated whole.
fn pages(workspace: &Workspace) -> Result<Vec<Page>> {
    let mut pages = figure_pages(workspace)?;
    for path in markdown_files(workspace.root())? {
        let before = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let below = path.strip_prefix(workspace.root()).unwrap_or(&path).to_path_buf();
        let name = below.display().to_string();
        let (mut after, sections) = (before.clone(), sections(&before, required(workspace, &below)));
        for section in &sections {
            let content = render(workspace, &below, section).with_context(|| name.clone())?;
            after = replace(&after, section, &content).with_context(|| name.clone())?;
        }
        if !sections.is_empty() {
            pages.push(Page { path, name, before, after, sections });
        }
    }
    Ok(pages)
}

fn figure_pages(workspace: &Workspace) -> Result<Vec<Page>> {
    let page = |figure::DrawnFigure { path, svg }| {
        let before = if path.exists() { fs::read_to_string(&path)? } else { String::new() };
        let name = path.strip_prefix(workspace.root()).unwrap_or(&path).display().to_string();
        Ok(Page { path, name, before, after: svg, sections: vec!["figure".to_string()] })
    };
    figure::all(workspace)?.into_iter().map(page).collect()
}

/// All Markdown files below a folder, but for what was built or is hidden.
fn markdown_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        let is_hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if entry.is_dir() && !is_hidden && !entry.join("CACHEDIR.TAG").exists() {
            files.extend(markdown_files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "md") {
            files.push(entry);
        }
    }
    Ok(files)
}

/// The names of the sections that a text must have, and of all that a line starts or, where such a line is lost, ends.
fn sections(text: &str, required: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = required.iter().map(ToString::to_string).collect();
    let starts = ["<!-- generated: ", "<!-- end of generated: "];
    for line in text.lines().filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start))) {
        names.extend(line.strip_suffix(" -->").filter(|name| !names.iter().any(|one| one == name)).map(String::from));
    }
    names
}

/// The sections that a file must have.
fn required(workspace: &Workspace, below: &Path) -> &'static [&'static str] {
    let folder = |family| workspace.root().join("models").join(family);
    match family(below) {
        Some(family) if folder(family).join("weights/index.json").exists() => &["results", "weights"],
        None if below == Path::new("results/README.md") => &["results", "int8", "bench"],
        None if below == Path::new("TESTING.md") => &["testing"],
        None if below == Path::new("SOURCES.md") => &["errata"],
        None if below == Path::new("README.md") || below == Path::new("docs/speed.md") => &["speed"],
        None if below == Path::new("docs/fine-tune.md") => &["fine_tuning"],
        _ => &[],
    }
}

/// Whose README `models/NAME/README.md` is.
fn family(below: &Path) -> Option<&str> {
    let parts: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
    match parts[..] {
        ["models", family, "README.md"] => Some(family),
        _ => None,
    }
}

/// What belongs into a section of a file.
fn render(workspace: &Workspace, below: &Path, section: &str) -> Result<String> {
    let record = workspace.bench();
    Ok(match (section, family(below)) {
        ("results", family) => results::recipes(workspace, family)?,
        ("weights", Some(family)) => results::weights(workspace, family)?,
        ("pace", Some(family)) => pace::section(workspace, family)?,
        ("experiments", _) => results::experiments(workspace)?,
        ("fine_tuning", _) => FineTuning::read(&workspace.results().join("fine_tuning.json"))?.to_markdown(),
        ("speed", _) => zoo_bench::headline(&record)?.map_or_else(String::new, |headline| headline.sentence),
        ("int8", _) => int8::section(&workspace.results().join(int8::FILE))?,
        ("testing", _) => testing::section(workspace)?,
        ("errata", _) => errata::table(),
        ("bench", _) if below == Path::new("results/README.md") => zoo_bench::readme_section(&record)?,
        ("bench", _) => zoo_bench::page_section(&record)?,
        _ => bail!(
            "no program writes {}; sections are results, experiments, errata, fine_tuning, int8, bench, speed, testing and, of a model, weights and pace",
            start(section)
        ),
    })
}

fn start(section: &str) -> String {
    format!("<!-- generated: {section} -->")
}

fn end(section: &str) -> String {
    format!("<!-- end of generated: {section} -->")
}

/// The text with `content` between the markers of `section`.
fn replace(text: &str, section: &str, content: &str) -> Result<String> {
    let (start, end) = (start(section), end(section));
    let parts = text.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = parts else {
        bail!("there is no {start} followed by {end}; put both where the table belongs");
    };
    Ok(format!("{before}{start}\n{}\n{end}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    const TEXT: &str = "# A\n<!-- generated: x -->\nold\n<!-- end of generated: x -->\nB\n";

    #[test]
    fn what_is_between_the_markers_is_replaced() {
        assert_eq!(sections(TEXT, &[]), ["x"]);
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
        assert_eq!(sections("<!-- end of generated: x -->\n", &["y"]), ["y", "x"]);
    }

    #[test]
    fn the_sections_of_the_workspace_are_found_and_current() {
        let workspace = Workspace::here();
        let found: Vec<String> = pages(&workspace).unwrap().into_iter().map(|page| page.name).collect();
        for family in workspace.families().unwrap() {
            let name = format!("models/{}/README.md", family.file_name().unwrap().to_string_lossy());
            assert!(found.contains(&name), "{name}");
        }
        for name in [
            "README.md",
            "docs/fine-tune.md",
            "docs/speed.md",
            "results/claims.svg",
            "results/speed.svg",
            "results/README.md",
            "crates/experiments/README.md",
            "results/bench.md",
            "TESTING.md",
            "SOURCES.md",
        ] {
            assert!(found.iter().any(|one| one == name), "{name}");
        }
        assert_eq!(stale(&workspace).unwrap(), None);
    }
}
