//! What `--set` says, checked against what an experiment declares.

use crate::experiment::Experiment;
use crate::setting::{ExperimentSetting, PointColumn, PointsSetting};
use crate::text::{exact, no_such};
use anyhow::{Context, Result, bail};
use std::path::Path;
use zoo_core::sha256_file;
use zoo_recipe::{RecipeError, parse_override};
use zoo_results::outcome::{ResultTable, SetValue};
use zoo_table::TableRow;

/// Values in place of the notes', of one experiment.
///
/// Its claims are put to the same tests as ever. They are about the notes' values, so one that fails under others is no fault but the
/// answer to the question that was asked: this is what the change does. The outcome says what was set, and is never recorded.
#[derive(Clone, Debug, Default)]
pub struct SetValues(Vec<GivenValue>);

/// One of them.
#[derive(Clone, Debug)]
struct GivenValue {
    setting: ExperimentSetting,
    value: SettingValue,
}

/// A value of a setting's kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SettingValue {
    Number(f64),
    Whole(usize),
    List(Vec<f64>),
    Points {
        /// The file's name, without its folder.
        file: String,
        /// Of the file; a pipe cannot be read twice.
        sha256: Option<String>,
        rows: Vec<Vec<f64>>,
    },
}

impl SetValues {
    /// What these texts, `rate=0.1`, say of the experiment.
    ///
    /// # Errors
    ///
    /// If one is no `NAME=VALUE`, its name is none of the experiment's or was there before, or its value is out of range.
    pub(crate) fn parse(experiment: &Experiment, texts: &[String]) -> Result<Self> {
        let mut given: Vec<GivenValue> = Vec::new();
        for text in texts {
            let (name, value) = parse_override(text).map_err(|error| malformed(experiment, text, error))?;
            let setting = named(experiment, &name)?;
            if given.iter().any(|earlier| earlier.setting.name() == name) {
                bail!("--set {name} is there twice; give it one value");
            }
            given.push(GivenValue { setting, value: value_of(&setting, &value)? });
        }
        Ok(Self(given))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&SettingValue> {
        self.0.iter().find(|given| given.setting.name() == name).map(|given| &given.value)
    }

    /// Each as an outcome keeps it.
    pub(crate) fn recorded(&self) -> Vec<SetValue> {
        let one = |GivenValue { setting, value }: &GivenValue| SetValue {
            name: setting.name().into(),
            value: value.text(),
            default: setting.default_text(),
        };
        self.0.iter().map(one).collect()
    }

    /// The points that were set, so that an outcome does not depend on their file.
    pub(crate) fn tables(&self) -> Vec<ResultTable> {
        self.0.iter().filter_map(GivenValue::table).collect()
    }
}

impl GivenValue {
    fn table(&self) -> Option<ResultTable> {
        let (ExperimentSetting::Points(setting), SettingValue::Points { file, rows, .. }) = (self.setting, &self.value)
        else {
            return None;
        };
        Some(ResultTable {
            caption: format!("Set: {}, from {file}", setting.about),
            head: setting.columns.iter().map(|column| column.name().into()).collect(),
            rows: rows.iter().map(|row| row.iter().copied().map(exact).collect()).collect(),
        })
    }
}

impl SettingValue {
    /// With all its digits.
    fn text(&self) -> String {
        match self {
            Self::Number(value) => exact(*value),
            Self::Whole(value) => value.to_string(),
            Self::List(values) => values.iter().copied().map(exact).collect::<Vec<_>>().join(","),
            Self::Points { file, sha256, rows } => {
                let sha256 = sha256.as_ref().map_or_else(String::new, |sha256| format!(", sha256 {sha256}"));
                format!("{file} ({} rows{sha256})", rows.len())
            }
        }
    }
}

/// What a text lacks that is no `NAME=VALUE`, with an example of the setting that it names, if it does.
fn malformed(experiment: &Experiment, text: &str, error: RecipeError) -> anyhow::Error {
    let reason = match error {
        RecipeError::Override { reason, .. } => reason,
        other => return other.into(),
    };
    let name = text.split('=').next().unwrap_or_default().trim();
    let named = experiment.settings.iter().find(|setting| setting.name() == name);
    let example = named.or(experiment.settings.first()).map_or_else(String::new, ExperimentSetting::example);
    let shown = if text.is_empty() { "\"\"" } else { text };
    anyhow::anyhow!("--set {shown}: expected NAME=VALUE, such as {example}; {reason}")
}

fn named(experiment: &Experiment, name: &str) -> Result<ExperimentSetting> {
    let known = || experiment.settings.iter().map(ExperimentSetting::name);
    let found = experiment.settings.iter().find(|setting| setting.name() == name);
    found.copied().ok_or_else(|| no_such(&format!("setting of {}", experiment.name), name, known()))
}

fn value_of(setting: &ExperimentSetting, text: &str) -> Result<SettingValue> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let value = match setting {
        ExperimentSetting::Number(one) => number(text).filter(|value| one.allows(*value)).map(SettingValue::Number),
        ExperimentSetting::Whole(one) => {
            text.parse::<usize>().ok().filter(|value| one.allows(*value)).map(SettingValue::Whole)
        }
        ExperimentSetting::List(one) => {
            let values: Option<Vec<f64>> = text.split(',').map(number).collect();
            values.filter(|values| one.allow(values)).map(SettingValue::List)
        }
        ExperimentSetting::Points(one) => {
            return points(one, Path::new(text)).with_context(|| format!("--set {}", one.name));
        }
    };
    value.with_context(|| format!("--set {}={text}: expected {}", setting.name(), setting.expected()))
}

/// The rows of a table, each checked.
fn points(setting: &PointsSetting, file: &Path) -> Result<SettingValue> {
    let columns: Vec<String> = setting.columns.iter().map(|column| column.name().to_owned()).collect();
    let rows = zoo_table::read(file, &columns, |_| None)?;
    let [least, most] = setting.rows;
    let count = rows.len();
    if !(least..=most).contains(&count) {
        bail!("{}: expected {least} to {most} rows, found {count}", file.display());
    }
    let rows = rows.iter().map(|row| checked(setting, file, row)).collect::<Result<Vec<_>>>()?;
    for (place, column) in setting.columns.iter().enumerate() {
        if let Some(fault) = column.too_near(rows.iter().map(|row| row[place])) {
            bail!("{}: {fault}; give others", file.display());
        }
        if let PointColumn::Class { name, count } = *column
            && let Some(class) = (1..=count).find(|class| !rows.iter().any(|row| row[place] == *class as f64))
        {
            bail!("{}: {name} is {class} in no row, expected every class from 1 to {count}", file.display());
        }
    }
    let sha256 = if file.is_file() { Some(sha256_file(file)?) } else { None };
    let file = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(SettingValue::Points { file, sha256, rows })
}

/// The numbers of a row, in the order of the columns.
fn checked(setting: &PointsSetting, file: &Path, row: &TableRow) -> Result<Vec<f64>> {
    let pairs = setting.columns.iter().zip(&row.values);
    let number = |(column, value): (&PointColumn, &f32)| {
        let value = as_written(*value);
        if !column.allows(value) {
            let (file, line, name) = (file.display(), row.line, column.name());
            bail!("{file}:{line}: {name} is {}, expected {}; correct it", exact(value), column.expected());
        }
        Ok(value)
    };
    pairs.map(number).collect()
}

/// Tables are read in single precision; of all doubles near it the one of fewest digits is what was written, up to seven digits.
fn as_written(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

#[cfg(test)]
#[path = "set_values_tests.rs"]
mod tests;
