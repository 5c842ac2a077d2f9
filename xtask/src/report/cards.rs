//! A section a model: its card, its curves, its errors, what its weights look like.

use super::claims::{is_unverified, over};
use super::html::{chart, details, escape, per_cent, table};
use super::{Figure, Model, measured};
use zoo_core::Scores;
use zoo_recipe::Model as Network;
use zoo_results::{Record, Report};

/// The section and its figures, which are in it too.
pub(super) fn section(model: &Model) -> (String, Vec<Figure>) {
    let recipe = &model.shipped.recipe;
    let opening = format!(
        "<section id=\"{0}\" class=\"model\">\n<h2>{0}</h2>\n<p>{1}.</p>\n",
        recipe.name,
        escape(&recipe.claim.summary)
    );
    let (Some(record), Some(first)) = (&model.record, model.record.as_ref().and_then(|record| record.runs.first()))
    else {
        let missing =
            format!("<p class=\"note\">Not measured yet: <code>cargo xtask reproduce {}</code></p>\n", recipe.name);
        return (format!("{opening}{missing}{}</section>\n", recipe_text(model)), Vec::new());
    };
    let figures = measured::figures(record, model.inspection.as_ref());
    let drawn: String = figures.iter().map(|drawn| chart(&drawn.svg, &drawn.caption)).collect();
    let seen =
        model.inspection.as_ref().map(|seen| seen.gallery(first.data.test) + &seen.first_layer(&layer_caption(model)));
    let html = format!(
        "{opening}{}{}<h3>Figures</h3>\n<div class=\"charts\">{drawn}</div>\n{}{}{}{}</section>\n",
        card(model, record, first),
        scores(record, first),
        classes(record, first),
        counts(record, first),
        seen.unwrap_or_default(),
        recipe_text(model),
    );
    (html, figures)
}

fn card(model: &Model, record: &Record, first: &Report) -> String {
    let recipe = &model.shipped.recipe;
    let about = recipe.data.name.about();
    let data = &first.data;
    let marked =
        if is_unverified(record) { " <em>unverified: not the published files</em>" } else { " (the published files)" };
    let seconds = record.runs.iter().map(|run| run.train_seconds).sum::<f64>() / record.runs.len() as f64;
    let rows = [
        ("task", escape(about.task)),
        (
            "data",
            format!(
                "{}: {} training, {} validation, {} test examples{marked}",
                escape(about.title),
                count(data.train),
                count(data.valid),
                count(data.test),
            ),
        ),
        ("preprocessing", preprocessing(model)),
        (
            "size",
            format!(
                "{} parameters, {} multiply-adds an example",
                thousands(first.parameters as u64),
                thousands(first.multiply_adds)
            ),
        ),
        ("source", format!("{}: {}", escape(&recipe.claim.source), escape(&recipe.claim.stated))),
        ("how the recipe was found", escape(&recipe.claim.found)),
        ("seeds", format!("{:?}, stated before any of them ran; the first one's weights ship", recipe.training.seeds)),
        (
            "training",
            format!(
                "{seconds:.1} s a run on average, {} epochs, {:.0} examples/s",
                first.epochs_run, first.examples_per_second
            ),
        ),
        ("measured on", provenance(record, first)),
        ("limits", escape(about.limits)),
        ("license of the data", escape(about.license)),
        ("citation", format!("{}, <a href=\"{1}\">{1}</a>", escape(about.citation), about.url)),
    ];
    let rows: String = rows.iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n")).collect();
    format!("<dl class=\"card\">\n{rows}</dl>\n")
}

fn provenance(record: &Record, first: &Report) -> String {
    let instructions = first.instruction_set.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let commit = first.commit.as_deref().map_or("an unknown commit", |commit| commit.get(..12).unwrap_or(commit));
    format!(
        "{}, {} threads, device {}{instructions}, Burn {}, commit <code>{}</code>, {}",
        escape(&record.cpu),
        first.threads,
        escape(&first.device),
        escape(&first.burn),
        escape(commit),
        escape(first.started.get(..10).unwrap_or(&first.started))
    )
}

/// What happens to an example before and while training, as the recipe's keys say it.
fn preprocessing(model: &Model) -> String {
    let text = model.shipped.recipe.to_toml();
    let lines = text
        .lines()
        .filter(|line| ["frame =", "normalization =", "augmentation ="].iter().any(|key| line.starts_with(key)));
    lines.map(|line| format!("<code>{}</code>", escape(line))).collect::<Vec<_>>().join("<br>")
}

