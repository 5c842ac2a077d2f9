//! What training makes of units and rings, with the zoo's own networks.

use burn::nn::Linear;
use zoo_core::Initializer;
use zoo_logistic_regression::LogisticRegressionConfig;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Loss;

use super::figures;
use super::regions::{BendLine, bound, count_faces_within, count_patterns_within};
use super::rings::{RingPoint, draw, inner_in_outer, polar, threshold};
use super::settings::{RING, UNITS};
use crate::prelude::*;

/// The outer ring's radius: all points lie within.
const DISC: f64 = 2.5;
/// The regions into which the hidden units of a network cut the disc of the data, before and after training.
pub(super) fn regions(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = draw(200, settings.number(RING), &mut Stream::numbered(settings.seed, 50_000));
    let (mut table, mut disagreements, mut beyond) = (Vec::new(), 0, 0);
    for units in [3, 6, 12, 24] {
        let before = new_network(units, settings);
        let after = fit_rings(units, &points, settings);
        let mut counts = Vec::new();
        for network in [&before, &after] {
            let lines = lines_of(network)?;
            let counted = count_faces_within(DISC, &lines);
            disagreements += usize::from(count_patterns_within(DISC, &lines) as u64 != counted);
            beyond += usize::from(counted > bound(units, 2));
            counts.push(counted.to_string());
        }
        let accuracy = accuracy(&after.valid().forward(inputs(&points, &Device::flex(), |place| place)), &points)?;
        table.push([row![units, bound(units, 2)], counts, vec![number(accuracy)]].concat());
    }
    findings
        .claiming(
            "The disc of the rings is cut by a network's units into as many regions as patterns of active units are \
             found beside their corners: networks of 3, 6, 12 and 24 units, before and after training, where \
             crossings of lines give another count",
        )
        .is(disagreements as f64, Exactly(0.0))
        .claiming("None of them has more regions in the disc than the bound allows in the plane: networks beyond it")
        .is(beyond as f64, Exactly(0.0))
        .table(
            "Networks trained on the rings, and the regions that have a part in the disc of radius 2.5",
            &[
                "units",
                "bound for the plane",
                "in the disc before training",
                "after training",
                "accuracy on the training points",
            ],
            table,
        );
    Ok(())
}

/// A straight line through the rings, and through the same points in polar coordinates.
pub(super) fn rings(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = draw(300, settings.number(RING), &mut Stream::numbered(settings.seed, 50_001));
    let mean = inner_in_outer(&points).context("no inner point lies between outer ones")?;
    let radius = threshold(&points).context("the rings overlap")?;
    let [line, polar_line] = [(|place| place) as Coordinates, polar].map(|view| logistic(&points, view, settings));
    let [cartesian, in_polar] =
        [fraction_right(&points, &line, |place| place)?, fraction_right(&points, &polar_line, polar)?];
    findings
        .claiming(
            "No line parts the rings as (x, y), as an inner point is a mean of three outer ones, with weights w_i >= \
             0 of sum 1: largest of |sum w_i p_i - p| and |sum w_i - 1|",
        )
        .is(mean.residual(), AtMost(1e-9))
        .claim("Logistic regression on (x, y) stays near guessing: accuracy", cartesian, AtMost(0.7))
        .claim("A threshold on r parts them: it lies at", radius, Within(1.0..=1.5))
        .claim("Logistic regression on (r, theta) parts them: accuracy", in_polar, Exactly(1.0))
        .panels(
            "rings",
            "Rings in two coordinate systems",
            "Two rings with the border (thin line) of logistic regression on (x, y), of the same on (r, theta), and \
             of a network of 12 ReLU units on (x, y). A straight line cannot go between the rings in the plane; in \
             polar coordinates it can. The network learns its own coordinates: its border is a polygon.",
            2,
            figures::rings(&points, settings.whole(UNITS), [&line, &polar_line, &network_logits(&points, settings)])?,
        );
    Ok(())
}

/// How a model sees a point.
type Coordinates = fn([f64; 2]) -> [f64; 2];

