//! What the user sees while a model trains.

mod bar;
mod clock;
#[cfg(feature = "tui")]
mod dashboard;
mod folds;
mod json;
mod plain;

use crate::output::say;
use crate::state::Running;
use crate::train::Plan;
use anyhow::{Result, bail};
use clap::ValueEnum;
use std::io::IsTerminal;
use zoo_results::EpochScores;

pub(crate) use clock::readable_seconds;
pub(crate) use folds::FoldsObserver;

/// Looks on while a model trains. Only one of them writes to the terminal.
pub trait Observer {
    /// Before the first step.
    fn start(&mut self, plan: &Plan);
    /// After every step, with the sums of its epoch (counted from 1) so far.
    fn batch(&mut self, epoch: usize, running: &Running);
    /// While validating or testing: examples done, of how many.
    fn validating(&mut self, done: usize, of: usize);
    /// After every epoch's validation.
    fn epoch(&mut self, row: &EpochScores);
    /// After the last: the terminal is the caller's again.
    fn end(&mut self);
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Progress {
    /// A bar on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// Burn's dashboard: live curves, full screen
    Tui,
    /// One line that moves, and one that stays for each epoch; plain lines where there is no terminal
    Bar,
    /// One line for each epoch
    Plain,
    /// One JSON object for each epoch
    Json,
    /// Nothing
    None,
}

impl Progress {
    /// The observer to train with, and whatever lets the user stop from within it.
    ///
    /// # Errors
    /// If the dashboard is wanted where there is no terminal.
    pub(crate) fn observer(self, stop: &crate::interrupt::StopFlag) -> Result<Box<dyn Observer>> {
        let terminal = on_terminal();
        Ok(match self {
            Self::Auto | Self::Bar if terminal => Box::new(bar::Bar::default()),
            // A bar would draw nothing here.
            Self::Auto | Self::Bar | Self::Plain => Box::new(plain::Plain::default()),
            Self::Json => Box::new(json::Json::default()),
            Self::None => Box::new(Silent),
            Self::Tui => dashboard(terminal, stop)?,
        })
    }

    /// A line for people; programs and those who asked for silence do not get it.
    pub(crate) fn say(self, line: &str) {
        if !matches!(self, Self::Json | Self::None) {
            say(line);
        }
    }

    /// How downloads report themselves.
    pub(crate) fn of_downloads(self) -> zoo_core::Progress {
        let terminal = std::io::stderr().is_terminal();
        match self {
            Self::Auto | Self::Tui | Self::Bar if terminal => zoo_core::Progress::Bar,
            Self::Auto | Self::Plain => zoo_core::Progress::Lines,
            _ => zoo_core::Progress::Hidden,
        }
    }
}

#[cfg(feature = "tui")]
fn dashboard(terminal: bool, stop: &crate::interrupt::StopFlag) -> Result<Box<dyn Observer>> {
    if !terminal {
        bail!(NO_TERMINAL);
    }
    Ok(Box::new(dashboard::Dashboard::new(stop.clone())))
}

#[cfg(not(feature = "tui"))]
fn dashboard(terminal: bool, _stop: &crate::interrupt::StopFlag) -> Result<Box<dyn Observer>> {
    if !terminal {
        bail!(NO_TERMINAL);
    }
    bail!("this program was built without the dashboard; build it with --features tui, or use --progress bar")
}

const NO_TERMINAL: &str =
    "--progress tui needs a terminal; use --progress plain or json when output goes to a file or pipe";

fn on_terminal() -> bool {
    std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// Looks on and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn start(&mut self, _plan: &Plan) {}
    fn batch(&mut self, _epoch: usize, _running: &Running) {}
    fn validating(&mut self, _done: usize, _of: usize) {}
    fn epoch(&mut self, _row: &EpochScores) {}
    fn end(&mut self) {}
}

/// An epoch in one line, as the plain and the bar observers print it.
fn line(plan: &Plan, row: &EpochScores, time_left: &str) -> String {
    let width = plan.epochs.to_string().len();
    format!(
        "epoch {:>width$}/{}  train loss {:.4} accuracy {:.4}  valid loss {:.4} accuracy {:.4}  {:.0} examples/s  {time_left} left",
        row.epoch,
        plan.epochs,
        row.train_loss,
        row.train_accuracy,
        row.valid_loss,
        row.valid_accuracy,
        row.examples_per_second.unwrap_or(0.0),
    )
}
