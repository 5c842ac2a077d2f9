//! The model card beside every weights file: what it is, what it was trained on, what it reaches, what it is not for.

use crate::catalog::{RecipeEntry, zoo_data};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use zoo_core::weights::{Entry, Index};
use zoo_core::{ClassScores, DatasetFacts, Flush, Provenance, Scores, write_atomically};
use zoo_recipe::Recipe;
use zoo_report::table::{counted, left, markdown, right};
use zoo_results::{Record, Report, Spread, Summary};

/// Writes the card and the entry in the family's index that belong to shipped weights.
pub(crate) fn write(workspace: &Workspace, entry: &RecipeEntry, record: &Record) -> Result<()> {
    let (card, index_entry) = beside_weights(workspace, entry, record)?;
    let file = workspace.weights_file(entry);
    write_atomically(&file.with_extension("md"), card.as_bytes(), Flush::ToDisk)?;
    let index = file.with_file_name("index.json");
    let mut entries = if index.exists() { Index::read(&index)?.weights } else { Vec::new() };
    entries.retain(|other| other.name != index_entry.name);
    entries.push(index_entry);
    Ok(Index::new(entries).write(&index)?)
}

/// What stands beside the shipped weights and is not what their record says: the model card, or the entry in the family's index.
pub(crate) fn fault(workspace: &Workspace, entry: &RecipeEntry, record: &Record) -> Result<Option<String>> {
    let (card, index_entry) = beside_weights(workspace, entry, record)?;
    let file = workspace.weights_file(entry);
    let index = file.with_file_name("index.json");
    if !Index::read(&index)?.weights.contains(&index_entry) {
        return Ok(Some(format!("{} has another entry for {} than its record gives", index.display(), record.recipe)));
    }
    let path = file.with_extension("md");
    let is_current = fs::read_to_string(&path).is_ok_and(|text| text == card);
    Ok((!is_current).then(|| format!("the model card {} is not what its record says", path.display())))
}

/// The card and the entry in the index that belong beside the weights.
fn beside_weights(workspace: &Workspace, entry: &RecipeEntry, record: &Record) -> Result<(String, Entry)> {
    let first = record.runs.first().context("a record has at least one run")?;
    let summary = record.summary(&entry.recipe).context("a record has at least one run")?;
    let file = workspace.weights_file(entry);
    let bytes = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.len();
    Ok((card(&entry.recipe, record, &summary, first, bytes), first.index_entry(bytes)))
}

/// The card of the weights that `run`, the record's first, ended with.
fn card(recipe: &Recipe, record: &Record, summary: &Summary, run: &Report, bytes: u64) -> String {
    let claim = recipe.zoo_claim();
    [
        format!("# {}\n", recipe.name),
        format!("{}. Source: {}.\n", claim.summary, claim.source),
        "Written by `cargo xtask reproduce --record`; do not edit.\n".to_string(),
        facts(recipe, record, run, bytes),
        format!("\n## Test figures\n\n{}", figures(recipe, record, summary, run)),
        format!("\n{}", classes(run)),
        format!("\n## Limits\n\n{}", limits(recipe, run)),
    ]
    .join("\n")
}

