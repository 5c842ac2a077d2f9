//! What the user should know of the data that the runs of a sweep learn from. Each run says it in a process of its own, where nobody
//! listens.

use crate::data;
use crate::device::use_threads;
use crate::error::TrainError;
use crate::own::few_steps;
use crate::run::{Downloads, Request};
use zoo_recipe::Data;

/// A sentence each, once for all runs. Data of the zoo has none, and is not read.
///
/// # Errors
/// If the data cannot be read, or cut as one of the runs asks.
pub(crate) fn notes<'a>(
    requests: impl Iterator<Item = &'a Request>,
    downloads: &Downloads,
) -> Result<Vec<String>, TrainError> {
    let mut known: Vec<(&Data, usize)> = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    for request in requests.filter(|request| request.recipe.data.files.is_some()) {
        let recipe = &request.recipe;
        let mut found = Vec::new();
        let earlier = known.iter().find(|(data, _)| **data == recipe.data).map(|(_, train)| *train);
        let train = match earlier {
            Some(train) => train,
            None => {
                use_threads(request.threads)?;
                let store = downloads.store(request.data_dir.clone(), request.offline)?;
                let splits = data::prepare(recipe, &store, request.seed)?;
                found = splits.notes;
                known.push((&recipe.data, splits.train.len()));
                splits.train.len()
            }
        };
        for note in found.into_iter().chain(few_steps(recipe, train)) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok(notes)
}
