//! The variance of the values by depth, measured on drawn networks and by theory.

use zoo_core::{Bounds, Initializer};
use zoo_mlp::Activation;

use super::settings::GAIN;
use super::signal::{Deep, MEAN_SQUARE, SPREAD};
use crate::initializers::{HE, ORTHOGONAL, XAVIER};
use crate::prelude::*;
use crate::statistics::student;

/// Layers of the networks; half as many in the quick run, where few networks are drawn.
fn layers(settings: &Setup) -> usize {
    settings.choose(20, 10)
}

/// Width of the networks that follow theory only up to a few parts in the width, and how many there are.
fn wide(settings: &Setup) -> (usize, u64) {
    settings.choose((192, 40), (128, 10))
}

/// What a linear layer or ReLU multiplies the variance by is independent of the other layers, so that the product of the mean factors is
/// exact at every width. The logarithm of the last variance scatters with variance 5 layers / width for ReLU and 2 layers / width for
/// linear layers, over the number of networks: 2500 of width 64 leave a standard error of 2.4 %, so 10 % are more than four.
pub(super) fn homogeneous(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (width, layers, tolerance) = (64, layers(settings), settings.choose(0.1, 0.35));
    let (many, some, few) = settings.choose((2500, 1000, 40), (150, 60, 8));
    let halved = 0.5_f64.powi(layers as i32 - 1);
    let cases = [
        ("He keeps the variance of ReLU networks", HE, Some(Activation::Relu), many, 1.0, tolerance),
        // Where nothing need be kept, fewer networks do, and nearly five of their standard errors are half as much again.
        (
            "Xavier halves it in every layer, relative to that",
            XAVIER,
            Some(Activation::Relu),
            some,
            halved,
            1.5 * tolerance,
        ),
        ("Xavier keeps that of linear networks", XAVIER, None, some, 1.0, tolerance),
        ("and so do orthogonal matrices", ORTHOGONAL, None, few, 1.0, tolerance),
    ];
    let bar = settings.progress("variance by depth", cases.len());
    for (sentence, weights, activation, networks, theory, tolerance) in cases {
        let deep = Deep { weights, activation, width, layers };
        let (found, error) = product_of_factors(&deep.measured(networks, 0, settings, MEAN_SQUARE)?);
        findings
            .claiming(format!("{sentence}: layer {layers} over layer 1, the product of the layers' mean factors"))
            .is(found / theory, Near(1.0, tolerance))
            .measured_with(format!(
                " ± {} (95 %, {networks} networks)",
                number(student(networks as usize) * error / theory)
            ));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// With its standard error. It scatters less than the ratios of the last and the first layer, few of which are very large.
fn product_of_factors(networks: &[Vec<f64>]) -> (f64, f64) {
    let factor = |layer: usize| Mean::over(networks.iter().map(|network| network[layer] / network[layer - 1]));
    let factors: Vec<Mean> = (1..networks[0].len()).map(factor).collect();
    let ratio: f64 = factors.iter().map(|factor| factor.value).product();
    let squares: f64 = factors.iter().map(|factor| (factor.error / factor.value).powi(2)).sum();
    (ratio, ratio * squares.sqrt())
}

/// What the notes say of Xavier and tanh, taken at its word.
pub(super) fn xavier_and_tanh(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let ((width, networks), layers) = (wide(settings), layers(settings));
    let last_over = |weights: Initializer, layer: usize| -> Result<f64> {
        let deep = Deep { weights, activation: Some(Activation::Tanh), width, layers };
        let means = means(&deep, networks, settings)?;
        Ok(means[layers - 1] / means[layer])
    };
    findings
        .claiming("Xavier keeps the variance of tanh networks: last layer over first")
        .should_be(
            last_over(XAVIER, 0)?,
            Near(1.0, 0.1),
            "Xavier's 1/n keeps linear layers; tanh takes a little of every value, so the variance falls, but only \
             about as one over twice the number of layers where Xavier with ReLU halves it in each. A gain of 5/3 \
             holds it at a level of its own.",
        )
        .known_as("xavier_tanh")
        .claiming("With a gain of 5/3 tanh networks do keep a level of their own: last layer over the middle one")
        .is(
            last_over(Initializer::XavierNormal { gain: settings.number(GAIN) }, layers / 2)?,
            Near(1.0, settings.choose(0.1, 0.35)),
        );
    Ok(())
}

/// The mean square of a sigmoid network is that of its mean answer, about one half; what tells examples apart is the variance over them,
/// which each layer multiplies by `E[σ'(z)²]`. Six layers: further down, single precision hides what is left.
pub(super) fn xavier_and_sigmoid(settings: &Setup, findings: &mut Findings) -> Result<()> {
    // From the third on, differences are small against the values, as theory wants them.
    const LAST: usize = 5;
    const SMALL: usize = 2;
    let (width, networks) = wide(settings);
    let deep = Deep { weights: XAVIER, activation: Some(Activation::Sigmoid), width, layers: LAST + 1 };
    let spreads = deep.measured(networks, 70_000, settings, SPREAD)?;
    let kept = Mean::over(spreads.iter().map(|spread| spread[LAST] / spread[0]));
    let factor =
        Mean::over(spreads.iter().map(|spread| (spread[LAST] / spread[SMALL]).powf(1.0 / (LAST - SMALL) as f64)));
    // The mean square that sigmoid layers of weights of variance 1/n settle at.
    let square = (0..50).fold(1.0, |square, _| normal_mean(square, |z| sigmoid(z).powi(2)));
    let expected = normal_mean(square, |z| (sigmoid(z) * sigmoid(-z)).powi(2));
    findings
        .claiming(format!("Xavier keeps sigmoid networks' variance over examples: layer {} over the first", LAST + 1))
        .should_be(
            kept.value,
            Near(1.0, 0.1),
            "The mean square does stay, but as that of a common answer of about one half. The differences between \
             examples pass every sigmoid by its slope, which is at most 1/4, and Xavier's weights do not make up for \
             it: after a few layers all examples look alike.",
        )
        .known_as("xavier_sigmoid")
        // A network's factor over three layers scatters by some per cent at these widths.
        .claiming("Instead the variance over examples shrinks by E[sigma'(z)^2] per layer, from the third on: factor")
        .is(factor.value, Near(expected, settings.choose(0.05, 0.15) * expected))
        .measured_with(format!(" ± {} (95 %, {networks} networks)", number(factor.half_width())));
    Ok(())
}

const STARTS: [(&str, Initializer); 6] = [
    ("zero", Initializer::Zero),
    ("normal, deviation 0.05", Initializer::Normal { mean: 0.0, std: 0.05 }),
    ("uniform -0.3..0.3", Initializer::Uniform(Bounds { min: -0.3, max: 0.3 })),
    ("Xavier", XAVIER),
    ("He", HE),
    ("orthogonal", ORTHOGONAL),
];

const FUNCTIONS: [(&str, Option<Activation>); 4] = [
    ("linear", None),
    ("ReLU", Some(Activation::Relu)),
    ("tanh", Some(Activation::Tanh)),
    ("sigmoid", Some(Activation::Sigmoid)),
];

/// Every initializer under every activation, drawn and held against theory.
pub(super) fn every_pair(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut charts = Vec::new();
    let mut largest = 0.0_f64;
    for (name, activation) in FUNCTIONS {
        let axes = (Axis::linear("layer"), Axis::log("mean square before the activation").range(1e-16..1e6));
        let mut chart = Chart::new(axes.0, axes.1).heading(name);
        for (start, weights) in STARTS {
            let deep = Deep { weights, activation, width: 64, layers: layers(settings) };
            let (found, expected) = (means(&deep, settings.choose(30, 8), settings)?, deep.expected());
            largest = larger(largest, apart(&found, &expected));
            chart = chart.line(start, &numbered(&found)).dashed("", &numbered(&expected));
        }
        charts.push(chart);
    }
    let caption = "Mean square before the activation by layer, width 64, from every start; dashed what theory gives \
                   for wide layers. Each layer multiplies the mean square of its inputs by width times the variance \
                   of a weight. He keeps ReLU; Xavier and orthogonal keep linear layers and lose little with tanh, \
                   whose values cannot grow above 1; too small weights fade and too large ones explode or saturate. \
                   Sigmoid ends at its own level, whatever comes in, because its common mean of 1/2 does: the \
                   differences between examples vanish. Zero weights give 0 everywhere, which a logarithmic axis \
                   cannot show.";
    findings
        // At width 64 the logarithm of a single network's ratio scatters by about 1.2 at most; over the networks and layers drawn that
        // is 1 % (quick: 4 %) per layer, to which finite width adds about 1 %.
        .claiming("Every initializer and activation follows theory: largest difference of the factor per layer")
        .is(largest, AtMost(settings.choose(0.06, 0.2)))
        .panels("variance", "Variance by depth", caption, 2, charts);
    Ok(())
}

/// The mean square before the activation of every layer, over so many networks.
fn means(deep: &Deep, networks: u64, settings: &Setup) -> Result<Vec<f64>> {
    let drawn = deep.measured(networks, 0, settings, MEAN_SQUARE)?;
    Ok((0..deep.layers).map(|layer| Mean::over(drawn.iter().map(|network| network[layer])).value).collect())
}

/// The difference of the mean factors per layer; where theory has 0, of the values themselves.
fn apart(found: &[f64], expected: &[f64]) -> f64 {
    let layers = found.len();
    match (found[layers - 1], expected[layers - 1]) {
        (found, 0.0) => found,
        (found, expected) => ((found / expected).ln() / layers as f64).abs(),
    }
}
