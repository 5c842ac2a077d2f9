//! KL as the extra code length of a wrong code (S7).
//!
//! The best code for symbols of probabilities `q` spends `-log2 q` bits on each. Symbols that really come with `p` then cost
//! `-Σ p log2 q` bits on average, of which `H(p) = -Σ p log2 p` are needed and the rest, `Σ p log2 (p / q) = KL(p || q)`, is the price
//! of the wrong code. Where `q` is 0 the code has no word, and KL is infinite. Real words have whole lengths: `ceil(-log2 q)` bits are
//! enough for a code that can be read back (Shannon), and Huffman's is the best of all of them.
//!
//! The symbols here are the 17 levels of ink of the digits, `p` and `q` those of two columns of the pictures.

use super::formulas::divergence;
use crate::digits::Digits;
use crate::prelude::*;
use std::f64::consts::LN_2;

const LEVELS: usize = 17;
/// Columns of a picture.
const SIDE: usize = 8;

/// A codeword: so many bits of a number, the first one highest.
#[derive(Clone, Copy, Default)]
struct Word {
    bits: u64,
    length: u32,
}

pub(super) fn of_a_wrong_code(findings: &mut Findings) -> Result<()> {
    by_pencil(findings);
    let columns = columns(&Digits::all()?);
    let frequencies: Vec<Vec<f64>> = columns.iter().map(|column| frequencies(column)).collect();
    let codes: Vec<Vec<Word>> = frequencies.iter().map(|p| words(&huffman_lengths(p))).collect();
    can_be_read(&columns, &codes, findings);
    wrong_codes(&columns, &frequencies, &codes, findings);
    without_a_word(&frequencies, findings);
    Ok(())
}

/// Powers of a half, for which every length is whole.
fn by_pencil(findings: &mut Findings) {
    let (p, q) = ([0.5, 0.25, 0.125, 0.125], [0.125, 0.125, 0.25, 0.5]);
    let extra = mean_length(&p, &huffman_lengths(&q)) - mean_length(&p, &huffman_lengths(&p));
    findings
        .claiming("Symbols of p = 1/2, 1/4, 1/8, 1/8 in Huffman's code for q = 1/8, 1/8, 1/4, 1/2: extra bits")
        .is(extra, Exactly(0.875))
        .claim("which is KL(p || q) in bits", divergence(&p, &q) / LN_2, Near(0.875, 1e-12));
}

/// Every column's levels written in every code with a word for them and read back.
fn can_be_read(columns: &[Vec<usize>], codes: &[Vec<Word>], findings: &mut Findings) {
    let mut misread = 0;
    for (column, code) in columns.iter().zip(codes) {
        let bits = write(column, code);
        misread += usize::from(read(&bits, code).as_ref() != Some(column));
    }
    findings
        .claim(
            "Huffman's codes are read back without a gap between words: columns misread",
            misread as f64,
            Exactly(0.0),
        )
        .measured_with(format!(" of {SIDE}, 1797 x {SIDE} levels each"));
}

/// All pairs of the columns that have every level.
fn wrong_codes(columns: &[Vec<usize>], frequencies: &[Vec<f64>], codes: &[Vec<Word>], findings: &mut Findings) {
    let whole: Vec<usize> = (0..SIDE).filter(|column| frequencies[*column].iter().all(|p| *p > 0.0)).collect();
    let (mut apart, mut outside, mut least) = (0.0_f64, 0, f64::INFINITY);
    let (mut points, mut rows) = (Vec::new(), Vec::new());
    let pairs = || whole.iter().flat_map(|&p| whole.iter().map(move |&q| (p, q))).filter(|(p, q)| p != q);
    for (own, other) in pairs() {
        let (p, q) = (&frequencies[own], &frequencies[other]);
        let bits = divergence(p, q) / LN_2;
        let count = columns[own].len() as f64;
        // Level by level of what is written, not by frequencies.
        let ideal = |of: &[f64]| columns[own].iter().map(|&level| -of[level].log2()).sum::<f64>() / count;
        apart = larger(apart, (ideal(q) - ideal(p) - bits).abs());
        let needed = entropy(p) / LN_2 + bits;
        let shannon = mean_length(p, &q.iter().map(|q| (-q.log2()).ceil() as u32).collect::<Vec<_>>());
        outside += usize::from(!(needed..needed + 1.0).contains(&shannon));
        let extra =
            (write(&columns[own], &codes[other]).len() as f64 - write(&columns[own], &codes[own]).len() as f64) / count;
        least = least.min(extra);
        points.push((bits, extra));
        if rows.len() < 6 {
            rows.push(row![own + 1, other + 1, entropy(p) / LN_2, bits, extra]);
        }
    }
    claims(points.len(), [apart, outside as f64, least], findings);
    findings.table(
        "Levels of ink of one column in the code of another, bits per level",
        &["column written", "code of column", "entropy", "KL, the price of an ideal code", "extra bits of Huffman's"],
        rows,
    );
    figure(&points, findings);
}

fn claims(pairs: usize, [apart, outside, least]: [f64; 3], findings: &mut Findings) {
    findings
        .claiming(format!(
            "Ideal lengths -log2 q cost KL(p || q) bits more than -log2 p: largest difference, {pairs} pairs"
        ))
        .is(apart, AtMost(1e-9))
        .claiming("Whole lengths, rounded up, cost H(p) + KL(p || q) bits and less than one more: pairs outside")
        .is(outside, Exactly(0.0))
        .claiming("No column is shorter in another's Huffman code than in its own: least extra bits per level")
        .is(least, AtLeast(0.0));
}

