//! Which starts reach the lowest basin, on all examples and on a few at a time.

use anyhow::Result;
use zoo_recipe::Schedule;

use super::descent::Descent;
use super::model::Sample;
use super::{EXAMPLES, Setting};
use crate::statistics::{Mean, share_interval};
use crate::{Check, Findings, Settings, number};

/// The batch that the claims are about: nearest to Prince's five that divides 28.
pub(super) const BATCH: usize = 4;

/// A setting with its data and its starts.
pub(super) struct Case<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sample: &'a Sample,
    pub(super) starts: Vec<[f64; 2]>,
    /// The loss below which a walk has reached the lowest basin.
    good: f64,
    /// One over the largest curvature at the lowest point.
    rate: f64,
}

/// One way to descend, and which starts reach the lowest basin by it.
pub(super) struct Way {
    pub(super) batch: usize,
    pub(super) rate: &'static str,
    /// The loss at which every start ends up.
    pub(super) losses: Vec<f64>,
    /// The loss below which that is in the lowest basin.
    pub(super) good: f64,
}

impl Case<'_> {
    pub(super) fn new<'a>(setting: &'a Setting, sample: &'a Sample, starts: Vec<[f64; 2]>) -> Case<'a> {
        let (minimum, least) = sample.global_minimum(setting.bounds, 100);
        let good = least + 0.05 * (sample.loss_of_nothing() - least);
        Case { setting, sample, starts, good, rate: 1.0 / sample.curvatures(minimum)[1] }
    }

    pub(super) fn constant(&self, part: f64) -> Schedule {
        Schedule::Constant { learning_rate: part * self.rate, warmup_steps: 0 }
    }

    fn falling(&self) -> Schedule {
        Schedule::Cosine { learning_rate: self.rate, warmup_steps: 0, final_learning_rate: 0.0 }
    }

    pub(super) fn descent(&self, settings: &Settings) -> Descent<'_> {
        Descent { sample: self.sample, seed: settings.seed, steps: settings.choose(2000, 200) }
    }

    /// Every batch size at every rate, from the same starts.
    pub(super) fn compare(&self, settings: &Settings, findings: &mut Findings) -> Result<Vec<Way>> {
        let batches = settings.choose(vec![EXAMPLES, 7, BATCH, 1], vec![EXAMPLES, BATCH]);
        let mut schedules = vec![("1 / lambda_max", self.constant(1.0)), ("falling from there", self.falling())];
        if !settings.quick {
            schedules.insert(0, ("1 / (5 lambda_max)", self.constant(0.2)));
        }
        let mut ways = Vec::new();
        let bar = settings.progress("descent from every start", batches.len() * schedules.len());
        for (rate, schedule) in schedules {
            for &batch in &batches {
                let ends = self.descent(settings).ends(&self.starts, batch, &schedule)?;
                ways.push(Way { batch, rate, losses: self.settled(&ends, settings)?, good: self.good });
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        self.report(&ways, findings);
        Ok(ways)
    }

    /// The losses to which descent on all examples leads from these ends: in the basin that they lie in.
    fn settled(&self, ends: &[[f64; 2]], settings: &Settings) -> Result<Vec<f64>> {
        let descent = Descent { steps: self.descent(settings).steps / 2, ..self.descent(settings) };
        let settled = descent.ends(ends, EXAMPLES, &self.constant(1.0))?;
        Ok(settled.iter().map(|place| self.sample.loss(*place)).collect())
    }

    /// Where the starts that descent on all examples leaves stuck end up: in hollows, or on the plain of a model that answers 0.
    fn plain(&self, all: &Way, findings: &mut Findings) {
        let nothing = self.sample.loss_of_nothing();
        let stuck = all.losses.len() - all.hits();
        let plain = all.losses.iter().filter(|loss| **loss > 0.9 * nothing && **loss < 1.1 * nothing).count();
        findings.note(format!(
            "{}: of {stuck} starts stuck under gradient descent, {plain} end within 10 % of the loss {} of a model that always answers 0: on \
             the plain where the envelope hides nearly all examples, rather than in a hollow.",
            self.setting.name,
            number(nothing)
        ));
    }

    fn report(&self, ways: &[Way], findings: &mut Findings) {
        let name = self.setting.name;
        for rate in ["1 / lambda_max", "falling from there"] {
            let (Some(all), Some(few)) = (find(ways, EXAMPLES, rate), find(ways, BATCH, rate)) else { continue };
            judge(&format!("{name}, rate {rate}"), all, few, findings);
        }
        if let Some(all) = find(ways, EXAMPLES, "1 / lambda_max") {
            self.plain(all, findings);
        }
        let row = |way: &Way| {
            let all = find(ways, EXAMPLES, way.rate).unwrap_or(way);
            let (low, high) = way.interval();
            let difference = difference(all, way);
            vec![
                way.rate.into(),
                if way.batch == EXAMPLES { "all 28".into() } else { way.batch.to_string() },
                format!("{} ({} to {})", number(way.share()), number(low.max(0.0)), number(high)),
                count(all, way, false, true).to_string(),
                count(all, way, true, false).to_string(),
                format!("{} ± {}", number(difference.value), number(1.96 * difference.error)),
            ]
        };
        findings.table(
            &format!("{name}: share of {} starts that reach the lowest basin, with 95 % intervals", self.starts.len()),
            &["rate", "examples a step", "share", "freed", "misled", "difference to all 28, by pairs"],
            ways.iter().map(row).collect(),
        );
    }
}

impl Way {
    pub(super) fn share(&self) -> f64 {
        self.hits() as f64 / self.losses.len() as f64
    }

    /// Wilson's, of 95 %.
    pub(super) fn interval(&self) -> (f64, f64) {
        share_interval(self.hits(), self.losses.len())
    }

    fn reached(&self) -> impl Iterator<Item = bool> {
        self.losses.iter().map(|loss| *loss < self.good)
    }

    fn hits(&self) -> usize {
        self.reached().filter(|reached| *reached).count()
    }
}

pub(super) fn find<'a>(ways: &'a [Way], batch: usize, rate: &str) -> Option<&'a Way> {
    ways.iter().find(|way| way.batch == batch && way.rate == rate)
}

