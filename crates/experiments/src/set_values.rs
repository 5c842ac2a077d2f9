//! What `--set` says, checked against what an experiment declares.

use crate::setting::{ExperimentSetting, PointsSetting};
use crate::text::{exact, no_such, with_commas};
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
pub struct SetValues(Vec<(ExperimentSetting, SettingValue)>);

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
    /// What these texts, `rate=0.1`, say of the settings of an experiment.
    ///
    /// # Errors
    ///
    /// If one is no `NAME=VALUE`, its name is none of the experiment's or was there before, or its value is out of range.
    pub(crate) fn parse(experiment: &str, settings: &[ExperimentSetting], texts: &[String]) -> Result<Self> {
        let named = |name: &str| settings.iter().find(|setting| setting.name() == name).copied();
        let mut given = Self::default();
        for text in texts {
            let (name, value) = parse_override(text).map_err(|error| {
                let name = text.split('=').next().unwrap_or_default().trim();
                malformed(text, named(name).or(settings.first().copied()), error)
            })?;
            let known = settings.iter().map(ExperimentSetting::name);
            let setting = named(&name).ok_or_else(|| no_such(&format!("setting of {experiment}"), &name, known))?;
            if given.get(&name).is_some() {
                bail!("--set {name} is there twice; give it one value");
            }
            given.0.push((setting, value_of(&setting, &value)?));
        }
        Ok(given)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&SettingValue> {
        self.0.iter().find(|(setting, _)| setting.name() == name).map(|(_, value)| value)
    }

    /// Each as an outcome keeps it.
    pub(crate) fn recorded(&self) -> Vec<SetValue> {
        let one = |(setting, value): &(ExperimentSetting, SettingValue)| SetValue {
            name: setting.name().into(),
            value: value.text(),
            default: setting.default_text(),
        };
        self.0.iter().map(one).collect()
    }

    /// The points that were set, so that an outcome does not depend on their file.
    pub(crate) fn tables(&self) -> Vec<ResultTable> {
        let table = |(setting, value): &(ExperimentSetting, SettingValue)| match (setting, value) {
            (ExperimentSetting::Points(setting), SettingValue::Points { file, rows, .. }) => Some(ResultTable {
                caption: format!("Set: {}, from {file}", setting.about),
                head: setting.columns.iter().map(|column| column.name().into()).collect(),
                rows: rows.iter().map(|row| row.iter().copied().map(exact).collect()).collect(),
            }),
            _ => None,
        };
        self.0.iter().filter_map(table).collect()
    }
}

impl SettingValue {
    /// With all its digits.
    fn text(&self) -> String {
        match self {
            Self::Number(value) => exact(*value),
            Self::Whole(value) => value.to_string(),
            Self::List(values) => with_commas(values),
            Self::Points { file, sha256, rows } => {
                let sha256 = sha256.as_ref().map_or_else(String::new, |sha256| format!(", sha256 {sha256}"));
                format!("{file} ({} rows{sha256})", rows.len())
            }
        }
    }
}

/// What a text lacks that is no `NAME=VALUE`, with an example.
fn malformed(text: &str, example: Option<ExperimentSetting>, error: RecipeError) -> anyhow::Error {
    let reason = match error {
        RecipeError::Override { reason, .. } => reason,
        other => return other.into(),
    };
    let example = example.map_or_else(String::new, |setting| setting.example());
    let shown = if text.is_empty() { "\"\"" } else { text };
    anyhow::anyhow!("--set {shown}: expected NAME=VALUE, such as {example}; {reason}")
}

fn value_of(setting: &ExperimentSetting, text: &str) -> Result<SettingValue> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let value = match setting {
        ExperimentSetting::Number(one) => number(text).filter(|value| one.allows(&[*value])).map(SettingValue::Number),
        ExperimentSetting::Whole(one) => {
            text.parse::<usize>().ok().filter(|value| one.allows(*value)).map(SettingValue::Whole)
        }
        ExperimentSetting::List(one) => {
            let values: Option<Vec<f64>> = text.split(',').map(number).collect();
            let has_all = |values: &Vec<f64>| values.len() == one.default.len() && one.allows(values);
            values.filter(has_all).map(SettingValue::List)
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
    let rows = zoo_table::read_doubles(file, &columns)?;
    let [least, most] = setting.rows;
    let count = rows.len();
    if !(least..=most).contains(&count) {
        bail!("{}: expected {least} to {most} rows, found {count}", file.display());
    }
    let rows = rows.into_iter().map(|row| checked(setting, file, row)).collect::<Result<Vec<_>>>()?;
    for (place, column) in setting.columns.iter().enumerate() {
        let values: Vec<f64> = rows.iter().map(|row| row[place]).collect();
        if let Some(fault) = column.fault(&values) {
            bail!("{}: {fault}", file.display());
        }
    }
    let sha256 = if file.is_file() { Some(sha256_file(file)?) } else { None };
    let file = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(SettingValue::Points { file, sha256, rows })
}

/// The numbers of a row, in the order of the columns.
fn checked(setting: &PointsSetting, file: &Path, row: TableRow<f64>) -> Result<Vec<f64>> {
    for (column, value) in setting.columns.iter().zip(&row.values) {
        if !column.allows(*value) {
            let (file, line, name) = (file.display(), row.line, column.name());
            bail!("{file}:{line}: {name} is {}, expected {}; correct it", exact(*value), column.expected());
        }
    }
    Ok(row.values)
}

#[cfg(test)]
#[path = "set_values_tests.rs"]
mod tests;
