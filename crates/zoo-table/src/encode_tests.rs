#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::{TargetColumn, TargetKind, look, look_as};
use std::path::PathBuf;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn refused(&self, text: impl AsRef<[u8]>, label: Option<&str>) -> String {
        look(&self.write("t.csv", text), label).unwrap_err().to_string()
    }
}

const POTS: &str = "id,color,height,fits\n7,red,1.5,no\n3,blue,2.5,yes\n9,red,3,yes\n1,blue,1,no\n";

#[test]
fn categories_become_columns_and_labels_classes() {
    let desk = Desk::new();
    let file = desk.write("pots.csv", POTS);
    let found = look(&file, Some("fits")).unwrap();
    assert_eq!(found.left_out, [("id".to_string(), "its name is that of an id".to_string())]);
    let examples = load(&file, &found.format, &["no".to_string(), "yes".to_string()]).unwrap();
    assert_eq!((examples.labels, examples.targets.len()), (vec![0, 1, 1, 0], 0));
    let Inputs::Table(table) = examples.inputs else { panic!("a table") };
    assert_eq!(table.columns, ["height", "color=blue", "color=red"]);
    assert_eq!(table.row(1), [2.5, 1.0, 0.0]);
}

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
fn a_row_that_begins_as_a_comment_does_is_told_by_its_line() {
    let desk = Desk::new();
    let body = |first: &dyn Fn(usize) -> String| {
        (0..40).map(|row| format!("{},{}.5,{}\n", first(row), row * row, ["p", "q"][row % 2])).collect::<String>()
    };
    let told = |first: &dyn Fn(usize) -> String| {
        let file = desk.write("t.csv", format!("name,x,y\n{}", body(first)));
        let found = look(&file, Some("y")).unwrap();
        let notes = rows(&file, &found.format).unwrap().notes();
        let warnings: Vec<String> = found.sentences().into_iter().filter(|said| said.contains("comment")).collect();
        assert_eq!(notes, warnings);
        warnings
    };
    let name = |row: usize| format!("n{}", row % 7);
    assert!(told(&name).is_empty());
    let one = told(&|row| if row == 5 { "#n1".to_string() } else { name(row) });
    assert_eq!(
        one,
        [
            "warning: line 7 begins with # as a comment does, and is read as a row; delete what is there if it is a comment, or put the \
          first field into quotation marks"
        ]
    );
    let two = told(&|row| if row == 5 || row == 9 { "#n1".to_string() } else { name(row) });
    assert!(two[0].starts_with("warning: lines 7, 11 begin with # as a comment does, and are read as rows"), "{two:?}");
    // Values in quotation marks, values that are missing, colors.
    assert!(told(&|row| if row == 5 { "\"#n1\"".to_string() } else { name(row) }).is_empty());
    assert!(told(&|row| if row == 5 { "#N/A".to_string() } else { name(row) }).is_empty());
    assert!(told(&|row| format!("#00000{}", row % 7)).is_empty());
}

#[test]
fn a_table_of_very_many_columns_is_told_in_short() {
    let desk = Desk::new();
    let names: Vec<String> = (0..5000).map(|column| format!("c{column}")).collect();
    let row = |row: usize| {
        let cells: Vec<String> = (0..5000).map(|column| format!("{}.5", (row * 31 + column * 7) % 97)).collect();
        format!("{},{}\n", cells.join(","), ["p".repeat(5000), "q".to_string()][row % 2])
    };
    let text = format!("{},y\n{}", names.join(","), (0..12).map(row).collect::<String>());
    let file = desk.write("t.csv", text);
    let said = look(&file, Some("y")).unwrap().sentences();
    assert!(said.iter().all(|sentence| sentence.len() < 1000), "{said:?}");
    assert!(said.iter().any(|sentence| sentence.ends_with(", c39 and 4960 more")), "{said:?}");
    let refused = look(&file, Some("target")).unwrap_err().to_string();
    assert!(refused.len() < 1000 && refused.ends_with(" and 4961 more"), "{refused}");
}

#[test]
fn what_is_missing_is_refused_or_left_to_be_filled_in() {
    let desk = Desk::new();
    let file = desk.write("t.csv", "a,b,y\n1,u,p\n?,v,q\n3.5,,p\n4,v,q\n");
    let mut format = look(&file, Some("y")).unwrap().format;
    assert_eq!(format.missing, Missing::Median);
    let rows_of = |format: &TableFormat| rows(&file, format);
    assert!(rows_of(&format).unwrap().rows[1].values[0].is_nan());
    assert!(rows_of(&format).unwrap().rows[2].values[1..].iter().all(|value| value.is_nan()));
    format.missing = Missing::Refuse;
    let refused = rows_of(&format).unwrap_err().to_string();
    assert!(refused.contains("t.csv:3: a is missing (\"?\" counts as missing); fill it in"), "{refused}");
    let file = desk.write("t.csv", "a,b,y\n1,u,p\n2,v,\n3,u,p\n4,v,q\n6,v,q\n");
    let refused = look(&file, Some("y")).unwrap_err().to_string();
    assert!(refused.contains("t.csv:3: y is missing, and it is what is to be predicted"), "{refused}");
}