fn facts(recipe: &Recipe, record: &Record, run: &Report, bytes: u64) -> String {
    let Report { data, threads, device, burn, started, .. } = run;
    let is_unverified = data.provenance == Provenance::Unverified;
    let unverified = if is_unverified { ", unverified: not the published files" } else { "" };
    let sizes = format!("{} training, {} validation, {} test examples", data.train, data.valid, data.test);
    let DatasetFacts { title, license, citation, url, folder, .. } = zoo_data(recipe).facts();
    let about = format!(
        "{title}; {citation}, <{url}>. License: {license}. More: [datasets/{folder}](../../../datasets/{folder})"
    );
    let link = format!("[`recipes/{0}.toml`](../recipes/{0}.toml), sha256 `{1}`", recipe.name, run.recipe_sha256);
    let seeds = &recipe.training.seeds;
    let (epochs, best) = (run.epochs_run, run.best_epoch);
    let instructions = run.instruction_set.as_deref().map(|name| format!(" with {name}")).unwrap_or_default();
    let commit = run.commit.as_deref().unwrap_or("unknown");
    let rows = [
        ("data", format!("{} ({sizes}{unverified})", data.name)),
        ("about the data", about),
        ("preprocessing", "inside the file, as metadata `zoo`: normalization, input shape, class names".to_string()),
        ("parameters", run.parameters.to_string()),
        ("MACs per example", run.macs.to_string()),
        ("recipe", link),
        ("how the recipe was found", recipe.zoo_claim().found.clone()),
        ("seed", format!("{}, the first of {seeds:?}, which the recipe stated beforehand", run.seed)),
        ("trained", format!("{epochs} epochs in {:.1} s, epoch {best} kept", run.train_seconds)),
        ("on", format!("{}, {}, device {device}{instructions}, Burn {burn}", record.cpu, counted(*threads, "thread"))),
        ("when", format!("{started}, commit `{commit}`")),
        ("file", format!("{bytes} bytes, sha256 `{}`", run.weights_sha256)),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name.to_string(), value]).collect();
    markdown(&[left(""), left("")], &rows)
}

fn figures(recipe: &Recipe, record: &Record, summary: &Summary, run: &Report) -> String {
    let mut rows = scores(&run.test);
    for (name, of) in Report::AUGMENTED {
        rows.extend(of(run).map(|scores| vec![format!("accuracy, logits {name}"), format!("{:.4}", scores.accuracy)]));
    }
    let Spread { count, mean, deviation, min, max } = summary.measured;
    let over = counted(count, if record.folds.is_some() { "fold" } else { "seed" });
    let spread = match count {
        1 => format!("{mean:.4}"),
        _ => format!("mean {mean:.4}, standard deviation {deviation:.4}, {min:.4} to {max:.4}"),
    };
    let name = recipe.zoo_claim().metric.label();
    let table = markdown(&[left("these weights"), right("")], &rows);
    format!("{table}\nOver {over}, the recipe's {name}: {spread}.\n")
}

fn scores(scores: &Scores) -> Vec<Vec<String>> {
    let named = [
        ("accuracy", Some(scores.accuracy)),
        ("loss", Some(scores.loss)),
        ("top-5 accuracy", scores.top_k.map(|top| top.accuracy)),
        ("AUROC", scores.auroc),
        ("balanced accuracy", scores.balanced_accuracy),
        ("sensitivity", scores.sensitivity),
        ("specificity", scores.specificity),
    ];
    let known = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    known.map(|(name, value)| vec![name.to_string(), format!("{value:.4}")]).collect()
}

fn classes(run: &Report) -> String {
    let row = |class: &ClassScores| {
        let scores = [class.precision, class.recall, class.f1].map(|score| format!("{score:.4}"));
        [vec![class.name.clone()], scores.to_vec(), vec![class.support.to_string()]].concat()
    };
    let columns = [left("class"), right("precision"), right("recall"), right("F1"), right("test examples")];
    markdown(&columns, &run.per_class.iter().map(row).collect::<Vec<_>>())
}

fn limits(recipe: &Recipe, run: &Report) -> String {
    let unverified = match run.data.provenance {
        Provenance::Official | Provenance::Own => "",
        Provenance::Unverified => " The data were not the published files: figures on those may differ.",
    };
    let limits = zoo_data(recipe).facts().limits;
    format!("{limits}{unverified} Probabilities are as trustworthy as the report's reliability diagram shows.\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn cards_and_index_are_what_the_records_say_and_of_no_other() {
        let workspace = Workspace::here();
        let mut recorded = 0;
        for entry in workspace.recipes().unwrap() {
            let Some(mut record) = workspace.record(&entry.recipe.name).unwrap() else { continue };
            assert_eq!(fault(&workspace, &entry, &record).unwrap(), None, "{}", entry.recipe.name);
            record.cpu.push_str(" II");
            assert!(fault(&workspace, &entry, &record).unwrap().unwrap().contains("the model card"));
            record.runs[0].test.accuracy -= 0.001;
            assert!(fault(&workspace, &entry, &record).unwrap().unwrap().contains("another entry"));
            recorded += 1;
        }
        assert!(recorded > 0, "there are no records in {}", workspace.results().display());
    }
}
