//! What `--set` says, checked against what an experiment declares.

use crate::experiment::Experiment;
use crate::setting::{ExperimentSetting, PointColumn, PointsSetting};
use crate::text::no_such;
use anyhow::{Context, Result, bail};
use std::path::Path;
use zoo_recipe::parse_override;
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
            let Ok((name, value)) = parse_override(text) else {
                let example = experiment.settings.first().map_or_else(String::new, ExperimentSetting::example);
                bail!("--set {text}: expected NAME=VALUE, such as {example}");
            };
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
        let (ExperimentSetting::Points(setting), SettingValue::Points { file, rows }) = (self.setting, &self.value)
        else {
            return None;
        };
        Some(ResultTable {
            caption: format!("Set: {}, from {file}", setting.about),
            head: setting.columns.iter().map(|column| column.name().into()).collect(),
            rows: rows.iter().map(|row| row.iter().map(f64::to_string).collect()).collect(),
        })
    }
}

impl SettingValue {
    /// With all its digits.
    fn text(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Whole(value) => value.to_string(),
            Self::List(values) => values.iter().map(f64::to_string).collect::<Vec<_>>().join(","),
            Self::Points { file, rows } => format!("{file} ({} rows)", rows.len()),
        }
    }
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
        if let PointColumn::Class { name, count } = *column
            && let Some(class) = (1..=count).find(|class| !rows.iter().any(|row| row[place] == *class as f64))
        {
            bail!("{}: {name} is {class} in no row, expected every class from 1 to {count}", file.display());
        }
    }
    let file = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(SettingValue::Points { file, rows })
}

/// The numbers of a row, in the order of the columns.
fn checked(setting: &PointsSetting, file: &Path, row: &TableRow) -> Result<Vec<f64>> {
    let pairs = setting.columns.iter().zip(&row.values);
    let number = |(column, value): (&PointColumn, &f32)| {
        let value = as_written(*value);
        if !column.allows(value) {
            let (file, line, name) = (file.display(), row.line, column.name());
            bail!("{file}:{line}: {name} is {value}, expected {}; correct it", column.expected());
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
mod tests {
    use super::*;
    use crate::ALL;
    use crate::experiment::Setup;
    use std::fs;
    use zoo_core::sentence;

    fn experiment(name: &str) -> &'static Experiment {
        ALL.iter().find(|experiment| experiment.name == name).unwrap()
    }

    fn parsed(name: &str, texts: &[&str]) -> Result<SetValues> {
        SetValues::parse(experiment(name), &texts.iter().map(|text| (*text).to_string()).collect::<Vec<_>>())
    }

    fn said(name: &str, texts: &[&str]) -> String {
        sentence(parsed(name, texts).unwrap_err().as_ref())
    }

    #[test]
    fn a_value_out_of_range_is_told_with_the_range() {
        assert_eq!(said("netbp", &["rate=fast"]), "--set rate=fast: expected a number from 0.0001 to 10");
        for value in ["nan", "-1", "1e9", "0.1,0.2"] {
            assert!(said("netbp", &[&format!("rate={value}")]).ends_with("expected a number from 0.0001 to 10"));
        }
        assert!(said("gabor", &["batch=5"]).ends_with("that divides 28"));
        assert!(said("convolution", &["filter=1,2,3"]).contains("expected 9 numbers from"));
    }

    #[test]
    fn a_name_that_is_none_is_told_with_the_nearest() {
        let said = said("netbp", &["rat=1"]);
        assert!(said.starts_with("there is no setting of netbp `rat` (did you mean `rate`?); known are "), "{said}");
        assert!(self::said("netbp", &["rate"]).starts_with("--set rate: expected NAME=VALUE, such as "));
        assert!(self::said("netbp", &["rate=1", "rate=2"]).contains("twice"));
    }

    #[test]
    fn points_are_read_and_what_is_wrong_with_them_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("points.csv");
        let head = "x1,x2,x3,class\n";
        let text = format!("points={}", file.display());
        let set = |rows: &str| {
            fs::write(&file, rows).unwrap();
            parsed("netbp", &[&text])
        };
        let values = set(&format!("{head}0.1,0.2,0.3,1\n0.7,1,0,2\n")).unwrap();
        let rows = vec![vec![0.1, 0.2, 0.3, 1.0], vec![0.7, 1.0, 0.0, 2.0]];
        assert_eq!(values.get("points"), Some(&SettingValue::Points { file: "points.csv".into(), rows }));
        assert_eq!(values.recorded()[0].value, "points.csv (2 rows)");
        assert_eq!(values.tables()[0].rows[1], ["0.7", "1", "0", "2"]);
        let long = format!("{head}{}", "0.1,0.2,0.3,1\n".repeat(1001));
        for (rows, expected) in [
            ("x1,x2,class\n0.1,0.2,1\n", "\"x3\""),
            ("x1,x2,x3,class\n0.1,a,0.3,1\n", ":2: x2 is \"a\""),
            ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,1.5,2\n", ":3: x3 is 1.5, expected a number from 0 to 1"),
            ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,0.5,3\n", ":3: class is 3, expected a whole number from 1 to 2"),
            ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,0.5,1\n", "class is 2 in no row"),
            ("x1,x2,x3,class\n0.1,0.2,0.3,1\n", "expected 2 to 1000 rows, found 1"),
            (long.as_str(), "found 1001"),
        ] {
            let said = sentence(set(rows).unwrap_err().as_ref());
            assert!(said.starts_with("--set points: ") && said.contains(expected), "{said}");
        }
        fs::remove_file(&file).unwrap();
        assert!(self::said("netbp", &[&text]).starts_with("--set points: "));
    }

    /// What a quick run measured, its tables and its figures; not the sentences, which may only name a value.
    fn found(experiment: &Experiment, set: SetValues) -> Vec<String> {
        let (outcome, figures) = experiment.perform(&Setup { seed: 1, quick: true, set, ..Setup::default() }).unwrap();
        let measured = outcome.claims.into_iter().map(|claim| claim.measured);
        let tables = outcome.tables.iter().map(|table| format!("{:?}", table.rows));
        measured.chain(tables).chain(figures.into_iter().map(|figure| figure.svg)).collect()
    }

    /// That what `--set` says of each setting is heard: something comes out otherwise that does not differ by itself, as times do.
    fn every_setting_changes_something(experiment: &Experiment) {
        let [before, again] = [(); 2].map(|()| found(experiment, SetValues::default()));
        let numbers = experiment.settings.iter().filter(|one| !matches!(one, ExperimentSetting::Points(_)));
        for setting in numbers {
            let after = found(experiment, SetValues::parse(experiment, &[setting.example()]).unwrap());
            let mut parts = before.iter().zip(&again).zip(&after);
            let is_changed = parts.any(|((before, again), after)| before == again && before != after);
            assert!(is_changed, "{}: --set {} changes nothing", experiment.name, setting.example());
        }
    }

    #[test]
    fn every_setting_of_an_experiment_changes_something() {
        for name in ["backprop", "convolution", "linear_regression", "optimizers", "shallow"] {
            every_setting_changes_something(experiment(name));
        }
    }

    #[test]
    #[ignore = "takes minutes: a quick run for every setting of every experiment"]
    fn every_setting_of_every_experiment_changes_something() {
        ALL.iter().for_each(every_setting_changes_something);
    }
}
