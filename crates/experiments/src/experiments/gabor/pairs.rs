//! The same starts on all examples and on a few: how many are stuck, how many of them freed, and how many others misled.

use super::case::{FALLING, Fate, LARGEST, Way};
use super::{HARDLY_ONE_SWING, claim_of};
use crate::prelude::*;
use crate::statistics::NORMAL_95;
use zoo_toys::gabor::{EXAMPLES, Form, Setting};

/// The fraction of stuck starts that is more than hardly any.
const SOME: f64 = 0.02;

/// What became of the starts.
struct Pairs {
    starts: usize,
    /// Those that do not reach the lowest basin on all examples.
    stuck: usize,
    /// Those of them that reach it on a few.
    freed: usize,
    /// Those that reach it on all examples only.
    misled: usize,
}

impl Pairs {
    fn of(all: &Way, few: &Way) -> Pairs {
        let count = |on_all: bool, on_few: bool| {
            let reached = |fate: Fate| fate == Fate::Lowest;
            let pairs = all.fates.iter().zip(&few.fates);
            pairs.filter(|(all, few)| (reached(**all), reached(**few)) == (on_all, on_few)).count()
        };
        let (freed, misled) = (count(false, true), count(true, false));
        Pairs { starts: all.fates.len(), stuck: freed + count(false, false), freed, misled }
    }

    /// The fraction on a few less the fraction on all.
    fn difference(&self) -> f64 {
        (self.freed as f64 - self.misled as f64) / self.starts as f64
    }

    /// The 95 % interval of the difference. Where no pair differs, that of Student's distribution has no width; this one has, as it
    /// counts one more of either kind: Bonett and Price, Adjusted Wald confidence interval for a difference of binomial proportions
    /// based on paired data, Journal of Educational and Behavioral Statistics 37 (2012) 479.
    fn interval(&self) -> (f64, f64) {
        let count = self.starts as f64 + 2.0;
        let [freed, misled] = [self.freed, self.misled].map(|pairs| (pairs as f64 + 1.0) / count);
        let half = NORMAL_95 * ((freed + misled - (freed - misled).powi(2)) / count).sqrt();
        ((freed - misled - half).max(-1.0), (freed - misled + half).min(1.0))
    }
}

/// Whether plain descent gets stuck, and whether a few examples at a time help.
pub(super) fn judge(setting: &Setting, batch: usize, ways: &[Way], findings: &mut Findings) -> Result<()> {
    let (name, form) = (setting.name, setting.form);
    for rate in [LARGEST, FALLING] {
        let (all, few) = (find(ways, EXAMPLES, rate)?, find(ways, batch, rate)?);
        let pairs = Pairs::of(all, few);
        let name = format!("{name}, rate {rate}");
        if rate == LARGEST {
            gets_stuck(&name, form, &pairs, findings);
        }
        frees_some(&name, form, batch, &pairs, findings);
        frees_more(&name, few, &pairs, findings);
        if rate == LARGEST {
            leads_away(&name, form, few, &pairs, findings);
        }
    }
    Ok(())
}

pub(super) fn find<'a>(ways: &'a [Way], batch: usize, rate: &str) -> Result<&'a Way> {
    let way = ways.iter().find(|way| way.batch == batch && way.rate == rate);
    way.with_context(|| format!("no descent on {batch} examples at the rate {rate}"))
}

/// Ten starts in a hundred: local minima that hardly any start falls into would not be worth the name.
fn gets_stuck(name: &str, form: Form, pairs: &Pairs, findings: &mut Findings) {
    let arrived = pairs.starts - pairs.stuck;
    let sentence = format!(
        "{name}: gradient descent gets stuck from some starts: upper end of the fraction that reaches the lowest basin"
    );
    let reaching = fraction_interval(arrived, pairs.starts).1;
    claim_of(form, sentence, (reaching, AtMost(0.9)), HARDLY_ONE_SWING, findings)
        .measured_with(format!(" (fraction {})", number(arrived as f64 / pairs.starts as f64)));
}

fn frees_some(name: &str, form: Form, batch: usize, pairs: &Pairs, findings: &mut Findings) {
    let Pairs { stuck, freed, .. } = *pairs;
    let reason = format!(
        "{freed} of {stuck} stuck starts do not show that one in fifty is freed. Likely, as the other minima lie where \
         the envelope reaches only the few examples next to 0; all others have hardly a gradient there, and without \
         differences between the examples' gradients there is no noise."
    );
    let sentence =
        format!("{name}: mini-batches of {batch} free some of the stuck starts: lower end of the fraction freed");
    claim_of(form, sentence, (fraction_interval(freed, stuck.max(1)).0, AtLeast(SOME)), &reason, findings)
        .known_as("mini_batches")
        .measured_with(format!(" ({freed} of {stuck} stuck starts)"));
}