#[test]
fn comments_above_the_header_are_told() {
    let desk = Desk::new();
    let told = |text: &str| look(&desk.write("t.csv", text), Some("fits")).unwrap().sentences();
    let expected = "read past 1 line of comments above the header";
    assert!(!told(POTS).iter().any(|sentence| sentence.contains("read past")));
    assert!(told(&format!("# pots of 2026\n{POTS}")).iter().any(|sentence| sentence == expected));
}

#[test]
fn a_category_that_training_has_not_seen_is_named_with_its_line() {
    let desk = Desk::new();
    let format = look(&desk.write("pots.csv", POTS), Some("fits")).unwrap().format;
    let refused = rows(&desk.write("new.csv", "height,color\n2,red\n\n3,green\n"), &format).unwrap_err().to_string();
    assert!(refused.contains("new.csv:4: color is \"green\", expected one of blue, red"), "{refused}");
}

#[test]
fn tables_that_cannot_be_learned_from_say_why() {
    let desk = Desk::new();
    let pots = |change: fn(String) -> String| change(POTS.to_string());
    let said = |text: String, label| desk.refused(text, label);
    assert!(said(pots(|text| text), Some("fit")).contains("no column \"fit\"; did you mean fits?"));
    assert!(said(pots(|text| text), None).contains("with --label; it has id, color, height, fits"));
    assert!(
        said(pots(|text| text.replace("color", "height")), Some("fits"))
            .contains("names \"height\" twice, in columns 2 and 3")
    );
    assert!(said(pots(|text| text.replace("yes", "no")), Some("fits")).contains("fits is \"no\" in every row"));
    assert!(
        said(pots(|text| text.replace("3,blue,2.5,yes\n", "")), Some("fits"))
            .contains("the class \"yes\" of fits has 1 example")
    );
    assert!(said("a,y\n".to_string(), Some("y")).contains("no rows below its header"));
    assert!(said(String::new(), Some("y")).contains("is empty"));
    assert!(
        said("id,y\n5,p\n9,q\n2,p\n3,q\n".to_string(), Some("y"))
            .contains("left out are id (its name is that of an id)")
    );
    assert!(said("1,2\n3,4\n".to_string(), Some("y")).contains("its first line holds values"));
    let rows: String = (0..19).map(|row| format!("{}.5,{}\n", row * row, ["p", "q"][row % 2])).collect();
    let refused = said(format!("a,y\n{rows}seven,p\n"), Some("y"));
    let expected = "t.csv:21: a is \"seven\", expected a number, as 19 other rows have; correct it, or leave it empty if the value is missing";
    assert!(refused.ends_with(expected), "{refused}");
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
fn what_does_not_vary_or_varies_too_much_is_left_out() {
    let desk = Desk::new();
    let rows: String =
        (0..8).map(|row| format!("{row},same,text {row},{},{}\n", row * row, ["p", "q"][row % 2])).collect();
    let found = look(&desk.write("t.csv", format!("n,c,t,x,y\n{rows}")), Some("y")).unwrap();
    let reasons: Vec<String> = found.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert_eq!(reasons, ["n: it counts the rows", "c: it is always \"same\"", "t: it holds 8 different texts"]);
    assert_eq!(found.format.columns(), ["x"]);
}

#[test]
fn a_column_without_a_name_is_left_out_by_its_number() {
    let desk = Desk::new();
    let found = look(&desk.write("t.csv", ",x,y,\n0,1,p\n1,5,q\n2,2,p\n3,9,q\n"), Some("y")).unwrap();
    assert_eq!((found.format.columns(), found.format.left_out.len()), (vec!["x".to_string()], 0));
    let said = found.sentences();
    assert!(said.contains(&"left out: column 1 (it has no name), column 4 (it has no name)".to_string()), "{said:?}");
    let refused = desk.refused(",y\n0,p\n1,q\n", Some("y"));
    assert!(refused.contains("beside y; left out are column 1 (it has no name)"), "{refused}");
    let refused = desk.refused("y\np\nq\n", Some("y"));
    assert!(refused.ends_with("t.csv has no column beside y; add some to learn from"), "{refused}");
}

#[test]
fn classes_and_categories_in_windows_1252_stay_apart() {
    let desk = Desk::new();
    let row = |color: &[u8], class: &[u8]| [b"1.5;".as_slice(), color, b";", class, b"\n"].concat();
    let rows_of = [
        row(b"gr\xFCn", b"f\xFCr"),
        row(b"gr\xE4n", b"f\xE4r"),
        row(b"gr\xFCn", b"fur"),
        row(b"gr\xE4n", b"f\xFCr"),
        row(b"gr\xFCn", b"f\xE4r"),
        row(b"gr\xE4n", b"fur"),
    ];
    let found = look(&desk.write("t.csv", [b"x;color;y\n".to_vec(), rows_of.concat()].concat()), Some("y")).unwrap();
    let names: Vec<&str> = found.classes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["fur", "fär", "für"]);
    assert_eq!(found.format.columns(), ["color=grän", "color=grün"]);
    assert!(found.sentences().contains(&"read as Windows-1252, as it is not UTF-8".to_string()));
    // New rows are the same in either encoding.
    for new in ["color\ngrün\n".as_bytes(), b"color\ngr\xFCn\n"] {
        let read = rows(&desk.write("new.csv", new), &found.format).unwrap();
        assert_eq!((read.rows[0].values.as_slice(), read.is_windows_1252), (&[0.0, 1.0][..], new.contains(&0xFC)));
    }
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

#[test]
fn names_have_single_spaces_and_no_control_characters() {
    let desk = Desk::new();
    let table = |header: &str, category: &str, class: &str| {
        format!(
            "{header},color,y\n1.5,\"{category}\",no\n2.5,red,\"{class}\"\n3,\"{category}\",no\n1,red,\"{class}\"\n"
        )
    };
    let found = look(&desk.write("t.csv", table("\"x\ty\"", "dark\nblue", "for\r\nsure\tyes")), Some("y")).unwrap();
    assert_eq!(found.format.columns(), ["x y", "color=dark blue", "color=red"]);
    assert_eq!(found.classes[0].0, "for sure yes");
    for (text, expected) in [
        (table("a\u{1b}[2J", "blue", "yes"), "t.csv: the header names column 1 \"a\\u{1b}[2J\", which holds a control"),
        (table("x", "bl\u{1b}ue", "yes"), "t.csv:2: color is \"bl\\u{1b}ue\", which holds a control character"),
        (table("x", "blue", "y\u{7}es"), "t.csv:3: y is \"y\\u{7}es\", which holds a control character"),
    ] {
        let refused = desk.refused(text, Some("y"));
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn a_label_that_counts_as_missing_is_shown() {
    let refused = Desk::new().refused(POTS.replace("2.5,yes", "2.5,NA"), Some("fits"));
    assert!(refused.contains("t.csv:3: fits is missing (\"NA\" counts as missing)"), "{refused}");
    assert!(refused.ends_with("fill it in, call it otherwise or delete the row"), "{refused}");
}

/// Ten rows of a number, a column by its number and a class.
fn ten_rows(column: impl Fn(usize) -> String) -> String {
    let row = |row: usize| format!("{}.5\t{}\t{}\n", row * row, column(row), ["p", "q"][row % 2]);
    "x\tc\ty\n".to_string() + &(0..10).map(row).collect::<String>()
}

#[test]
fn what_stands_for_a_missing_value_is_the_same_in_every_column() {
    let desk = Desk::new();
    for mark in ["NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "?", "-"] {
        let of = |value: &dyn Fn(usize) -> String| {
            let text = ten_rows(|row| if row == 3 { mark.to_string() } else { value(row) });
            let file = desk.write("t.tsv", text);
            let mut format = look(&file, Some("y")).unwrap().format;
            assert_eq!(format.missing, Missing::Median, "{mark}");
            let read = rows(&file, &format).unwrap().rows;
            assert!(read[3].values[1..].iter().all(|value| value.is_nan()) && read[4].values[1].is_finite(), "{mark}");
            assert!(
                look(&file, Some("y"))
                    .unwrap()
                    .sentences()
                    .iter()
                    .any(|said| said.starts_with(&format!("1 value is missing ({mark}): ")))
            );
            format.missing = Missing::Refuse;
            let refused = rows(&file, &format).unwrap_err().to_string();
            assert!(
                refused.contains(&format!("t.tsv:5: c is missing ({mark:?} counts as missing); fill it in")),
                "{refused}"
            );
            format.columns()
        };
        assert_eq!(of(&|row| (row * row).to_string()), ["x", "c"]);
        assert_eq!(of(&|row| ["red", "blue"][row / 2 % 2].to_string()), ["x", "c=blue", "c=red"]);
    }
}

#[test]
fn beside_a_plus_a_minus_is_a_value() {
    let desk = Desk::new();
    let file = desk.write("t.tsv", ten_rows(|row| ["+", "-"][row / 2 % 2].to_string()));
    let found = look(&file, Some("y")).unwrap();
    assert_eq!((found.format.columns(), found.missing), (["x", "c=+", "c=-"].map(String::from).to_vec(), 0));
    assert_eq!(rows(&file, &found.format).unwrap().rows[2].values, [4.5, 0.0, 1.0]);
    let found = look(&file, Some("c")).unwrap();
    assert_eq!(found.classes, [("+".to_string(), 6), ("-".to_string(), 4)]);
    let labels = load(&file, &found.format, &["+".to_string(), "-".to_string()]).unwrap().labels;
    assert_eq!(labels, [0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
}

#[test]
fn numbers_with_units_are_no_silent_categories() {
    let desk = Desk::new();
    let warnings = |column: &dyn Fn(usize) -> String, label: &str| {
        let said = look(&desk.write("t.tsv", ten_rows(column)), Some(label)).unwrap().sentences();
        said.into_iter().filter(|sentence| sentence.starts_with("warning: c ")).collect::<Vec<_>>()
    };
    let advice =
        "; for numbers write them alone, without units or signs between digits, and nothing where one is missing";
    for (text, example) in
        [("{}.96%", "0.96%"), ("€1{}", "€10"), ("1{} kg", "10 kg"), ("1_00{}", "1_000"), ("<0.{}", "<0.0")]
    {
        let values = |row: usize| text.replace("{}", &(row / 2 % 3).to_string());
        let why = format!(", though most of its values look like numbers, such as {example:?}{advice}");
        assert_eq!(warnings(&values, "y"), [format!("warning: c is read as categories{why}")], "{text}");
        assert_eq!(warnings(&values, "c"), [format!("warning: c is read as classes{why}")], "{text}");
    }
    let different = warnings(&|row| format!("{} kg", row * row), "y");
    assert!(different.len() == 1 && different[0].starts_with("warning: c is left out, though"), "{different:?}");
    let rows: String = (0..10).map(|row| format!("{} kg\t{}\n", row * row, ["p", "q"][row % 2])).collect();
    let refused = look(&desk.write("t.tsv", format!("c\ty\n{rows}")), Some("y")).unwrap_err().to_string();
    let expected =
        "left out are c (it holds 10 different texts, though most of its values look like numbers, such as \"0 kg\")";
    assert!(refused.ends_with(expected), "{refused}");
    let mixed = warnings(&|row| if row % 3 == 0 { "unknown".to_string() } else { (row % 4).to_string() }, "y");
    assert!(mixed.len() == 1 && mixed[0].contains("look like numbers, unlike \"unknown\";"), "{mixed:?}");
    for words in [["red", "blue"], ["1st", "2nd"], ["A1", "A2"], ["Q1 2024", "Q2 2024"], ["<=50K", ">50K"]] {
        assert_eq!(warnings(&|row| words[row / 2 % 2].to_string(), "y"), [""; 0], "{words:?}");
    }
    let refused = look(&desk.write("t.tsv", ten_rows(|row| format!("{row} kg"))), Some("c")).unwrap_err().to_string();
    assert!(refused.contains("has 1 example") && refused.contains("(c is read as classes, though most"), "{refused}");
}

#[test]
fn classes_of_long_names_keep_their_counts() {
    let desk = Desk::new();
    for (length, is_whole) in [(79, true), (81, false)] {
        let name = |row: usize| ["p", "q"][row % 2].repeat(length);
        let said = look(&desk.write("t.tsv", ten_rows(name)), Some("c")).unwrap().sentences().remove(0);
        let shown = |row: usize| if is_whole { name(row) } else { format!("{}...", &name(row)[..60]) };
        assert!(said.contains(&format!("({} 5, {} 5)", shown(0), shown(1))), "{said}");
    }
}

#[test]
fn categories_that_differ_in_case_or_spaces_alone_are_named() {
    let desk = Desk::new();
    let file = desk.write("t.tsv", ten_rows(|row| ["Dark red", "dark red", "blue"][row % 3].to_string()));
    let said = look(&file, Some("y")).unwrap().sentences();
    let expected =
        "warning: the values \"Dark red\" and \"dark red\" of c differ in case or spaces alone, and are told apart";
    assert!(said.iter().any(|sentence| sentence.starts_with(expected)), "{said:?}");
}