/// One of several scores.
type Score = fn(&Scores) -> Option<f64>;

/// Mean and spread of every score there is.
fn scores(record: &Record, first: &Report) -> String {
    let named: [(&str, Score); 7] = [
        ("accuracy", |scores| Some(scores.accuracy)),
        ("top-5 accuracy", |scores| scores.top_k.map(|top| top.accuracy)),
        ("AUROC", |scores| scores.auroc),
        ("balanced accuracy", |scores| scores.balanced_accuracy),
        ("sensitivity", |scores| scores.sensitivity),
        ("specificity", |scores| scores.specificity),
        ("F1", |scores| scores.f1),
    ];
    let of = |name: &str, scores: Vec<&Scores>, value: Score, shipped: Option<f64>| {
        let values: Vec<f64> = scores.into_iter().filter_map(value).collect();
        let spread = zoo_results::Spread::of(&values)?;
        let shipped = shipped.map_or("–".to_string(), |value| format!("{value:.4}"));
        let range = format!("{:.4} to {:.4}", spread.min, spread.max);
        Some(vec![name.to_string(), format!("{:.4} ± {:.4}", spread.mean, spread.deviation), range, shipped])
    };
    let mut rows: Vec<_> =
        named.iter().filter_map(|(name, value)| of(name, record.scores(), *value, value(&first.test))).collect();
    rows.extend(of("loss", record.scores(), |scores| Some(scores.loss), Some(first.test.loss)));
    let mirrored: Vec<&Scores> = record.runs.iter().filter_map(|run| run.test_mirrored.as_ref()).collect();
    let shipped = first.test_mirrored.as_ref().map(|scores| scores.accuracy);
    rows.extend(of("accuracy, averaged with the mirror image", mirrored, |scores| Some(scores.accuracy), shipped));
    let claimed = record.runs.first().map_or(zoo_core::Metric::Accuracy, |run| run.expected.metric).label();
    let mean = format!("mean ± sd over {}", over(record));
    format!(
        "<h3>Test scores</h3>\n<p>The claim is about the {claimed}.</p>\n{}",
        table(&["score", &mean, "range", "the weights that ship"], &rows)
    )
}

fn classes(record: &Record, first: &Report) -> String {
    let classes = record.folds.as_ref().map_or(&first.per_class, |folds| &folds.per_class);
    let row = |class: &zoo_core::ClassScores| {
        let parts = [class.precision, class.recall, class.f1].map(per_cent);
        let mut cells = vec![escape(&class.name)];
        cells.extend(parts);
        cells.push(class.support.to_string());
        cells
    };
    let rows: Vec<_> = classes.iter().map(row).collect();
    format!("<h3>By class</h3>\n{}", table(&["class", "precision", "recall", "F1", "test examples"], &rows))
}

fn counts(record: &Record, first: &Report) -> String {
    let confusion = record.folds.as_ref().map_or(&first.confusion, |folds| &folds.confusion);
    let names: Vec<String> = first.class_names.iter().map(|name| escape(name)).collect();
    let mut head = vec!["true class"];
    head.extend(names.iter().map(String::as_str));
    let row = |(name, counts): (&String, &Vec<u64>)| {
        std::iter::once(name.clone()).chain(counts.iter().map(u64::to_string)).collect::<Vec<_>>()
    };
    details("Confusion matrix in counts", &table(&head, &names.iter().zip(confusion).map(row).collect::<Vec<_>>()))
}

fn layer_caption(model: &Model) -> String {
    let scale = "Middle gray is 0; each picture has its own scale.";
    match model.shipped.recipe.model {
        Network::Cnn { .. } => format!("The first layer's filters. {scale}"),
        Network::Softmax { .. } | Network::LogisticRegression { .. } => {
            format!("The template of each class: its weights, pixel by pixel. {scale}")
        }
        Network::Mlp { .. } => format!("The first layer's units: their weights, pixel by pixel. {scale}"),
    }
}

fn recipe_text(model: &Model) -> String {
    details("The recipe", &format!("<pre>{}</pre>", escape(&model.shipped.recipe.to_toml())))
}

fn count(number: usize) -> String {
    thousands(number as u64)
}

/// 145,578
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_thousands() {
        assert_eq!([7, 1234, 145_578, 12_354_176].map(thousands), ["7", "1,234", "145,578", "12,354,176"]);
    }
}
