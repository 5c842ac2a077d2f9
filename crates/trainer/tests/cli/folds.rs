//! Cross-validation: what it cuts, what it leaves behind, that it resumes, and what it refuses.

use crate::{Desk, breast_cancer, files_in, last_line};
use serde_json::Value;
use std::fs;
use trainer::data::{Fold, Splits, cut_fold};
use zoo_core::{Dataset, Examples, Inputs, Normalizer, Table};
use zoo_recipe::Recipe;
use zoo_results::FoldsReport;

pub(crate) const WORDS: &str = "--model mlp_breast_cancer --seed 1 --epochs 3 --folds 3 --repeats 2";

pub(crate) fn cross_validate(desk: &Desk, words: &str, out: &str) -> (FoldsReport, String) {
    let output = desk.trainer(&format!("{words} --offline --threads 1 --out {out}")).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(last_line(text.as_bytes()), out);
    (folds(desk, out), text)
}

fn folds(desk: &Desk, out: &str) -> FoldsReport {
    FoldsReport::read(&desk.path(out).join("folds.json")).unwrap()
}

/// The report without what another session measures otherwise.
fn without_times(mut report: FoldsReport) -> FoldsReport {
    report.started.clear();
    report.train_seconds = 0.0;
    report.cost = Default::default();
    report
}

fn rows(examples: &Examples) -> Vec<Vec<u32>> {
    let Inputs::Table(table) = &examples.inputs else {
        panic!("a table stays a table");
    };
    let bits = |row: usize| table.row(row).iter().map(|value| value.to_bits()).collect();
    (0..examples.len()).map(bits).collect()
}

fn recipe() -> Recipe {
    trainer::registry::recipe("mlp_breast_cancer").unwrap()
}

fn cut(dataset: &Dataset, seed: u64) -> Vec<Splits> {
    (1..=10).map(|fold| cut_fold(&recipe(), dataset, seed, Fold { folds: 10, fold }).unwrap()).collect()
}

#[test]
fn every_example_is_tested_once_and_the_rest_is_what_a_fold_learns_from() {
    let dataset = breast_cancer();
    let mut all = rows(&dataset.train);
    all.sort();
    let parts = cut(&dataset, 7);
    let mut tested: Vec<_> = parts.iter().flat_map(|parts| rows(&parts.test)).collect();
    tested.sort();
    assert_eq!(tested, all);
    for Splits { train, valid, test, batcher, .. } in &parts {
        let mut joined = [rows(train), rows(valid), rows(test)].concat();
        joined.sort();
        assert_eq!(joined, all);
        assert_eq!(batcher.normalizer, Normalizer::fit_columns(train).unwrap());
    }
    assert_ne!(rows(&parts[0].test), rows(&cut(&dataset, 8)[0].test));
}

#[test]
fn a_test_part_that_comes_with_the_data_is_not_read() {
    let without = breast_cancer();
    let Inputs::Table(Table { columns, .. }) = &without.train.inputs else {
        panic!("a table");
    };
    let poison = Table { columns: columns.clone(), values: vec![f32::NAN; columns.len()] };
    let test = Examples::of_classes(Inputs::Table(poison), vec![1]);
    let with = Dataset { test: Some(test), ..without.clone() };
    let digests = |dataset| cut(dataset, 7).iter().map(Splits::digest).collect::<Vec<_>>();
    assert_eq!(digests(&with), digests(&without));
}

