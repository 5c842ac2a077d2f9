//! From records to figures.

use super::Figure;
use super::charts::{self, Axes, BLUE, ORANGE, Series};
use super::inspection::Inspection;
use anyhow::Result;
use plotters::chart::SeriesLabelPosition;
use zoo_recipe::{CalibrationBin, EpochScores, Record, Report};

/// Every figure of a record: curves, confusion matrix, reliability, and for two classes the receiver operating characteristic.
pub(super) fn figures(record: &Record, inspection: Option<&Inspection>) -> Result<Vec<Figure>> {
    let name = &record.recipe;
    let Some(first) = record.runs.first() else {
        return Ok(Vec::new());
    };
    let pooled = record.folds.as_ref();
    let (over, curves_over) = match pooled {
        Some(_) => ("pooled over all folds", "plain runs".to_string()),
        None => ("of the first seed", format!("{} seeds", record.runs.len())),
    };
    let confusion = pooled.map_or(&first.confusion, |folds| &folds.confusion);
    let mut figures = vec![
        loss_curves(name, &record.runs, &curves_over)?,
        accuracy_curves(name, &record.runs, &curves_over)?,
        Figure {
            name: format!("{name}-confusion"),
            svg: charts::confusion(&format!("Confusion matrix of {name}"), &first.class_names, &parts(confusion))?,
            caption: format!("Confusion matrix on test, {over}: per cent of each true class."),
        },
        reliability(name, pooled.map_or(&first.calibration, |folds| &folds.calibration), over)?,
    ];
    let roc = pooled.map_or(&first.roc, |folds| &folds.roc);
    if !roc.is_empty() {
        figures.push(roc_curve(name, roc, over)?);
    }
    figures.extend(coefficients(name, inspection)?);
    Ok(figures)
}

fn loss_curves(name: &str, runs: &[Report], over: &str) -> Result<Figure> {
    let series = both(runs, |row| row.train_loss, |row| row.valid_loss);
    let [lowest, highest] = extremes(&series);
    let room = (highest - lowest).max(1e-6) * 0.05;
    let axes = Axes {
        title: format!("Loss of {name} by epoch"),
        x: "epoch",
        y: "loss (mean an example)",
        x_range: epochs(&series),
        y_range: lowest - room..highest + room,
        legend: SeriesLabelPosition::UpperRight,
    };
    Ok(Figure {
        name: format!("{name}-loss"),
        svg: charts::curves(&axes, &series)?,
        caption: format!(
            "Loss by epoch: mean over {over}, the band from the least to the largest. Training loss is the mean over the epoch, as the weights changed."
        ),
    })
}

fn accuracy_curves(name: &str, runs: &[Report], over: &str) -> Result<Figure> {
    let series = both(runs, |row| 100.0 * row.train_accuracy, |row| 100.0 * row.valid_accuracy);
    let [lowest, highest] = extremes(&series);
    let axes = Axes {
        title: format!("Accuracy of {name} by epoch"),
        x: "epoch",
        y: "accuracy (%)",
        x_range: epochs(&series),
        y_range: (lowest / 5.0).floor() * 5.0..((highest / 5.0).ceil() * 5.0).min(100.0),
        legend: SeriesLabelPosition::LowerRight,
    };
    Ok(Figure {
        name: format!("{name}-accuracy"),
        svg: charts::curves(&axes, &series)?,
        caption: format!("Accuracy by epoch: mean over {over}, with the band between the extremes."),
    })
}

fn both(runs: &[Report], train: impl Fn(&EpochScores) -> f64, valid: impl Fn(&EpochScores) -> f64) -> Vec<Series> {
    vec![
        Series { name: "training", colour: BLUE, points: spread(runs, train) },
        Series { name: "validation", colour: ORANGE, points: spread(runs, valid) },
    ]
}

