//! The thesis's network, with arrays in place of matrices: a layer is [`NetbpLayer`], a step of training is
//! [`NetbpNetwork::step`] (algorithms 3.1 and 4.1), and nothing else learns.

use super::task::{ClassPoint, NetbpTask};
use crate::autodiff::central_differences;
use crate::prelude::*;

/// `OUT` sigmoid units on `IN` inputs: `a = sigma(W x + b)`.
#[derive(Clone, Copy)]
struct NetbpLayer<const IN: usize, const OUT: usize> {
    weights: [[f64; IN]; OUT],
    biases: [f64; OUT],
}

/// The 3-2-3-2 network. The layers are numbered as in the thesis: layer 1 is the input.
#[derive(Clone, Copy)]
pub(super) struct NetbpNetwork {
    layer2: NetbpLayer<3, 2>,
    layer3: NetbpLayer<2, 3>,
    layer4: NetbpLayer<3, 2>,
}

impl<const IN: usize, const OUT: usize> NetbpLayer<IN, OUT> {
    /// Weights and biases `scale randn`.
    fn draw(scale: f64, random: &mut Stream) -> Self {
        let weights = [(); OUT].map(|()| [(); IN].map(|()| scale * random.normal()));
        Self { weights, biases: [(); OUT].map(|()| scale * random.normal()) }
    }

    fn forward(&self, x: &[f64; IN]) -> [f64; OUT] {
        let mut a = self.biases;
        for (a, weights) in a.iter_mut().zip(&self.weights) {
            for (weight, x) in weights.iter().zip(x) {
                *a += weight * x;
            }
            *a = sigmoid(*a);
        }
        a
    }

    /// `W^T delta`: what reaches the layer before.
    fn back(&self, delta: &[f64; OUT]) -> [f64; IN] {
        let mut reaching = [0.0; IN];
        for (delta, weights) in delta.iter().zip(&self.weights) {
            for (reaching, weight) in reaching.iter_mut().zip(weights) {
                *reaching += weight * delta;
            }
        }
        reaching
    }

    /// Every weight, row after row, then every bias.
    pub(super) fn parameters(&mut self) -> impl Iterator<Item = &mut f64> {
        self.weights.as_flattened_mut().iter_mut().chain(&mut self.biases)
    }

    /// One step against `dC/dW = delta x^T` (3.5.8) and `dC/db = delta` (3.5.7).
    pub(super) fn step(&mut self, rate: f64, x: &[f64; IN], delta: &[f64; OUT]) {
        for ((weights, bias), delta) in self.weights.iter_mut().zip(&mut self.biases).zip(delta) {
            for (weight, x) in weights.iter_mut().zip(x) {
                *weight -= rate * delta * x;
            }
            *bias -= rate * delta;
        }
    }
}

impl NetbpNetwork {
    /// As training begins.
    pub(super) fn draw(task: &NetbpTask, random: &mut Stream) -> Self {
        let (layer2, layer3) = (NetbpLayer::draw(task.scale, random), NetbpLayer::draw(task.scale, random));
        Self { layer2, layer3, layer4: NetbpLayer::draw(task.scale, random) }
    }

    pub(super) fn output(&self, x: &[f64; 3]) -> [f64; 2] {
        self.layer4.forward(&self.layer3.forward(&self.layer2.forward(x)))
    }

    /// One stochastic step on the point `x` of class `y`.
    ///
    /// The listing's `delta_L = sigma'(z_L) o (a_L - y)` is the gradient of `1/2 ||y - a||^2`, half of the cost it prints.
    fn step(&mut self, rate: f64, x: &[f64; 3], y: &[f64; 2]) {
        let a2 = self.layer2.forward(x);
        let a3 = self.layer3.forward(&a2);
        let a4 = self.layer4.forward(&a3);
        let delta4 = through_sigmoid(&a4, &[a4[0] - y[0], a4[1] - y[1]]); // (3.5.5)
        let delta3 = through_sigmoid(&a3, &self.layer4.back(&delta4)); // (3.5.6)
        let delta2 = through_sigmoid(&a2, &self.layer3.back(&delta3));
        self.layer2.step(rate, x, &delta2);
        self.layer3.step(rate, &a2, &delta3);
        self.layer4.step(rate, &a3, &delta4);
    }

    pub(super) fn parameters(&mut self) -> impl Iterator<Item = &mut f64> {
        self.layer2.parameters().chain(self.layer3.parameters()).chain(self.layer4.parameters())
    }

    /// Layer by layer the weights, row after row, then the biases.
    fn numbers(mut self) -> Vec<f64> {
        self.parameters().map(|value| *value).collect()
    }

    /// The network of these numbers.
    fn with(mut self, numbers: &[f64]) -> Self {
        self.parameters().zip(numbers).for_each(|(value, number)| *value = *number);
        self
    }

    /// What a step of rate 1 subtracts, in the order of [`numbers`](Self::numbers).
    fn gradient(self, point: &ClassPoint) -> Vec<f64> {
        let mut stepped = self;
        stepped.step(1.0, &point.x, &point.y);
        self.numbers().iter().zip(stepped.numbers()).map(|(before, after)| before - after).collect()
    }

    /// How far that is from the central differences of `1/2 ||y - a||^2`: the largest of all parameters.
    pub(super) fn off_differences(self, point: &ClassPoint) -> f64 {
        let half_cost = |numbers: &[f64]| 0.5 * self.with(numbers).squared_error(point);
        largest_gap(&self.gradient(point), &central_differences(&self.numbers(), 1e-5, half_cost))
    }

    /// Stochastic steps, each on a point drawn uniformly with replacement (3.4.6).
    pub(super) fn learn(&mut self, task: &NetbpTask, steps: usize, random: &mut Stream) {
        for _ in 0..steps {
            let point = &task.points[random.index(task.points.len())];
            self.step(task.rate, &point.x, &point.y);
        }
    }

    /// `||y - a||^2` of one point.
    fn squared_error(&self, point: &ClassPoint) -> f64 {
        let (a, y) = (self.output(&point.x), point.y);
        (y[0] - a[0]).powi(2) + (y[1] - a[1]).powi(2)
    }

    /// `sum ||y - a||^2` over the points, without `1/N` and `1/2`.
    pub(super) fn cost(&self, points: &[ClassPoint]) -> f64 {
        points.iter().map(|point| self.squared_error(point)).sum()
    }

    /// How many points it puts into their class.
    pub(super) fn right(&self, points: &[ClassPoint]) -> usize {
        let is_right = |point: &&ClassPoint| {
            let (a, y) = (self.output(&point.x), point.y);
            (a[0] > a[1]) == (y[0] > y[1])
        };
        points.iter().filter(is_right).count()
    }
}

/// `sigma'(z) o reaching`, where `sigma' = a (1 - a)`.
fn through_sigmoid<const N: usize>(a: &[f64; N], reaching: &[f64; N]) -> [f64; N] {
    let mut delta = *reaching;
    for (delta, a) in delta.iter_mut().zip(a) {
        *delta *= a * (1.0 - a);
    }
    delta
}
