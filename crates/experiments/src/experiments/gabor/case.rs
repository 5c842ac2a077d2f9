//! Which starts reach the lowest basin, on all examples and on a few at a time.

use super::descent::{BatchDescent, epochs};
use super::pairs::{Pairs, judge, more_freed};
use super::setting::{EXAMPLES, Setting};
use super::settings::BATCH;
use super::ways::{Fate, Way, find};
use crate::prelude::*;
use rayon::prelude::*;
use zoo_recipe::Schedule;
use zoo_toys::gabor::{GaborSample, Settled};

/// Steps within which descent has to come to rest.
const SETTLING: usize = 3000;

/// A setting with its data and its starts.
pub(super) struct GaborCase<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sample: &'a GaborSample,
    pub(super) starts: Vec<[f64; 2]>,
    /// The batch that the claims are about.
    pub(super) batch: usize,
    /// The loss below which a walk has reached the lowest basin.
    good: f64,
    /// The lowest point.
    pub(super) minimum: [f64; 2],
    /// One over the largest curvature there.
    rate: f64,
}

impl GaborCase<'_> {
    pub(super) fn new<'a>(
        setting: &'a Setting,
        sample: &'a GaborSample,
        starts: Vec<[f64; 2]>,
        settings: &Setup,
    ) -> GaborCase<'a> {
        let (minimum, least) = sample.global_minimum(setting.bounds, 100);
        let good = least + 0.05 * (sample.loss_of_nothing() - least);
        let (batch, rate) = (settings.whole(BATCH), 1.0 / sample.curvatures(minimum)[1]);
        GaborCase { setting, sample, starts, batch, good, minimum, rate }
    }

    pub(super) fn constant(&self, part: f64) -> Schedule {
        Schedule::Constant { learning_rate: part * self.rate, warmup_steps: 0 }
    }

    fn falling(&self) -> Schedule {
        Schedule::Cosine { learning_rate: self.rate, warmup_steps: 0, final_learning_rate: 0.0 }
    }

    pub(super) fn descent(&self, settings: &Setup) -> BatchDescent<'_> {
        BatchDescent { sample: self.sample, seed: settings.seed, steps: settings.choose(2000, 200), stream: 100 }
    }

    /// Every batch size at every rate, from the same starts.
    pub(super) fn compare(&self, settings: &Setup, findings: &mut Findings) -> Result<Vec<Way>> {
        let mut batches = settings.choose(vec![EXAMPLES, 7, self.batch, 1], vec![EXAMPLES, self.batch]);
        batches.sort_unstable();
        batches.dedup();
        batches.reverse();
        let mut schedules = vec![("1 / lambda_max", self.constant(1.0)), ("falling from there", self.falling())];
        if !settings.quick {
            schedules.insert(0, ("1 / (5 lambda_max)", self.constant(0.2)));
        }
        let mut ways = Vec::new();
        let bar = settings.progress("descent from every start", batches.len() * schedules.len());
        for (rate, schedule) in schedules {
            for &batch in &batches {
                let ends = self.descent(settings).ends(&self.starts, batch, &schedule)?;
                let part = schedule.learning_rate() / self.rate;
                let curvatures = self.batch_curvatures(batch, settings);
                ways.push(Way { batch, rate, fates: self.fates(&ends), part, curvatures });
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

    /// The largest curvature of each of 200 epochs' batches at the lowest point, over that of all examples.
    fn batch_curvatures(&self, size: usize, settings: &Setup) -> Vec<f64> {
        let mut batches = epochs(settings.seed, 50, size, EXAMPLES);
        let curvature = |_| self.rate * self.sample.curvatures_of(self.minimum, &batches.next())[1];
        (0..200 * EXAMPLES / size).map(curvature).collect()
    }

    /// What stuck means: in another minimum, or not arrived.
    fn stuck(&self, all: &Way, findings: &mut Findings) {
        let [other, moving] = [Fate::Other, Fate::Moving].map(|fate| all.count(fate));
        findings.note(format!(
            "{}: of {} starts that do not reach the lowest basin under gradient descent, {other} come to rest in \
             another minimum, and {moving} are still moving after {SETTLING} steps of settling.",
            self.setting.name,
            other + moving
        ));
    }

    /// What the table of the first run suggested, on starts that it has not seen.
    pub(super) fn confirm(&self, fresh: Vec<[f64; 2]>, settings: &Setup, findings: &mut Findings) -> Result<()> {
        let descent = BatchDescent { steps: 2000, stream: 20_000, ..self.descent(settings) };
        let way = |batch| -> Result<Way> {
            let ends = descent.ends(&fresh, batch, &self.constant(0.2))?;
            Ok(Way { batch, rate: "1 / (5 lambda_max)", fates: self.fates(&ends), part: 0.2, curvatures: Vec::new() })
        };
        let pairs = Pairs::of(&way(EXAMPLES)?, &way(self.batch)?);
        let sentence = format!(
            "{}, rate 1 / (5 lambda_max), {} fresh starts, a claim chosen after the first table was seen: \
             mini-batches of {} free more than they mislead",
            self.setting.name,
            fresh.len(),
            self.batch
        );
        let misleading = "Which starts the noise carries over a ridge, and which way, depends on the 28 examples, \
                          and fresh starts do not change those; the first table was of one sample.";
        more_freed(&sentence, &pairs, misleading, findings);
        Ok(())
    }

    /// How steep the batches are at the lowest point. A step with a rate above 2 / curvature leads away from it.
    fn steepness(&self, few: &Way, findings: &mut Findings) {
        let (name, batch) = (self.setting.name, self.batch);
        // The Hessian of all examples is the mean of those of an epoch's batches, and the largest eigenvalue of a mean is at most the
        // largest eigenvalue; so this holds on every sample, but for rounding.
        let epochs = few.curvatures.chunks(EXAMPLES / batch).map(|epoch| epoch.iter().copied().fold(0.0, larger));
        findings
            // Not `min`, which would lose NaN.
            .claiming(format!(
                "{name}: in every epoch a batch of {batch} is as steep as all examples at the lowest point: \
                     smallest, of {} epochs, of the largest curvature, over lambda_max",
                epochs.len()
            ))
            .is(-epochs.map(|steepest| -steepest).fold(f64::NEG_INFINITY, larger), AtLeast(1.0 - 1e-6))
            // No theory, but to be expected: the slopes fall with the envelope, so a few examples have most of the curvature, and where
            // more of them than their share come together the batch is steep.
            .claiming(format!("{name}: batches of {batch} more than twice as steep as all examples: fraction"))
            .is(few.above(2.0), Above(0.0))
            // Where no batch curves down, each is at most 7 times as steep, as 7 of them have all examples for their mean.
            .claiming(format!("{name}: batches of {batch} more than ten times as steep: fraction"))
            .is(few.above(10.0), Exactly(0.0));
    }

    fn report(&self, ways: &[Way], findings: &mut Findings) {
        let name = self.setting.name;
        for rate in ["1 / lambda_max", "falling from there"] {
            let (Some(all), Some(few)) = (find(ways, EXAMPLES, rate), find(ways, self.batch, rate)) else { continue };
            judge(&format!("{name}, rate {rate}"), self.setting.form, all, few, findings);
        }
        if let Some(all) = find(ways, EXAMPLES, "1 / lambda_max") {
            self.stuck(all, findings);
        }
        if let Some(few) = find(ways, self.batch, "1 / lambda_max") {
            self.steepness(few, findings);
        }
        let row = |way: &Way| {
            let all = find(ways, EXAMPLES, way.rate).unwrap_or(way);
            let pairs = Pairs::of(all, way);
            let difference = format!("{} ({})", number(pairs.difference()), range(pairs.interval()));
            row![
                way.rate,
                if way.batch == EXAMPLES { "all 28".into() } else { way.batch.to_string() },
                format!("{} ({})", number(way.fraction()), range(way.interval())),
                way.count(Fate::Other),
                way.count(Fate::Moving),
                pairs.freed,
                pairs.misled,
                if way.batch == EXAMPLES { "-".into() } else { difference },
                way.above(2.0 / way.part),
                way.curvatures.iter().copied().fold(0.0, larger)
            ]
        };
        findings.table(
            format!(
                "{name}: fraction of {} starts that reach the lowest basin, with 95 % intervals",
                self.starts.len()
            ),
            &[
                "rate",
                "examples per step",
                "fraction",
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
