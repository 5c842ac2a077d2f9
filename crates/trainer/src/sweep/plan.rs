//! Which runs a sweep has, and what each is called.

use crate::run::Request;
use crate::tables::short_names;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Longer names are cut, and told apart by a number.
const LONGEST_NAME: usize = 100;

/// The runs of a sweep, in the order in which they start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SweepPlan {
    /// The form of this file.
    pub(crate) schema: u32,
    /// The keys that have several values, as `--set` named them.
    pub(crate) keys: Vec<String>,
    /// In the order in which they start.
    pub(crate) runs: Vec<PlannedRun>,
}

/// One run of a sweep, and what tells it from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedRun {
    /// The name of its folder.
    pub(crate) name: String,
    /// Its value of each of the plan's keys.
    pub(crate) values: Vec<String>,
    /// Its seed.
    pub(crate) seed: u64,
    /// Of the recipe as it is trained.
    pub(crate) recipe_sha256: String,
    /// The device's name.
    pub(crate) device: String,
}

/// One combination of a sweep, before its recipe is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Every `--set` with one value.
    pub(crate) overrides: Vec<String>,
    /// The values of the keys that have several.
    pub(crate) values: Vec<String>,
    /// Its seed.
    pub(crate) seed: Option<u64>,
}

impl Variant {
    /// Every combination of the alternatives of each key; the last key and the seed change fastest. No seed is the recipe's first.
    pub(crate) fn all(settings: &[(String, Vec<String>)], seeds: &[u64]) -> Vec<Self> {
        let mut variants = vec![Self { overrides: Vec::new(), values: Vec::new(), seed: None }];
        for (key, alternatives) in settings {
            let with = |variant: &Self, value: &String| {
                let mut variant = variant.clone();
                variant.overrides.push(format!("{key}={value}"));
                if alternatives.len() > 1 {
                    variant.values.push(value.clone());
                }
                variant
            };
            let grown = |variant| alternatives.iter().map(move |value| with(variant, value));
            variants = variants.iter().flat_map(grown).collect();
        }
        if seeds.is_empty() {
            return variants;
        }
        let with_seeds = |variant: Self| seeds.iter().map(move |seed| Self { seed: Some(*seed), ..variant.clone() });
        variants.into_iter().flat_map(with_seeds).collect()
    }
}

impl SweepPlan {
    /// This program's form of `sweep.json`.
    pub(crate) const SCHEMA: u32 = 1;

    /// The plan of these runs, one a variant.
    pub(crate) fn new(keys: Vec<String>, runs: &[(Variant, Request)]) -> Self {
        let mut planned: Vec<PlannedRun> = Vec::new();
        let labels = short_names(&keys);
        for (variant, request) in runs {
            let name = unique(&name(&labels, &variant.values, request.seed), &planned);
            planned.push(PlannedRun {
                name,
                values: variant.values.clone(),
                seed: request.seed,
                recipe_sha256: request.recipe.sha256(),
                device: request.device.to_string(),
            });
        }
        Self { schema: Self::SCHEMA, keys, runs: planned }
    }

    /// What differs from the others in a run, in words; empty where only seeds differ.
    pub(crate) fn setting(&self, run: &PlannedRun) -> String {
        let pairs = short_names(&self.keys).into_iter().zip(&run.values);
        pairs.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    /// The first two runs that train the same recipe by the same seed, if there are any: two names of one result.
    pub(crate) fn same_runs(&self) -> Option<(&PlannedRun, &PlannedRun)> {
        let mut known = HashMap::new();
        self.runs.iter().find_map(|run| {
            let first = known.insert((run.recipe_sha256.as_str(), run.seed), run)?;
            Some((first, run))
        })
    }

    /// How this plan differs from another one, if it does.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let lacking = |plan: &Self, from: &Self| plan.runs.iter().find(|run| !from.runs.contains(run)).cloned();
        Some(match (lacking(self, other), lacking(other, self)) {
            (Some(mine), Some(theirs)) if mine.name == theirs.name => match mine.device == theirs.device {
                true => format!("the run {} has another recipe", mine.name),
                false => format!("the run {} has the device {}, not {}", mine.name, mine.device, theirs.device),
            },
            (Some(mine), _) => format!("it has the run {}", mine.name),
            (None, Some(theirs)) => format!("it has no run {}", theirs.name),
            (None, None) => "its runs have another order".to_string(),
        })
    }
}

/// `hidden=64_32,seed1`: letters, digits and what no shell minds.
fn name(labels: &[String], values: &[String], seed: u64) -> String {
    let pairs = labels.iter().zip(values).map(|(label, value)| format!("{label}={}", plain(value)));
    let mut name = pairs.collect::<Vec<_>>().join(",");
    if name.len() > LONGEST_NAME {
        name.truncate(LONGEST_NAME);
    }
    if name.is_empty() { format!("seed{seed}") } else { format!("{name},seed{seed}") }
}

/// A value without brackets, quotes and spaces.
fn plain(value: &str) -> String {
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || ".+-_".contains(letter);
    value.split(|letter| !is_kept(letter)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

fn unique(name: &str, taken: &[PlannedRun]) -> String {
    let is_free = |name: &String| taken.iter().all(|run| run.name != *name);
    let numbered = (2..).map(|number| format!("{name},{number}"));
    std::iter::once(name.to_string()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| value.to_string()).collect()
    }

    #[test]
    fn variants_are_the_product_of_all_alternatives_and_seeds() {
        let settings = [
            ("a".to_string(), texts(&["1", "2"])),
            ("b".to_string(), texts(&["x"])),
            ("c".to_string(), texts(&["[3,4]", "5", "6"])),
        ];
        let variants = Variant::all(&settings, &[7, 8]);
        assert_eq!(variants.len(), 12);
        assert_eq!(variants[0].overrides, ["a=1", "b=x", "c=[3,4]"]);
        assert_eq!((&variants[11].values, variants[11].seed), (&texts(&["2", "6"]), Some(8)));
        assert_eq!(Variant::all(&[], &[]).len(), 1);
    }

    #[test]
    fn plans_differ_in_a_recipe_or_a_device() {
        let plan = |recipe: &str, device: &str| {
            let [name, recipe_sha256, device] = ["seed1", recipe, device].map(str::to_string);
            let run = PlannedRun { name, values: Vec::new(), seed: 1, recipe_sha256, device };
            SweepPlan { schema: SweepPlan::SCHEMA, keys: Vec::new(), runs: vec![run] }
        };
        let difference = |other: &SweepPlan| plan("a", "flex").difference(other);
        assert_eq!(difference(&plan("a", "flex")), None);
        assert_eq!(difference(&plan("b", "flex")).as_deref(), Some("the run seed1 has another recipe"));
        assert_eq!(difference(&plan("a", "cuda")).as_deref(), Some("the run seed1 has the device flex, not cuda"));
    }

    #[test]
    fn folders_are_named_by_what_differs() {
        let keys = texts(&["model.hidden", "optimizer"]);
        let labels = short_names(&keys);
        let values = texts(&["[64, 32]", "{adam={beta1=0.9}}"]);
        assert_eq!(name(&labels, &values, 3), "hidden=64_32,optimizer=adam_beta1_0.9,seed3");
        assert_eq!(name(&[], &[], 3), "seed3");
        assert_eq!(short_names(&texts(&["a.rate", "b.rate"])), ["a.rate", "b.rate"]);
        let long = name(&labels, &texts(&[&"9,".repeat(200), "\u{e9}\u{1b}/.."]), 1);
        assert!(long.len() < LONGEST_NAME + 20 && long.is_ascii(), "{long}");
    }
}
