//! The same starts on all examples and on a few: how many are freed, how many misled, and whether that decides.

use super::setting::HARDLY_ONE_SWING;
use super::ways::Way;
use crate::prelude::*;
use crate::statistics::NORMAL_95;
use zoo_toys::gabor::Form;

/// The fraction of stuck starts that is more than hardly any.
const SOME: f64 = 0.02;

/// What became of the starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs {
    pub(super) starts: usize,
    /// Those that do not reach the lowest basin on all examples.
    pub(super) stuck: usize,
    /// Those of them that reach it on a few.
    pub(super) freed: usize,
    /// Those that reach it on all examples only.
    pub(super) misled: usize,
}

impl Pairs {
    pub(super) fn of(all: &Way, few: &Way) -> Pairs {
        let count = |on_all: bool, on_few: bool| {
            all.reached().zip(few.reached()).filter(|pair| *pair == (on_all, on_few)).count()
        };
        let (freed, misled) = (count(false, true), count(true, false));
        Pairs { starts: all.fates.len(), stuck: freed + count(false, false), freed, misled }
    }

    /// The fraction on a few less the fraction on all.
    pub(super) fn difference(&self) -> f64 {
        (self.freed as f64 - self.misled as f64) / self.starts as f64
    }

    /// The 95 % interval of the difference. Where no pair differs, that of Student's distribution has no width; this one has, as it
    /// counts one more of either kind: Bonett and Price, Adjusted Wald confidence interval for a difference of binomial proportions
    /// based on paired data, Journal of Educational and Behavioral Statistics 37 (2012) 479.
    pub(super) fn interval(&self) -> (f64, f64) {
        let count = self.starts as f64 + 2.0;
        let [freed, misled] = [self.freed, self.misled].map(|pairs| (pairs as f64 + 1.0) / count);
        let half = NORMAL_95 * ((freed + misled - (freed - misled).powi(2)) / count).sqrt();
        ((freed - misled - half).max(-1.0), (freed - misled + half).min(1.0))
    }

    /// Wilson's 95 % interval of the fraction of stuck starts that are freed.
    fn freed_interval(&self) -> (f64, f64) {
        fraction_interval(self.freed, self.stuck.max(1))
    }

    /// Why not more than a few are freed, in the notes' form.
    fn why_few_freed(&self) -> String {
        let Pairs { stuck, freed, .. } = *self;
        if stuck == 0 {
            return "No start is stuck.".into();
        }
        if freed as f64 >= SOME * stuck as f64 {
            let interval = range(self.freed_interval());
            return format!("{stuck} stuck starts do not decide: the interval, {interval}, has one in fifty in it.");
        }
        format!(
            "Hardly any, {freed} of {stuck}. Likely, as the other minima lie where the envelope reaches only the few \
             examples next to 0; all others have hardly a gradient there, and without differences between the \
             examples' gradients there is no noise."
        )
    }

    /// Why freed ones are not more than misled ones; `misleading` is the reason if they are fewer.
    fn why_not_more(&self, misleading: &str) -> String {
        if self.freed + self.misled == 0 {
            return "From no start do the two end differently.".into();
        }
        if self.interval().1 < 0.0 {
            return format!("More are misled than freed. {misleading}");
        }
        format!("{} starts do not decide: the interval, {}, has 0 in it.", self.starts, range(self.interval()))
    }
}

/// Whether plain descent gets stuck, and whether few examples at a time help.
pub(super) fn judge(name: &str, form: Form, all: &Way, few: &Way, findings: &mut Findings) {
    let (pairs, batch) = (Pairs::of(all, few), few.batch);
    // Ten starts in a hundred: local minima that hardly any start falls into would not be worth the name.
    let sentence = format!(
        "{name}: gradient descent gets stuck from some starts: upper end of the fraction that reaches the lowest basin"
    );
    let (reaching, few_stuck) = (all.interval().1, AtMost(0.9));
    match form {
        Form::Notes => findings.claiming(&sentence).should_be(reaching, few_stuck, HARDLY_ONE_SWING),
        Form::Prince => findings.claim(&sentence, reaching, few_stuck),
    };
    findings.measured_with(format!(" (fraction {})", number(all.fraction())));
    let sentence = format!("{name}: mini-batches of {batch} free some of those: lower end of the fraction freed");
    let (freed, some) = (pairs.freed_interval().0, AtLeast(SOME));
    let claimed = match form {
        Form::Notes => findings.claiming(sentence).should_be(freed, some, pairs.why_few_freed()),
        Form::Prince => findings.claim(sentence, freed, some),
    };
    claimed.known_as("mini_batches").measured_with(format!(" ({} of {} stuck starts)", pairs.freed, pairs.stuck));
    let misleading = format!(
        "1 / lambda_max is stable on all examples only: of the batches of {batch} a fraction of {} is more than twice \
         as steep at the lowest point, and their steps lead away from it.",
        number(few.above(2.0))
    );
    more_freed(&format!("{name}: and more than they mislead"), &pairs, &misleading, findings);
}