/// How many starts arrive or not on all examples, and arrive or not on a few.
fn count(all: &Way, few: &Way, on_all: bool, on_few: bool) -> usize {
    all.reached().zip(few.reached()).filter(|pair| *pair == (on_all, on_few)).count()
}

/// Both descend from the same starts, so the difference of the shares is a mean over pairs.
fn difference(all: &Way, few: &Way) -> Mean {
    let number = |reached: bool| f64::from(u8::from(reached));
    Mean::of(&all.reached().zip(few.reached()).map(|(all, few)| number(few) - number(all)).collect::<Vec<_>>())
}

fn freed_share(freed: usize, stuck: usize) -> String {
    let (low, high) = share_interval(freed, stuck.max(1));
    format!(" of {stuck} stuck starts, a share of {} to {} (95 %)", number(low.max(0.0)), number(high))
}

fn judge(name: &str, all: &Way, few: &Way, findings: &mut Findings) {
    let stuck = all.losses.len() - all.hits();
    let freed = count(all, few, false, true);
    let difference = difference(all, few);
    findings
        // Ten starts in a hundred: local minima that hardly any start falls into would not be worth the name.
        .claim(
            &format!("{name}: gradient descent gets stuck from some starts: upper end of the share that reaches the lowest basin"),
            all.interval().1,
            Check::AtMost(0.9),
        )
        .measured_with(&format!(" (share {})", number(all.share())))
        .source_says(
            &format!("{name}: mini-batches of {BATCH} free some of those: starts freed"),
            freed as f64,
            Check::AtLeast(1.0),
            "None: where a start is stuck on a plain so flat that every example's gradient is nearly zero, there is no noise either.",
        )
        .measured_with(&freed_share(freed, stuck))
        .source_says(
            &format!("{name}: and more than they mislead: lower end of the 95 % interval of the difference of the shares, by pairs"),
            difference.interval().0,
            Check::AtLeast(0.0),
            "Noise also carries starts out of the lowest basin, or past it before they settle, and here it does so at least about as often.",
        )
        .measured_with(&format!(
            " (difference {}; {freed} freed, {} misled)",
            number(difference.value),
            count(all, few, true, false)
        ));
}
