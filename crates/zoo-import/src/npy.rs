//! One array of numpy's format `.npy`, versions 1 to 3: a header in Python's notation, then the values.

use std::path::Path;

use crate::error::ImportError;

/// An array in memory, its values as they lie in the file, in C order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

/// The kinds of values that examples and labels are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    Bytes(Vec<u8>),
    Integers(Vec<i64>),
    Floats(Vec<f32>),
    Texts(Vec<String>),
}

impl Values {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Values::Bytes(_) => "uint8",
            Values::Integers(_) => "integers",
            Values::Floats(_) => "floats",
            Values::Texts(_) => "texts",
        }
    }
}

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array; `place` names it in messages.
pub(crate) fn parse(place: &Path, bytes: &[u8]) -> Result<Array, ImportError> {
    let broken = |found: &str| ImportError::format(place, found, "an array as numpy.save writes it; save it again");
    let cut = || broken("an array that ends too early");
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| broken("a beginning that no array of numpy has"))?;
    let (version, rest) = rest.split_at_checked(2).ok_or_else(cut)?;
    let (length, rest) = rest.split_at_checked(if version[0] == 1 { 2 } else { 4 }).ok_or_else(cut)?;
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let (header, body) = rest.split_at_checked(length).ok_or_else(cut)?;
    let header = std::str::from_utf8(header).map_err(|_| broken("a header that is no text"))?;
    let (Some(kind), Some(order), Some(shape)) =
        (entry(header, "descr"), entry(header, "fortran_order"), shape(header))
    else {
        return Err(broken("a header without descr, fortran_order or shape"));
    };
    if order != "False" && shape.len() > 1 {
        return Err(ImportError::format(
            place,
            "an array in Fortran's order",
            "one in C order; save numpy.ascontiguousarray of it",
        ));
    }
    let kind = kind.trim_matches(['\'', '"']);
    let count = shape
        .iter()
        .try_fold(1_usize, |count, side| count.checked_mul(*side))
        .ok_or_else(|| broken("a shape that is too large"))?;
    let values = values(kind, count, body).map_err(|found| match found {
        Unread::Kind => {
            let expected = "integers, float32, float64 or texts; convert them, such as by astype(\"float32\") or astype(\"str\"), and save again";
            ImportError::format(place, of_other_kind(kind), expected)
        }
        Unread::Length { found, expected } => ImportError::format(
            place,
            format!("{found} bytes of values"),
            format!("{expected} by its header; save it again"),
        ),
    })?;
    Ok(Array { shape, values })
}

/// An array whose values are none that are read, in words.
fn of_other_kind(kind: &str) -> String {
    match kind {
        _ if kind.starts_with('[') => "an array of records".to_owned(),
        "|O" => format!("an array of type {kind:?}: pickled objects of Python"),
        _ => format!("an array of type {kind:?}"),
    }
}

enum Unread {
    Kind,
    Length { found: usize, expected: usize },
}

fn values(kind: &str, count: usize, body: &[u8]) -> Result<Values, Unread> {
    let (order, letter, size) =
        match (kind.get(..1), kind.get(1..2), kind.get(2..).and_then(|size| size.parse::<usize>().ok())) {
            (Some(order), Some(letter), Some(size)) => (order, letter, size),
            _ => return Err(Unread::Kind),
        };
    // Texts are in code points of four bytes.
    let bytes = if letter == "U" { 4 * size } else { size };
    let is_read = match letter {
        "u" | "i" => matches!(size, 1 | 2 | 4 | 8),
        "f" => matches!(size, 4 | 8),
        "b" => size == 1,
        "U" => (1..=1024).contains(&size),
        _ => false,
    };
    if !is_read {
        return Err(Unread::Kind);
    }
    let expected = count.saturating_mul(bytes);
    if body.len() != expected {
        return Err(Unread::Length { found: body.len(), expected });
    }
    let items = body.chunks_exact(bytes);
    Ok(match letter {
        "u" | "b" if size == 1 => Values::Bytes(body.to_vec()),
        "u" | "i" => Values::Integers(items.map(|item| integer(item, order, letter == "i")).collect()),
        "f" if size == 4 => Values::Floats(items.map(|item| f32::from_bits(word(item, order) as u32)).collect()),
        "f" => Values::Floats(items.map(|item| single(f64::from_bits(word(item, order)))).collect()),
        _ => Values::Texts(items.map(|item| text(item, order)).collect()),
    })
}

/// In single precision. What is not 0 does not become 0, so that a column of such numbers is told from one of zeros.
fn single(value: f64) -> f32 {
    let least = f32::from_bits(1);
    match value as f32 {
        0.0 if value != 0.0 => least.copysign(value.signum() as f32),
        single => single,
    }
}

fn word(item: &[u8], order: &str) -> u64 {
    let join = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    if order == ">" { item.iter().fold(0, join) } else { item.iter().rev().fold(0, join) }
}

