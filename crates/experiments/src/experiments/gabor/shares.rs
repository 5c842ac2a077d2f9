//! Which starts reach the lowest basin, on all examples and on a few at a time.

use anyhow::Result;
use rayon::prelude::*;
use zoo_recipe::Schedule;

use super::descent::{Descent, Epochs};
use super::model::{Form, Sample, Settled};
use super::{EXAMPLES, HARDLY_ONE_SWING, Setting};
use crate::statistics::{Mean, larger, share_interval};
use crate::{Check, Findings, Settings, number};

/// The batch that the claims are about: nearest to Prince's five that divides 28.
pub(super) const BATCH: usize = 4;

/// Steps within which descent has to come to rest.
const SETTLING: usize = 3000;

/// A setting with its data and its starts.
pub(super) struct Case<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sample: &'a Sample,
    pub(super) starts: Vec<[f64; 2]>,
    /// The loss below which a walk has reached the lowest basin.
    good: f64,
    /// The lowest point.
    minimum: [f64; 2],
    /// One over the largest curvature there.
    rate: f64,
}

/// One way to descend, and which starts reach the lowest basin by it.
pub(super) struct Way {
    pub(super) batch: usize,
    pub(super) rate: &'static str,
    /// What becomes of every start.
    pub(super) fates: Vec<Fate>,
    /// The share of batches for which the rate (where it falls, the first) is above 2 / curvature at the lowest point.
    steep: f64,
    /// The largest curvature of a batch at the lowest point, over that of all examples.
    steepest: f64,
}

/// What becomes of a start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// It reaches the lowest basin.
    Lowest,
    /// It ends in another minimum.
    Other,
    /// It is still on its way, not in the lowest basin.
    Moving,
}

impl Case<'_> {
    pub(super) fn new<'a>(setting: &'a Setting, sample: &'a Sample, starts: Vec<[f64; 2]>) -> Case<'a> {
        let (minimum, least) = sample.global_minimum(setting.bounds, 100);
        let good = least + 0.05 * (sample.loss_of_nothing() - least);
        Case { setting, sample, starts, good, minimum, rate: 1.0 / sample.curvatures(minimum)[1] }
    }

    pub(super) fn constant(&self, part: f64) -> Schedule {
        Schedule::Constant { learning_rate: part * self.rate, warmup_steps: 0 }
    }

    fn falling(&self) -> Schedule {
        Schedule::Cosine { learning_rate: self.rate, warmup_steps: 0, final_learning_rate: 0.0 }
    }

    pub(super) fn descent(&self, settings: &Settings) -> Descent<'_> {
        Descent { sample: self.sample, seed: settings.seed, steps: settings.choose(2000, 200), stream: 100 }
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
                let [steep, steepest] = self.steep(batch, schedule.learning_rate(), settings);
                ways.push(Way { batch, rate, fates: self.fates(&ends), steep, steepest });
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        self.report(&ways, findings);
        Ok(ways)
    }

    /// Where descent on all examples leads from these ends: to the bottom of the basin that they lie in.
    fn fates(&self, ends: &[[f64; 2]]) -> Vec<Fate> {
        let [across, up] = self.setting.bounds.map(|[low, high]| high - low);
        let fate = |end: &[f64; 2]| match self.sample.settle(*end, 0.005 * across.min(up), SETTLING) {
            Settled { loss, .. } if loss < self.good => Fate::Lowest,
            Settled { rests: true, .. } => Fate::Other,
            _ => Fate::Moving,
        };
        ends.par_iter().map(fate).collect()
    }

    /// The share of batches for which `rate` is too large at the lowest point, above 2 over their own largest curvature; and the largest
    /// of those over that of all examples.
    fn steep(&self, size: usize, rate: f64, settings: &Settings) -> [f64; 2] {
        let mut epochs = Epochs::new(settings.seed, 50, EXAMPLES);
        let batches = 200 * EXAMPLES / size;
        let curvature =
            |batch: usize| self.sample.curvatures_of(self.minimum, epochs.batch(batch * size % EXAMPLES, size))[1];
        let curvatures: Vec<f64> = (0..batches).map(curvature).collect();
        let steep = curvatures.iter().filter(|curvature| rate * **curvature > 2.0).count();
        [steep as f64 / batches as f64, self.rate * curvatures.into_iter().fold(0.0, larger)]
    }

    /// What stuck means: in another minimum, or not arrived.
    fn stuck(&self, all: &Way, findings: &mut Findings) {
        let [other, moving] = [Fate::Other, Fate::Moving].map(|fate| all.count(fate));
        findings.note(format!(
            "{}: of {} starts that do not reach the lowest basin under gradient descent, {other} come to rest in another minimum, and \
             {moving} are still moving after {SETTLING} steps of settling.",
            self.setting.name,
            other + moving
        ));
    }

    /// What the table of the first run suggested, on starts that it has not seen.
    pub(super) fn confirm(&self, fresh: Vec<[f64; 2]>, settings: &Settings, findings: &mut Findings) -> Result<()> {
        let descent = Descent { steps: 2000, stream: 20_000, ..self.descent(settings) };
        let way = |batch| -> Result<Way> {
            let ends = descent.ends(&fresh, batch, &self.constant(0.2))?;
            Ok(Way { batch, rate: "1 / (5 lambda_max)", fates: self.fates(&ends), steep: 0.0, steepest: 1.0 })
        };
        let (all, few) = (way(EXAMPLES)?, way(BATCH)?);
        let difference = difference(&all, &few);
        findings
            .source_says(
                &format!(
                    "{}, rate 1 / (5 lambda_max), {} fresh starts, a claim chosen after the first table was seen: mini-batches of {BATCH} \
                     free more than they mislead: lower end of the 95 % interval of the difference of the shares, by pairs",
                    self.setting.name,
                    fresh.len()
                ),
                difference.interval().0,
                Check::AtLeast(0.0),
                "Not on every sample: at this rate few starts are freed at all, and whether they are more than those misled depends on the 28 \
                 examples, which fresh starts do not change. The first table was of one sample.",
            )
            .measured_with(&format!(
                " (difference {}; {} freed, {} misled)",
                number(difference.value),
                count(&all, &few, false, true),
                count(&all, &few, true, false)
            ));
        Ok(())
    }

    fn report(&self, ways: &[Way], findings: &mut Findings) {
        let name = self.setting.name;
        for rate in ["1 / lambda_max", "falling from there"] {
            let (Some(all), Some(few)) = (find(ways, EXAMPLES, rate), find(ways, BATCH, rate)) else { continue };
            judge(&format!("{name}, rate {rate}"), self.setting.form, all, few, findings);
        }
        if let Some(all) = find(ways, EXAMPLES, "1 / lambda_max") {
            self.stuck(all, findings);
        }
        if let Some(few) = find(ways, BATCH, "1 / lambda_max") {
            // All examples are the mean of 7 batches. So the steepest batch is at least as steep as all; and where no batch curves down, it is
            // at most 7 times as steep, below the 10 at which a fifth of the rate would lead away, too.
            let sentence = format!(
                "{name}: batches of {BATCH} may be too steep for 1 / lambda_max, and are not for a fifth of it: largest curvature of one at \
                 the lowest point, over lambda_max"
            );
            findings.claim(&sentence, few.steepest, Check::Within(1.0..=10.0)).measured_with(&format!(
                " (above 2, where such a step leads away, for a share of {})",
                number(few.steep)
            ));
        }
        let row = |way: &Way| {
            let all = find(ways, EXAMPLES, way.rate).unwrap_or(way);
            let (low, high) = way.interval();
            let difference = difference(all, way);
            vec![
                way.rate.into(),
                if way.batch == EXAMPLES { "all 28".into() } else { way.batch.to_string() },
                format!("{} ({} to {})", number(way.share()), number(low), number(high)),
                way.count(Fate::Other).to_string(),
                way.count(Fate::Moving).to_string(),
                count(all, way, false, true).to_string(),
                count(all, way, true, false).to_string(),
                format!("{} ± {}", number(difference.value), number(difference.half_width())),
                number(way.steep),
                number(way.steepest),
            ]
        };
        findings.table(
            &format!("{name}: share of {} starts that reach the lowest basin, with 95 % intervals", self.starts.len()),
            &[
                "rate",
                "examples a step",
                "share",
                "in another minimum",
                "still moving",
                "freed",
                "misled",
                "difference to all 28, by pairs",
                "batches too steep at the lowest point",
                "steepest, over lambda_max",
            ],
            ways.iter().map(row).collect(),
        );
    }
}