/// By epoch, over the runs that reached it: epoch, mean, least, largest.
fn spread(runs: &[Report], value: impl Fn(&EpochScores) -> f64) -> Vec<[f64; 4]> {
    let longest = runs.iter().map(|run| run.curves.len()).max().unwrap_or(0);
    let at = |place: usize| {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.curves.get(place)).map(&value).collect();
        let spread = zoo_recipe::Spread::of(&values)?;
        Some([place as f64 + 1.0, spread.mean, spread.min, spread.max])
    };
    (0..longest).filter_map(at).collect()
}

/// The least and the largest value of the bands.
fn extremes(series: &[Series]) -> [f64; 2] {
    let points = || series.iter().flat_map(|series| &series.points);
    let least = points().map(|point| point[2]).fold(f64::INFINITY, f64::min);
    [least, points().map(|point| point[3]).fold(f64::NEG_INFINITY, f64::max)]
}

fn epochs(series: &[Series]) -> std::ops::Range<f64> {
    let last = series.iter().flat_map(|series| &series.points).map(|point| point[0]).fold(2.0, f64::max);
    1.0..last
}

/// Every row of counts as parts of its sum.
fn parts(confusion: &[Vec<u64>]) -> Vec<Vec<f64>> {
    let of_row = |row: &Vec<u64>| {
        let sum = row.iter().sum::<u64>().max(1) as f64;
        row.iter().map(|count| *count as f64 / sum).collect()
    };
    confusion.iter().map(of_row).collect()
}

fn reliability(name: &str, bins: &[CalibrationBin], over: &str) -> Result<Figure> {
    let filled: Vec<&CalibrationBin> = bins.iter().filter(|bin| bin.count > 0).collect();
    let points: Vec<(f64, f64)> = filled.iter().map(|bin| (bin.confidence, bin.accuracy)).collect();
    let count = filled.iter().map(|bin| bin.count).sum::<u64>().max(1) as f64;
    let error: f64 = filled.iter().map(|bin| bin.count as f64 / count * (bin.confidence - bin.accuracy).abs()).sum();
    let axes = unit_axes(
        format!("Reliability of {name}"),
        "probability given to the predicted class",
        "part of them that is right",
    );
    Ok(Figure {
        name: format!("{name}-reliability"),
        svg: charts::against_diagonal(&axes, "model", &points, true)?,
        caption: format!(
            "Reliability on test, {over}, in {} bins: on the dashed line probabilities mean what they say. Expected calibration error {error:.4}.",
            bins.len()
        ),
    })
}

fn roc_curve(name: &str, roc: &[[f64; 2]], over: &str) -> Result<Figure> {
    let points: Vec<(f64, f64)> = roc.iter().map(|[x, y]| (*x, *y)).collect();
    let axes =
        unit_axes(format!("Receiver operating characteristic of {name}"), "false positive rate", "true positive rate");
    Ok(Figure {
        name: format!("{name}-roc"),
        svg: charts::against_diagonal(&axes, "model", &points, false)?,
        caption: format!("Receiver operating characteristic on test, {over}; the dashed line is chance."),
    })
}

fn unit_axes(title: String, x: &'static str, y: &'static str) -> Axes {
    Axes { title, x, y, x_range: 0.0..1.0, y_range: 0.0..1.0, legend: SeriesLabelPosition::LowerRight }
}

fn coefficients(name: &str, inspection: Option<&Inspection>) -> Result<Option<Figure>> {
    let weights = inspection.map_or(&[][..], |inspection| &inspection.coefficients);
    if weights.is_empty() {
        return Ok(None);
    }
    let mut bars: Vec<(String, f64)> = weights.iter().map(|weight| (weight.column.clone(), weight.weight)).collect();
    bars.sort_by(|left, right| left.1.total_cmp(&right.1));
    Ok(Some(Figure {
        name: format!("{name}-coefficients"),
        svg: charts::bars(&format!("Weights of {name}"), "weight of the standardised column", &bars)?,
        caption: "Weights of the standardised columns: above 0 a larger value speaks for the positive class."
            .to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_examples_is_all_zero() {
        assert_eq!(parts(&[vec![1, 3], vec![0, 0]]), [vec![0.25, 0.75], vec![0.0, 0.0]]);
    }
}
