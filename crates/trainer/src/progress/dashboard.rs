//! Burn's own training dashboard, fed by the zoo's loop.

use crate::interrupt::StopFlag;
use crate::observer::{Observer, RunPlan, StepScores};
use crate::state::Running;
use burn::train::Interrupter;
use burn::train::logger::TrainingProgressLogger;
use burn::train::metric::{MetricDefinition, MetricEntry, MetricId, NumericAttributes, NumericEntry, SerializedEntry};
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use burn::train::renderer::{MetricState, MetricsRenderer, MetricsRendererTraining};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zoo_core::{Metric, score_text};
use zoo_results::EpochScores;

const LOSS: &str = "Loss";
const ACCURACY: &str = "Accuracy";

/// How long after its start the dashboard has surely switched the terminal to raw mode.
const IN_RAW_MODE: Duration = Duration::from_millis(500);

/// The dashboard; its own "stop" raises the run's flag.
pub(super) struct Dashboard {
    stop: StopFlag,
    /// When it was opened, until Ctrl-C works in it.
    opened: Option<Instant>,
    interrupter: Interrupter,
    screen: Option<TuiMetricsRendererWrapper>,
    plan: Option<RunPlan>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    None,
    Train,
    Valid,
}

impl Dashboard {
    pub(super) fn new(stop: StopFlag) -> Self {
        Self { stop, opened: None, interrupter: Interrupter::new(), screen: None, plan: None, phase: Phase::None }
    }

    /// The dashboard panics when its user kills it: that is a wish to stop, and is taken as one.
    fn draw(&mut self, draw: impl FnOnce(&mut TuiMetricsRendererWrapper)) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        let killed = catch_unwind(AssertUnwindSafe(|| draw(screen))).is_err();
        if killed {
            self.close();
        }
        if killed || self.interrupter.should_stop() {
            self.stop.raise();
        }
    }

    /// Its end may panic as well, for the same reason.
    fn close(&mut self) {
        let screen = self.screen.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(screen)));
    }

    /// Raw mode makes Ctrl-C a key like any other; this makes it a signal again. Where there is no `stty`, `q` still stops.
    fn let_ctrl_c_through(&mut self) {
        if self.opened.is_some_and(|opened| opened.elapsed() > IN_RAW_MODE) {
            self.opened = None;
            let _ = Command::new("stty").arg("isig").stderr(Stdio::null()).status();
        }
    }

    fn enter(&mut self, phase: Phase, name: &str, examples: usize) {
        if self.phase == phase {
            return;
        }
        let was = std::mem::replace(&mut self.phase, phase);
        self.draw(|screen| {
            if was != Phase::None {
                screen.end_split();
            }
            screen.start_split(name, examples);
        });
    }
}

impl Observer for Dashboard {
    fn start(&mut self, plan: &RunPlan) {
        self.screen = Some(TuiMetricsRendererWrapper::new(self.interrupter.clone(), Some(plan.epochs_done)));
        self.plan = Some(plan.clone());
        self.opened = Some(Instant::now());
        self.draw(|screen| {
            screen.register_metric(definition(LOSS, false));
            screen.register_metric(definition(plan.beside_loss.label(), !plan.beside_loss.lower_is_better()));
            screen.start(plan.epochs, plan.epochs_done + 1, Some(plan.train_examples), Some(&plan.name));
        });
    }

    fn batch(&mut self, _step: &StepScores, running: &Running) {
        self.let_ctrl_c_through();
        let examples = self.plan.as_ref().map_or(0, |plan| plan.train_examples);
        self.enter(Phase::Train, "train", examples);
        self.draw(|screen| {
            screen.update_train(state(LOSS, None, running.loss()));
            let (metric, value) = running.beside_loss();
            screen.update_train(state(metric.label(), Some(metric), value));
            screen.update_split(running.seen as usize);
        });
    }

    fn validating(&mut self, done: usize, of: usize) {
        self.enter(Phase::Valid, "valid", of);
        self.draw(|screen| screen.update_split(done));
    }

    fn epoch(&mut self, row: &EpochScores) {
        self.draw(|screen| {
            screen.update_valid(state(LOSS, None, row.valid_loss));
            let (metric, [_, value]) = row.beside_loss();
            screen.update_valid(state(metric.label(), Some(metric), value));
            screen.update_epoch(row.epoch);
        });
    }

    fn end(&mut self) {
        self.draw(|screen| {
            screen.end_split();
            screen.end();
        });
        self.close();
    }
}

fn id(name: &str) -> MetricId {
    MetricId::new(Arc::new(name.to_string()))
}

fn definition(name: &str, higher_is_better: bool) -> MetricDefinition {
    MetricDefinition {
        metric_id: id(name),
        name: Arc::new(name.to_string()),
        description: None,
        attributes: NumericAttributes { unit: None, higher_is_better }.into(),
    }
}

fn state(name: &str, metric: Option<Metric>, value: f64) -> MetricState {
    let entry = SerializedEntry::new(score_text(metric, value), value.to_string());
    MetricState::Numeric(MetricEntry::new(id(name), entry), Some(NumericEntry::Value(value)))
}
