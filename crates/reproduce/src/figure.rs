//! The READMEs' figure: every recipe's claim and what was measured of it.

use crate::workspace::Workspace;
use anyhow::Result;
use std::path::PathBuf;
use zoo_plot::{Axis, Chart, Figure};
use zoo_results::Spread;

const WIDTH: u32 = 760;

/// Where the figure stands.
pub(crate) fn file(workspace: &Workspace) -> PathBuf {
    workspace.results().join("claims.svg")
}

/// The figure as SVG text.
pub(crate) fn claims(workspace: &Workspace) -> Result<String> {
    let mut rows = Vec::new();
    for entry in workspace.recipes()?.into_iter().rev() {
        let measured = workspace.record(&entry.recipe.name)?.and_then(|record| record.summary(&entry.recipe));
        rows.push((entry.recipe, measured));
    }
    let names: Vec<String> =
        rows.iter().map(|(recipe, _)| format!("{}, {}", recipe.name, recipe.zoo_claim().metric.label())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chart = Chart::new(Axis::linear("on test (%)"), Axis::categories("", &names));
    for (place, (recipe, measured)) in rows.iter().enumerate() {
        let (claim, height) = (recipe.zoo_claim(), place as f64);
        let edge = |value: f64| (100.0 * value, height - 0.3, height + 0.3);
        chart =
            chart.band("claimed", &[edge(claim.expected - claim.tolerance), edge(claim.expected + claim.tolerance)]);
        if let Some(Spread { mean, min, max, .. }) = measured.as_ref().map(|summary| summary.measured) {
            let at = |value: f64| (100.0 * value, height);
            chart = chart
                .line("from the least to the largest", &[at(min), at(max)])
                .scatter("mean over seeds", &[at(mean)]);
        }
    }
    let description = "Every recipe's claim as a band, and what its seeds, or the folds of its cross-validations, reached: the mean, and \
                       a line from the least to the largest.";
    Ok(Figure::of("What the recipes claim, and what was measured", description, chart).width(WIDTH).svg())
}