fn integer(item: &[u8], order: &str, signed: bool) -> i64 {
    let (word, unused) = (word(item, order), 64 - 8 * item.len() as u32);
    // The sign is that of the highest byte; no count of classes reaches the numbers that wrap around.
    if signed { (word << unused) as i64 >> unused } else { word as i64 }
}

fn text(item: &[u8], order: &str) -> String {
    let letters = item.chunks_exact(4).map(|letter| word(letter, order) as u32).take_while(|letter| *letter != 0);
    letters.map(|letter| char::from_u32(letter).unwrap_or('\u{fffd}')).collect()
}

/// The value of a key of the header that is no tuple.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    Some(rest.split([',', '}']).next()?.trim())
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let (_, rest) = header.split_once("'shape':")?;
    let (sides, _) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
    sides.split(',').map(str::trim).filter(|side| !side.is_empty()).map(|side| side.parse().ok()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use proptest::prelude::*;

    /// As numpy.save writes it.
    pub(crate) fn npy(kind: &str, shape: &str, body: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}\n");
        [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes(), body].concat()
    }

    fn read(bytes: &[u8]) -> Result<Array, String> {
        parse(Path::new("x.npy"), bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_and_order_of_bytes_is_read() {
        let values = |kind, shape, body: &[u8]| read(&npy(kind, shape, body)).unwrap().values;
        assert_eq!(values("|u1", "2,", &[1, 255]), Values::Bytes(vec![1, 255]));
        assert_eq!(values("|i1", "2,", &[1, 255]), Values::Integers(vec![1, -1]));
        assert_eq!(values("<i8", "1,", &(-3_i64).to_le_bytes()), Values::Integers(vec![-3]));
        assert_eq!(values(">i4", "1,", &(-3_i32).to_be_bytes()), Values::Integers(vec![-3]));
        assert_eq!(values("<u2", "1,", &60_000_u16.to_le_bytes()), Values::Integers(vec![60_000]));
        assert_eq!(values("<f8", "1,", &1.5_f64.to_le_bytes()), Values::Floats(vec![1.5]));
        assert_eq!(values("<f8", "1,", &0_f64.to_le_bytes()), Values::Floats(vec![0.0]));
        assert_eq!(values("<f8", "1,", &(-1e-300_f64).to_le_bytes()), Values::Floats(vec![-f32::from_bits(1)]));
        assert_eq!(values(">f4", "1,", &1.5_f32.to_be_bytes()), Values::Floats(vec![1.5]));
        assert_eq!(values("<U3", "1,", b"a\0\0\0b\0\0\0\0\0\0\0"), Values::Texts(vec!["ab".into()]));
        assert_eq!(read(&npy("|u1", "2, 1, 3", &[0; 6])).unwrap().shape, [2, 1, 3]);
    }

    #[test]
    fn what_is_not_read_is_named() {
        let refused = |bytes: &[u8], expected: &str| {
            let said = read(bytes).unwrap_err();
            assert!(said.starts_with("x.npy: ") && said.contains(expected) && said.contains("save"), "{said}");
        };
        refused(b"text", "a beginning that no array of numpy has, expected an array as numpy.save writes it");
        refused(&npy("|O", "1,", &[0; 8]), "an array of type \"|O\": pickled objects of Python, expected integers");
        for kind in ["<c16", "<f2", "<f16", "|S5", "<M8[ns]"] {
            refused(&npy(kind, "1,", &[0; 16]), &format!("an array of type {kind:?}, expected integers, float32"));
        }
        let records = String::from_utf8_lossy(&npy("|u1", "1,", b"1")[10..]).replace("'|u1'", "[('a', '|u1')]");
        let length = (records.len() as u16 - 1).to_le_bytes();
        refused(&[MAGIC, &[1, 0], &length, records.as_bytes()].concat(), "an array of records, expected");
        refused(&npy("<f4", "3,", &[0; 8]), "8 bytes of values, expected 12 by its header");
        refused(&npy("|u1", "2, 2", &[0; 4])[..12], "an array that ends too early");
        // As long as False.
        let fortran = |shape, body: &[u8]| {
            let bytes = npy("|u1", shape, body);
            let at = bytes.windows(5).position(|window| window == b"False").unwrap();
            [&bytes[..at], b"True ", &bytes[at + 5..]].concat()
        };
        refused(&fortran("2, 2", &[0; 4]), "an array in Fortran's order, expected one in C order");
        assert!(read(&fortran("4,", &[0; 4])).is_ok(), "one dimension has one order");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(body in proptest::collection::vec(any::<u8>(), 0..200), sides in "[0-9, ]{0,24}") {
            let _ = read(&body);
            let _ = read(&[MAGIC, &body].concat());
            let _ = read(&npy("<i4", &sides, &body));
        }
    }
}
