//! Convolution by hand (S15): the worked sum, how large the output is, edges of a digit, two ways of pooling, and how many weights
//! a layer has.

mod lesson;
mod settings;

mod by_hand;
mod filters;

mod pooled_network;
mod pooling;
mod sobel;
mod weights;

mod errata;

mod figures;

use self::by_hand::{
    BURN, Image, Pooling, Slide, ZOO, by_library, convolve, output_size, pool, pool_by_burn, products,
    relative_distance,
};
use self::filters::PLAIN;
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
    random_shapes(settings, &mut findings)?;
    sobel::edges(settings, &mut findings)?;
    pooling::kept(settings, &mut findings)?;
    pooled_network::max_against_average(settings, &mut findings)?;
    weights::count(settings, &mut findings);
    errata::sizes(settings, &mut findings)?;
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
    let (input, output) = (Image::from_rows(&INPUT), Image::from_rows(&OUTPUT));
    let filter = Image::from_values(settings.list(FILTER), 3);
    let exactly_none = || Exactly(0.0);
    let stepwise = convolve(&input, slice::from_ref(&filter), PLAIN);
    let turned = convolve(&input, &[filter.turned()], PLAIN);
    findings
        .claiming("The worked sum step by step is what it is on paper: largest difference")
        .is(stepwise.distance(&output), exactly_none())
        .claiming("Burn's conv2d gives the same: largest difference (whole numbers, so exact in f32)")
        .is(by_library(BURN, &input, slice::from_ref(&filter), PLAIN)?.distance(&output), exactly_none())
        .claiming("A mathematician's convolution turns the filter: Sobel's then gives the negative: difference")
        .is(turned.distance(&output.map(|value| -value)), exactly_none())
        .panels(
            "worked",
            "The worked sum",
            "The worked sum as pictures: input, filter, output. An output is large where its patch of the input is \
             brighter on the right than on the left.",
            3,
            figures::worked(&input, &filter, &stepwise),
        )
        .table("The first output, product by product", &STEP_HEAD, steps(&products(&input, &filter, PLAIN, 0, 0)))
        .table("Input", &["column 1", "2", "3", "4", "5"], cells(&input))
        .table("All nine outputs", &["column 1", "2", "3"], cells(&stepwise))
        .note(
            "What networks call a convolution is a correlation: the filter lies on the image as it is written. As \
             filters are learned, it makes no difference whether they are learned turned or not.",
        );
    Ok(())
}

const STEP_HEAD: [&str; 5] = ["row, column of the filter", "input", "filter", "product", "sum so far"];

fn steps(pairs: &[(f64, f64)]) -> Vec<Vec<String>> {
    let mut sum = 0.0;
    let step = |(place, (value, weight)): (usize, &(f64, f64))| {
        sum += value * weight;
        let at = format!("{}, {}", place / 3 + 1, place % 3 + 1);
        let numbers = [*value, *weight, value * weight, sum].map(number);
        [vec![at], numbers.to_vec()].concat()
    };
    pairs.iter().enumerate().map(step).collect()
}

fn cells(image: &Image) -> Vec<Vec<String>> {
    image.rows().iter().map(|row| row.iter().map(|value| number(*value)).collect()).collect()
}

/// The formula of the output's size against the shapes that Burn gives.
fn sizes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 0);
    let trials = settings.choose(1000, 100);
    let (mut wrong, mut unseen) = (0, 0);
    for _ in 0..trials {
        let filter = 1 + random.index(7);
        let (height, width) = (filter + random.index(20), filter + random.index(20));
        let slide = Slide { stride: 1 + random.index(4), padding: random.index(4) };
        let image = Image::random([1, height, width], &mut random);
        let found = by_library(BURN, &image, &[Image::random([1, filter, filter], &mut random)], slide)?;
        let wanted = [height, width].map(|size| output_size(size, filter, slide));
        wrong += usize::from([found.height, found.width] != wanted);
        unseen += usize::from(!(width + 2 * slide.padding - filter).is_multiple_of(slide.stride));
    }
    findings
        .claiming("(n + 2p - f) / s + 1, rounded down, is the size that Burn gives: shapes where it is not")
        .is(wrong as f64, Exactly(0.0))
        .measured_with(format!(" of {trials}, with n up to 26, f 1 to 7, p 0 to 3, s 1 to 4"))
        .table("Sizes", &["n", "f", "p", "s", "output", "what it is for"], SIZES.iter().map(size_row).collect())
        .note(format!(
            "The division leaves a remainder for {unseen} of {trials} of these widths: then the last columns lie \
             under no filter; with padding these may be nothing but its zeros. With s = 1, odd f and p = (f - 1) / 2 \
             the output is as large as the input; for even f no p does that, as (f - 1) / 2 is no whole number."
        ));
    Ok(())
}

/// `n`, `f`, `p`, `s`, and what the layer is for.
const SIZES: [(usize, usize, usize, usize, &str); 5] = [
    (8, 3, 0, 1, "every place where the filter fits"),
    (8, 3, 1, 1, "as large as the input"),
    (32, 5, 2, 1, "as large as the input, wider filter"),
    (32, 3, 1, 2, "half the size by the stride"),
    (32, 2, 0, 2, "half the size, as pooling does it"),
];

fn size_row(&(size, filter, padding, stride, purpose): &(usize, usize, usize, usize, &str)) -> Vec<String> {
    let output = output_size(size, filter, Slide { stride, padding });
    let numbers = [size, filter, padding, stride, output].map(|value| value.to_string());
    [numbers.to_vec(), vec![purpose.into()]].concat()
}

/// Several channels, filters, strides and paddings at once, against Burn and against the kernels that the zoo trains with.
fn random_shapes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 1);
    let trials = settings.choose(300, 30);
    let mut apart = [0.0_f64; 2];
    let mut pooled_apart = 0.0_f64;
    for _ in 0..trials {
        let (channels, side) = (1 + random.index(4), 1 + random.index(5));
        let image = Image::random([channels, side + random.index(10), side + random.index(10)], &mut random);
        let filters: Vec<Image> =
            (0..1 + random.index(4)).map(|_| Image::random([channels, side, side], &mut random)).collect();
        let slide = Slide { stride: 1 + random.index(3), padding: random.index(3) };
        for (apart, library) in apart.iter_mut().zip([BURN, ZOO]) {
            *apart = larger(*apart, relative_distance(library, &image, &filters, slide)?);
        }
        for kind in [Pooling::Max, Pooling::Average] {
            let burn = pool_by_burn(&image, side, slide.stride, kind)?;
            pooled_apart = larger(pooled_apart, burn.distance(&pool(&image, side, slide.stride, kind)));
        }
    }
    let claims = [
        ("The sums written out are Burn's conv2d: largest difference, relative to the size of the products", apart[0]),
        ("They are the zoo's own kernels too: largest difference, relative", apart[1]),
        ("Pooling written out is Burn's, largest and mean: largest difference", pooled_apart),
    ];
    for (sentence, measured) in claims {
        // A hundred products in f32, each sum rounded to 6e-8 of what has been summed.
        findings.claim(sentence, measured, AtMost(1e-5)).measured_with(format!(" ({trials} random shapes)"));
    }
    Ok(())
}
