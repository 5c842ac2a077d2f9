//! The READMEs' figures: every recipe's claim and what was measured of it; the time of a training step.

use crate::workspace::Workspace;
use anyhow::Result;
use std::path::PathBuf;
use zoo_bench::Headline;
use zoo_plot::{Axis, Chart, Figure};
use zoo_recipe::Recipe;
use zoo_results::{Spread, Summary};

const WIDTH: u32 = 760;

/// A figure as SVG text, and the file in which it stands.
pub(crate) struct DrawnFigure {
    pub(crate) path: PathBuf,
    pub(crate) svg: String,
}

/// All that there is something to draw of.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<DrawnFigure>> {
    let drawn = |name: &str, svg| DrawnFigure { path: workspace.results().join(name), svg };
    let mut rows = Vec::new();
    for entry in workspace.recipes()? {
        let measured = workspace.record(&entry.recipe.name)?.and_then(|record| record.summary(&entry.recipe));
        rows.push((entry.recipe, measured));
    }
    let rows: Vec<_> = rows.iter().map(|(recipe, measured)| (recipe, measured.as_ref())).collect();
    let mut figures = vec![drawn("claims.svg", claims(&rows))];
    figures.extend(zoo_bench::headline(&workspace.bench())?.map(|headline| drawn("speed.svg", speed(&headline))));
    Ok(figures)
}

/// The time of a training step by each program.
pub(crate) fn speed(headline: &Headline) -> String {
    let rows: Vec<_> = headline.milliseconds.iter().rev().collect();
    let (names, values): (Vec<&str>, Vec<f64>) = rows.into_iter().copied().unzip();
    let chart = Chart::new(Axis::linear("milliseconds of a training step, 32 images"), Axis::categories("", &names))
        .level_bars("", &values);
    let title = "Training the five-block CNN on two cores";
    Figure::of(title, "The time of one training step by each program, measured in one run.", chart).width(WIDTH).svg()
}

/// What [`claims`] shows, in words.
pub(crate) const CLAIMS: &str = "Every recipe's claim as a band, and what its seeds, or the folds of its cross-validations, reached: the mean, and \
                                 a line from the least to the largest.";

/// Every recipe's claim and what was measured of it, from the top down.
pub(crate) fn claims(recipes: &[(&Recipe, Option<&Summary>)]) -> String {
    let rows: Vec<_> = recipes.iter().rev().collect();
    let names: Vec<String> =
        rows.iter().map(|(recipe, _)| format!("{}, {}", recipe.name, recipe.zoo_claim().metric.label())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chart = Chart::new(Axis::linear("on test (%)"), Axis::categories("", &names));
    for (place, (recipe, measured)) in rows.iter().enumerate() {
        let (claim, height) = (recipe.zoo_claim(), place as f64);
        let edge = |value: f64| (100.0 * value, height - 0.3, height + 0.3);
        chart =
            chart.band("claimed", &[edge(claim.expected - claim.tolerance), edge(claim.expected + claim.tolerance)]);
        if let Some(Spread { mean, min, max, .. }) = measured.map(|summary| summary.measured) {
            let at = |value: f64| (100.0 * value, height);
            chart = chart
                .line("from the least to the largest", &[at(min), at(max)])
                .scatter("mean over seeds", &[at(mean)]);
        }
    }
    Figure::of("What the recipes claim, and what was measured", CLAIMS, chart).width(WIDTH).svg()
}
