//! What the user sees while a model trains. Only one observer writes to the terminal.

mod mode;

mod bar;
#[cfg(feature = "tui")]
mod dashboard;
mod event;
mod folds;
mod json;
mod plain;
mod sweep;

mod clock;

use crate::interrupt::StopFlag;
use crate::observer::{Observer, Silent};
use crate::run_folder::Repeats;
use mode::Shown;
use zoo_core::Metric;

pub(crate) use clock::readable_seconds;
pub(crate) use event::{End, Event, Start, Status, Versions};
pub(crate) use mode::ProgressMode;
pub(crate) use sweep::SweepProgress;

/// The observer of one run; the dashboard raises `stop` when its user wants to stop.
///
/// # Errors
/// If the dashboard is wanted where there is no terminal, or is not compiled in.
pub(crate) fn observer(mode: ProgressMode, stop: &StopFlag) -> Result<Box<dyn Observer>, &'static str> {
    Ok(match mode.shown()? {
        Shown::Dashboard => dashboard(stop)?,
        Shown::Bar => Box::new(bar::Bar::default()),
        Shown::Lines => Box::new(plain::Plain::default()),
        Shown::Json => Box::new(json::Json::default()),
        Shown::Nothing => Box::new(Silent),
    })
}

/// The observer of a cross-validation, which tells the metric's mean so far.
///
/// # Errors
/// If the dashboard is wanted where there is no terminal.
pub(crate) fn folds_observer(
    mode: ProgressMode,
    repeats: &Repeats,
    metric: Metric,
) -> Result<Box<dyn Observer>, &'static str> {
    Ok(Box::new(folds::FoldsObserver::new(mode.shown()?, repeats, metric)))
}

#[cfg(feature = "tui")]
fn dashboard(stop: &StopFlag) -> Result<Box<dyn Observer>, &'static str> {
    Ok(Box::new(dashboard::Dashboard::new(stop.clone())))
}

#[cfg(not(feature = "tui"))]
fn dashboard(_stop: &StopFlag) -> Result<Box<dyn Observer>, &'static str> {
    Err("this program was built without the dashboard; build it with --features tui, or use --progress bar")
}
