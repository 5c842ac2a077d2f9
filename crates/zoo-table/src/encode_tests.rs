#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::look;
use std::path::PathBuf;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn refused(&self, text: &str, label: Option<&str>) -> String {
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
    let file = desk.write("t.csv", &("x,y\n".to_string() + &rows(|row| format!("{row}.25"))));
    let found = look(&file, Some("y")).unwrap();
    assert_eq!((found.range, found.classes.len()), (Some([0.25, 39.25]), 0));
    assert_eq!(load(&file, &found.format, &[]).unwrap().targets[39], 39.25);
    let file = desk.write("t.csv", &("x,y\n".to_string() + &rows(|row| (row % 12).to_string())));
    let found = look(&file, Some("y")).unwrap();
    let names: Vec<&str> = found.classes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((found.range, names[2], names[11]), (None, "2", "11"));
}

#[test]
fn what_is_missing_is_refused_or_left_to_be_filled_in() {
    let desk = Desk::new();
    let file = desk.write("t.csv", "a,b,y\n1,u,p\n?,v,q\n3.5,,p\n4,v,q\n");
    let mut format = look(&file, Some("y")).unwrap().format;
    assert_eq!(format.missing, Missing::Median);
    let rows_of = |format: &TableFormat| rows(&file, format);
    assert!(rows_of(&format).unwrap()[1].values[0].is_nan());
    assert!(rows_of(&format).unwrap()[2].values[1..].iter().all(|value| value.is_nan()));
    format.missing = Missing::Refuse;
    let refused = rows_of(&format).unwrap_err().to_string();
    assert!(refused.contains("t.csv:3: a is missing; fill it in"), "{refused}");
    let file = desk.write("t.csv", "a,b,y\n1,u,p\n2,v,\n3,u,p\n4,v,q\n6,v,q\n");
    let refused = look(&file, Some("y")).unwrap_err().to_string();
    assert!(refused.contains("t.csv:3: y is missing, and it is what is to be predicted"), "{refused}");
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
    let said = |text: String, label| desk.refused(&text, label);
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
    assert!(refused.contains("t.csv:21: a is \"seven\", expected a number, as 19 other rows have"), "{refused}");
}

#[test]
fn what_does_not_vary_or_varies_too_much_is_left_out() {
    let desk = Desk::new();
    let rows: String =
        (0..8).map(|row| format!("{row},same,text {row},{},{}\n", row * row, ["p", "q"][row % 2])).collect();
    let found = look(&desk.write("t.csv", &format!("n,c,t,x,y\n{rows}")), Some("y")).unwrap();
    let reasons: Vec<String> = found.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert_eq!(reasons, ["n: it counts the rows", "c: it is always \"same\"", "t: it holds 8 different texts"]);
    assert_eq!(found.format.columns(), ["x"]);
}
