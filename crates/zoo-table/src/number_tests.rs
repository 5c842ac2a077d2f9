//! Columns of numbers: which are classes and which are values, and those that single precision has not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::tests::Desk;
use super::*;
use crate::{TargetColumn, TargetKind, look, look_as};

#[test]
fn many_different_numbers_are_targets_and_few_whole_ones_classes() {
    let desk = Desk::new();
    let rows =
        |label: fn(usize) -> String| (0..40).map(|row| format!("{}.5,{}\n", row * row, label(row))).collect::<String>();
    let file = desk.write("t.csv", "x,y\n".to_string() + &rows(|row| format!("{row}.25")));
    let found = look(&file, Some("y")).unwrap();
    assert_eq!((found.range, found.classes.len()), (Some([0.25, 39.25]), 0));
    assert_eq!(load(&file, &found.format, &[]).unwrap().targets[39], 39.25);
    let file = desk.write("t.csv", "x,y\n".to_string() + &rows(|row| (row % 12).to_string()));
    let found = look(&file, Some("y")).unwrap();
    let names: Vec<&str> = found.classes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((found.range, names[2], names[11]), (None, "2", "11"));
}

#[test]
fn a_user_may_say_whether_numbers_are_classes() {
    let desk = Desk::new();
    let told = |label: &dyn Fn(usize) -> String, kind| {
        let rows: String = (0..40).map(|row| format!("{}.5,{}\n", row * row, label(row))).collect();
        let file = desk.write("t.csv", format!("x,y\n{rows}"));
        look_as(&file, Some(TargetColumn { name: "y", kind })).map_err(|error| error.to_string())
    };
    let first = |label: &dyn Fn(usize) -> String, kind| told(label, kind).unwrap().sentences().remove(0);
    let (value, classes) = (Some(TargetKind::Value), Some(TargetKind::Classes));
    let few = |row: usize| (row % 4).to_string();
    let said = first(&few, None);
    assert!(said.ends_with("y has 4 classes (0 10, 1 10, 2 10, 3 10), as its numbers are few; --target value predicts the numbers themselves instead (regression)"), "{said}");
    let said = first(&few, value);
    assert!(said.ends_with("y is a number from 0 to 3, so this is regression"), "{said}");
    let found = told(&few, value).unwrap();
    assert_eq!(load(&desk.0.path().join("t.csv"), &found.format, &[]).unwrap().targets[..5], [0.0, 1.0, 2.0, 3.0, 0.0]);
    let repeated = |row: usize| format!("{}.5", row % 10);
    let said = first(&repeated, None);
    assert!(
        said.ends_with("so this is regression; --target classes tells its different values apart instead"),
        "{said}"
    );
    let said = first(&repeated, classes);
    assert!(said.contains("y has 10 classes (0.5 4, 1.5 4, ") && said.ends_with("9.5 4)"), "{said}");
    // No other kind is offered where there is none.
    let (different, answers) = (|row: usize| format!("{row}.25"), |row: usize| (row % 2).to_string());
    let words = |row: usize| ["p", "q"][row % 2].to_string();
    for label in [&different as &dyn Fn(usize) -> String, &answers, &words] {
        assert!(!first(label, None).contains("--target"), "{}", first(label, None));
    }
    assert!(
        told(&|row| if row == 7 { "9".to_string() } else { few(row) }, None)
            .unwrap_err()
            .ends_with("or predict the numbers themselves by --target value")
    );
    assert!(
        told(&|row| if row == 7 { "red".into() } else { row.to_string() }, value)
            .unwrap_err()
            .contains("t.csv:9: y is \"red\", expected a number, as --target value says")
    );
    assert!(told(&|_| "3".to_string(), value).unwrap_err().contains("y is \"3\" in every row"));
}

