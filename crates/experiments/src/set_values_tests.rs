//! What `--set` says is understood, told and heard.

use super::*;
use crate::ALL;
use crate::experiment::{Experiment, Setup};
use std::fs;
use zoo_core::sentence;

fn experiment(name: &str) -> &'static Experiment {
    ALL.iter().find(|experiment| experiment.name == name).unwrap()
}

fn parsed(name: &str, texts: &[&str]) -> Result<SetValues> {
    experiment(name).set(&texts.iter().map(|text| (*text).to_string()).collect::<Vec<_>>())
}

fn said(name: &str, texts: &[&str]) -> String {
    sentence(parsed(name, texts).unwrap_err().as_ref())
}

#[test]
fn a_value_out_of_range_is_told_with_the_range() {
    assert_eq!(said("netbp", &["rate=fast"]), "--set rate=fast: expected a number from 0.0001 to 10");
    for value in ["nan", "-1", "1e9", "0.1,0.2"] {
        assert!(said("netbp", &[&format!("rate={value}")]).ends_with("expected a number from 0.0001 to 10"));
    }
    assert!(said("gabor", &["batch=5"]).ends_with("that divides 28"));
    assert!(said("convolution", &["filter=1,2,3"]).contains("expected 9 numbers from"));
}

#[test]
fn a_name_that_is_none_is_told_with_the_nearest() {
    let said = said("netbp", &["rat=1"]);
    assert!(said.starts_with("there is no setting of netbp `rat` (did you mean `rate`?); known are "), "{said}");
    assert!(self::said("netbp", &["rate"]).starts_with("--set rate: expected NAME=VALUE, such as "));
    for (text, shown, end) in [
        ("rate", "rate", "rate=0.5; there is no `=`"),
        ("rate=", "rate=", "rate=0.5; there is no value after `=`"),
        ("=", "=", "points=FILE.csv; there is no key before `=`"),
        ("", "\"\"", "points=FILE.csv; there is no `=`"),
    ] {
        assert_eq!(self::said("netbp", &[text]), format!("--set {shown}: expected NAME=VALUE, such as {end}"));
    }
    assert!(self::said("netbp", &["rate=1", "rate=2"]).contains("twice"));
}

#[test]
fn points_are_read_and_what_is_wrong_with_them_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("points.csv");
    let head = "x1,x2,x3,class\n";
    let text = format!("points={}", file.display());
    let set = |rows: &str| {
        fs::write(&file, rows).unwrap();
        parsed("netbp", &[&text])
    };
    let values = set(&format!("{head}0.1,0.2,0.3,1\n0.7,1,0,2\n")).unwrap();
    let rows = vec![vec![0.1, 0.2, 0.3, 1.0], vec![0.7, 1.0, 0.0, 2.0]];
    let sha256 = sha256_file(&file).unwrap();
    assert_eq!(values.recorded()[0].value, format!("points.csv (2 rows, sha256 {sha256})"));
    let points = SettingValue::Points { file: "points.csv".into(), sha256: Some(sha256), rows };
    assert_eq!(values.get("points"), Some(&points));
    assert_eq!(values.tables()[0].rows[1], ["0.7", "1", "0", "2"]);
    let long = format!("{head}{}", "0.1,0.2,0.3,1\n".repeat(1001));
    for (rows, expected) in [
        ("x1,x2,class\n0.1,0.2,1\n", "\"x3\""),
        ("x1,x2,x3,class\n0.1,a,0.3,1\n", ":2: x2 is \"a\""),
        ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,1.5,2\n", ":3: x3 is 1.5, expected a number from 0 to 1"),
        ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,0.5,3\n", ":3: class is 3, expected a whole number from 1 to 2"),
        ("x1,x2,x3,class\n0.1,0.2,0.3,1\n0.1,0.2,0.5,1\n", "class is 2 in no row"),
        ("x1,x2,x3,class\n0.1,0.2,0.3,1\n", "expected 2 to 1000 rows, found 1"),
        (long.as_str(), "found 1001"),
    ] {
        let said = sentence(set(rows).unwrap_err().as_ref());
        assert!(said.starts_with("--set points: ") && said.contains(expected), "{said}");
    }
    fs::remove_file(&file).unwrap();
    assert!(self::said("netbp", &[&text]).starts_with("--set points: "));
}

