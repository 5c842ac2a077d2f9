//! Points in two rings, and the loss of a perceptron on them.

use crate::descent::{labels, rows, training_device};
use crate::scalar::entropy;
use burn::tensor::{Int, Tensor};
use std::f64::consts::LN_2;
use zoo_core::Stream;
use zoo_mlp::Mlp;
use zoo_recipe::Loss;

pub(crate) const CROSS_ENTROPY: Loss = Loss::CrossEntropy { label_smoothing: 0.0 };

/// Two classes by distance from the origin.
pub(crate) struct Rings {
    pub(crate) x: Tensor<2>,
    targets: Tensor<1, Int>,
    /// The fraction of the outer class.
    outer: f64,
}

impl Rings {
    pub(crate) fn draw(random: &mut Stream) -> Self {
        let device = training_device();
        let points: Vec<[f64; 2]> = (0..128).map(|_| [random.normal(), random.normal()]).collect();
        // Half of a Gaussian's mass lies within sqrt(2 ln 2), so both classes are as frequent.
        let classes: Vec<usize> = points.iter().map(|[x, y]| usize::from(x * x + y * y > 2.0 * LN_2)).collect();
        let outer = classes.iter().sum::<usize>() as f64 / classes.len() as f64;
        Self { x: rows(&points, &device), targets: labels(&classes, &device), outer }
    }

    /// The least loss of an output that does not depend on the input: the entropy of the classes.
    pub(crate) fn entropy(&self) -> f64 {
        entropy(&[self.outer, 1.0 - self.outer])
    }

    pub(crate) fn loss(&self, network: &Mlp) -> Tensor<1> {
        trainer::loss::loss(&CROSS_ENTROPY, network.forward(self.x.clone()), self.targets.clone())
    }
}
