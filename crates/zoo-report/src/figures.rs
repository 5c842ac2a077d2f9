//! From reports to figures.

use crate::run_set::RunSet;
use zoo_core::Metric;
use zoo_plot::{Axis, Chart, Figure};
use zoo_results::outcome::{Drawn, FigureFile};
use zoo_results::{CalibrationBin, EpochScores, Inspection, Report, Spread};

/// The width of curves and bars, so that two stand side by side on a wide page, and of squares.
const WIDE: u32 = 560;
const SQUARE: u32 = 400;

/// Series from here on are told apart by their dashes.
const SOLID: usize = 8;

/// Every figure of a setting: curves, confusion matrix, reliability, for two classes the receiver operating characteristic, and the
/// weights of a linear model's columns.
pub fn figures(set: &RunSet<'_>, inspection: Option<&Inspection>) -> Vec<Drawn> {
    let (name, over, curves_over) = (set.name, set.over(), set.curves_over());
    let mut figures = Vec::new();
    if !set.runs.is_empty() {
        figures.push(loss_curves(name, set.runs, &curves_over));
        figures.push(score_curves(name, set.runs, &curves_over));
    }
    if !set.class_names().is_empty() {
        figures.push(confusion(name, set.class_names(), &fractions(set.confusion()), over));
        figures.push(reliability(name, set.calibration(), over));
    }
    if !set.roc().is_empty() {
        figures.push(roc_curve(name, set.roc(), over));
    }
    figures.extend(coefficients(name, inspection));
    figures
}

/// A chart as a figure of the model `name`: its title names what it shows, its caption also says it to those who do not see it.
fn figure(name: &str, kind: &str, title: &str, caption: String, width: u32, chart: Chart) -> Drawn {
    let svg = Figure::of(title, &caption, chart).width(width).svg();
    Drawn { entry: FigureFile { file: format!("{name}-{kind}.svg"), caption }, svg }
}

fn loss_curves(name: &str, runs: &[Report], over: &str) -> Drawn {
    let chart = Chart::new(Axis::linear("epoch"), Axis::linear("loss (mean per example)"));
    let chart = spread(chart, "training", runs, |row| row.train_loss);
    let chart = spread(chart, "validation", runs, |row| row.valid_loss);
    let caption = format!(
        "Loss by epoch: mean over {over}, the band from the least to the largest. Training loss is the mean over the epoch, as the weights changed."
    );
    figure(name, "loss", &format!("Loss of {name} by epoch"), caption, WIDE, chart)
}

fn score_curves(name: &str, runs: &[Report], over: &str) -> Drawn {
    let score = CurveScore::of(runs);
    let chart = Chart::new(Axis::linear("epoch"), Axis::linear(score.axis));
    let chart = spread(chart, "training", runs, |row| score.values(row)[0]);
    let chart = spread(chart, "validation", runs, |row| score.values(row)[1]);
    let caption = format!("{} by epoch: mean over {over}, with the band between the extremes.", score.title);
    figure(name, score.kind, &format!("{} of {name} by epoch", score.title), caption, WIDE, chart)
}

/// What is drawn beside the loss: the accuracy, or where numbers are predicted their error.
struct CurveScore {
    kind: &'static str,
    title: &'static str,
    axis: &'static str,
    factor: f64,
}

impl CurveScore {
    fn of(runs: &[Report]) -> CurveScore {
        match runs.iter().find_map(|run| run.curves.first()).map(|row| row.beside_loss().0) {
            Some(Metric::Rmse) => CurveScore { kind: "rmse", title: "RMSE", axis: "RMSE", factor: 1.0 },
            _ => CurveScore { kind: "accuracy", title: "Accuracy", axis: "accuracy (%)", factor: 100.0 },
        }
    }

    /// On the training and on the validation split.
    fn values(&self, row: &EpochScores) -> [f64; 2] {
        row.beside_loss().1.map(|value| self.factor * value)
    }
}

