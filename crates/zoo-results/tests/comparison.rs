//! Student's distribution and differences of means beside SciPy's, which `tests/fixtures/make_statistics.py` wrote down.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use serde::Deserialize;
use zoo_results::{MeanDifference, Overlap, Spread, holm, later_p, student_critical, student_p};

/// How far a figure may lie from SciPy's, relative to it.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Fixture {
    critical: Vec<Critical>,
    p_values: Vec<PValue>,
    paired: Vec<Compared>,
    welch: Vec<Compared>,
    pooled: Vec<Compared>,
    later: Vec<Later>,
}

/// Epochs, and the probability that the fresh ones take as many by chance.
#[derive(Deserialize)]
struct Later {
    recorded: Vec<usize>,
    fresh: Vec<usize>,
    p: f64,
}

#[derive(Deserialize)]
struct Critical {
    confidence: f64,
    degrees: f64,
    t: f64,
}

#[derive(Deserialize)]
struct PValue {
    t: f64,
    degrees: f64,
    p: f64,
}

#[derive(Deserialize)]
struct Compared {
    left: Vec<f64>,
    right: Vec<f64>,
    low: f64,
    high: f64,
    t: f64,
    degrees: f64,
    p: f64,
}

/// Of independent runs.
type DifferenceOf = fn(&[f64], &[f64]) -> Option<MeanDifference>;

fn paired(left: &[f64], right: &[f64]) -> Option<MeanDifference> {
    MeanDifference::paired(left, right, Overlap::default())
}

fn welch(left: &[f64], right: &[f64]) -> Option<MeanDifference> {
    MeanDifference::welch(left, right, [Overlap::default(); 2])
}

fn fixture() -> Fixture {
    let fixture: Fixture = serde_json::from_str(include_str!("../../../tests/fixtures/statistics.json")).unwrap();
    assert!(!fixture.critical.is_empty() && !fixture.p_values.is_empty());
    assert!(!fixture.paired.is_empty() && !fixture.welch.is_empty());
    fixture
}

#[track_caller]
fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= TOLERANCE * expected.abs(), "{what}: {found:e}, expected {expected:e}");
}

#[test]
fn critical_values_are_scipys() {
    for Critical { confidence, degrees, t } in fixture().critical {
        assert_close(student_critical(confidence, degrees), t, &format!("{confidence} of {degrees}"));
    }
}

#[test]
fn p_values_are_scipys() {
    for PValue { t, degrees, p } in fixture().p_values {
        assert_close(student_p(t, degrees), p, &format!("{t} of {degrees}"));
    }
}

#[test]
fn differences_are_scipys() {
    let check = |rows: Vec<Compared>, test: DifferenceOf, name: &str| {
        for Compared { left, right, low, high, t, degrees, p } in rows {
            let found = test(&left, &right).unwrap();
            let pairs = [
                (found.low, low, "low"),
                (found.high, high, "high"),
                (found.t, t, "t"),
                (found.degrees, degrees, "degrees"),
                (found.p, p, "p"),
            ];
            pairs.iter().for_each(|(found, expected, what)| assert_close(*found, *expected, &format!("{name} {what}")));
        }
    };
    check(fixture().paired, paired, "paired");
    check(fixture().welch, welch, "Welch");
    check(fixture().pooled, MeanDifference::pooled, "pooled");
}

#[test]
fn chances_of_later_epochs_are_scipys() {
    for Later { recorded, fresh, p } in fixture().later {
        assert_close(later_p(&recorded, &fresh), p, &format!("{recorded:?} {fresh:?}"));
    }
    // Twenty runs of four epochs each, and one of five.
    assert_close(later_p(&[4; 20], &[5]), 1.0 / 21.0, "the last of 21");
    assert_close(later_p(&[40; 1000], &[40; 900]), 1.0, "as many as anybody runs");
}

#[test]
fn one_value_has_no_interval_and_gives_no_difference() {
    let one = Spread::of(&[0.9]).unwrap();
    assert_eq!(Overlap::default().interval(&one), None);
    assert_eq!(paired(&[0.9], &[0.8]), None);
    assert_eq!(paired(&[0.9, 0.8], &[0.8]), None);
    assert_eq!(welch(&[0.9], &[0.8, 0.7]), None);
    assert_eq!(welch(&[], &[0.8, 0.7]), None);
    assert_eq!(MeanDifference::pooled(&[0.9], &[0.8]), None);
    assert_eq!(MeanDifference::pooled(&[], &[0.8, 0.7]), None);
}

#[test]
fn values_that_do_not_vary_say_nothing_of_chance() {
    for test in [paired as DifferenceOf, welch, MeanDifference::pooled] {
        assert_eq!(test(&[0.5, 0.5], &[0.5, 0.5]), None);
        assert_eq!(test(&[0.5, 0.5], &[0.75, 0.75]), None);
        assert_eq!(test(&[f64::NAN, 0.5], &[0.5, 0.5]), None);
    }
    // Three times ten more of 359 are right, which differ by rounding alone.
    let of_359 = |hits: [u32; 3]| hits.map(|hits| f64::from(hits) / 359.0);
    assert_eq!(paired(&of_359([346, 345, 346]), &of_359([356, 355, 356])), None);
    assert!(paired(&of_359([346, 345, 346]), &of_359([356, 355, 355])).is_some());
}

/// With 10 folds a mean of 10 varies as much as if the variance were divided by 1 / (1 / 10 + 1 / 9).
#[test]
fn models_of_a_cross_validation_are_no_independent_runs() {
    let scores: Vec<f64> = (0..10).map(|place| 0.9 + 0.01 * f64::from(place % 3)).collect();
    let spread = Spread::of(&scores).unwrap();
    let half = |overlap: Overlap| overlap.interval(&spread).unwrap().1 - spread.mean;
    let wider = half(Overlap::of_folds(10)) / half(Overlap::default());
    assert_close(wider, ((0.1 + 1.0 / 9.0) / 0.1_f64).sqrt(), "the interval");
}

#[test]
fn holm_never_lowers_a_p_value_nor_changes_their_order() {
    assert_eq!(holm(&[]), [0.0; 0]);
    assert_eq!(holm(&[0.04]), [0.04]);
    let (p, corrected) = ([0.04, 0.001, 0.9, 0.03], holm(&[0.04, 0.001, 0.9, 0.03]));
    assert_eq!(corrected, [0.09, 0.004, 0.9, 0.09]);
    assert!(p.iter().zip(&corrected).all(|(p, corrected)| corrected >= p));
}
