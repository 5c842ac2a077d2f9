//! `compare`: what differs between settings, and what that makes of a score.

use crate::evaluation::SplitName;
use crate::output::{answer, warn};
use crate::run_args::CompareArgs;
use crate::runs::{Comparison, DifferenceTest, SettingDifference, SettingScores, expand, settings};
use crate::tables::{aligned, p_in_words, seeds_in_words};
use anyhow::{Result, bail};
use serde_json::json;

pub(crate) fn compare(args: &CompareArgs) -> Result<()> {
    if args.split == SplitName::Train {
        bail!("--split train: runs keep no scores of the training split; choose test or valid");
    }
    let (settings, left_out) = settings(&expand(&args.runs)?)?;
    let comparison = Comparison::of(&settings, args.metric.as_deref(), args.split)?;
    if args.json {
        let mut object = json!(comparison);
        object["left_out"] = json!(left_out);
        return Ok(answer(&serde_json::to_string_pretty(&object)?)?);
    }
    left_out.iter().for_each(|line| warn(line));
    comparison.warnings.iter().for_each(|line| warn(&format!("warning: {line}")));
    Ok(answer(if args.csv { to_csv(&comparison)? } else { to_text(&comparison) }.trim_end())?)
}

fn to_text(comparison: &Comparison) -> String {
    let (metric, split) = (&comparison.metric, comparison.split.label());
    let head = ["", "setting", "measured by", metric, "95 % interval"].map(String::from).to_vec();
    let rows: Vec<_> =
        std::iter::once(head).chain(comparison.settings.iter().map(|row| score_row(comparison, row))).collect();
    let mut text = format!("{metric} on {split}, mean over models\n\n{}\n", aligned(&rows, 3));
    if !comparison.differing_keys.is_empty() {
        let letters = comparison.settings.iter().map(|one| one.letter.clone());
        let head: Vec<_> = std::iter::once("what differs".to_string()).chain(letters).collect();
        let keys = comparison.differing_keys.iter();
        let rows = keys.map(|one| std::iter::once(&one.key).chain(&one.values).cloned().collect());
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
        text += &format!("\n{}\n", aligned(&rows, rows[0].len()));
    }
    let differences: Vec<String> =
        comparison.differences.iter().map(|one| difference_in_words(comparison, one)).collect();
    let beyond = comparison.beyond_bounds().map(|line| format!("\n{line}")).unwrap_or_default();
    format!("{text}\n{}{beyond}", differences.join("\n"))
}

fn score_row(comparison: &Comparison, row: &SettingScores) -> Vec<String> {
    let score = |value| comparison.score(value);
    let interval = row.interval.map_or("-".to_string(), |(low, high)| format!("{} to {}", score(low), score(high)));
    vec![row.letter.clone(), row.label.clone(), models_in_words(row), score(row.mean), interval]
}

/// `seeds 1, 2`, or `10 folds, seeds 1, 2`.
fn models_in_words(row: &SettingScores) -> String {
    let seeds = match row.seeds.len() {
        ..=5 => seeds_in_words(&row.seeds),
        count => format!("{count} seeds"),
    };
    row.folds.map_or(seeds.clone(), |folds| format!("{folds} folds, {seeds}"))
}

/// `B - A: +0.0123, 95 % interval 0.0021 to 0.0225, p 0.013 (paired, 5 shared seeds)`.
fn difference_in_words(comparison: &Comparison, one: &SettingDifference) -> String {
    let signed = |difference| comparison.difference(difference);
    let names = format!("{} - {}", one.letter, one.against);
    let Some(found) = one.difference else {
        return format!("{names}: {} ({})", signed(one.mean), one.test);
    };
    let holm = one.p_holm.filter(|holm| *holm != found.p);
    let holm = holm.map(|holm| format!(", {} corrected by Holm", p_in_words(holm))).unwrap_or_default();
    let ([mean, low, high], p) = ([found.mean, found.low, found.high].map(signed), p_in_words(found.p));
    format!("{names}: {mean}, 95 % interval {low} to {high}, p {p}{holm} ({})", one.test)
}

/// One row a setting, with its values of the differing keys and its difference from the first.
fn to_csv(comparison: &Comparison) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let fixed = [
        "setting",
        "label",
        "metric",
        "split",
        "seeds",
        "models",
        "mean",
        "deviation",
        "low",
        "high",
        "difference",
        "difference_low",
        "difference_high",
        "t",
        "degrees",
        "p",
        "p_holm",
        "test",
    ];
    table.write_record(fixed.into_iter().chain(comparison.differing_keys.iter().map(|one| one.key.as_str())))?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for (place, row) in comparison.settings.iter().enumerate() {
        let difference = place.checked_sub(1).map(|place| &comparison.differences[place]);
        let found = difference.and_then(|one| one.difference);
        let test = difference.map_or("", |one| match one.test {
            DifferenceTest::Paired { .. } => "paired",
            DifferenceTest::Welch => "welch",
            DifferenceTest::TooFew | DifferenceTest::NoSpread => "none",
        });
        let seeds: Vec<String> = row.seeds.iter().map(u64::to_string).collect();
        let split = comparison.split.label();
        let words = [&row.letter, &row.label, &comparison.metric, split, &seeds.join(" "), &row.models.to_string()];
        let numbers = [
            Some(row.mean),
            row.deviation,
            row.interval.map(|interval| interval.0),
            row.interval.map(|interval| interval.1),
            difference.map(|one| one.mean),
            found.map(|one| one.low),
            found.map(|one| one.high),
            found.map(|one| one.t),
            found.map(|one| one.degrees),
            found.map(|one| one.p),
            difference.and_then(|one| one.p_holm),
        ];
        let keys = comparison.differing_keys.iter().map(|one| one.values[place].clone());
        let cells =
            words.iter().map(ToString::to_string).chain(numbers.map(number)).chain([test.to_string()]).chain(keys);
        table.write_record(cells)?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}
