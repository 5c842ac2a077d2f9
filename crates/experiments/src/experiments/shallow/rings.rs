//! Two classes in rings around the origin: no straight line parts them as `(x, y)`, one does as `(r, theta)`.

use super::settings::{RING, UNITS};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use std::f64::consts::PI;
use std::ops::Range;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Loss;
use zoo_toys::points::{polar, rings};

/// A straight line through the rings, through the same points in polar coordinates, and the border that a network draws.
pub(super) fn check(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = RingPoints::draw(300, settings.number(RING), &mut Stream::numbered(settings.seed, 50_001));
    let in_polar = points.in_polar();
    let logistic = |points: &RingPoints| {
        let line = MlpConfig { hidden: Vec::new(), ..MlpConfig::default() };
        let loss = Loss::BinaryCrossEntropy { positive_weight: 1.0 };
        points.fit(&line, &loss, (0.1, settings.choose(1000, 300)), settings.seed, Mlp::forward)
    };
    let [line, polar_line] = [&points, &in_polar].map(logistic);
    let units = settings.whole(UNITS);
    let biases = Initializer::Normal { mean: 0.0, std: 0.5 };
    let config = MlpConfig { hidden: vec![units], biases, ..MlpConfig::default() };
    let network = points.fit(&config, &CROSS_ENTROPY, (0.02, settings.choose(600, 100)), settings.seed, Mlp::forward);
    let of_units = format!("{units} ReLU units on (x, y)");
    let plane = |heading: &str, network| panel(heading, [("x", -3.0..3.0), ("y", -3.0..3.0)], &points, network);
    findings
        .claiming("Logistic regression on (x, y) stays near guessing: accuracy")
        .is(points.fraction_right(&line)?, AtMost(0.7))
        .claiming("Logistic regression on (r, theta) parts them: accuracy")
        .is(in_polar.fraction_right(&polar_line)?, Exactly(1.0))
        .panels(
            "rings",
            "Rings in two coordinate systems",
            "Two rings with the border (thin line) of logistic regression on (x, y), of the same on (r, theta), and \
             of a network of 12 ReLU units on (x, y). A straight line cannot go between the rings in the plane; in \
             polar coordinates it can. The network learns its own coordinates: its border is a polygon.",
            2,
            vec![
                plane("logistic regression on (x, y)", &line),
                panel("the same on (r, theta)", [("r", 0.0..3.0), ("theta in rad", -PI..PI)], &in_polar, &polar_line),
                plane(&of_units, &network),
            ],
        );
    Ok(())
}

/// Points, and of each whether it belongs to the outer ring: 1 if so, else 0.
pub(super) struct RingPoints {
    pub(super) places: Vec<[f64; 2]>,
    pub(super) classes: Vec<usize>,
}

impl RingPoints {
    /// `count` points a ring, the outer one from `begin`.
    pub(super) fn draw(count: usize, begin: f64, random: &mut Stream) -> Self {
        let (places, outer): (Vec<_>, Vec<_>) = rings(count, begin, random).into_iter().unzip();
        Self { places, classes: outer.into_iter().map(usize::from).collect() }
    }

    /// The same points as `(r, theta)`.
    fn in_polar(&self) -> Self {
        Self { places: self.places.iter().copied().map(polar).collect(), classes: self.classes.clone() }
    }

    fn of_class(&self, class: usize) -> impl Iterator<Item = [f64; 2]> {
        self.places.iter().zip(&self.classes).filter(move |(_, own)| **own == class).map(|(place, _)| *place)
    }

    /// A perceptron trained by Adam at a rate for so many steps: with one logit for logistic regression, else with one per ring.
    pub(super) fn fit(
        &self,
        config: &MlpConfig,
        kind: &Loss,
        (rate, steps): (f64, usize),
        seed: u64,
        forward: fn(&Mlp, Tensor<2>) -> Tensor<2>,
    ) -> Mlp {
        let device = training_device();
        device.seed(seed);
        let outputs = if matches!(kind, Loss::BinaryCrossEntropy { .. }) { 1 } else { 2 };
        let network = config.init(2, outputs, &device);
        let (x, y) = (rows(&self.places, &device), labels(&self.classes, &device));
        let loss = |network: &Mlp, _| trainer::loss::loss(kind, forward(network, x.clone()), y.clone());
        train(network, &ADAM, steps, |_| rate, loss).valid()
    }

    /// The fraction of points on the right side of where the logit is zero.
    fn fraction_right(&self, network: &Mlp) -> Result<f64> {
        let logits = outer_logits(network, &self.places)?;
        let right = logits.iter().zip(&self.classes).filter(|(logit, class)| usize::from(**logit > 0.0) == **class);
        Ok(right.count() as f64 / self.classes.len() as f64)
    }
}

/// A network's logits of the outer ring, less those of the inner one if it has them.
fn outer_logits(network: &Mlp, places: &[[f64; 2]]) -> Result<Vec<f64>> {
    let logits = network.forward(rows(places, &Device::flex())); // [places, 1] or [places, 2]
    let [_, width] = logits.dims();
    let of_outer = |row: &[f64]| if width == 1 { row[0] } else { row[1] - row[0] };
    Ok(values(logits)?.chunks_exact(width).map(of_outer).collect())
}

/// Some points, as all of them would hide the border, and the border.
fn panel(heading: &str, [(x, across), (y, up)]: [(&str, Range<f64>); 2], points: &RingPoints, network: &Mlp) -> Chart {
    let some = |class: usize| points.of_class(class).take(100).map(<(f64, f64)>::from).collect::<Vec<_>>();
    let logit = |x, y| outer_logits(network, &[[x, y]]).map_or(f64::NAN, |found| found[0]);
    let logits = Field::sample(across, up, [60, 60], logit);
    Chart::new(Axis::linear(x), Axis::linear(y))
        .heading(heading)
        .scatter("inner ring", &some(0))
        .scatter("outer ring", &some(1))
        .contours(&logits, &[0.0])
}
