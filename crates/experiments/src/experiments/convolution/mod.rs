//! Convolution by hand (S15): the worked sum, how large the output is, edges of a digit, two ways of pooling, and how many weights
//! a layer has.

mod lesson;
mod settings;

mod by_hand;
mod library;

mod counts;
mod pooled_network;

mod figures;

use self::by_hand::{Image, PLAIN, Slide, convolve, output_size, products};
use self::library::convolve_by_burn;
use self::settings::FILTER;
use crate::prelude::*;
use std::slice;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "convolution",
    sources: &[SourceSection(15)],
    title: "Convolution by hand: sums, sizes, edges, pools",
    says: "A filter slides over an image; at each place the products of what lies on each other are summed. An image of \
         side n, with p rows of zeros around it, under a filter of side f that moves s at a time, gives a side of (n \
         + 2p - f) / s + 1. Sobel's filters find edges. Pooling keeps the largest or the mean of a window, and max \
         does better. A layer has FilterSize x FilterSize x #Filters weights.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    worked_sum(settings, &mut findings)?;
    sizes(settings, &mut findings)?;
    library::random_shapes(settings, &mut findings)?;
    sobel(&mut findings)?;
    pooled_network::max_against_average(settings, &mut findings)?;
    counts::weights(&mut findings);
    counts::padded_image(settings, &mut findings)?;
    counts::third_block(settings, &mut findings)?;
    Ok(findings)
}

const INPUT: [[f64; 5]; 5] = [
    [1.0, 2.0, 0.0, 1.0, 3.0],
    [0.0, 1.0, 2.0, 3.0, 1.0],
    [2.0, 0.0, 1.0, 1.0, 0.0],
    [1.0, 3.0, 2.0, 0.0, 1.0],
    [0.0, 1.0, 1.0, 2.0, 2.0],
];

/// Sobel's filter across on [`INPUT`], on paper: the first is -1 + 0 + 0 + 0 + 0 + 4 - 2 + 0 + 1 = 2.
const OUTPUT: [[f64; 3]; 3] = [[2.0, 4.0, 0.0], [1.0, 1.0, -4.0], [2.0, -4.0, -2.0]];

/// One output after another as a sum of nine products.
fn worked_sum(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let input = Image::from_rows(&INPUT);
    let filter = Image { channels: 1, height: 3, width: 3, values: settings.list(FILTER).to_vec() };
    let stepwise = convolve(&input, slice::from_ref(&filter), PLAIN);
    let by_burn = convolve_by_burn(&input, slice::from_ref(&filter), PLAIN)?;
    let cells = |image: &Image| -> Vec<Vec<String>> {
        image.rows().iter().map(|row| row.iter().map(|value| number(*value)).collect()).collect()
    };
    findings
        .claiming("The worked sum step by step is what it is on paper: largest difference")
        .is(stepwise.distance(&Image::from_rows(&OUTPUT)), Exactly(0.0));
    same_by_burn(&filter, &by_burn, &stepwise, findings);
    findings
        .panels(
            "worked",
            "The worked sum",
            "The worked sum as pictures: input, filter, output. An output is large where its patch of the input is \
             brighter on the right than on the left.",
            3,
            figures::worked(&input, &filter, &stepwise),
        )
        .table(
            "The first output, product by product",
            &["row, column of the filter", "input", "filter", "product", "sum so far"],
            steps(&products(&input, &filter, PLAIN, [0, 0])),
        )
        .table("Input", &["column 1", "2", "3", "4", "5"], cells(&input))
        .table("All nine outputs", &["column 1", "2", "3"], cells(&stepwise))
        .note(
            "What networks call a convolution is a correlation: the filter lies on the image as it is written. A \
             mathematician's convolution turns it by half a turn first. As filters are learned, it makes no \
             difference whether they are learned turned or not.",
        );
    Ok(())
}