/// What the notes say of noise as such. That some are freed, and some misled, are claims of their own.
fn frees_more(name: &str, few: &Way, pairs: &Pairs, findings: &mut Findings) {
    let (low, high) = pairs.interval();
    let reason = if high < 0.0 {
        format!(
            "More are misled than freed. 1 / lambda_max is stable on all examples only: of the batches of {} a fraction \
             of {} is more than twice as steep at the lowest point, and their steps lead away from it.",
            few.batch,
            number(few.too_steep)
        )
    } else {
        format!("{} starts do not decide: the interval, {}, has 0 in it.", pairs.starts, range((low, high)))
    };
    findings
        .claiming(format!(
            "{name}: and more than they mislead: lower end of the 95 % interval of the difference of the fractions, by \
             pairs"
        ))
        .should_be(low, Above(0.0), reason)
        .known_as("mini_batches")
        .measured_with(format!(
            " (difference {}; {} freed, {} misled)",
            number(pairs.difference()),
            pairs.freed,
            pairs.misled
        ));
}

/// Of the starts that plain descent leads to the lowest basin some get lost: the rate is stable on all examples only, and some batches
/// are more than twice as steep.
fn leads_away(name: &str, form: Form, few: &Way, pairs: &Pairs, findings: &mut Findings) {
    findings
        .claiming(format!(
            "{name}: batches of {} so steep that their step leads away from the lowest point: fraction",
            few.batch
        ))
        .is(few.too_steep, AtLeast(0.01));
    // On the notes' form they are too few for the steps of a quick run.
    if form == Form::Prince {
        let arrived = pairs.starts - pairs.stuck;
        findings
            .claiming(format!(
                "{name}: mini-batches of {} mislead some starts: lower end of the fraction, of those that reach the \
                 lowest basin on all examples",
                few.batch
            ))
            .is(fraction_interval(pairs.misled, arrived.max(1)).0, AtLeast(0.1))
            .measured_with(format!(" ({} of {arrived})", pairs.misled));
    }
}

/// All that was tried.
pub(super) fn tabulate(setting: &Setting, ways: &[Way], findings: &mut Findings) {
    let row = |way: &Way| {
        let pairs = Pairs::of(find(ways, EXAMPLES, way.rate).unwrap_or(way), way);
        let reached = way.count(Fate::Lowest);
        let fraction = number(reached as f64 / pairs.starts as f64);
        let difference = format!("{} ({})", number(pairs.difference()), range(pairs.interval()));
        row![
            way.rate,
            way.batch,
            format!("{fraction} ({})", range(fraction_interval(reached, pairs.starts))),
            way.count(Fate::Other),
            way.count(Fate::Moving),
            pairs.freed,
            pairs.misled,
            if way.batch == EXAMPLES { "-".into() } else { difference },
            way.too_steep
        ]
    };
    findings.table(
        format!("{}: starts that reach the lowest basin, with 95 % intervals", setting.name),
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
        ],
        ways.iter().map(row).collect(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_results::outcome::FindingVerdict;
    use zoo_toys::gabor::SETTINGS;

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

    /// Of 300 starts the first 100 reach the lowest basin on all examples; on a few, those between `first` and `last` do.
    fn verdicts([first, last]: [usize; 2]) -> [bool; 2] {
        let fates = |reached: std::ops::Range<usize>| -> Vec<Fate> {
            (0..300).map(|start| if reached.contains(&start) { Fate::Lowest } else { Fate::Other }).collect()
        };
        let way = |rate, batch, reached| Way { batch, rate, fates: fates(reached), too_steep: 0.1 };
        let at = |rate| [way(rate, EXAMPLES, 0..100), way(rate, 4, first..last)];
        let ways: Vec<Way> = [LARGEST, FALLING].into_iter().flat_map(at).collect();
        let mut findings = Findings::default();
        judge(&SETTINGS[1], 4, &ways, &mut findings).unwrap();
        ["mislead some", "free some"].map(|part| {
            let claim = findings.claims.iter().find(|claim| claim.sentence.contains(part)).unwrap();
            claim.verdict == FindingVerdict::Holds
        })
    }

    #[test]
    fn batches_that_free_or_mislead_no_start_fail_their_claims() {
        assert_eq!(verdicts([0, 100]), [false, false]);
        assert_eq!(verdicts([0, 130]), [false, true]);
        assert_eq!(verdicts([50, 100]), [true, false]);
    }
}
