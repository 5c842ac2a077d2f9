//! The model card beside every weights file: what it is, what it was trained on, what it reaches, what it is not for.

use crate::recipes::Shipped;
use zoo_core::{Metric, Provenance, Scores};
use zoo_recipe::DataName;
use zoo_results::{Record, Report, Summary};

/// The card of the weights that `run`, the record's first, ended with.
pub(super) fn card(shipped: &Shipped, record: &Record, summary: &Summary, run: &Report, bytes: u64) -> String {
    let (recipe, claim) = (&shipped.recipe, &shipped.recipe.claim);
    [
        format!("# {}\n", recipe.name),
        format!("{}. Source: {}.\n", claim.summary, claim.source),
        "Written by `cargo xtask reproduce --record`; do not edit.\n".to_string(),
        facts(shipped, record, run, bytes),
        format!("\n## Test figures\n\n{}", figures(run, summary, record, claim.metric)),
        format!("\n{}", classes(run)),
        format!("\n## Limits\n\n{}", limits(recipe.data.name, run)),
    ]
    .join("\n")
}

fn facts(shipped: &Shipped, record: &Record, run: &Report, bytes: u64) -> String {
    let recipe = &shipped.recipe;
    let data = &run.data;
    let unverified =
        if data.provenance == Provenance::Unverified { ", unverified: not the published files" } else { "" };
    let commit = run.commit.as_deref().unwrap_or("unknown");
    let instructions = run.instruction_set.as_deref().map(|name| format!(" with {name}")).unwrap_or_default();
    let rows = [
        (
            "data",
            format!(
                "{} ({} training, {} validation, {} test examples{unverified})",
                data.name, data.train, data.valid, data.test
            ),
        ),
        ("about the data", about(recipe.data.name)),
        ("preprocessing", "inside the file, as metadata `zoo`: normalization, input shape, class names".to_string()),
        ("parameters", run.parameters.to_string()),
        ("multiply-adds an example", run.multiply_adds.to_string()),
        ("recipe", format!("[`recipes/{0}.toml`](../recipes/{0}.toml), sha256 `{1}`", recipe.name, run.recipe_sha256)),
        ("how the recipe was found", recipe.claim.found.clone()),
        ("seed", format!("{}, the first of {:?}, which the recipe stated beforehand", run.seed, recipe.training.seeds)),
        ("trained", format!("{} epochs in {:.1} s, epoch {} kept", run.epochs_run, run.train_seconds, run.best_epoch)),
        (
            "on",
            format!("{}, {} threads, device {}{instructions}, Burn {}", record.cpu, run.threads, run.device, run.burn),
        ),
        ("when", format!("{}, commit `{commit}`", run.started)),
        ("file", format!("{bytes} bytes, sha256 `{}`", run.weights_sha256)),
    ];
    let rows: String = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| | |\n|---|---|\n{rows}")
}

fn about(data: DataName) -> String {
    let zoo_recipe::About { title, license, citation, url, folder, .. } = data.about();
    format!("{title}; {citation}, <{url}>. License: {license}. More: [datasets/{folder}](../../../datasets/{folder})")
}

fn figures(run: &Report, summary: &Summary, record: &Record, metric: Metric) -> String {
    let spread = &summary.measured;
    let over = if record.folds.is_some() { "folds" } else { "seeds" };
    let mut text = format!("| these weights | |\n|---|--:|\n{}", scores(&run.test));
    if let Some(mirrored) = &run.test_mirrored {
        text += &format!("| accuracy, logits averaged with the mirror image's | {:.4} |\n", mirrored.accuracy);
    }
    let (count, name) = (spread.count, metric.label());
    let zoo_results::Spread { mean, deviation, min, max, .. } = spread;
    text + &format!(
        "\nOver {count} {over}, the recipe's {name}: mean {mean:.4}, standard deviation {deviation:.4}, {min:.4} to {max:.4}.\n"
    )
}

fn scores(scores: &Scores) -> String {
    let named = [
        ("accuracy", Some(scores.accuracy)),
        ("loss", Some(scores.loss)),
        ("top-5 accuracy", scores.top_k.map(|top| top.accuracy)),
        ("AUROC", scores.auroc),
        ("balanced accuracy", scores.balanced_accuracy),
        ("sensitivity", scores.sensitivity),
        ("specificity", scores.specificity),
    ];
    named.iter().filter_map(|(name, value)| value.map(|value| format!("| {name} | {value:.4} |\n"))).collect()
}

fn classes(run: &Report) -> String {
    let row = |class: &zoo_core::ClassScores| {
        let zoo_core::ClassScores { name, precision, recall, f1, support } = class;
        format!("| {name} | {precision:.4} | {recall:.4} | {f1:.4} | {support} |\n")
    };
    let rows: String = run.per_class.iter().map(row).collect();
    format!("| class | precision | recall | F1 | test examples |\n|---|--:|--:|--:|--:|\n{rows}")
}

fn limits(data: DataName, run: &Report) -> String {
    let unverified = match run.data.provenance {
        Provenance::Official => "",
        Provenance::Unverified => " The data were not the published files: figures on those may differ.",
    };
    format!(
        "{}{unverified} Probabilities are as trustworthy as the report's reliability diagram shows.\n",
        data.about().limits
    )
}
