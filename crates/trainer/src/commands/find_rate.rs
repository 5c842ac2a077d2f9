//! `find-rate`: which learning rate a recipe should start with.

use super::asked::{changed, read_recipe, set};
use super::shared::{check_free, check_kept, check_spared, open_device, read_by, store, write_checked};
use crate::args::FindRateArgs;
use crate::data;
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::output::answer;
use crate::progress::ProgressMode;
use crate::rates::{RateCurve, RatePoint, RateSearch, search};
use crate::registry;
use crate::run_folder;
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zoo_core::{read_text, score_text};
use zoo_plot::{Axis, Chart, Figure};
use zoo_recipe::Recipe;

const STEEPEST: &str = "steepest descent";
const TENTH: &str = "a tenth of the minimum's rate";
/// A rate within this factor of the suggested one is close to it.
const FAR: f64 = 3.0;
/// The highest rate that is tried.
const HIGHEST: f64 = 1e6;

pub(crate) fn find_rate(args: &FindRateArgs) -> Result<ExitCode> {
    let recipe = recipe(args)?;
    let rates = RateSearch { steps: usize::from(args.steps), from: args.from, to: args.to };
    if rates.to > HIGHEST {
        bail!("--to is {}, expected at most {HIGHEST}: no training takes such a rate; name a lower one", rates.to);
    }
    if !(rates.from > 0.0 && rates.from < rates.to) {
        bail!(
            "--from is {} and --to is {}, expected two rates above 0, the first below the second",
            rates.from,
            rates.to
        );
    }
    let picture = args.svg.clone().unwrap_or_else(|| PathBuf::from(format!("find-rate-{}.svg", recipe.name)));
    let is_ours = args.svg.is_none() && is_earlier(&picture, &recipe);
    let force = args.force || is_ours;
    check_free(&picture, force)?;
    check_spared(&picture, &files_read(args, &recipe))?;
    if !is_ours {
        check_kept(&picture, None, &args.data)?;
    }
    let device = open_device(&args.device)?;
    let seed = args.seed.or(recipe.training.seeds.first().copied()).context("the recipe names no seed")?;
    let splits = data::prepare(&recipe, &store(&args.data, ProgressMode::default())?, seed)?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    let bar = if args.json { ProgressBar::hidden() } else { ProgressBar::new(rates.steps as u64) };
    let mut progress = |steps: usize| bar.set_position(steps as u64);
    let curve = search(&recipe, &splits, &device, seed, rates, &mut progress, &stop)?;
    bar.finish_and_clear();
    let Some(curve) = curve else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let findings = Findings { recipe: &recipe, seed, rates, curve: &curve };
    write_checked(&picture, findings.figure().svg().as_bytes(), force)?;
    answer(&if args.json { findings.json(&picture) } else { findings.text(&picture) })?;
    Ok(ExitCode::SUCCESS)
}

/// A recipe of the zoo by its name, or a file's, changed as asked.
fn recipe(args: &FindRateArgs) -> Result<Recipe> {
    let is_file = args.recipe.ends_with(".toml") || args.recipe.contains(std::path::MAIN_SEPARATOR);
    let recipe = if is_file { read_recipe(Path::new(&args.recipe))? } else { registry::recipe(&args.recipe)? };
    let overrides = args.overrides.iter().map(|text| set(text)).collect::<Result<Vec<_>>>()?;
    changed(&recipe, overrides, args.overrides.len())
}

/// The files that a search reads: the recipe, the data of a user's own and the weights it starts from, if they are files.
fn files_read(args: &FindRateArgs, recipe: &Recipe) -> Vec<PathBuf> {
    let named = Some(PathBuf::from(&args.recipe)).filter(|path| path.is_file());
    named.into_iter().chain(read_by(recipe)).collect()
}

fn title(recipe: &Recipe) -> String {
    format!("Learning rates for {}", recipe.name)
}

/// Whether the file is the picture of an earlier search.
fn is_earlier(picture: &Path, recipe: &Recipe) -> bool {
    picture.is_file() && read_text(picture, run_folder::LONGEST).is_ok_and(|text| text.contains(&title(recipe)))
}

struct Findings<'a> {
    recipe: &'a Recipe,
    seed: u64,
    rates: RateSearch,
    curve: &'a RateCurve,
}