/// By epoch, over the runs that reached it: the mean, in a band from the least to the largest.
fn spread(chart: Chart, label: &str, runs: &[Report], value: impl Fn(&EpochScores) -> f64) -> Chart {
    let by_epoch = by_epoch(runs, value);
    let band: Vec<_> = by_epoch.iter().map(|(epoch, spread)| (*epoch, spread.min, spread.max)).collect();
    let means: Vec<_> = by_epoch.iter().map(|(epoch, spread)| (*epoch, spread.mean)).collect();
    chart.band(label, &band).line(label, &means)
}

/// An epoch, from 1, with what the runs that reached it measured of one value.
fn by_epoch(runs: &[Report], value: impl Fn(&EpochScores) -> f64) -> Vec<(f64, Spread)> {
    let longest = runs.iter().map(|run| run.curves.len()).max().unwrap_or(0);
    let at = |place: usize| {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.curves.get(place)).map(&value).collect();
        Some((place as f64 + 1.0, Spread::of(&values)?))
    };
    (0..longest).filter_map(at).collect()
}

/// Loss and accuracy of several settings over each other, each the mean over its runs: solid on validation, dashed on training.
pub fn overlaid(sets: &[RunSet<'_>]) -> Vec<Drawn> {
    let of = |kind: &str, title: &str, axis: &str, values: &dyn Fn(&EpochScores) -> [f64; 2]| {
        let mut chart = Chart::new(Axis::linear("epoch"), Axis::linear(axis));
        for RunSet { name, runs, .. } in sets {
            let means = |split: usize| -> Vec<(f64, f64)> {
                let spreads = by_epoch(runs, |row| values(row)[split]).into_iter();
                spreads.map(|(epoch, spread)| (epoch, spread.mean)).collect()
            };
            chart = chart.line(name, &means(1));
            // From there on a series' own line is dashed.
            if sets.len() < SOLID {
                chart = chart.dashed(name, &means(0));
            }
        }
        let training = if sets.len() < SOLID { ", dashed on training" } else { "" };
        let caption = format!("{title} by epoch on validation{training}; of several seeds the mean.");
        figure("all", kind, &format!("{title} by epoch"), caption, WIDE, chart)
    };
    let mut figures = vec![of("loss", "Loss", "loss (mean per example)", &|row| [row.train_loss, row.valid_loss])];
    let scores: Vec<CurveScore> = sets.iter().map(|set| CurveScore::of(set.runs)).collect();
    // Accuracies and errors share no axis.
    if let Some(first) = scores.first().filter(|first| scores.iter().all(|score| score.kind == first.kind)) {
        figures.push(of(first.kind, first.title, first.axis, &|row| first.values(row)));
    }
    figures
}

/// Classes from the top down and from left to right, with every fraction as a number too.
fn confusion(name: &str, classes: &[String], rows: &[Vec<f64>], over: &str) -> Drawn {
    let names: Vec<&str> = classes.iter().map(String::as_str).collect();
    let upwards: Vec<&str> = names.iter().rev().copied().collect();
    let many = names.len() > 12;
    let mut chart =
        Chart::new(Axis::categories("predicted class", &names), Axis::categories("true class", &upwards)).equal_units();
    let cells = || {
        rows.iter().enumerate().flat_map(|(row, fractions)| {
            let height = (names.len() - 1 - row) as f64;
            fractions
                .iter()
                .enumerate()
                .map(move |(column, fraction)| (column == row, column as f64, height, *fraction))
        })
    };
    for (label, on_diagonal) in [("right", true), ("wrong", false)] {
        let here = cells().filter(|cell| cell.0 == on_diagonal);
        chart = chart.cells(label, &here.map(|(_, x, y, fraction)| (x, y, fraction)).collect::<Vec<_>>());
    }
    for (_, x, y, fraction) in cells().filter(|cell| cell.3 >= 0.0005 || !many) {
        chart = chart.text(&per_cent(fraction, many), (x, y));
    }
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as u32;
    let cell = match names.len() {
        ..=3 => 80,
        4..=12 => 52,
        _ => 26,
    };
    let width = 60 + 7 * longest + cell * names.len() as u32;
    let caption = format!("Confusion matrix on test, {over}: per cent of each true class.");
    figure(name, "confusion", &format!("Confusion matrix of {name}"), caption, width, chart)
}

/// Every row of counts as fractions of their sum.
fn fractions(confusion: &[Vec<u64>]) -> Vec<Vec<f64>> {
    let of_row = |row: &Vec<u64>| {
        let sum = row.iter().sum::<u64>().max(1) as f64;
        row.iter().map(|count| *count as f64 / sum).collect()
    };
    confusion.iter().map(of_row).collect()
}

/// A fraction as a number of its cell: the fewer cells, the finer.
fn per_cent(fraction: f64, many: bool) -> String {
    match 100.0 * fraction {
        percent if many => format!("{percent:.0}"),
        percent if percent >= 99.95 => "100".to_string(),
        percent => format!("{percent:.1}"),
    }
}

fn reliability(name: &str, bins: &[CalibrationBin], over: &str) -> Drawn {
    let filled: Vec<&CalibrationBin> = bins.iter().filter(|bin| bin.count > 0).collect();
    let points: Vec<(f64, f64)> = filled.iter().map(|bin| (bin.confidence, bin.accuracy)).collect();
    let count = filled.iter().map(|bin| bin.count).sum::<u64>().max(1) as f64;
    let error: f64 = filled.iter().map(|bin| bin.count as f64 / count * (bin.confidence - bin.accuracy).abs()).sum();
    let axes = ["probability given to the predicted class", "fraction of them that is right"];
    let chart = against_diagonal(axes, "calibrated", &points).scatter("model", &points);
    let caption = format!(
        "Reliability on test, {over}, in {} bins: on the dashed line probabilities mean what they say. Expected calibration error {error:.4}.",
        bins.len()
    );
    figure(name, "reliability", &format!("Reliability of {name}"), caption, SQUARE, chart)
}

fn roc_curve(name: &str, roc: &[[f64; 2]], over: &str) -> Drawn {
    let points: Vec<(f64, f64)> = roc.iter().map(|[x, y]| (*x, *y)).collect();
    let chart = against_diagonal(["false positive rate", "true positive rate"], "chance", &points);
    let caption = format!("Receiver operating characteristic on test, {over}; the dashed line is chance.");
    figure(name, "roc", &format!("Receiver operating characteristic of {name}"), caption, SQUARE, chart)
}

/// A model's line through the unit square, beside the diagonal.
fn against_diagonal([x, y]: [&str; 2], diagonal: &str, points: &[(f64, f64)]) -> Chart {
    let axis = |name| Axis::linear(name).range(0.0..1.0);
    let chart = Chart::new(axis(x), axis(y)).equal_units();
    chart.line("model", points).dashed(diagonal, &[(0.0, 0.0), (1.0, 1.0)])
}

fn coefficients(name: &str, inspection: Option<&Inspection>) -> Option<Drawn> {
    let mut weights: Vec<_> = inspection?.coefficients.iter().collect();
    if weights.is_empty() {
        return None;
    }
    weights.sort_by(|left, right| left.weight.total_cmp(&right.weight));
    let columns: Vec<&str> = weights.iter().map(|weight| weight.column.as_str()).collect();
    // What a layer has no place for, it leaves out.
    let only = |speaks: fn(f64) -> bool| {
        weights.iter().map(|one| if speaks(one.weight) { one.weight } else { f64::NAN }).collect::<Vec<_>>()
    };
    let chart = Chart::new(Axis::linear("weight of the standardized column"), Axis::categories("", &columns))
        .level_bars("against the positive class", &only(|weight| weight < 0.0))
        .level_bars("for it", &only(|weight| weight >= 0.0));
    let caption = "Weights of the standardized columns: above 0 a larger value speaks for the positive class.".into();
    Some(figure(name, "coefficients", &format!("Weights of {name}"), caption, WIDE, chart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_examples_is_all_zero() {
        assert_eq!(fractions(&[vec![1, 3], vec![0, 0]]), [vec![0.25, 0.75], vec![0.0, 0.0]]);
    }
}