#[test]
fn points_above_each_other_have_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("points.csv");
    for (rows, expected) in [
        ("1e-30,1\n2e-30,2\n3e-30,3\n", "x goes from 1e-30 to 3e-30, expected some of them 0.0001 apart"),
        ("1,1\n1,2\n1,3\n", "x is always 1, expected some of them 0.0001 apart"),
    ] {
        fs::write(&file, format!("x,y\n{rows}")).unwrap();
        let said = said("linear_regression", &[&format!("points={}", file.display())]);
        assert!(said.starts_with("--set points: ") && said.contains(expected), "{said}");
    }
}

#[test]
fn a_tiny_value_is_told_in_few_digits() {
    assert_eq!(parsed("netbp", &["scale=1e-320"]).unwrap().recorded()[0].value, "1e-320");
}

/// What a quick run measured, then its tables and its figures; not the sentences, which may only name a value.
fn found(experiment: &Experiment, set: SetValues) -> [Vec<String>; 2] {
    let (outcome, figures) = experiment.perform(&Setup { seed: 1, quick: true, set, ..Setup::default() }).unwrap();
    let tables = outcome.tables.iter().map(|table| format!("{:?}", table.rows));
    let shown = tables.chain(figures.into_iter().map(|figure| figure.svg)).collect();
    [outcome.claims.into_iter().map(|claim| claim.measured).collect(), shown]
}

/// That what `--set` says of each setting is heard: something comes out otherwise that does not differ by itself, as times do. Where that
/// is no claim, `show` says which figure or table it is.
fn every_setting_changes_something(experiment: &Experiment) {
    let [before, again] = [(); 2].map(|()| found(experiment, SetValues::default()));
    let numbers = experiment.settings.iter().filter(|one| !matches!(one, ExperimentSetting::Points(_)));
    for setting in numbers {
        let after = found(experiment, experiment.set(&[setting.example()]).unwrap());
        let [measures, shows] = [0, 1].map(|kind| {
            let mut parts = before[kind].iter().zip(&again[kind]).zip(&after[kind]);
            parts.any(|((before, again), after)| before == again && before != after)
        });
        let (name, example, about) = (experiment.name, setting.example(), setting.about());
        assert!(measures || shows, "{name}: --set {example} changes nothing");
        let says_where = about.ends_with(" alone shows") || about.ends_with(" alone show");
        assert_eq!(says_where, !measures, "{name}: --set {example} changes no claim, or one, and is {about:?}");
    }
}

#[test]
fn every_setting_of_an_experiment_changes_something() {
    // Those that take a moment; the others are as many minutes on a busy machine.
    for name in ["backprop", "linear_regression"] {
        every_setting_changes_something(experiment(name));
    }
}

#[test]
fn a_setting_that_no_claim_hears_of_is_shown_with_where_to_look() {
    for (name, setting, place) in [
        ("shallow", "units", "the figure rings.svg alone shows"),
        ("vanishing", "small_rate", "the figure dying.svg and the table below it alone show"),
        ("losses", "outlier", "the table of the constant nearest to 201 numbers alone shows"),
    ] {
        let about = experiment(name).settings.iter().find(|one| one.name() == setting).unwrap().about();
        assert!(about.ends_with(place), "{name}: {about}");
    }
}

#[test]
#[ignore = "takes minutes: a quick run for every setting of every experiment"]
fn every_setting_of_every_experiment_changes_something() {
    ALL.iter().for_each(every_setting_changes_something);
}
