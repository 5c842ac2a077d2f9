//! What an experiment is.

use crate::findings::Findings;
use crate::lesson::Lesson;
use crate::set_values::{SetValues, SettingValue};
use crate::setting::{ExperimentSetting, ListSetting, NumberSetting, PointsSetting, WholeSetting};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::Instant;
use zoo_results::outcome::{Drawn, OUTCOME_SCHEMA, Outcome};

/// Something the notes show, done again.
#[derive(Clone, Copy)]
pub struct Experiment {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The sections of SOURCES.md that it follows.
    pub sources: &'static [SourceSection],
    /// A heading.
    pub title: &'static str,
    /// What the source says, in our words.
    pub says: &'static str,
    /// What its page says before the checks.
    pub lesson: &'static Lesson,
    /// The numbers that `--set` changes.
    pub(crate) settings: &'static [ExperimentSetting],
    /// Computes, checks and draws.
    pub run: fn(&Setup) -> Result<Findings>,
}

/// A section of SOURCES.md, by its number: `S5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceSection(pub u8);

impl Serialize for SourceSection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for SourceSection {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "S{}", self.0)
    }
}

/// Sections in a line: `S10, S5`.
pub(crate) fn sections(sources: &[SourceSection]) -> String {
    sources.iter().map(SourceSection::to_string).collect::<Vec<_>>().join(", ")
}

/// What a user may choose.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Everything random follows from it.
    pub seed: u64,
    /// Smaller samples and wider tolerances, for a check in seconds.
    pub quick: bool,
    /// Bars on standard error while it computes.
    pub bars: bool,
    /// What `--set` says, of the experiment that is run.
    pub set: SetValues,
}

impl Experiment {
    /// The sections that it follows, in a line: `S10, S5`.
    pub fn sections(&self) -> String {
        sections(self.sources)
    }

    /// What these texts, `rate=0.1`, say of its settings.
    pub(crate) fn set(&self, texts: &[String]) -> Result<SetValues> {
        SetValues::parse(self.name, self.settings, texts)
    }

    /// Runs the experiment; gives what it found and the figures that go with it.
    ///
    /// # Errors
    ///
    /// If it could not be carried out. A claim that fails is an outcome, not an error.
    pub fn perform(&self, settings: &Setup) -> Result<(Outcome, Vec<Drawn>)> {
        let (started, date) = (Instant::now(), jiff::Timestamp::now());
        let findings = (self.run)(settings)?;
        let outcome = Outcome {
            schema: OUTCOME_SCHEMA,
            experiment: self.name.into(),
            sources: self.sources.iter().map(SourceSection::to_string).collect(),
            title: self.title.into(),
            says: self.says.into(),
            quick: settings.quick,
            seeds: vec![settings.seed],
            set: settings.set.recorded(),
            seconds: started.elapsed().as_secs_f64(),
            device: "flex".into(),
            threads: rayon::current_num_threads(),
            burn: trainer::BURN_VERSION.into(),
            commit: trainer::commit().map(String::from),
            started: date.to_string(),
            claims: findings.claims,
            figures: findings.figures.iter().map(|drawn| drawn.entry.clone()).collect(),
            tables: settings.set.tables().into_iter().chain(findings.tables).collect(),
            notes: findings.notes,
        };
        Ok((outcome, findings.figures))
    }
}

impl Setup {
    /// What is set for a number, or else the notes' value.
    pub(crate) fn number(&self, setting: NumberSetting) -> f64 {
        match self.set.get(setting.name) {
            Some(SettingValue::Number(value)) => *value,
            _ => setting.default,
        }
    }

    /// The same of a whole number.
    pub(crate) fn whole(&self, setting: WholeSetting) -> usize {
        match self.set.get(setting.name) {
            Some(SettingValue::Whole(value)) => *value,
            _ => setting.default,
        }
    }

    /// The same of several numbers, as many as the notes have.
    pub(crate) fn list(&self, setting: ListSetting) -> &[f64] {
        match self.set.get(setting.name) {
            Some(SettingValue::List(values)) => values,
            _ => setting.default,
        }
    }

    /// The rows of the points that are set, if any are.
    pub(crate) fn points(&self, setting: PointsSetting) -> Option<&[Vec<f64>]> {
        match self.set.get(setting.name) {
            Some(SettingValue::Points { rows, .. }) => Some(rows),
            _ => None,
        }
    }

    /// One of two values: for the full run, or for the quick one.
    pub fn choose<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// A bar on standard error for `steps` steps of `task`; nothing where nobody looks.
    pub fn progress(&self, task: &'static str, steps: usize) -> ProgressBar {
        let style = ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} {eta}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = if self.bars { ProgressBar::new(steps as u64) } else { ProgressBar::hidden() };
        bar.with_style(style).with_message(task)
    }
}