#[test]
fn one_number_spelled_in_several_ways_is_one_value() {
    let desk = Desk::new();
    for [usual, other] in
        [["1", "1.0"], ["1", "01"], ["0", "-0"], ["100", "1e2"], ["9007199254740992", "9007199254740993"]]
    {
        let label = |row: usize| if row % 3 == 1 { other } else { usual };
        let rows: String = (0..40).map(|row| format!("{}.5,{}\n", row * row, label(row))).collect();
        let file = desk.write("t.csv", format!("x,y\n{rows}"));
        let expected = format!(
            "y is {usual:?} in every row; there is nothing to tell apart, so choose another --label, or have other ways to write it, such as \
             {other:?}, told apart by --target classes"
        );
        for kind in [Some(TargetKind::Value), None] {
            let refused = look_as(&file, Some(TargetColumn { name: "y", kind })).unwrap_err().to_string();
            assert!(refused.ends_with(&expected), "{kind:?}: {refused}");
        }
        // Names of classes are as they are written.
        let classes = TargetColumn { name: "y", kind: Some(TargetKind::Classes) };
        assert_eq!(look_as(&file, Some(classes)).unwrap().classes.len(), 2);
    }
}

#[test]
fn a_target_that_is_no_number_is_not_to_be_left_empty() {
    let desk = Desk::new();
    let rows: String = (0..19).map(|row| format!("{},{row}.5\n", row * row)).collect();
    let too_large = "a number from -3.4e38 to 3.4e38, as models calculate in single precision";
    for (wrong, wanted) in
        [("seven", "a number"), ("inf", "a finite number"), ("1e300", too_large), ("1e39", too_large)]
    {
        let refused = desk.refused(format!("a,y\n{rows}7,{wrong}\n"), Some("y"));
        let expected = format!(
            "t.csv:21: y is \"{wrong}\", expected {wanted}, as 19 other rows have; correct it, or delete the row"
        );
        assert!(refused.ends_with(&expected), "{refused}");
    }
    // By a format that says it is a number.
    let good = desk.write("t.csv", format!("a,y\n{rows}"));
    let format = look(&good, Some("y")).unwrap().format;
    for (target, expected) in [
        ("seven", "t.csv:21: y is \"seven\", expected a number; correct it"),
        ("", "t.csv:21: y is missing, and it is what is to be predicted; fill it in or delete the row"),
    ] {
        let refused = load(&desk.write("t.csv", format!("a,y\n{rows}7,{target}\n")), &format, &[]).unwrap_err();
        assert!(refused.to_string().ends_with(expected), "{refused}");
    }
}

#[test]
fn numbers_too_small_for_single_precision_are_refused() {
    let desk = Desk::new();
    let table = |power: &str| -> String {
        let rows = (1..=20).map(|row| format!("{}.5{power},{row}.25{power},{}\n", row * row % 13, ["p", "q"][row % 2]));
        rows.collect()
    };
    let expected = "are too small for single precision, in which models take them: ";
    for (power, found) in [
        ("e-300", " become 0 there, such as "),
        ("e-46", " become 0 there, such as "),
        ("e-42", "the largest is 1.25e-41, expected at least 1e-35; write them in another unit, or delete the column"),
    ] {
        let refused = desk.refused(format!("a,b,y\n{}", table(power)), Some("y"));
        assert!(refused.contains("the numbers of a ") && refused.contains(expected), "{refused}");
        assert!(refused.contains(found), "{refused}");
        let refused = desk.refused(format!("a,b,y\n{}", table(power)), Some("b"));
        assert!(refused.contains("the numbers of ") && refused.contains(expected), "{refused}");
    }
    // So are those that double precision has not, either.
    let refused = desk.refused(format!("a,b,y\n{}", table("e-400")), Some("y"));
    assert!(refused.contains("the numbers of a ") && refused.contains("such as \"0.5e-400\""), "{refused}");
    // As what is to be predicted, too: all would be 0, however different they are written.
    for kind in [Some(TargetKind::Value), None] {
        let rows: String = (1..=20).map(|row| format!("{},0.{row}4e-400\n", row * row % 13)).collect();
        let file = desk.write("t.csv", format!("a,y\n{rows}"));
        let refused = look_as(&file, Some(TargetColumn { name: "y", kind })).unwrap_err().to_string();
        assert!(refused.contains("the numbers of y ") && refused.contains(expected), "{kind:?}: {refused}");
        assert!(!refused.contains("--target classes"), "{kind:?}: {refused}");
    }
    // A few small ones beside others are as good as 0, and what single precision has is learned from.
    let rows = table("").replacen(",1.25,", ",1e-300,", 1);
    for text in [format!("a,b,y\n{rows}"), format!("a,b,y\n{}", table("e-30"))] {
        assert_eq!(look(&desk.write("t.csv", text), Some("y")).unwrap().format.columns(), ["a", "b"]);
    }
}

