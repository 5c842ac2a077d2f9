#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::look;
use std::path::PathBuf;

pub(super) struct Desk(pub(super) tempfile::TempDir);

impl Desk {
    pub(super) fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn refused(&self, text: impl AsRef<[u8]>, label: Option<&str>) -> String {
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
