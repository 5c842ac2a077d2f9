//! Convolution by hand (S15): the worked sum, how large the output is, edges of a digit, two ways of pooling, and how many weights
//! a layer has.

mod by_hand;
mod figures;
mod sobel;

use anyhow::{Context, Result};
use burn::module::Module;
use burn::nn::conv::Conv2dConfig;
use burn::tensor::Device;

use self::by_hand::{
    BURN, Image, Pooling, Slide, ZOO, by_library, convolve, output_size, pool, pool_by_burn, products,
    relative_distance,
};
use self::sobel::{ACROSS, DOWN, digits, magnitude};
use crate::random::Random;
use crate::statistics::Mean;
use crate::{Check, Experiment, Findings, Settings, number};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "convolution",
    sources: &["S15"],
    title: "Convolution by hand: sums, sizes, edges, pools",
    says: "A filter slides over an image; at each place the products of what lies on each other are summed. An image of side n, \
           with p rows of zeros around it, under a filter of side f that moves s at a time, gives a side of (n + 2p - f) / s + 1. \
           Sobel's filters find edges. Pooling keeps the largest or the mean of a window. A layer has FilterSize x FilterSize x \
           #Filters weights.",
    run,
};

/// One at a time, nothing around.
const PLAIN: Slide = Slide { stride: 1, padding: 0 };