#[test]
fn a_few_numbers_that_single_precision_takes_for_0_are_told_by_column_and_rows() {
    let desk = Desk::new();
    let warnings = |said: Vec<String>| said.into_iter().filter(|said| said.contains("single")).collect::<Vec<_>>();
    let row = |row: usize, a: &str, b: &str| format!("{}.5{a},{row}.25{b},{}\n", row * 17 % 41, ["p", "q"][row % 2]);
    let rows_of = |a: &dyn Fn(usize) -> &'static str, b: &dyn Fn(usize) -> &'static str| {
        (1..=40).map(|number| row(number, a(number), b(number))).collect::<String>()
    };
    let end = "in single precision, in which models take them, such as";
    let advice = "; write the column in another unit if that matters";
    let text = rows_of(&|row| if row == 7 { "e-60" } else { "" }, &|row| if row < 4 { "e-400" } else { "" });
    let file = desk.write("t.csv", format!("a,b,y\n{text}"));
    let expected = [
        format!("warning: 1 row has a number of a that becomes 0 {end} \"37.5e-60\"{advice}"),
        format!("warning: 3 rows have numbers of b that become 0 {end} \"1.25e-400\"{advice}"),
    ];
    let found = look(&file, Some("y")).unwrap();
    assert_eq!(warnings(found.warnings()), expected);
    assert_eq!(warnings(rows(&file, &found.format).unwrap().notes()), expected);
    // As of a target, which is a number; what is 0 as it is written is none of them.
    let found = look(&file, Some("b")).unwrap();
    assert_eq!(warnings(found.warnings()), expected);
    let zero = |row: usize| format!("{},{row}.25,{}\n", ["0e5", "-0.000", "3.5", "7.5"][row % 4], ["p", "q"][row % 2]);
    let zeros: String = (1..=40).map(zero).collect();
    let found = look(&desk.write("t.csv", format!("a,b,y\n{zeros}")), Some("y")).unwrap();
    assert_eq!(found.format.numbers, ["a", "b"]);
    assert_eq!(warnings(found.warnings()), [""; 0]);
}

#[test]
fn numbers_that_single_precision_would_merge_are_refused() {
    let desk = Desk::new();
    let table = |row: fn(u64) -> String| "x,y\n".to_string() + &(0..100).map(row).collect::<String>();
    let milliseconds = |row: u64| format!("{},{}\n", 1_700_000_000_000_u64 + 10 * row, ["p", "q"][row as usize % 2]);
    let refused = desk.refused(table(milliseconds), Some("y"));
    assert!(refused.contains("t.csv: the numbers of x are too large beside their differences"), "{refused}");
    assert!(refused.contains("of 100 apart") && refused.contains("such as 1700000000000, or delete"), "{refused}");
    let seconds = |row: u64| format!("{}.5,{}\n", row * row, 1_700_000_000 + 10 * row);
    let refused = desk.refused(table(seconds), Some("y"));
    assert!(refused.contains("the numbers of y are too large beside their differences"), "{refused}");
    let fine =
        |row: u64| format!("{},{}\n", (row / 2) as f64 / 7.0 + (row % 2) as f64 * 1e-15, ["p", "q"][row as usize % 2]);
    let found = look(&desk.write("t.csv", table(fine)), Some("y")).unwrap();
    assert_eq!(found.format.numbers, ["x"], "fractions may merge where that is little beside their range");
}

#[test]
fn few_whole_numbers_that_do_not_repeat_are_targets() {
    let desk = Desk::new();
    let rows: String = (0..15).map(|row| format!("{}.5,{}\n", row * row, 3 * row)).collect();
    let found = look(&desk.write("t.csv", format!("x,y\n{rows}")), Some("y")).unwrap();
    assert_eq!(found.range, Some([0.0, 42.0]));
}