impl Findings<'_> {
    /// The rule and the rate that it gives.
    fn rules(&self) -> Option<[(&'static str, f64); 2]> {
        let (steepest, minimum) = (self.curve.steepest()?, self.curve.minimum()?);
        Some([(STEEPEST, steepest.learning_rate), (TENTH, minimum.learning_rate / 10.0)])
    }

    /// The smaller of both rules' rates: what lies on the safe side.
    fn suggestion(&self) -> Option<(&'static str, f64)> {
        self.rules()?.into_iter().min_by(|left, right| left.1.total_cmp(&right.1))
    }

    fn text(&self, picture: &Path) -> String {
        let Self { recipe, rates, curve, .. } = self;
        let RateSearch { steps, from, to } = rates;
        let mut lines = vec![format!(
            "{}: {steps} steps, the learning rate rising from {} to {}, one batch of {} each",
            recipe.name,
            short(*from),
            short(*to),
            recipe.training.batch_size
        )];
        if let (true, Some(last)) = (curve.has_diverged, curve.points.last()) {
            let step = curve.points.len();
            lines.push(format!("stopped after step {step}: the loss diverges at {}", short(last.learning_rate)));
        }
        if let Some(RatePoint { learning_rate, smoothed, .. }) = curve.minimum() {
            let loss = score_text(None, smoothed);
            lines.push(format!("minimum  loss {loss} at {}", short(learning_rate)));
        }
        lines.extend(self.rules().into_iter().flatten().map(|(rule, rate)| format!("{rule}  {}", short(rate))));
        let own = recipe.schedule.learning_rate();
        let usual = short(own);
        lines.push(match self.suggestion() {
            Some((rule, rate)) => {
                let far = distance(own, rate);
                format!("suggestion: --learning-rate {} ({rule}, the lower of the two); the recipe has {usual}, {far}", short(rate))
            }
            None => format!("no suggestion: the loss fell at no rate; the recipe has {usual}. Try another --from and --to, or look at the model and its initializer"),
        });
        lines.push(format!("picture: {}", picture.display()));
        lines.join("\n")
    }

    fn json(&self, picture: &Path) -> String {
        let Self { recipe, seed, curve, .. } = self;
        let suggestion = self.suggestion().map(|(rule, rate)| json!({ "rule": rule, "learning_rate": rate }));
        let object = json!({
            "recipe": recipe.name, "seed": seed, "has_diverged": curve.has_diverged, "points": curve.points,
            "minimum": curve.minimum().map(|point| point.learning_rate),
            "rules": self.rules().map(|rules| rules.map(|(rule, rate)| json!({ "rule": rule, "learning_rate": rate }))),
            "suggestion": suggestion, "recipe_learning_rate": recipe.schedule.learning_rate(), "picture": picture,
        });
        object.to_string()
    }

    fn figure(&self) -> Figure {
        let points = |loss: fn(&RatePoint) -> f64| {
            self.curve.points.iter().map(|point| (point.learning_rate, loss(point))).collect::<Vec<_>>()
        };
        let mut chart = Chart::new(Axis::log("learning rate"), Axis::linear("training loss"))
            .scatter("of each batch", &points(|point| point.loss))
            .line("smoothed", &points(|point| point.smoothed));
        for (rule, rate) in self.rules().into_iter().flatten() {
            chart = chart.rule_x(rule, rate);
        }
        let name = &self.recipe.name;
        let seen = match self.suggestion() {
            Some((rule, rate)) => {
                format!("The loss of {name} over a rising learning rate; {rule} is at {}.", short(rate))
            }
            None => format!("The loss of {name} falls at no learning rate."),
        };
        Figure::of(&title(self.recipe), &seen, chart)
    }
}

/// How far a recipe's own rate is from the one suggested, in words.
fn distance(own: f64, suggested: f64) -> String {
    let (ratio, side) = if own > suggested { (own / suggested, "above") } else { (suggested / own, "below") };
    match ratio > FAR {
        true => format!("far {side} it, by a factor of {}", short(ratio)),
        false => format!("which is close (within a factor of {FAR})"),
    }
}

/// Two digits: more a search does not tell.
fn short(rate: f64) -> String {
    format!("{rate:.1e}").parse::<f64>().map_or_else(|_| rate.to_string(), |rate| rate.to_string())
}
