//! Settings held against each other: what differs between them, and what that makes of a score.

use super::setting::{MeasuredModel, MeasuredSetting, differences, same_test};
use crate::evaluation::SplitName;
use anyhow::{Result, bail};
use serde::Serialize;
use std::fmt;
use zoo_core::{Metric, Scores, difference_text, score_text};
use zoo_recipe::Recipe;
use zoo_results::{MeanDifference, Report, Spread, holm};

/// One score of several settings.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Comparison {
    /// The score's key in a report: `accuracy`.
    pub(crate) metric: String,
    pub(crate) split: SplitName,
    pub(crate) settings: Vec<SettingScores>,
    /// The keys in which the recipes are not the same.
    pub(crate) differing_keys: Vec<DifferingKey>,
    /// Each setting but the first against the first.
    pub(crate) differences: Vec<SettingDifference>,
    /// In sentences, what makes the scores hard to compare.
    pub(crate) warnings: Vec<String>,
}

/// What a setting has reached.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SettingScores {
    pub(crate) letter: String,
    pub(crate) label: String,
    pub(crate) seeds: Vec<u64>,
    pub(crate) folds: Option<usize>,
    /// Models measured: one a seed, or one a seed and fold.
    pub(crate) models: usize,
    pub(crate) mean: f64,
    /// The sample standard deviation; absent of one model.
    pub(crate) deviation: Option<f64>,
    /// The 95 % interval of the mean; absent of one model.
    pub(crate) interval: Option<(f64, f64)>,
    pub(crate) paths: Vec<std::path::PathBuf>,
}

/// A key of the recipes, with its value in each setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct DifferingKey {
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// A setting's mean less the first one's.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SettingDifference {
    pub(crate) letter: String,
    pub(crate) against: String,
    /// The difference of the means, over the pairs where it is paired.
    pub(crate) mean: f64,
    pub(crate) test: DifferenceTest,
    /// By the test, if there is one.
    pub(crate) difference: Option<MeanDifference>,
    /// The p-value corrected for all of these comparisons by Holm's method.
    pub(crate) p_holm: Option<f64>,
}

/// How a difference was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum DifferenceTest {
    /// Over models by the same seed and fold.
    Paired {
        /// How many pairs.
        pairs: usize,
    },
    /// No two models share a seed.
    Welch,
    /// One of the settings has a single model.
    TooFew,
    /// The difference is the same for all models.
    NoSpread,
}

impl fmt::Display for DifferenceTest {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DifferenceTest::Paired { pairs } => write!(text, "paired, {pairs} pairs by seed"),
            DifferenceTest::Welch => text.write_str("Welch, as they share no two seeds"),
            DifferenceTest::TooFew => text.write_str("no test, as that wants two models of each"),
            DifferenceTest::NoSpread => text.write_str("no test, as it is the same for every seed"),
        }
    }
}

/// A model's seed and fold with its score.
type Placed = ((u64, usize), f64);

impl Comparison {
    /// Of at least one setting. Without a `metric` it is the recipes' own.
    ///
    /// # Errors
    /// If the recipes are judged by different metrics and none was named, or a setting was not measured by it.
    pub(crate) fn of(settings: &[MeasuredSetting], metric: Option<&str>, split: SplitName) -> Result<Self> {
        let metric = match metric {
            Some(metric) => metric.to_string(),
            None => common_metric(settings)?,
        };
        let measured = settings.iter().map(|setting| scores(setting, &metric, split)).collect::<Result<Vec<_>>>()?;
        let rows = settings.iter().zip(&measured).map(|(setting, placed)| row(setting, placed)).collect();
        let pairs = settings.iter().zip(&measured).skip(1);
        let mut differences: Vec<SettingDifference> =
            pairs.map(|other| difference((&settings[0], &measured[0]), other)).collect();
        correct(&mut differences);
        let recipes: Vec<&Recipe> = settings.iter().map(|setting| &setting.recipe).collect();
        let warnings = settings.iter().skip(1).filter_map(|other| other_data(&settings[0], other)).collect();
        Ok(Self { metric, split, settings: rows, differing_keys: differing_keys(&recipes), differences, warnings })
    }

    /// Why intervals end where no score of this kind can be, if some do. They are not cut, which would hide how little they say.
    pub(crate) fn beyond_bounds(&self) -> Option<String> {
        let metric = &self.metric;
        let is_beyond = |(low, high): (f64, f64)| [low, high].into_iter().any(|end| Scores::is_impossible(metric, end));
        let rows = self.settings.iter().filter(|row| row.interval.is_some_and(is_beyond));
        let letters: Vec<&str> = rows.map(|row| row.letter.as_str()).collect();
        (!letters.is_empty()).then(|| {
            format!(
                "the interval of {} ends where no {metric} can be: it is Student's, which knows no bounds, and the wider the fewer models \
                 there are; more seeds narrow it",
                letters.join(", ")
            )
        })
    }

    /// A score, as people read it.
    pub(crate) fn score(&self, score: f64) -> String {
        score_text(Metric::named(&self.metric), score)
    }

    /// A difference of scores, as people read it.
    pub(crate) fn difference(&self, difference: f64) -> String {
        difference_text(Metric::named(&self.metric), difference)
    }
}

fn common_metric(settings: &[MeasuredSetting]) -> Result<String> {
    let name = |setting: &MeasuredSetting| {
        let metric = serde_json::to_value(setting.recipe.metric()).expect("a metric is a word");
        metric.as_str().unwrap_or_default().to_string()
    };
    let (first, names) = (name(&settings[0]), settings.iter().map(name).collect::<Vec<_>>());
    match names.iter().find(|name| **name != first) {
        None => Ok(first),
        Some(other) => {
            bail!("the recipes are judged by different metrics, {first} and {other}; name one with --metric")
        }
    }
}