impl Way {
    pub(super) fn share(&self) -> f64 {
        self.hits() as f64 / self.fates.len() as f64
    }

    /// Wilson's, of 95 %.
    pub(super) fn interval(&self) -> (f64, f64) {
        share_interval(self.hits(), self.fates.len())
    }

    fn reached(&self) -> impl Iterator<Item = bool> {
        self.fates.iter().map(|fate| *fate == Fate::Lowest)
    }

    fn hits(&self) -> usize {
        self.count(Fate::Lowest)
    }

    fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|one| **one == fate).count()
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

fn judge(name: &str, form: Form, all: &Way, few: &Way, findings: &mut Findings) {
    let stuck = all.fates.len() - all.hits();
    let freed = count(all, few, false, true);
    let difference = difference(all, few);
    // Ten starts in a hundred: local minima that hardly any start falls into would not be worth the name.
    let sentence = format!(
        "{name}: gradient descent gets stuck from some starts: upper end of the share that reaches the lowest basin"
    );
    let (reaching, few_stuck) = (all.interval().1, Check::AtMost(0.9));
    match form {
        Form::Notes => findings.source_says(&sentence, reaching, few_stuck, HARDLY_ONE_SWING),
        Form::Prince => findings.claim(&sentence, reaching, few_stuck),
    };
    findings
        .measured_with(&format!(" (share {})", number(all.share())))
        .source_says(
            &format!("{name}: mini-batches of {BATCH} free some of those: lower end of the share freed, above one in fifty"),
            share_interval(freed, stuck.max(1)).0,
            Check::AtLeast(0.02),
            "Hardly any. In the notes' form the other minima lie where the envelope reaches only the few examples next to 0; all others have hardly \
             a gradient there, and without differences between the examples' gradients there is no noise. In Prince's form the 28 examples decide how high \
             the ridges around the other minima are.",
        )
        .measured_with(&format!(" ({freed} of {stuck} stuck starts)"))
        .source_says(
            &format!("{name}: and more than they mislead: lower end of the 95 % interval of the difference of the shares, by pairs"),
            difference.interval().0,
            Check::AtLeast(0.0),
            "1 / lambda_max is stable on all examples only. Many batches of 4 are more than twice as steep at the lowest point (see the table): their \
             steps lead away from it, and carry starts out of the lowest basin about as often as in, or more often.",
        )
        .measured_with(&format!(
            " (difference {}; {freed} freed, {} misled)",
            number(difference.value),
            count(all, few, true, false)
        ));
}
