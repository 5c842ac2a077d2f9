use super::*;

fn parsed(text: impl AsRef<[u8]>) -> Result<Vec<TableRow>> {
    let known = |name: &str| (name == "b_too").then_some("b");
    let columns = ["a", "b"].map(String::from);
    numbers(&Sheet::parse("t.csv".to_string(), text.as_ref(), &columns, known)?, &columns)
}

fn rows(text: impl AsRef<[u8]>) -> Vec<(usize, [f32; 2])> {
    let pair = |row: TableRow| (row.line, [row.values[0], row.values[1]]);
    parsed(text).unwrap_or_else(|error| panic!("{error:#}")).into_iter().map(pair).collect()
}

fn complaint(text: impl AsRef<[u8]>) -> String {
    format!("{:#}", parsed(text).expect_err("it is refused"))
}

#[test]
fn any_separator_serves_and_a_first_line_may_name_it() {
    for separator in [",", ";", "\t", "|"] {
        let text = "note;b;a\n\"x;y\";2;1\n".replace(';', separator);
        assert_eq!(rows(&text), [(2, [1.0, 2.0])], "{text}");
        for said in ["sep=", "SEP=", "\u{FEFF}sep="] {
            assert_eq!(rows(format!("{said}{separator}\r\n{text}")), [(3, [1.0, 2.0])], "{text}");
        }
    }
    assert_eq!(rows("\"sep=~\"\na~b\n1~2\n"), [(3, [1.0, 2.0])]);
    assert!(complaint("sep=;;\na;b\n1;2\n").contains("t.csv: its first line names the separator \";;\""));
    assert!(complaint("sep=;\na,b\n1,2\n").contains("no column \"a\" among its 1, separated by ';'"));
}

#[test]
fn doubles_keep_their_digits() {
    let columns = ["a".to_string()];
    let sheet = Sheet::parse("t.csv".to_string(), b"a\n0.123456789\n1e-320\n", &columns, |_| None).expect("a table");
    let rows = numbers::<f64>(&sheet, &columns).expect("numbers");
    let values: Vec<f64> = rows.into_iter().flat_map(|row| row.values).collect();
    assert_eq!(values, [0.123_456_789, 1e-320]);
}

#[test]
fn lines_are_those_of_the_file() {
    let answer = [(6, [1.0, 2.0]), (9, [3.0, 4.0])];
    let text = "\n\n\"no\nte\",a,b\n\n\"one\ntwo\",1,2\n\n,3,4\n";
    assert_eq!(rows(text), answer);
    assert_eq!(rows(text.replace('\n', "\r\n")), answer);
    assert_eq!(rows(text.replace('\n', "\r")), answer);
    assert_eq!(rows("sep=,\r\n\r\na,b\r\n\r\n\r\n1,2"), [(6, [1.0, 2.0])]);
    let refused = complaint("a,b\n\n\n1,x\n");
    assert!(refused.contains("t.csv:4: b is \"x\", expected a number"), "{refused}");
}

#[test]
fn a_column_that_is_there_twice_is_refused() {
    let refused = complaint("a,b,a\n1,2,3\n");
    assert!(
        refused.contains("t.csv: the header names \"a\" twice, as \"a\" in column 1 and \"a\" in column 3"),
        "{refused}"
    );
    let refused = complaint("a,b,b_too\n1,2,3\n");
    assert!(refused.contains("names \"b\" twice, as \"b\" in column 2 and \"b_too\" in column 3"), "{refused}");
    assert_eq!(
        rows("a,b_too,note,note\n1,2,3,4\n"),
        [(2, [1.0, 2.0])],
        "columns that the model ignores may be there twice"
    );
}