fn figure(points: &[(f64, f64)], findings: &mut Findings) {
    let most = points.iter().map(|point| point.0).fold(0.0, larger);
    let chart = Chart::new(Axis::linear("KL(p || q) in bits"), Axis::linear("extra bits per level"))
        .dashed("ideal lengths", &[(0.0, 0.0), (most, most)])
        .scatter("Huffman's codes", points);
    findings.figure(
        "code_length",
        "The price of a wrong code",
        "Levels of ink of one column of the digits written in the Huffman code made for another: extra bits per \
         level, counted, against KL. Ideal lengths lie on the line. Real words have a whole bit at least: in a column \
         that is nearly all paper its own code wastes most of it, too, and what a wrong code adds is less.",
        chart,
    );
}

/// The first column is nearly empty: most dark levels do not occur in it.
fn without_a_word(frequencies: &[Vec<f64>], findings: &mut Findings) {
    let missing = frequencies[0].iter().filter(|p| **p == 0.0).count();
    let (there, back) = (divergence(&frequencies[1], &frequencies[0]), divergence(&frequencies[0], &frequencies[1]));
    findings
        .claiming("A code for the first column has no word for the levels that never occur there: levels")
        .is(missing as f64, AtLeast(1.0))
        .claiming("so KL(second column || first) is infinite, while the other way about it is finite: both")
        .comes_out(
            "infinite, and a positive number",
            format!("{} and {}", number(there), number(back)),
            there == f64::INFINITY && back > 0.0 && back.is_finite(),
        );
}

/// The levels of ink of each column, all digits one after another.
fn columns(digits: &Digits) -> Vec<Vec<usize>> {
    let level = |ink: &f64| (ink * 16.0).round() as usize;
    let of =
        |column: usize| digits.pixels.iter().flat_map(move |digit| digit.iter().skip(column).step_by(SIDE).map(level));
    (0..SIDE).map(|column| of(column).collect()).collect()
}

fn frequencies(levels: &[usize]) -> Vec<f64> {
    let mut counts = [0.0; LEVELS];
    levels.iter().for_each(|level| counts[*level] += 1.0);
    counts.iter().map(|count| count / levels.len() as f64).collect()
}

fn mean_length(p: &[f64], lengths: &[u32]) -> f64 {
    p.iter().zip(lengths).map(|(p, length)| p * f64::from(*length)).sum()
}

/// Huffman: the two least probable groups become one, whose words are all a bit longer, until one is left.
fn huffman_lengths(p: &[f64]) -> Vec<u32> {
    let mut lengths = vec![0; p.len()];
    let mut groups: Vec<(f64, Vec<usize>)> =
        p.iter().enumerate().filter(|(_, p)| **p > 0.0).map(|(symbol, p)| (*p, vec![symbol])).collect();
    while groups.len() > 1 {
        groups.sort_by(|one, other| other.0.total_cmp(&one.0));
        let (Some(least), Some(next)) = (groups.pop(), groups.pop()) else { break };
        let merged = [least.1, next.1].concat();
        merged.iter().for_each(|symbol| lengths[*symbol] += 1);
        groups.push((least.0 + next.0, merged));
    }
    lengths
}

/// Words of these lengths of which none begins another: counted up, shorter ones first. Length 0 means no word.
fn words(lengths: &[u32]) -> Vec<Word> {
    let mut order: Vec<usize> = (0..lengths.len()).filter(|symbol| lengths[*symbol] > 0).collect();
    order.sort_by_key(|symbol| lengths[*symbol]);
    let mut words = vec![Word::default(); lengths.len()];
    let mut last = Word::default();
    for (place, symbol) in order.into_iter().enumerate() {
        let length = lengths[symbol];
        let next = if place == 0 { 0 } else { last.bits + 1 };
        last = Word { bits: next << (length - last.length), length };
        words[symbol] = last;
    }
    words
}

fn write(levels: &[usize], code: &[Word]) -> Vec<bool> {
    let bits = |word: Word| (0..word.length).rev().map(move |place| word.bits >> place & 1 == 1);
    levels.iter().flat_map(|level| bits(code[*level])).collect()
}

/// `None` if the bits end within a word.
fn read(bits: &[bool], code: &[Word]) -> Option<Vec<usize>> {
    let (mut levels, mut seen) = (Vec::new(), Word::default());
    for bit in bits {
        seen = Word { bits: seen.bits << 1 | u64::from(*bit), length: seen.length + 1 };
        if let Some(level) = code.iter().position(|word| (word.bits, word.length) == (seen.bits, seen.length)) {
            levels.push(level);
            seen = Word::default();
        }
    }
    (seen.length == 0).then_some(levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn huffmans_code_is_full_and_within_a_bit_of_the_entropy(scores in prop::collection::vec(-4.0..4.0f64, 2..20)) {
            let p = softmax(&scores);
            let lengths = huffman_lengths(&p);
            let kraft: f64 = lengths.iter().map(|length| 0.5_f64.powi(*length as i32)).sum();
            prop_assert_eq!(kraft, 1.0);
            let (bits, needed) = (mean_length(&p, &lengths), entropy(&p) / LN_2);
            prop_assert!(bits >= needed - 1e-12 && bits < needed + 1.0);
        }

        #[test]
        fn what_is_written_is_read(levels in prop::collection::vec(0..5usize, 0..40)) {
            let code = words(&huffman_lengths(&[0.4, 0.3, 0.1, 0.1, 0.1]));
            prop_assert_eq!(read(&write(&levels, &code), &code), Some(levels));
        }
    }
}