#[test]
fn it_leaves_a_report_and_an_ordinary_run_folder_a_fold() {
    let desk = Desk::new();
    let (report, text) = cross_validate(&desk, WORDS, "run");
    let runs: Vec<String> =
        (1..=2).flat_map(|seed| (1..=3).map(move |fold| format!("seed{seed}-fold{fold:02}"))).collect();
    let own = ["folds.json", "log.txt", "recipe.toml", "run.json", "run.lock"].map(str::to_string);
    assert_eq!(files_in(&desk.path("run")), [&own[..], &runs].concat());
    let files = ["metrics.csv", "model.safetensors", "recipe.toml", "report.json", "run.json", "run.lock"];
    assert_eq!(files_in(&desk.path("run/seed2-fold03")), files);

    assert_eq!(
        (report.folds, report.seeds.as_slice(), report.parameters),
        (3, &[1, 2][..], recipe().zoo_claim().parameters.unwrap())
    );
    let order: Vec<_> = report.runs.iter().map(|run| format!("seed{}-fold{:02}", run.seed, run.fold)).collect();
    assert_eq!(order, runs);
    for (run, name) in report.runs.iter().zip(&runs) {
        assert_eq!(run.test, desk.report(&format!("run/{name}")).test);
    }
    let support: Vec<u64> = report.per_class.iter().map(|class| class.support).collect();
    assert_eq!(support, [2 * 357, 2 * 212]);
    assert_eq!(report.confusion.iter().map(|row| row.iter().sum()).collect::<Vec<u64>>(), support);
    assert_eq!(report.calibration.iter().map(|bin| bin.count).sum::<u64>(), 2 * 569);
    assert_eq!((report.roc.first(), report.roc.last()), (Some(&[0.0, 0.0]), Some(&[1.0, 1.0])));
    for expected in ["6 models", "AUROC", " ± ", "malignant", "confusion", "seed 2 fold 3/3", "mean so far"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

#[test]
fn scores_are_means_over_folds_and_counts_are_pooled() {
    let desk = Desk::new();
    let (report, _) = cross_validate(&desk, WORDS, "run");
    let of = |score: fn(&zoo_core::Scores) -> f64| report.runs.iter().map(|run| score(&run.test)).collect::<Vec<_>>();
    let auroc = of(|scores| scores.auroc.unwrap());
    let mean = auroc.iter().sum::<f64>() / 6.0;
    let variance = auroc.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 5.0;
    assert!((report.mean.auroc.unwrap() - mean).abs() < 1e-12);
    assert!((report.deviation.auroc.unwrap() - variance.sqrt()).abs() < 1e-12);
    let mut confusion = vec![vec![0; 2]; 2];
    for run in &report.runs {
        let of_fold = desk.report(&format!("run/seed{}-fold{:02}", run.seed, run.fold)).confusion;
        for (row, of_fold) in confusion.iter_mut().zip(of_fold) {
            row.iter_mut().zip(of_fold).for_each(|(sum, count)| *sum += count);
        }
    }
    assert_eq!(report.confusion, confusion);
}

#[test]
fn more_than_two_classes_have_their_own_scores() {
    let desk = Desk::new();
    let (report, text) = cross_validate(&desk, "--model softmax_digits --seed 1 --epochs 2 --folds 2", "run");
    assert_eq!((report.runs.len(), report.class_names.len(), report.mean.auroc), (2, 10, None));
    assert!(report.mean.top_k.unwrap().accuracy > report.mean.accuracy);
    assert!(report.roc.is_empty() && text.contains("top-5"), "{text}");
}

#[test]
fn eval_of_a_fold_repeats_its_figures() {
    let desk = Desk::new();
    cross_validate(&desk, WORDS, "run");
    let report = desk.report("run/seed2-fold03");
    for (split, expected) in [("test", &report.test), ("valid", &report.valid)] {
        let words = format!("eval --run run/seed2-fold03 --split {split} --json --threads 1");
        let output = desk.trainer(&words).assert().success();
        let answer: Value = serde_json::from_str(last_line(&output.get_output().stdout)).unwrap();
        assert_eq!(serde_json::from_value::<zoo_core::Scores>(answer["scores"].clone()).unwrap(), *expected);
    }
    let refused = desk.refused("eval --run run");
    assert!(refused.contains("cross-validation") && refused.contains("seed1-fold01"), "{refused}");
}

#[test]
fn silence_is_silent() {
    let desk = Desk::new();
    assert_eq!(cross_validate(&desk, &format!("{WORDS} --progress none"), "silent").1, "silent\n");
}

#[test]
fn the_claim_is_judged_by_the_cross_validation_it_names_alone() {
    let desk = Desk::new();
    let shown = String::from_utf8(desk.trainer("show logistic_breast_cancer").output().unwrap().stdout).unwrap();
    let write = |name: &str, least: f64| {
        let mut table: toml::Table = toml::from_str(&shown).unwrap();
        table["name"] = name.into();
        table["training"]["seeds"] = vec![3, 4].into();
        let claim = table["claim"].as_table_mut().unwrap();
        claim["measured"]["folds"]["folds"] = 2.into();
        claim["floors"][0]["least"] = least.into();
        claim["floors"][1]["least"] = 0.9.into();
        claim["expected"] = 0.95.into();
        claim["tolerance"] = 0.05.into();
        fs::write(desk.path(&format!("{name}.toml")), table.to_string()).unwrap();
    };
    write("lenient", 0.5);
    write("strict", 1.0);
    for (name, words, verdict) in [
        ("holds", "--recipe lenient.toml --folds 2 --repeats 2", "the claim holds"),
        (
            "fails",
            "--recipe strict.toml --folds 2 --repeats 2",
            "accuracy at least 1, AUROC at least 0.9: the claim does not hold",
        ),
        (
            "fewer",
            "--recipe lenient.toml --folds 2",
            "not judged, as the recipe measures it over 2 folds and seeds 3, 4",
        ),
        ("others", "--recipe lenient.toml --folds 2 --repeats 2 --seed 4", "not judged"),
        ("changed", "--recipe lenient.toml --folds 2 --repeats 2 --epochs 61", "not judged, as the recipe was changed"),
        ("test", "--model softmax_digits --epochs 1 --folds 2", "not judged"),
    ] {
        let (_, text) = cross_validate(&desk, words, name);
        assert!(text.contains(verdict), "{words}: {text}");
    }
}

#[test]
fn what_cannot_be_cut_is_refused_and_leaves_nothing() {
    let desk = Desk::new();
    for (words, expected) in [
        ("--model mlp_digits --folds 1", &["--folds", "1"][..]),
        ("--model mlp_digits --folds 0", &["--folds", "0"]),
        ("--model mlp_digits --folds many", &["--folds", "many"]),
        ("--model mlp_digits --repeats 2", &["--folds"]),
        ("--model mlp_digits --folds 2 --repeats 0", &["--repeats", "0"]),
        ("--folds 2 --resume run", &["--folds", "--resume"]),
        ("--model logistic_breast_cancer --folds 300 --out run", &["malignant", "212 examples", "--folds 212"]),
        ("--model logistic_breast_cancer --folds 570 --out run", &["malignant", "212 examples", "--folds 212"]),
        ("--model logistic_breast_cancer --folds 2 --repeats 21 --out run", &["--repeats is 21", "20 seeds", "--seed"]),
        ("--model mlp_digits --folds 2 --progress tui --out run", &["--progress tui", "terminal"]),
    ] {
        let refused = desk.refused(&format!("{words} --offline"));
        assert!(expected.iter().all(|part| refused.contains(part)), "{words}: {refused}");
    }
    assert!(files_in(&desk.path("")).is_empty());
}

#[cfg(unix)]
mod cut_off {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    // Long enough folds that a signal finds one in the middle of its epochs.
    const LONG: &str = "--model mlp_breast_cancer --seed 1 --epochs 60 --set early_stopping=none --folds 3 --repeats 2";

    /// Starts [`LONG`], waits until so many folds are finished and the next one has a checkpoint, then sends `signal`.
    fn after(desk: &Desk, finished: usize, signal: &str) -> Option<i32> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.path(""))
            .args(LONG.split_whitespace())
            .args(["--offline", "--threads", "1", "--progress", "json", "--out", "run"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut folds = lines.filter(|line| line.starts_with("{\"event\":\"fold\""));
        (0..finished).for_each(|_| drop(folds.next()));
        let next = desk.path(&format!("run/seed{}-fold{:02}/metrics.csv", finished / 3 + 1, finished % 3 + 1));
        while !next.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        child.wait().unwrap().code()
    }

    fn resumed(desk: &Desk) -> FoldsReport {
        let output = desk.trainer("--resume run").assert().success();
        assert_eq!(last_line(&output.get_output().stdout), "run");
        folds(desk, "run")
    }

    /// The weights of every fold, by folder.
    fn weights(desk: &Desk, run: &str) -> Vec<String> {
        let runs = folds(desk, run).runs;
        let report = |seed, fold| desk.report(&format!("{run}/seed{seed}-fold{fold:02}"));
        runs.iter().map(|run| report(run.seed, run.fold).weights_sha256).collect()
    }

    #[test]
    fn killed_and_resumed_it_gives_the_same_bits_and_runs_no_finished_fold_again() {
        let desk = Desk::new();
        let (unbroken, _) = cross_validate(&desk, LONG, "unbroken");
        for finished in [0, 2, 4] {
            after(&desk, finished, "-KILL");
            let before = (1..=finished)
                .map(|number| format!("run/seed{}-fold{:02}/report.json", (number - 1) / 3 + 1, (number - 1) % 3 + 1));
            let kept: Vec<_> = before.map(|file| (fs::read(desk.path(&file)).unwrap(), file)).collect();
            assert_eq!(without_times(resumed(&desk)), without_times(unbroken.clone()), "killed after {finished} folds");
            assert_eq!(weights(&desk, "run"), weights(&desk, "unbroken"));
            for (bytes, file) in kept {
                assert!(fs::read(desk.path(&file)).unwrap() == bytes, "{file} was written again");
            }
            fs::remove_dir_all(desk.path("run")).unwrap();
        }
    }

    #[test]
    fn ctrl_c_ends_within_a_fold_and_names_the_way_on() {
        let desk = Desk::new();
        let (unbroken, _) = cross_validate(&desk, LONG, "unbroken");
        assert_eq!(after(&desk, 1, "-INT"), Some(130));
        assert!(!desk.path("run/folds.json").exists() && desk.path("run/seed1-fold01/report.json").exists());
        assert_eq!(without_times(resumed(&desk)), without_times(unbroken));
        let again = desk.trainer("--resume run").assert().success();
        assert!(String::from_utf8_lossy(&again.get_output().stdout).contains("already finished"));
    }

    #[test]
    fn a_fold_of_another_recipe_is_not_taken_for_its_own() {
        let desk = Desk::new();
        cross_validate(&desk, WORDS, "run");
        cross_validate(&desk, &format!("{WORDS} --batch-size 16"), "other");
        fs::remove_file(desk.path("run/folds.json")).unwrap();
        fs::remove_dir_all(desk.path("run/seed1-fold02")).unwrap();
        fs::rename(desk.path("other/seed1-fold02"), desk.path("run/seed1-fold02")).unwrap();
        let refused = desk.refused("--resume run");
        assert!(refused.contains("seed1-fold02") && refused.contains("another recipe"), "{refused}");
    }
}