/// Burn's sums by the filter that is laid on against those written out: of whole numbers the same, of others but for what `f32` rounds.
fn same_by_burn(filter: &Image, by_burn: &Image, stepwise: &Image, findings: &mut Findings) {
    let apart = by_burn.distance(stepwise);
    if filter.values.iter().all(|weight| weight.fract() == 0.0) {
        findings
            .claiming("Burn's conv2d gives the same: largest difference (whole numbers, so exact in f32)")
            .is(apart, Exactly(0.0));
    } else {
        // No value of the input is above 3, so no sum of sizes of products above 3 times that of the weights.
        let products = 3.0 * filter.values.iter().map(|weight| weight.abs()).sum::<f64>();
        findings
            .claiming("Burn's conv2d gives the same: largest difference, relative to the size of the products")
            .is(apart / products, AtMost(1e-5));
    }
}

fn steps(pairs: &[(f64, f64)]) -> Vec<Vec<String>> {
    let mut sum = 0.0;
    let step = |(place, (value, weight)): (usize, &(f64, f64))| {
        sum += value * weight;
        named_row(format!("{}, {}", place / 3 + 1, place % 3 + 1), [*value, *weight, value * weight, sum])
    };
    pairs.iter().enumerate().map(step).collect()
}

/// The formula of the output's size against the shapes that Burn gives.
fn sizes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let trials = settings.choose(1000, 100);
    let mut wrong = 0;
    for _ in 0..trials {
        let filter = 1 + random.index(7);
        let (height, width) = (filter + random.index(20), filter + random.index(20));
        let slide = Slide { stride: 1 + random.index(4), padding: random.index(4) };
        let image = Image::random([1, height, width], &mut random);
        let found = convolve_by_burn(&image, &[Image::random([1, filter, filter], &mut random)], slide)?;
        let wanted = [height, width].map(|size| output_size(size, filter, slide));
        wrong += usize::from([found.height, found.width] != wanted);
    }
    findings
        .claiming("(n + 2p - f) / s + 1, rounded down, is the size that Burn gives: shapes where it is not")
        .is(wrong as f64, Exactly(0.0))
        .measured_with(format!(" of {trials}, with n up to 26, f 1 to 7, p 0 to 3, s 1 to 4"))
        .note(
            "Where the division leaves a remainder, the last columns lie under no filter; with padding these may be \
             nothing but its zeros. With s = 1, odd f and p = (f - 1) / 2 the output is as large as the input; for \
             even f no p does that, as (f - 1) / 2 is no whole number.",
        );
    Ok(())
}

/// Grows where brightness grows from left to right.
const ACROSS: [[f64; 3]; 3] = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
/// Grows where brightness grows downwards.
const DOWN: [[f64; 3]; 3] = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]];

/// Sobel's filters on a plane, where their answer is known, and on a digit; and what pooling keeps of it.
fn sobel(findings: &mut Findings) -> Result<()> {
    let plane =
        Image { channels: 1, height: 8, width: 8, values: (0..64).map(|i| f64::from(i % 8 + 2 * (i / 8))).collect() };
    let found = convolve_by_burn(&plane, &[ACROSS, DOWN].map(|filter| Image::from_rows(&filter)), PLAIN)?;
    let wanted = Image { channels: 2, height: 6, width: 6, values: [[8.0; 36], [16.0; 36]].concat() };
    findings
        .claiming("A plane that rises by 1 a column and 2 a row answers 8 across and 16 down: largest difference")
        .is(found.distance(&wanted), Exactly(0.0));
    figures::of_a_digit(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_results::outcome::FindingVerdict;

    /// What of the worked sum holds under a filter that is set.
    fn holds(filter: &str) -> Vec<bool> {
        let set = EXPERIMENT.set(&[format!("filter={filter}")]).unwrap();
        let mut findings = Findings::default();
        worked_sum(&Setup { set, ..Setup::default() }, &mut findings).unwrap();
        findings.claims.iter().map(|claim| claim.verdict == FindingVerdict::Holds).collect()
    }

    #[test]
    fn burn_gives_what_the_filter_that_is_set_gives_by_hand() {
        // On paper stands Sobel's.
        assert_eq!(holds("-1,0,1,-2,0,2,-1,0,1"), [true, true]);
        assert_eq!(holds("0,1,0,1,-4,1,0,1,0"), [false, true]);
        assert_eq!(holds("0.1,0.2,0.3,0,0,0,-0.3,-0.2,-0.1"), [false, true]);
    }
}
