//! The classes of a user's own data: names that may be one and the same, and names that none can have.

use crate::Desk;
use crate::own_data::{COLORS, TRAIN, assert_refused, draw, draw_all, said};
use std::fs;

#[test]
fn classes_that_differ_in_case_or_spaces_alone_are_named() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    (0..8).for_each(|number| draw(&desk.path(&format!("pets/Re d/{number}")), COLORS[2].1, number));
    let expected = "warning: the classes \"Re d\" (8 examples) and \"red\" (6 examples) differ in case or spaces alone, and are told \
                    apart; give them one name if they are one";
    assert!(said(&desk, "new mine --data pets").contains(expected));
    let output =
        desk.trainer(&format!("{TRAIN} run --set training.epochs=1").replace(" --epochs 30", "")).assert().success();
    let output = output.get_output();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(String::from_utf8_lossy(&text).contains(expected), "{}", String::from_utf8_lossy(&text));
    let rows: String = (0..20).map(|row| format!("{}.5,{}\n", row * row, ["Cat", "dog", "cat"][row % 3])).collect();
    fs::write(desk.path("t.csv"), format!("x,y\n{rows}")).unwrap();
    let text = said(&desk, "new table --data t.csv --label y");
    assert!(text.contains("the classes \"Cat\" (7 examples) and \"cat\" (6 examples) differ"), "{text}");
}

#[test]
fn labels_that_are_the_same_number_or_look_the_same_are_named() {
    let desk = Desk::new();
    let table = |labels: [&str; 3]| {
        let rows: String = (0..21).map(|row| format!("{}.5,{}\n", row * row, labels[row % 3])).collect();
        fs::write(desk.path("t.csv"), format!("x,y\n{rows}")).unwrap();
        let output = desk.trainer("--data t.csv --label y --epochs 1 --threads 1 --progress plain").assert().success();
        String::from_utf8_lossy(&[output.get_output().stdout.clone(), output.get_output().stderr.clone()].concat())
            .into_owned()
    };
    for (labels, expected) in [
        (
            ["0", "1", "0.0"],
            "the classes \"0\" (7 examples) and \"0.0\" (7 examples) are the same number, and are told apart",
        ),
        (
            ["caf\u{e9}", "tea", "cafe\u{301}"],
            "(7 examples) differ in the Unicode form of their letters alone, and are told apart; give them one name if they are one",
        ),
    ] {
        let text = table(labels);
        assert!(text.contains(expected), "{text}\nwithout: {expected}");
    }
    assert!(!table(["0", "1", "2.0"]).contains("warning: the classes"));
}

#[test]
#[cfg(unix)]
fn a_class_folder_with_a_line_break_in_its_name_is_refused() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    draw(&desk.path("pets/red\nblue/a"), COLORS[0].1, 0);
    for words in ["new mine --data pets".to_string(), format!("{TRAIN} run")] {
        assert_refused(&desk, &words, &["pets: the class name \"red\\nblue\" holds a control character"]);
    }
    assert!(!desk.path("mine.toml").exists() && !desk.path("run").exists());
}
