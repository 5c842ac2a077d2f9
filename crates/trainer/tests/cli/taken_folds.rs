//! Folds that another cross-validation has finished: what of them is taken over, and what is refused.

use crate::Desk;
use crate::folds::{WORDS, cross_validate};
use std::fs;

#[test]
fn folds_are_taken_over_from_cross_validations_alone() {
    let desk = Desk::new();
    desk.train("--model mlp_breast_cancer --epochs 1", "single");
    fs::create_dir(desk.path("empty")).unwrap();
    for (from, reason) in [
        ("nowhere", "nowhere is not a run folder: there is no such folder"),
        ("empty", "empty is not a run folder: there is no run.json in it"),
        ("single", "single is a single run, expected a cross-validation"),
    ] {
        let refused = desk.refused(&format!("{WORDS} --offline --threads 1 --out run --folds-from {from}"));
        assert!(refused.starts_with(&format!("error: --folds-from: {reason}")), "{refused}");
        assert!(refused.lines().count() == 1 && !desk.path("run").exists(), "{refused}");
    }
}

#[test]
fn what_is_not_taken_over_is_said() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --epochs 1";
    cross_validate(&desk, &format!("{words} --folds 2 --seed 1"), "one");
    cross_validate(&desk, &format!("{words} --folds 3 --seed 9"), "three");
    let (_, text) = cross_validate(&desk, &format!("{words} --folds 2 --seed 5 --folds-from one"), "a");
    assert!(text.contains("warning: nothing is taken over from one: its seeds are 1, expected some of 5"), "{text}");
    let (_, text) = cross_validate(&desk, &format!("{words} --folds 2 --seed 5 --folds-from three"), "b");
    let expected = "warning: nothing is taken over from three: it cuts the data into 3 folds, expected 2";
    assert!(text.contains(expected), "{text}");
    let (_, text) = cross_validate(&desk, &format!("{words} --folds 2 --seed 1 --folds-from one"), "c");
    assert!(!text.contains("taken over"), "{text}");
    fs::write(desk.path("one/seed1-fold02/report.json"), "{").unwrap();
    let (_, text) = cross_validate(&desk, &format!("{words} --folds 2 --seed 1 --folds-from one"), "d");
    let expected = "warning: not taken over from one, as not finished there, or damaged: seed 1 fold 2";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_damaged_fold_is_refused_before_anything_is_made() {
    let desk = Desk::new();
    let words = "--model mlp_breast_cancer --epochs 1 --folds 2 --seed 1";
    cross_validate(&desk, words, "one");
    let taken = format!("{words} --offline --threads 1 --out run --folds-from one");
    let fold = "one/seed1-fold02";
    for name in ["recipe.toml", "run.json"] {
        let file = desk.path(&format!("{fold}/{name}"));
        let whole = fs::read(&file).unwrap();
        for damaged in [&b"{"[..], b"", b"\xff", &whole[..whole.len() / 2]] {
            fs::write(&file, damaged).unwrap();
            let refused = desk.refused(&taken);
            assert!(refused.starts_with(&format!("error: --folds-from: {fold}/{name} is damaged: ")), "{refused}");
            assert!(refused.lines().count() == 1 && !desk.path("run").exists(), "{refused}");
        }
        fs::remove_file(&file).unwrap();
        let refused = desk.refused(&taken);
        assert!(refused.contains(&format!("{fold} is not a run folder: there is no {name} in it")), "{refused}");
        assert!(!desk.path("run").exists());
        fs::write(&file, whole).unwrap();
    }
    // So is one of another cross-validation.
    let refused = desk.refused(&format!("{taken} --batch-size 16"));
    assert!(refused.contains("seed1-fold01 was trained by another recipe than is asked for"), "{refused}");
    assert!(refused.lines().count() == 1 && !desk.path("run").exists(), "{refused}");
    // A fold that is here already is wanted from nobody.
    cross_validate(&desk, &format!("{words} --folds-from one"), "run");
    fs::remove_file(desk.path("run/folds.json")).unwrap();
    fs::write(desk.path(&format!("{fold}/run.json")), "{").unwrap();
    cross_validate(&desk, &format!("{words} --continue --folds-from one"), "run");
}

#[test]
fn a_fold_with_a_file_of_another_is_refused_before_anything_is_made() {
    let desk = Desk::new();
    let words = "--model logistic_breast_cancer --epochs 1 --folds 2 --seed 1";
    cross_validate(&desk, words, "one");
    let taken = format!("{words} --offline --threads 1 --out run --folds-from one");
    let fold = "one/seed1-fold02";
    let read = |file: String| fs::read_to_string(desk.path(&file)).unwrap();
    let changed = |name: &str, before: &str, after: &str| {
        let text = read(format!("{fold}/{name}"));
        assert!(text.contains(before), "{text}");
        text.replacen(before, after, 1)
    };
    for (name, text, expected) in [
        (
            "recipe.toml",
            changed("recipe.toml", "batch_size = ", "batch_size = 1"),
            " is not the recipe that the report beside it is of (training.batch_size: was ",
        ),
        ("run.json", changed("run.json", "\"seed\": 1", "\"seed\": 9"), ": seed is 9, expected 1 by the folder's name"),
        (
            "run.json",
            read("one/seed1-fold01/run.json".to_string()),
            ": cross_validation.fold is 1, expected 2 by the folder's name",
        ),
    ] {
        let whole = read(format!("{fold}/{name}"));
        fs::write(desk.path(&format!("{fold}/{name}")), text).unwrap();
        let refused = desk.refused(&taken);
        assert!(refused.starts_with(&format!("error: --folds-from: {fold}/{name}{expected}")), "{refused}");
        assert!(refused.lines().count() == 1 && !desk.path("run").exists(), "{refused}");
        fs::write(desk.path(&format!("{fold}/{name}")), whole).unwrap();
    }
    cross_validate(&desk, &format!("{words} --folds-from one"), "run");
}