#[test]
fn decimals_follow_a_point_or_a_comma_but_not_both() {
    for text in ["a;b\n1,001;0,5\n", "a\tb\n1,001\t0,5\n", "a,b\n\"1,001\",\"0,5\"\n"] {
        assert_eq!(rows(text), [(2, [1.001, 0.5])], "{text}");
    }
    assert_eq!(rows("a;b\n1,5e3;-2\n"), [(2, [1500.0, -2.0])]);
    assert!(complaint("a;b\n1;2,5\n3.5;4\n").contains("line 3 has the number \"3.5\" and line 2 \"2,5\""));
    assert!(complaint("a;b\n1.234,5;2\n").contains("\"1.234,5\""));
    for grouped in ["1,001", "-12,345,678"] {
        assert!(complaint(format!("a;b\n7;{grouped}\n")).contains("before decimals or after thousands"), "{grouped}");
    }
    assert!(complaint("a,b\n1,5,2\n").contains("t.csv:2 has 3 fields, expected 2"));
}

#[test]
fn rows_end_with_or_without_what_has_no_name() {
    assert_eq!(rows("a,b,\n1,2\n3,4,\n5,6,x\n").len(), 3);
    assert_eq!(rows("a,b\n1,2,\n3,4\n , \n,\n"), [(2, [1.0, 2.0]), (3, [3.0, 4.0])]);
    for text in ["a,b\n1,2,3\n", "a,b,note\n1,2\n", "a,b,note,\n1,2\n"] {
        assert!(complaint(text).contains("t.csv:2 has"), "{text}");
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_no_rows() {
    let refused = complaint("a,b,note\n1,2,\"x\n3,4,y\n");
    assert!(refused.contains("t.csv:2: a quotation mark opens"), "{refused}");
    assert!(complaint("\"a,b\n1,2\n").contains("t.csv"));
    assert_eq!(rows("note,a,b\n5\" pipe,1,2\n").len(), 1);
}

#[test]
fn what_the_model_ignores_may_be_in_any_encoding() {
    assert_eq!(rows(b"note\xFC,a,b\nGr\xF6\xDFe,1,2\n"), [(2, [1.0, 2.0])]);
    assert!(complaint(b"a,b\n1\xA0000,2\n").contains("t.csv:2: a is"));
}

#[test]
fn a_cell_that_is_not_utf_8_is_windows_1252_and_no_two_become_one() {
    assert_eq!(text::decoded("Größe".as_bytes()), "Größe");
    assert_eq!(text::decoded(b"Gr\xF6\xDFe \x80\x9F"), "Größe €Ÿ");
    let all: std::collections::BTreeSet<String> =
        (0..=u8::MAX).map(|byte| text::decoded(&[byte]).into_owned()).collect();
    assert_eq!(all.len(), 256);
    let columns = ["gr\u{FC}n", "gr\u{E4}n"].map(String::from);
    let sheet = Sheet::parse("t.csv".to_string(), b"gr\xE4n;gr\xFCn\n1;2\n", &columns, |_| None).expect("a table");
    assert_eq!(numbers::<f64>(&sheet, &columns).expect("numbers")[0].values, [2.0, 1.0]);
    assert!(!sheet.is_utf8(0) && !sheet.is_utf8(1));
}

#[test]
fn a_point_in_a_table_with_semicolons_may_be_one_of_thousands() {
    // A row alone, too: with a model of a table in which commas stand before decimals it would be a thousand times too small.
    for grouped in ["a;b\n1.234;2\n", "a;b\n1.234;2\n999;3\n", "a;b\n-1.234;2\n5.000;3\n12.345.678;1\n"] {
        let refused = complaint(grouped);
        assert!(
            refused.contains("t.csv: line 2 has the number") && refused.contains("1.234\", whose point"),
            "{refused}"
        );
        assert!(refused.contains("before decimals or after thousands"), "{refused}");
    }
    for text in ["a;b\n1.234;2.5\n2;3\n", "a;b\n1.234;0.118\n2;3\n", "a;b\n1.234;2.3450\n2;3\n", "a,b\n1.234,2\n2,3\n"]
    {
        assert_eq!(rows(text)[0].1[0], 1.234, "{text}");
    }
    assert_eq!(rows("a;b\n1,0010;2\n"), [(2, [1.001, 2.0])], "another digit tells that they are decimals");
}

#[test]
fn utf_16_is_read_by_its_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.csv");
    let read_back = |bytes: Vec<u8>| {
        std::fs::write(&file, bytes).expect("written");
        read(&file, &["a"].map(String::from), |_| None).map_err(|error| format!("{error:#}"))
    };
    let units = || "\u{FEFF}note;a\nGröße😀;1\n".encode_utf16();
    let answer = vec![TableRow { line: 2, values: vec![1.0] }];
    assert_eq!(read_back(units().flat_map(u16::to_le_bytes).collect()), Ok(answer.clone()));
    assert_eq!(read_back(units().flat_map(u16::to_be_bytes).collect()), Ok(answer));
    for (units, expected) in [
        (units().skip(1).collect::<Vec<_>>(), "zero bytes"),
        (vec![0xFEFF, 0xD800], "cut or damaged"),
        (vec![0xFEFF, 0, 97, 0, 10, 0], "UTF-32"),
    ] {
        let refused = read_back(units.into_iter().flat_map(u16::to_le_bytes).collect()).expect_err("it is refused");
        assert!(refused.contains("t.csv") && refused.contains(expected), "{refused}");
    }
}

#[test]
fn a_long_field_is_not_shown_whole() {
    for field in ["x".repeat(1 << 20), "1".repeat(1 << 20)] {
        let refused = complaint(format!("a,b\n1,{field}\n"));
        assert!(refused.len() < 200 && refused.contains("1048536 bytes more"), "{}", refused.len());
    }
}

#[test]
fn a_line_without_end_is_refused_before_its_fields_are_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.csv");
    for (commas, expected) in [((4 << 20) - 1, "t.csv:2 has 4194304 fields"), (4 << 20, "a line of more than 4 MiB")] {
        std::fs::write(&file, format!("a,b\n{}1\n", ",".repeat(commas))).expect("written");
        let refused = read(&file, &["a", "b"].map(String::from), |_| None).expect_err("it is refused");
        assert!(format!("{refused:#}").contains(expected), "{refused:#}");
    }
}

