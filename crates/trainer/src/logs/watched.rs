//! Whoever looks on at a run, with the logs it keeps beside, and an eye on whether it learns anything.

use super::{LogFormat, RunLog};
use crate::guessing::Guessing;
use crate::observer::{FoldPlan, Observer, RunPlan, StepScores};
use crate::state::Running;
use std::io;
use std::path::Path;
use zoo_results::{EpochScores, FoldScores};

/// Tells an observer everything, and keeps the logs. A log that cannot be written ends, the run goes on.
pub(crate) struct Watched<'a> {
    observer: &'a mut dyn Observer,
    formats: &'a [LogFormat],
    folder: &'a Path,
    logs: Vec<(LogFormat, Box<dyn RunLog>)>,
    guessing: Guessing,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(observer: &'a mut dyn Observer, formats: &'a [LogFormat], folder: &'a Path) -> Self {
        Self { observer, formats, folder, logs: Vec::new(), guessing: Guessing::default() }
    }

    fn write(&mut self, write: impl Fn(&mut dyn RunLog) -> io::Result<()>) {
        let mut failed = Vec::new();
        self.logs.retain_mut(|(format, log)| match write(log.as_mut()) {
            Ok(()) => true,
            Err(error) => {
                failed.push((*format, error));
                false
            }
        });
        failed.iter().for_each(|(format, error)| self.give_up(*format, error));
    }

    fn give_up(&mut self, format: LogFormat, error: &io::Error) {
        let path = self.folder.join(format.file());
        self.warn(&format!("cannot write {}: {error}; the run goes on without this log", path.display()));
    }
}

impl Observer for Watched<'_> {
    fn fold(&mut self, fold: &FoldPlan) {
        self.observer.fold(fold);
    }

    fn start(&mut self, plan: &RunPlan) {
        self.observer.start(plan);
        self.guessing.start(plan);
        for format in self.formats {
            match format.open(self.folder, plan) {
                Ok(log) => self.logs.push((*format, log)),
                Err(error) => self.give_up(*format, &error),
            }
        }
    }

    fn batch(&mut self, step: &StepScores, running: &Running) {
        self.observer.batch(step, running);
        self.guessing.step(step);
        self.write(|log| log.step(step));
    }

    fn wants_gradient_norm(&self) -> bool {
        self.observer.wants_gradient_norm() || self.logs.iter().any(|(_, log)| log.wants_gradient_norm())
    }

    fn validating(&mut self, done: usize, of: usize) {
        self.observer.validating(done, of);
    }

    fn epoch(&mut self, row: &EpochScores) {
        self.observer.epoch(row);
        self.write(|log| log.epoch(row));
        if let Some(sentence) = self.guessing.epoch(row) {
            self.warn(&sentence);
        }
    }

    fn fold_done(&mut self, fold: &FoldPlan, scores: &FoldScores) {
        self.observer.fold_done(fold, scores);
    }

    fn warn(&mut self, sentence: &str) {
        tracing::warn!("{sentence}");
        self.observer.warn(sentence);
    }

    fn end(&mut self) {
        self.observer.end();
    }
}