fn run(settings: &Settings) -> Result<Findings> {
    let mut findings = Findings::default();
    worked_sum(&mut findings)?;
    sizes(settings, &mut findings)?;
    random_shapes(settings, &mut findings)?;
    edges(settings, &mut findings)?;
    pooling(settings, &mut findings)?;
    weights(settings, &mut findings);
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
fn worked_sum(findings: &mut Findings) -> Result<()> {
    let (input, filter, output) = (Image::from_rows(&INPUT), Image::from_rows(&ACROSS), Image::from_rows(&OUTPUT));
    let exactly_none = || Check::Near { expected: 0.0, tolerance: 0.0 };
    let stepwise = convolve(&input, &[filter.clone()], PLAIN);
    let turned = convolve(&input, &[filter.turned()], PLAIN);
    findings
        .claim("The worked sum step by step is what it is on paper: largest difference", stepwise.distance(&output), exactly_none())
        .claim(
            "Burn's conv2d gives the same: largest difference (whole numbers, so exact in f32)",
            by_library(BURN, &input, &[filter.clone()], PLAIN)?.distance(&output),
            exactly_none(),
        )
        .claim(
            "A convolution in the mathematicians' sense turns the filter first; Sobel's then gives the negative: largest difference",
            turned.distance(&output.map(|value| -value)),
            exactly_none(),
        )
        .figure(
            "worked",
            "The worked sum as pictures: input, filter, output. An output is large where its patch of the input is brighter on the \
             right than on the left.",
            figures::worked(&input, &filter, &output),
        )
        .table("The first output, product by product", &STEP_HEAD, steps(&products(&input, &filter, PLAIN, 0, 0)))
        .table("Input", &["column 1", "2", "3", "4", "5"], cells(&input))
        .table("All nine outputs", &["column 1", "2", "3"], cells(&stepwise))
        .note(
            "What networks call a convolution is a correlation: the filter lies on the image as it is written. As filters are \
             learned, it makes no difference whether they are learned turned or not.",
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
fn sizes(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let mut random = Random::new(settings.seed, 0);
    let trials = settings.choose(1000, 100);
    let (mut wrong, mut unseen) = (0, 0);
    for _ in 0..trials {
        let filter = 1 + random.below(7);
        let (height, width) = (filter + random.below(20), filter + random.below(20));
        let slide = Slide { stride: 1 + random.below(4), padding: random.below(4) };
        let image = Image::random([1, height, width], &mut random);
        let found = by_library(BURN, &image, &[Image::random([1, filter, filter], &mut random)], slide)?;
        let wanted = [height, width].map(|size| output_size(size, filter, slide));
        wrong += usize::from([found.height, found.width] != wanted);
        unseen += usize::from((width + 2 * slide.padding - filter) % slide.stride != 0);
    }
    findings
        .claim(
            "(n + 2p - f) / s + 1, rounded down, is the size that Burn gives: shapes where it is not",
            wrong as f64,
            Check::Near { expected: 0.0, tolerance: 0.0 },
        )
        .measured_with(&format!(" of {trials}, with n up to 26, f 1 to 7, p 0 to 3, s 1 to 4"))
        .table("Sizes", &["n", "f", "p", "s", "output", "what it is for"], SIZES.iter().map(size_row).collect())
        .note(format!(
            "The division leaves a remainder for {unseen} of {trials} of these widths: then the last columns lie under no filter. \
             With s = 1 and p = (f - 1) / 2 the output is as large as the input."
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
fn random_shapes(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let mut random = Random::new(settings.seed, 1);
    let trials = settings.choose(300, 30);
    let mut apart = [0.0_f64; 2];
    let mut pooled_apart = 0.0_f64;
    for _ in 0..trials {
        let (channels, side) = (1 + random.below(4), 1 + random.below(5));
        let image = Image::random([channels, side + random.below(10), side + random.below(10)], &mut random);
        let filters: Vec<Image> =
            (0..1 + random.below(4)).map(|_| Image::random([channels, side, side], &mut random)).collect();
        let slide = Slide { stride: 1 + random.below(3), padding: random.below(3) };
        for (apart, library) in apart.iter_mut().zip([BURN, ZOO]) {
            *apart = apart.max(relative_distance(library, &image, &filters, slide)?);
        }
        for kind in [Pooling::Max, Pooling::Average] {
            let burn = pool_by_burn(&image, side, slide.stride, kind)?;
            pooled_apart = pooled_apart.max(burn.distance(&pool(&image, side, slide.stride, kind)));
        }
    }
    let claims = [
        ("The sums written out are Burn's conv2d: largest difference, relative to the size of the products", apart[0]),
        ("They are the zoo's own kernels too: largest difference, relative", apart[1]),
        ("Pooling written out is Burn's, largest and mean: largest difference", pooled_apart),
    ];
    for (sentence, measured) in claims {
        // A hundred products in f32, each sum rounded to 6e-8 of what has been summed.
        findings.claim(sentence, measured, Check::AtMost(1e-5)).measured_with(&format!(" ({trials} random shapes)"));
    }
    Ok(())
}

/// Sobel's filters on planes, where their answer is known, and on a real digit.
fn edges(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let digits = digits(settings.choose(500, 50))?;
    let digit = digits.first().context("no digits")?;
    let filters = [Image::from_rows(&ACROSS), Image::from_rows(&DOWN)];
    let around = Slide { stride: 1, padding: 1 };
    let mut apart = 0.0_f64;
    for one in &digits {
        apart = apart.max(by_library(BURN, one, &filters, around)?.distance(&convolve(one, &filters, around)));
    }
    let answer = |filter: &Image| convolve(digit, std::slice::from_ref(filter), around);
    let [across, down] = [answer(&filters[0]), answer(&filters[1])];
    findings
        .claim("Sobel edges of digits by Burn are the sums written out: largest difference", apart, Check::Near { expected: 0.0, tolerance: 0.0 })
        .measured_with(&format!(" ({} digits, whole numbers)", digits.len()))
        .claim(
            "A plane a x + b y answers 8 a across and 8 b down: largest difference over random planes",
            off_planes(settings)?,
            Check::AtMost(1e-4),
        )
        .claim(
            "With zeros around it, an even surface of brightness 1 has an edge at its border: largest |G_x|",
            convolve(&Image { values: vec![1.0; 64], ..*digit }, &filters[..1], around).values.iter().fold(0.0, |most, x| most.max(x.abs())),
            Check::Near { expected: 4.0, tolerance: 0.0 },
        )
        .figure(
            "edges",
            "A handwritten zero, 8 x 8 pixels, under both Sobel filters: across, borders where ink begins are bright and where it ends \
             dark; down, the same for upper and lower borders; the size of both together outlines the stroke on both sides.",
            figures::edges(digit, [&across, &down]),
        )
        .figure(
            "slides",
            "The same edges, across (upper row) and down (lower row): without padding the 6 x 6 places where the filter fits; with one \
             row of zeros as large as the image; at stride 2 every second of them.",
            figures::slides(digit),
        )
        .table("Edges by kind of pixel", &["pixels", "count", "mean size of the edge"], edge_rows(digit, &magnitude(&across, &down)));
    Ok(())
}

/// The largest difference of Burn's answer to a plane from 8 times its slopes.
fn off_planes(settings: &Settings) -> Result<f64> {
    let mut random = Random::new(settings.seed, 2);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(100, 20) {
        let (a, b, c) = (random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0));
        let values = (0..64).map(|place| a * f64::from(place % 8) + b * f64::from(place / 8) + c).collect();
        let plane = Image { channels: 1, height: 8, width: 8, values };
        let found = by_library(BURN, &plane, &[Image::from_rows(&ACROSS), Image::from_rows(&DOWN)], PLAIN)?;
        let wanted = [vec![8.0 * a; 36], vec![8.0 * b; 36]].concat();
        apart = apart.max(found.distance(&Image { channels: 2, height: 6, width: 6, values: wanted }));
    }
    Ok(apart)
}

fn edge_rows(digit: &Image, edges: &Image) -> Vec<Vec<String>> {
    let row = |name: &str, belongs: fn(f64) -> bool| {
        let pairs = digit.values.iter().zip(&edges.values).filter(|(ink, _)| belongs(**ink));
        let sizes: Vec<f64> = pairs.map(|(_, edge)| *edge).collect();
        vec![name.into(), sizes.len().to_string(), number(Mean::of(&sizes).value)]
    };
    vec![
        row("paper, ink below 64", |ink| ink < 64.0),
        row("half ink", |ink| (64.0..192.0).contains(&ink)),
        row("full ink, 192 and more", |ink| ink >= 192.0),
    ]
}

/// What both ways of pooling keep of digits, and how much they change when the digit moves by a pixel.
fn pooling(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let digits = digits(settings.choose(1797, 100))?;
    let digit = digits.first().context("no digits")?;
    let (mut lost_maximum, mut off_mean, mut below) = (0, 0.0_f64, 0);
    for one in &digits {
        let [most, mean] = [Pooling::Max, Pooling::Average].map(|kind| pool(one, 2, 2, kind));
        let [largest, pooled_largest] = [one, &most].map(|image| image.values.iter().copied().fold(0.0, f64::max));
        lost_maximum += usize::from(largest != pooled_largest);
        off_mean = off_mean.max((Mean::of(&one.values).value - Mean::of(&mean.values).value).abs());
        below += most.values.iter().zip(&mean.values).filter(|(most, mean)| most < mean).count();
    }
    findings
        .claim("Max pooling keeps the brightest pixel: digits that lose it", lost_maximum as f64, Check::Near { expected: 0.0, tolerance: 0.0 })
        .measured_with(&format!(" of {}", digits.len()))
        .claim("Average pooling keeps the mean brightness: largest difference", off_mean, Check::AtMost(1e-9))
        .claim("The largest is never below the mean: windows where it is", below as f64, Check::Near { expected: 0.0, tolerance: 0.0 })
        .figure(
            "pools",
            "A digit and both ways of pooling windows of 2 x 2 at stride 2. The largest value keeps thin strokes at full strength and \
             widens them; the mean keeps the amount of ink.",
            figures::pools(digit),
        )
        .table("A digit moved by one pixel", &["seen through", "change in % of its size", "95 % interval"], moved(&digits));
    Ok(())
}

/// How much digits change when moved one pixel to the right, as they are and after pooling.
fn moved(digits: &[Image]) -> Vec<Vec<String>> {
    let row = |name: &str, view: &dyn Fn(&Image) -> Image| {
        let changes: Vec<f64> =
            digits.iter().map(|digit| 100.0 * change(&view(digit), &view(&to_the_right(digit)))).collect();
        let mean = Mean::of(&changes);
        let (low, high) = mean.interval();
        vec![name.to_owned(), number(mean.value), format!("{} to {}", number(low), number(high))]
    };
    vec![
        row("nothing", &Image::clone),
        row("max pooling, 2 x 2", &|digit| pool(digit, 2, 2, Pooling::Max)),
        row("average pooling, 2 x 2", &|digit| pool(digit, 2, 2, Pooling::Average)),
        row("max pooling, 4 x 4", &|digit| pool(digit, 4, 4, Pooling::Max)),
        row("average pooling, 4 x 4", &|digit| pool(digit, 4, 4, Pooling::Average)),
    ]
}

/// The Euclidean length of the difference, relative to that of the image.
fn change(image: &Image, other: &Image) -> f64 {
    let squares: f64 = image.values.iter().zip(&other.values).map(|(one, other)| (one - other).powi(2)).sum();
    (squares / image.values.iter().map(|value| value * value).sum::<f64>()).sqrt()
}

fn to_the_right(image: &Image) -> Image {
    let shifted = |row: &[f64]| [&[0.0], &row[..row.len() - 1]].concat();
    Image { values: image.values.chunks_exact(image.width).flat_map(shifted).collect(), ..*image }
}

/// The parameters of Burn's convolution layers against the formula with input channels, and against the thesis's without.
fn weights(settings: &Settings, findings: &mut Findings) {
    let mut random = Random::new(settings.seed, 3);
    let layers = settings.choose(200, 40);
    let count = |channels: usize, filters: usize, side: usize, bias: bool| {
        Conv2dConfig::new([channels, filters], [side; 2]).with_bias(bias).init(&Device::flex()).num_params()
    };
    let wrong = (0..layers).filter(|_| {
        let [channels, filters, side] = [16, 16, 7].map(|most| 1 + random.below(most));
        count(channels, filters, side, true) != side * side * channels * filters + filters
    });
    findings
        .claim(
            "A layer has f x f x C x K weights and K biases, for C input channels and K filters: layers for which this is wrong",
            wrong.count() as f64,
            Check::Near { expected: 0.0, tolerance: 0.0 },
        )
        .measured_with(&format!(" of {layers}"))
        .claim(
            "With one input channel FilterSize x FilterSize x #Filters is right: weights of 32 filters of 3 x 3 on grey images",
            count(1, 32, 3, false) as f64,
            Check::Near { expected: 288.0, tolerance: 0.0 },
        )
        .source_says(
            "A layer has FilterSize x FilterSize x #Filters weights: 32 filters of 3 x 3 on colour images",
            count(3, 32, 3, false) as f64,
            Check::Near { expected: 288.0, tolerance: 0.0 },
            "The thesis's count is that of one input channel. A filter has a square of weights for every channel of its input, so on \
             three channels it is three times as many, 864; and Burn's layer adds a bias for each of the 32 filters.",
        );
}