#[test]
fn a_table_without_names_says_so() {
    assert!(complaint("1,2\n3,4\n").contains("its first line holds values"));
    assert!(complaint("c,d\n3,4\n").contains("no column \"a\" among its 2, separated by ','"));
}

#[test]
fn comments_above_the_header_are_read_past_and_names_may_begin_with_a_hash() {
    for (text, line) in [
        ("# made by hand\na,b\n1,2\n", 3),
        ("\u{FEFF}# made by hand\r\n\r\n# in 2026, by me\r\na,b\r\n1,2\r\n", 5),
        ("#\n#\n#\na;b\n1;2\n", 5),
        // As spreadsheets write the line again.
        ("\"# one, two\",\na,b\n1,2\n", 3),
        ("# one,,,,\na,b,,,\n1,2,,,\n", 3),
        ("# more, words, than, there, are, columns\nb,a\n2,1\n", 3),
        ("sep=;\n# made by hand\na;b\n1;2\n", 4),
        ("# a quotation mark \" that closes nowhere\na,b\n1,2\n", 3),
    ] {
        assert_eq!(rows(text), [(line, [1.0, 2.0])], "{text}");
    }
    assert_eq!(rows("#,b,a\n7,2,1\n"), [(2, [1.0, 2.0])]);
    assert_eq!(rows("# about\n#id,a,b\n7,1,2\n"), [(3, [1.0, 2.0])]);
    // Below the header a comment is none.
    assert!(
        complaint("a,b\n1,2\n# the end\n")
            .ends_with("t.csv:3 has 1 field, expected 2 as in the header; delete the line if it is a comment")
    );
    assert!(complaint("# a\n# b\n").contains("t.csv"));
    let endless = "#\n".repeat(200_000);
    assert!(complaint(&endless).contains("t.csv"));
}
