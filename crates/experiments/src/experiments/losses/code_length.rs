//! KL as the extra code length of a wrong code (S7).
//!
//! The best code for symbols of probabilities `q` spends `-log2 q` bits on each. Symbols that really come with `p` then cost
//! `-Σ p log2 q` bits on average, of which `H(p) = -Σ p log2 p` are needed and the rest, `Σ p log2 (p / q) = KL(p || q)`, is the price
//! of the wrong code. Where `q` is 0 the code has no word, and KL is infinite. Real words have whole lengths; Huffman's are the best.
//!
//! The symbols here are the 17 levels of ink of the digits, `p` and `q` those of two columns of the pictures.

use super::formulas::divergence;
use crate::digits::Digits;
use crate::prelude::*;
use std::f64::consts::LN_2;

const LEVELS: usize = 17;
/// Columns of a picture.
const SIDE: usize = 8;

pub(super) fn of_a_wrong_code(findings: &mut Findings) -> Result<()> {
    // Powers of a half, for which every length is whole.
    let (p, q) = ([0.5, 0.25, 0.125, 0.125], [0.125, 0.125, 0.25, 0.5]);
    findings
        .claiming("Symbols of p = 1/2, 1/4, 1/8, 1/8 in Huffman's code for q = 1/8, 1/8, 1/4, 1/2: extra bits")
        .is(extra_bits(&p, &q), Exactly(0.875))
        .claim("which is KL(p || q) in bits", divergence(&p, &q) / LN_2, Near(0.875, 1e-12));
    let digits = Digits::all()?;
    let columns: Vec<Vec<usize>> = (0..SIDE).map(|column| levels(&digits, column)).collect();
    let frequencies: Vec<Vec<f64>> = columns.iter().map(|column| frequencies(column)).collect();
    // Those that have every level, so that their code has every word.
    let whole: Vec<usize> = (0..SIDE).filter(|column| frequencies[*column].iter().all(|p| *p > 0.0)).collect();
    let (mut apart, mut points) = (0.0_f64, Vec::new());
    for (&own, &other) in whole.iter().flat_map(|own| whole.iter().map(move |other| (own, other))) {
        if own == other {
            continue;
        }
        let (p, q) = (&frequencies[own], &frequencies[other]);
        let bits = divergence(p, q) / LN_2;
        // Level by level of what is written, not by frequencies.
        let written = |of: &[f64]| Mean::over(columns[own].iter().map(|level| -of[*level].log2())).value;
        apart = larger(apart, (written(q) - written(p) - bits).abs());
        points.push((bits, extra_bits(p, q)));
    }
    findings
        .claiming(format!(
            "Ideal lengths -log2 q cost KL(p || q) bits more than -log2 p: largest difference, {} pairs",
            points.len()
        ))
        .is(apart, AtMost(1e-9));
    figure(&points, findings);
    Ok(())
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
         level against KL. Ideal lengths lie on the line. Real words have a whole bit at least: in a column that is \
         nearly all paper its own code wastes most of it, too, and what a wrong code adds is less.",
        chart,
    );
}

/// The levels of ink of a column, all digits one after another.
fn levels(digits: &Digits, column: usize) -> Vec<usize> {
    let level = |ink: &f64| (ink * 16.0).round() as usize;
    digits.pixels.iter().flat_map(|digit| digit.iter().skip(column).step_by(SIDE).map(level)).collect()
}

fn frequencies(levels: &[usize]) -> Vec<f64> {
    let mut counts = [0.0; LEVELS];
    levels.iter().for_each(|level| counts[*level] += 1.0);
    counts.iter().map(|count| count / levels.len() as f64).collect()
}

/// By how much Huffman's code for `q` is longer than that for `p`, per symbol of `p`.
fn extra_bits(p: &[f64], q: &[f64]) -> f64 {
    mean_length(p, &huffman_lengths(q)) - mean_length(p, &huffman_lengths(p))
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
    }
}
