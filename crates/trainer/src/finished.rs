//! What counts as finished: a report that is whole, beside the weights that it is of. With less than that a run goes on.

use crate::error::TrainError;
use crate::run_folder::{self, fold_folder, folds_file, report_file};
use crate::shell::flag_with;
use std::io::ErrorKind;
use std::path::Path;
use zoo_core::{DataError, sha256_file};
use zoo_results::{FoldsReport, Report, ReportError};

/// The report of the run in that folder, if it is finished.
///
/// # Errors
/// If the report or the weights cannot be read, or the report is another version's.
pub(crate) fn finished_run(path: &Path) -> Result<Option<Report>, TrainError> {
    let Some(report) = if_whole(Report::read(&report_file(path)))? else {
        return Ok(None);
    };
    if let Ok((recipe, settings)) = run_folder::read(path)
        && !settings.extensions.is_empty()
        && report.recipe_sha256 != recipe.sha256()
    {
        // It is the report of the shorter run.
        return Ok(None);
    }
    let weights = path.join(&report.weights);
    let has_its_weights = match sha256_file(&weights) {
        Ok(found) => found == report.weights_sha256,
        Err(DataError::Empty { .. }) => false,
        Err(DataError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    if !has_its_weights {
        tracing::warn!("{} is missing or not what its report is of: the run is not finished", weights.display());
    }
    Ok(has_its_weights.then_some(report))
}

/// The report of the cross-validation in that folder, if it and each of its runs are finished.
///
/// # Errors
/// As [`finished_run`].
pub(crate) fn finished_folds(path: &Path) -> Result<Option<FoldsReport>, TrainError> {
    let Some(report) = if_whole(FoldsReport::read(&folds_file(path)))? else {
        return Ok(None);
    };
    for run in &report.runs {
        if finished_run(&fold_folder(path, run.seed, run.fold))?.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(report))
}

/// What to do about a damaged report, as a clause.
pub(crate) fn written_again(path: &Path) -> String {
    format!("{} writes it again", flag_with("--resume", path))
}

/// A report that is missing or damaged is written again; one that cannot be read may be whole.
fn if_whole<R>(read: Result<R, ReportError>) -> Result<Option<R>, TrainError> {
    let error = match read {
        Ok(report) => return Ok(Some(report)),
        Err(error) => error,
    };
    match &error {
        ReportError::Read { source, .. } => match source.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => return Ok(None),
            ErrorKind::InvalidData => {}
            _ => return Err(error.into()),
        },
        ReportError::Parse { .. } | ReportError::Classes { .. } | ReportError::Score { .. } => {}
        _ => return Err(error.into()),
    }
    tracing::warn!("{error}: the run is not finished");
    Ok(None)
}
