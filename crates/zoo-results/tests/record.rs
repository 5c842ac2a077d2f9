//! The record: what follows from several runs, and which figures cannot be.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{report, softmax_digits};
use proptest::prelude::*;
use zoo_core::Metric;
use zoo_recipe::{Claim, Recipe};
use zoo_results::{
    CalibrationBin, Convergence, EpochScores, LEVEL, RECORD_SCHEMA, Record, Replication, Report, Spread, Verdict,
};

/// A record of softmax_digits with a run per seed, of these accuracies.
fn record(accuracies: &[f64]) -> (Recipe, Record) {
    let mut recipe = softmax_digits();
    recipe.training.seeds.truncate(5);
    let run = |(seed, accuracy): (&u64, &f64)| {
        let mut run = report();
        run.model = recipe.name.clone();
        run.recipe_sha256 = recipe.sha256();
        run.overrides = vec![];
        run.seed = *seed;
        run.test.accuracy = *accuracy;
        run
    };
    let runs: Vec<Report> = recipe.training.seeds.iter().zip(accuracies).map(run).collect();
    let record = Record { schema: RECORD_SCHEMA, recipe: recipe.name.clone(), cpu: "x".to_owned(), runs, folds: None };
    (recipe, record)
}

fn claim(recipe: &mut Recipe) -> &mut Claim {
    recipe.claim.as_mut().unwrap()
}

fn verdict(accuracies: &[f64], change: impl Fn(&mut Recipe)) -> Verdict {
    let (mut recipe, record) = record(accuracies);
    let claim = claim(&mut recipe);
    (claim.expected, claim.tolerance) = (0.9, 0.02);
    claim.floors.clear();
    change(&mut recipe);
    record.summary(&recipe).unwrap().verdict
}

#[test]
fn the_mean_decides_not_a_single_seed() {
    assert_eq!(verdict(&[0.80, 1.00, 0.90], |_| {}), Verdict::Holds);
    assert_eq!(verdict(&[0.88, 0.92], |_| {}), Verdict::Holds);
    assert_eq!(verdict(&[0.87, 0.88], |_| {}), Verdict::Fails);
    assert_eq!(verdict(&[0.95, 0.93], |_| {}), Verdict::AboveBand);
    assert_eq!(verdict(&[f64::NAN, 0.9], |_| {}), Verdict::Fails);
}

#[test]
fn the_bounds_of_a_band_belong_to_it() {
    assert_eq!(verdict(&[0.92], |_| {}), Verdict::Holds);
    assert_eq!(verdict(&[0.88], |_| {}), Verdict::Holds);
}

#[test]
fn a_lower_loss_is_a_better_one() {
    let loss = |recipe: &mut Recipe| {
        // The runs' losses are 0.125.
        let stated = claim(recipe);
        (stated.metric, stated.expected, stated.tolerance) = (Metric::Loss, 0.2, 0.01);
    };
    assert_eq!(verdict(&[0.9], loss), Verdict::AboveBand);
    let too_low = |recipe: &mut Recipe| {
        loss(recipe);
        claim(recipe).expected = 0.1;
    };
    assert_eq!(verdict(&[0.9], too_low), Verdict::Fails);
}

#[test]
fn a_floor_must_be_reached_whatever_the_band_says() {
    let floor = |least| {
        move |recipe: &mut Recipe| {
            claim(recipe).floors = vec![zoo_recipe::Floor { metric: Metric::Auroc, least }];
        }
    };
    assert_eq!(verdict(&[0.9], floor(0.96)), Verdict::Holds);
    assert_eq!(verdict(&[0.9], floor(0.98)), Verdict::Fails);
}

#[test]
fn a_record_is_of_the_recipe_it_was_measured_by() {
    let (recipe, whole) = record(&[0.9; 5]);
    assert!(whole.is_of(&recipe));
    let without = |change: &dyn Fn(&mut Record)| {
        let mut record = whole.clone();
        change(&mut record);
        record.is_of(&recipe)
    };
    assert!(!without(&|record| drop(record.runs.pop())));
    let part = |seeds: std::ops::Range<usize>| {
        let mut record = whole.clone();
        record.runs = record.runs[seeds].to_vec();
        [record.is_of(&recipe), record.is_by(&recipe)]
    };
    assert_eq!(
        [0..5, 0..4, 0..1, 0..0, 1..3].map(part),
        [[true; 2], [false, true], [false, true], [false; 2], [false, true]]
    );
    assert!(!without(&|record| record.runs[2].seed = 99));
    assert!(!without(&|record| record.runs[1].recipe_sha256 = "0".repeat(64)));
    assert!(!without(&|record| record.runs[0].overrides.push("training.epochs: 60 -> 3".to_owned())));
}