fn scores(setting: &MeasuredSetting, metric: &str, split: SplitName) -> Result<Vec<Placed>> {
    let of_split = |report: &Report| match split {
        SplitName::Test => Some(report.test.clone()),
        SplitName::Valid => Some(report.valid.clone()),
        SplitName::Train => None,
    };
    let value = |report: &Report| {
        let scores = of_split(report)?;
        let found = scores.named().into_iter().find(|(name, _)| name.replace(' ', "_") == metric);
        found.and_then(|(_, value)| value)
    };
    let placed = |report: &Report| {
        value(report).ok_or_else(|| {
            let measured = of_split(report).map(|scores| scores.named()).into_iter().flatten();
            let names: Vec<String> =
                measured.filter(|(_, value)| value.is_some()).map(|(name, _)| name.replace(' ', "_")).collect();
            anyhow::anyhow!("{} was not measured by {metric}; what was measured is {}", setting.label, names.join(", "))
        })
    };
    let models = setting.models.iter();
    models.map(|model| Ok(((model.seed, model.fold), placed(&model.report)?))).collect()
}

fn values(placed: &[Placed]) -> Vec<f64> {
    placed.iter().map(|(_, value)| *value).collect()
}

fn row(setting: &MeasuredSetting, placed: &[Placed]) -> SettingScores {
    let spread = Spread::of(&values(placed)).expect("a setting has at least one model");
    SettingScores {
        letter: setting.letter.clone(),
        label: setting.label.clone(),
        seeds: setting.seeds(),
        folds: setting.folds,
        models: placed.len(),
        mean: spread.mean,
        deviation: (spread.count > 1).then_some(spread.deviation),
        interval: setting.overlap().interval(&spread),
        paths: setting.paths.clone(),
    }
}

/// Paired where at least two models have the same seed and fold; else by Welch.
fn difference(first: (&MeasuredSetting, &Vec<Placed>), other: (&MeasuredSetting, &Vec<Placed>)) -> SettingDifference {
    // Folds cut by one seed are the same folds only if there are as many.
    let is_pairable = first.0.folds == other.0.folds;
    let partner = |place: &(u64, usize)| other.1.iter().find(|(other, _)| other == place).map(|(_, value)| *value);
    let shared = first.1.iter().filter_map(|(place, value)| Some((*value, partner(place)?)));
    let (left, right): (Vec<f64>, Vec<f64>) = shared.filter(|_| is_pairable).unzip();
    let is_paired = left.len() > 1;
    let (left, right) = if is_paired { (left, right) } else { (values(first.1), values(other.1)) };
    let difference = if is_paired {
        MeanDifference::paired(&left, &right, first.0.overlap())
    } else {
        MeanDifference::welch(&left, &right, [first.0.overlap(), other.0.overlap()])
    };
    let test = match difference {
        Some(_) if is_paired => DifferenceTest::Paired { pairs: left.len() },
        Some(_) => DifferenceTest::Welch,
        None if left.len().min(right.len()) < 2 => DifferenceTest::TooFew,
        None => DifferenceTest::NoSpread,
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (letter, against) = (other.0.letter.clone(), first.0.letter.clone());
    SettingDifference { letter, against, mean: mean(&right) - mean(&left), test, difference, p_holm: None }
}

fn correct(differences: &mut [SettingDifference]) {
    let tested: Vec<&mut SettingDifference> = differences.iter_mut().filter(|one| one.difference.is_some()).collect();
    let p: Vec<f64> = tested.iter().filter_map(|one| Some(one.difference?.p)).collect();
    tested.into_iter().zip(holm(&p)).for_each(|(one, corrected)| one.p_holm = Some(corrected));
}

fn differing_keys(recipes: &[&Recipe]) -> Vec<DifferingKey> {
    let mut keys: Vec<DifferingKey> = Vec::new();
    for (place, recipe) in recipes.iter().enumerate().skip(1) {
        for (key, first, value) in differences(recipes[0], recipe) {
            let at = keys.iter().position(|one| one.key == key).unwrap_or_else(|| {
                keys.push(DifferingKey { key, values: vec![first; recipes.len()] });
                keys.len() - 1
            });
            keys[at].values[place] = value;
        }
    }
    keys
}

/// Why two settings' test scores are not of the same examples, if they are not.
fn other_data(first: &MeasuredSetting, other: &MeasuredSetting) -> Option<String> {
    let [left, right] = [first, other].map(|setting| &setting.models[0].report.data);
    let letters = format!("{} and {}", first.letter, other.letter);
    if left.name != right.name {
        return Some(format!(
            "{letters} are of different data, {} and {}: their scores need not be comparable",
            left.name, right.name
        ));
    }
    if first.folds != other.folds {
        let way = |setting: &MeasuredSetting| {
            setting.folds.map_or("the test split".to_string(), |folds| format!("{folds} folds"))
        };
        return Some(format!("{letters} are measured on different examples, {} and {}", way(first), way(other)));
    }
    let has_others = first.models.iter().any(|model| {
        let is_partner =
            |one: &&MeasuredModel| first.folds.is_none() || (one.seed, one.fold) == (model.seed, model.fold);
        let partner = other.models.iter().find(is_partner);
        partner.is_some_and(|one| !same_test(&model.report.data, &one.report.data))
    });
    has_others.then(|| {
        format!("{letters} are measured on different test examples of {}: a difference may be theirs", left.name)
    })
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