/// Claims what the source says; `misleading` is why the opposite may come out.
pub(super) fn more_freed(sentence: &str, pairs: &Pairs, misleading: &str, findings: &mut Findings) {
    findings
        .claiming(format!("{sentence}: lower end of the 95 % interval of the difference of the fractions, by pairs"))
        .should_be(pairs.interval().0, Above(0.0), pairs.why_not_more(misleading))
        .known_as("mini_batches")
        .measured_with(format!(
            " (difference {}; {} freed, {} misled)",
            number(pairs.difference()),
            pairs.freed,
            pairs.misled
        ));
}

#[cfg(test)]
mod tests {
    use super::super::ways::Fate;
    use super::*;
    use zoo_results::outcome::FindingVerdict;

    fn pairs(starts: usize, freed: usize, misled: usize) -> Pairs {
        Pairs { starts, stuck: starts / 2, freed, misled }
    }

    #[test]
    fn the_interval_is_bonetts_and_prices() {
        // R, statpsych::ci.prop.ps(.05, 12, 4, 26, 6), as its documentation gives it.
        let (low, high) = pairs(48, 26, 4).interval();
        assert!((low - 0.254_806_7).abs() < 1e-6 && (high - 0.625_193_3).abs() < 1e-6, "{low} {high}");
    }

    #[test]
    fn the_interval_has_a_width_where_no_pair_differs() {
        let (low, high) = pairs(300, 0, 0).interval();
        assert!(low < -0.005 && high > 0.005 && (low + high).abs() < 1e-12, "{low} {high}");
        assert!(pairs(2, 2, 0).interval().1 <= 1.0 && pairs(2, 0, 2).interval().0 >= -1.0);
    }

    /// How often the interval holds the true difference, over all that 100 starts can do; at least about as often as it says.
    #[test]
    fn the_interval_covers() {
        let log_factorial: Vec<f64> = (0..=100)
            .scan(0.0, |sum, n| {
                *sum += f64::from(n.max(1)).ln();
                Some(*sum)
            })
            .collect();
        for (freed, misled) in [(0.005, 0.005), (0.02, 0.005), (0.05, 0.05), (0.1, 0.02), (0.2, 0.1), (0.02, 0.3)] {
            let mut covered = 0.0;
            for (a, b) in (0..=100_usize).flat_map(|a| (0..=100 - a).map(move |b| (a, b))) {
                let (low, high) = pairs(100, a, b).interval();
                if (low..=high).contains(&(freed - misled)) {
                    let orders = log_factorial[100] - log_factorial[a] - log_factorial[b] - log_factorial[100 - a - b];
                    let rest = 1.0_f64 - freed - misled;
                    let [a, b] = [a, b].map(|pairs| pairs as f64);
                    covered += (orders + a * f64::ln(freed) + b * f64::ln(misled) + (100.0 - a - b) * rest.ln()).exp();
                }
            }
            assert!((0.93..=1.0 + 1e-9).contains(&covered), "{freed} {misled}: {covered}");
        }
    }

    #[test]
    fn batches_that_free_no_start_fail_the_claim() {
        let way = |batch, lowest| {
            let fates = (0..300).map(|start| if start < lowest { Fate::Lowest } else { Fate::Other }).collect();
            Way { batch, rate: "", fates, part: 1.0, curvatures: vec![1.0] }
        };
        let verdict = |few| {
            let mut findings = Findings::default();
            judge("x", Form::Prince, &way(28, 100), &way(4, few), &mut findings);
            findings.claims[1].verdict.clone()
        };
        assert_eq!([100, 130].map(verdict), [FindingVerdict::Fails, FindingVerdict::Holds]);
    }

    #[test]
    fn reasons_follow_the_measurement() {
        assert!(pairs(300, 34, 24).why_not_more("Steep.").starts_with("300 starts do not decide"));
        assert!(pairs(300, 24, 34).why_not_more("Steep.").starts_with("300 starts do not decide"));
        assert_eq!(pairs(300, 1, 55).why_not_more("Steep."), "More are misled than freed. Steep.");
        assert!(pairs(300, 0, 0).why_not_more("Steep.").starts_with("From no start"));
        assert!(pairs(300, 1, 0).why_few_freed().starts_with("Hardly any, 1 of 150."));
        assert!(pairs(300, 4, 0).why_few_freed().starts_with("150 stuck starts do not decide"));
        assert_eq!(pairs(1, 0, 0).why_few_freed(), "No start is stuck.");
    }
}