fn row(epoch: usize, valid_loss: f64, valid_accuracy: f64) -> EpochScores {
    EpochScores {
        epoch,
        train_loss: 0.1,
        train_accuracy: 0.9,
        valid_loss,
        valid_accuracy,
        train_rmse: None,
        valid_rmse: None,
        learning_rate: 0.1,
        examples_per_second: None,
    }
}

/// Nine epochs, of which the validation accuracy is high from that one on.
fn curve(reached: usize) -> Vec<EpochScores> {
    (1..=9).map(|epoch| row(epoch, 0.1, if epoch < reached { 0.5 } else { 0.99 })).collect()
}

/// A record of softmax_digits whose runs learn as fast as each other.
fn learned(accuracies: &[f64]) -> (Recipe, Record) {
    let (recipe, mut record) = record(accuracies);
    record.runs.iter_mut().for_each(|run| run.curves = curve(3));
    (recipe, record)
}

/// The same by seeds that are none of the recipe's.
fn fresh(accuracies: &[f64]) -> Record {
    let (_, mut record) = learned(accuracies);
    record.runs.iter_mut().zip(90..).for_each(|(run, seed)| run.seed = seed);
    record
}

#[test]
fn fresh_runs_are_like_the_recorded_ones_or_not() {
    let (recipe, recorded) = learned(&[0.980, 0.975, 0.983, 0.978, 0.981]);
    let of = |accuracies: &[f64]| Replication::of(&recipe, &recorded, &fresh(accuracies), 2).unwrap();
    assert!(!of(&[0.979, 0.984]).differs() && !of(&[0.984]).differs());
    assert!(of(&[0.969, 0.968]).differs() && of(&[0.950]).differs());
    // The same p-value is no surprise among many tests.
    let among_many = Replication::of(&recipe, &recorded, &fresh(&[0.969, 0.968]), 1000).unwrap();
    assert!(!among_many.differs() && among_many.level == LEVEL / 1000.0);
    let (recipe, constant) = learned(&[0.98; 5]);
    let of = |accuracy| Replication::of(&recipe, &constant, &fresh(&[accuracy; 2]), 2).unwrap();
    assert!(!of(0.98).differs() && of(0.97).differs());
}

#[test]
fn runs_that_learn_more_slowly_are_noticed() {
    let (recipe, mut recorded) = learned(&[0.980, 0.975, 0.983, 0.978, 0.981]);
    let mut slow = fresh(&[0.979, 0.980, 0.981]);
    recorded.runs.iter_mut().zip([3, 4, 3, 5, 4]).for_each(|(run, epoch)| run.curves = curve(epoch));
    slow.runs.iter_mut().for_each(|run| run.curves = curve(9));
    let found = Replication::of(&recipe, &recorded, &slow, 2).unwrap();
    let Convergence { metric, mark, recorded: before, fresh: now, p } = found.convergence;
    assert_eq!((metric, mark, before.mean, now.mean), (Metric::Accuracy, 0.99, 3.8, 9.0));
    assert!((p - 1.0 / 56.0).abs() < 1e-12 && found.is_slower() && !found.differs());
    // What one never reaches is no mark.
    slow.runs[0].curves = curve(10);
    assert_eq!(Replication::of(&recipe, &recorded, &slow, 2).unwrap().convergence.mark, 0.5);
    slow.runs.iter_mut().for_each(|run| run.curves = curve(1));
    assert!(!Replication::of(&recipe, &recorded, &slow, 2).unwrap().is_slower(), "faster is no fault");
    slow.runs[0].curves.clear();
    assert_eq!(Replication::of(&recipe, &recorded, &slow, 2).unwrap_err(), "there are no curves");
}

#[test]
fn what_cannot_be_compared_says_why() {
    let (recipe, recorded) = learned(&[0.980, 0.975, 0.983, 0.978, 0.981]);
    let why = |recorded: &Record, fresh: &Record| Replication::of(&recipe, recorded, fresh, 2).unwrap_err();
    assert_eq!(why(&recorded, &recorded), "these are seeds of the record");
    let mut other = recorded.clone();
    other.runs.pop();
    assert_eq!(why(&other, &fresh(&[0.98])), "it was recorded by another recipe or other seeds");
    let mut elsewhere = fresh(&[0.98]);
    elsewhere.runs[0].data.provenance = zoo_core::Provenance::Own;
    assert_eq!(why(&recorded, &elsewhere), "it was recorded on other files");
    assert_eq!(why(&recorded, &fresh(&[])), "there are no scores");
}