/// A trained network's logit of the outer ring less that of the inner one.
fn network_logits(points: &[RingPoint], settings: &Setup) -> impl Fn(&[[f64; 2]]) -> Result<Vec<f64>> {
    let network = fit_rings(settings.whole(UNITS), points, settings).valid();
    move |places| {
        let logits = values(network.forward(rows(places, &Device::flex())))?;
        Ok(logits.chunks_exact(2).map(|pair| pair[1] - pair[0]).collect())
    }
}

/// As training begins with it.
fn new_network(units: usize, settings: &Setup) -> Mlp {
    let device = training_device();
    device.seed(settings.seed);
    let biases = Initializer::Normal { mean: 0.0, std: 0.5 };
    MlpConfig { hidden: vec![units], biases, ..MlpConfig::default() }.init(2, 2, &device)
}

fn fit_rings(units: usize, points: &[RingPoint], settings: &Setup) -> Mlp {
    let device = training_device();
    let network = new_network(units, settings);
    let x = inputs(points, &device, |place| place);
    let targets = labels(&classes(points), &device);
    let loss = Loss::CrossEntropy { label_smoothing: 0.0 };
    train(
        network,
        &ADAM,
        settings.choose(600, 100),
        |_| 0.02,
        |network, _| trainer::loss::loss(&loss, network.forward(x.clone()), targets.clone()),
    )
}

/// Logistic regression on the points as `view` has them: gives the logits of places in these coordinates.
fn logistic(
    points: &[RingPoint],
    view: Coordinates,
    settings: &Setup,
) -> impl Fn(&[[f64; 2]]) -> Result<Vec<f64>> + use<> {
    let device = training_device();
    device.seed(settings.seed);
    let x = inputs(points, &device, view);
    let targets = labels(&classes(points), &device);
    let model = LogisticRegressionConfig::default().init(2, &device);
    let model = train(
        model,
        &ADAM,
        settings.choose(1000, 300),
        |_| 0.1,
        |model, _| {
            trainer::loss::loss(
                &Loss::BinaryCrossEntropy { positive_weight: 1.0 },
                model.forward(x.clone()),
                targets.clone(),
            )
        },
    );
    let model = model.valid();
    move |places| values(model.forward(rows(places, &Device::flex())))
}

/// The fraction of points on the right side of where the logit is zero.
fn fraction_right(points: &[RingPoint], logits: figures::LogitsOf, view: Coordinates) -> Result<f64> {
    let places: Vec<[f64; 2]> = points.iter().map(|point| view(point.0)).collect();
    let logits = logits(&places)?;
    let right = logits.iter().zip(points).filter(|(logit, point)| (**logit > 0.0) == point.1).count();
    Ok(right as f64 / points.len() as f64)
}

/// The fraction of points whose own class has the larger logit.
fn accuracy(logits: &Tensor<2>, points: &[RingPoint]) -> Result<f64> {
    let logits = values(logits.clone())?;
    let right = logits.chunks_exact(2).zip(points).filter(|(pair, point)| (pair[1] > pair[0]) == point.1).count();
    Ok(right as f64 / points.len() as f64)
}

fn inputs(points: &[RingPoint], device: &Device, view: Coordinates) -> Tensor<2> {
    rows(&points.iter().map(|point| view(point.0)).collect::<Vec<_>>(), device)
}

fn classes(points: &[RingPoint]) -> Vec<usize> {
    points.iter().map(|point| usize::from(point.1)).collect()
}

/// The lines where hidden units bend, in multiples of 2^-30: every weight of the network above 2^-7 is exact in them.
fn lines_of(network: &Mlp) -> Result<Vec<BendLine>> {
    let layer: &Linear = &network.hidden.first().context("a network without hidden layer")?.linear;
    let weights = values(layer.weight.val().inner())?; // [2, units]
    let biases = values(layer.bias.as_ref().context("a layer without bias")?.val().inner())?;
    let whole = |value: f64| (value * (1_u64 << 30) as f64).round() as i64;
    let units = biases.len();
    Ok((0..units).map(|unit| [weights[unit], weights[units + unit], biases[unit]].map(whole)).collect())
}
