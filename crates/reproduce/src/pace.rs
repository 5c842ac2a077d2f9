//! A model README's table of accuracy against seconds of training, from the records.

use crate::workspace::Workspace;
use anyhow::Result;
use zoo_report::table::{left, markdown, right};
use zoo_results::{Record, Report, Spread};

/// Rows of a recipe, or fewer if it has not as many epochs.
const POINTS: usize = 6;

/// After how much training the recipes of a family, those that are recorded, reach what accuracy.
pub(crate) fn section(workspace: &Workspace, family: &str) -> Result<String> {
    let mut rows = Vec::new();
    for entry in workspace.recipes()?.iter().filter(|entry| entry.family == family) {
        rows.extend(workspace.record(&entry.recipe.name)?.iter().flat_map(recipe_rows));
    }
    let seconds = "seconds of training";
    let columns = [left("recipe"), right("epochs"), right(seconds), right("accuracy on validation examples")];
    Ok(format!("{}\nMeans over the seeds, after the epochs.\n", markdown(&columns, &rows)))
}

fn recipe_rows(record: &Record) -> Vec<Vec<String>> {
    let runs = &record.runs;
    let mean = |of_run: &dyn Fn(&Report) -> f64| {
        Spread::of(&runs.iter().map(of_run).collect::<Vec<_>>()).map_or(f64::NAN, |spread| spread.mean)
    };
    let row = |epoch: usize| {
        let seconds = mean(&|run| run.train_seconds * epoch as f64 / run.curves.len() as f64);
        let accuracy = mean(&|run| run.curves[epoch - 1].valid_accuracy);
        vec![format!("`{}`", record.recipe), epoch.to_string(), format!("{seconds:.0}"), format!("{accuracy:.4}")]
    };
    // A run that stopped early has fewer.
    points(runs.iter().map(|run| run.curves.len()).min().unwrap_or(0)).into_iter().map(row).collect()
}

/// So many of the epochs, evenly, and the last.
fn points(epochs: usize) -> Vec<usize> {
    let mut points: Vec<usize> = (1..=POINTS).map(|point| (epochs * point).div_ceil(POINTS)).collect();
    points.dedup();
    points.retain(|epoch| *epoch > 0);
    points
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn points_are_spread_evenly_and_end_with_the_last_epoch() {
        assert_eq!(points(24), [4, 8, 12, 16, 20, 24]);
        assert_eq!(points(10), [2, 4, 5, 7, 9, 10]);
        assert_eq!(points(3), [1, 2, 3]);
        assert_eq!(points(0), [0; 0]);
    }
}