#[test]
fn what_is_written_is_read_again_one_run_per_line() {
    let (_, record) = record(&[0.9, 0.91, 0.92]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("softmax_digits.json");
    record.write(&path).unwrap();
    assert_eq!(Record::read(&path).unwrap(), record);
    assert_eq!(std::fs::read_to_string(&path).unwrap().matches("\n{\"schema\":2").count(), 3);
}

#[test]
fn a_changed_figure_contradicts_the_others() {
    let (recipe, honest) = record(&[0.9, 0.9]);
    assert_eq!(honest.contradiction(), None);
    let mut accuracy = honest.clone();
    accuracy.runs[1].test.accuracy = 0.95;
    assert_eq!(
        accuracy.contradiction().unwrap(),
        format!(
            "softmax_digits seed {} has the accuracy 0.95, and 0.9 by its confusion matrix",
            recipe.training.seeds[1]
        )
    );
    let mut matrix = honest.clone();
    matrix.runs[0].confusion[0][0] += 1;
    assert!(matrix.contradiction().unwrap().contains("21 examples, and 20 were tested"));
    let mut other = honest;
    other.runs[0].model = "mlp_digits".to_owned();
    assert!(other.contradiction().unwrap().contains("is a run of mlp_digits"));
}

/// What is said of a record of which one figure was changed.
fn contradiction(change: impl Fn(&mut Report)) -> String {
    let (_, mut record) = record(&[0.9, 0.9]);
    change(&mut record.runs[1]);
    record.contradiction().unwrap()
}

#[test]
fn what_follows_from_other_figures_is_computed_again() {
    assert!(contradiction(|run| run.per_class[0].f1 = 0.91).contains("has for benign ClassScores"));
    assert!(contradiction(|run| run.per_class[1].support = 11).contains("has for malignant ClassScores"));
    assert!(contradiction(|run| run.per_class.swap(0, 1)).contains("has for benign ClassScores"));
    let said = contradiction(|run| run.test.balanced_accuracy = Some(0.8));
    assert!(said.contains("has the balanced_accuracy 0.8, and 0.9 by its confusion matrix"), "{said}");
    let said = contradiction(|run| run.expected.as_mut().unwrap().measured = 0.95);
    assert!(said.contains("has its claim's accuracy as 0.95, holds: false, and 0.9 measured"), "{said}");
    assert!(
        contradiction(|run| run.expected.as_mut().unwrap().holds = true)
            .contains("has its claim's accuracy as 0.9, holds: true")
    );
    let bin = |count, accuracy| CalibrationBin { from: 0.5, count, confidence: 0.9, accuracy };
    assert!(contradiction(|run| run.calibration = vec![bin(20, 0.8)]).contains("has a calibration of 16 hits in 20"));
    assert!(contradiction(|run| run.calibration = vec![bin(18, 1.0)]).contains("has a calibration of 18 hits in 18"));
    let row = |valid_loss, valid_accuracy| row(2, valid_loss, valid_accuracy);
    let said = contradiction(|run| run.curves = vec![row(0.125, 0.8)]);
    assert!(said.contains("has the accuracy 0.9, and 0.8 by the curve of its best epoch"), "{said}");
    let said = contradiction(|run| run.curves = vec![row(0.2, 0.9)]);
    assert!(said.contains("has the loss 0.125, and 0.2 by the curve of its best epoch"), "{said}");
}

proptest! {
    #[test]
    fn a_spread_is_that_of_its_definition(values in proptest::collection::vec(-1e3..1e3_f64, 1..20), shift in -1e3..1e3_f64) {
        let spread = Spread::of(&values).unwrap();
        prop_assert!(spread.min <= spread.mean + 1e-9 && spread.mean <= spread.max + 1e-9);
        let shifted: Vec<f64> = values.iter().map(|value| value + shift).collect();
        let shifted = Spread::of(&shifted).unwrap();
        prop_assert!((shifted.mean - spread.mean - shift).abs() < 1e-9);
        prop_assert!((shifted.deviation - spread.deviation).abs() < 1e-6);
    }
}
