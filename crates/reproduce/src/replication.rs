//! Fresh runs held against a record, in words.

use crate::spreads::mean_and_deviation;
use zoo_report::table::counted;
use zoo_results::{Convergence, Replication, Summary, Verdict};

/// How small a p-value is still written out.
const SMALLEST_P: f64 = 1e-4;

/// The record's scores and how the fresh ones differ, then how fast both learned; or why they are not compared.
pub(crate) fn lines(replication: &Result<Replication, &'static str>) -> Vec<String> {
    match replication {
        Err(reason) => vec![format!("not held against its record: {reason}")],
        Ok(replication) => {
            vec![scores(replication), convergence(&replication.convergence)]
        }
    }
}

/// The fresh scores and how likely such a difference is by chance, for a table: `by 3 fresh seeds 0.9812 ± 0.0031 (p = 0.4120)`.
pub(crate) fn short(replication: &Replication) -> String {
    let Replication { fresh, difference, .. } = replication;
    let p = difference.as_ref().map(|difference| format!(" ({})", p_value(difference.p))).unwrap_or_default();
    format!("by {} {}{p}", counted(fresh.count, "fresh seed"), mean_and_deviation(fresh))
}

/// What is said instead of "holds" of fresh runs that are hardly of the record's distribution.
pub(crate) fn unlike(replication: &Replication) -> Option<&'static str> {
    match (replication.differs(), replication.is_slower()) {
        (true, _) => Some("DIFFERS FROM ITS RECORD"),
        (_, true) => Some("LEARNS MORE SLOWLY THAN ITS RECORD"),
        _ => None,
    }
}

/// Whether runs reach what is claimed and, held against a record, are not unlike it.
pub(crate) fn holds(summary: &Summary, replication: Option<&Replication>) -> bool {
    summary.verdict != Verdict::Fails && replication.and_then(unlike).is_none()
}

fn scores(replication: &Replication) -> String {
    let Replication { recorded, fresh, difference, welch, level, .. } = replication;
    let record = format!("record: {} over {}", mean_and_deviation(recorded), counted(recorded.count, "seed"));
    let Some(difference) = difference else {
        let same = if replication.differs() { "none of them has this score" } else { "all have the same score" };
        return format!("{record}; {same}");
    };
    let interval = welch.as_ref().map(|welch| format!(" (95 % interval {:+.4} to {:+.4})", welch.low, welch.high));
    let (by, interval) = (fresh.mean - recorded.mean, interval.unwrap_or_default());
    format!("{record}; these differ by {by:+.4}{interval}, {}, expected at least {level:.4}", p_value(difference.p))
}

fn convergence(Convergence { metric, mark, recorded, fresh, p }: &Convergence) -> String {
    let (recorded, fresh, p) = (recorded.mean, fresh.mean, p_value(*p));
    let metric = metric.label();
    format!(
        "validation {metric} {mark:.4} after {fresh:.1} epochs, in the record {recorded:.1} ({p} that this is chance)"
    )
}

fn p_value(p: f64) -> String {
    if p < SMALLEST_P { format!("p < {SMALLEST_P}") } else { format!("p = {p:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_core::Metric;
    use zoo_results::{MeanDifference, Spread};

    fn as_fast() -> Convergence {
        let epochs = Spread { count: 3, mean: 4.0, deviation: 1.0, min: 3.0, max: 5.0 };
        Convergence { metric: Metric::Accuracy, mark: 0.7, recorded: epochs, fresh: epochs, p: 0.6 }
    }

    fn replication(recorded: &[f64], fresh: &[f64]) -> Replication {
        let spread = |values: &[f64]| {
            Spread::of(values).unwrap_or(Spread { count: 0, mean: 0.0, deviation: 0.0, min: 0.0, max: 0.0 })
        };
        Replication {
            recorded: spread(recorded),
            fresh: spread(fresh),
            difference: MeanDifference::pooled(recorded, fresh),
            welch: MeanDifference::welch(recorded, fresh, [Default::default(); 2]),
            convergence: as_fast(),
            level: 0.025,
        }
    }

    #[test]
    fn what_differs_is_told_with_its_interval_and_p() {
        let unlike_record = replication(&[0.90, 0.91, 0.92, 0.91], &[0.80, 0.81]);
        assert_eq!(unlike(&unlike_record), Some("DIFFERS FROM ITS RECORD"));
        assert_eq!(
            lines(&Ok(unlike_record))[0],
            "record: 0.9100 ± 0.0082 over 4 seeds; these differ by -0.1050 (95 % interval -0.1286 to -0.0814), p = 0.0001, expected at least 0.0250"
        );
        let alike = replication(&[0.90, 0.91, 0.92, 0.91], &[0.915]);
        assert_eq!(unlike(&alike), None);
        assert_eq!(
            lines(&Ok(alike))[0],
            "record: 0.9100 ± 0.0082 over 4 seeds; these differ by +0.0050, p = 0.6220, expected at least 0.0250"
        );
    }

    #[test]
    fn scores_that_do_not_vary_are_the_same_or_not() {
        assert_eq!(unlike(&replication(&[0.9; 3], &[0.9; 2])), None);
        assert_eq!(unlike(&replication(&[0.9; 3], &[0.8; 2])), Some("DIFFERS FROM ITS RECORD"));
    }

    #[test]
    fn a_claim_holds_by_its_band_and_by_its_record() {
        let measured = Spread { count: 3, mean: 0.9, deviation: 0.0, min: 0.9, max: 0.9 };
        let alike = replication(&[0.90, 0.91, 0.92, 0.91], &[0.915]);
        let unlike = replication(&[0.90, 0.91, 0.92, 0.91], &[0.80, 0.81]);
        for (verdict, is_good) in [(Verdict::Holds, true), (Verdict::AboveBand, true), (Verdict::Fails, false)] {
            let summary = Summary { measured, verdict, floors: Vec::new() };
            assert_eq!([holds(&summary, None), holds(&summary, Some(&alike))], [is_good; 2]);
            assert!(!holds(&summary, Some(&unlike)));
        }
    }

    #[test]
    fn slower_runs_are_told() {
        let slow = Convergence { p: 0.001, ..as_fast() };
        let replication = Replication { convergence: slow, ..replication(&[0.9, 0.91], &[0.905]) };
        assert_eq!(unlike(&replication), Some("LEARNS MORE SLOWLY THAN ITS RECORD"));
        let told = lines(&Ok(replication));
        let wanted = "validation accuracy 0.7000 after 4.0 epochs, in the record 4.0 (p = 0.0010 that this is chance)";
        assert_eq!(told[1], wanted);
    }
}
