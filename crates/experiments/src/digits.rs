//! Handwritten digits for small networks: split, learned and scored the same way wherever an experiment trains on real data.

use crate::batches::{Batches, DrawMode};
use crate::descent::{labels, rows, train, training_device, values};
use crate::rings::CROSS_ENTROPY;
use anyhow::{Result, bail};
use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use zoo_core::{Images, Inputs, Stream};
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Optimizer;

/// Classes of digits.
pub(crate) const CLASSES: usize = 10;
/// Pixels of one: 8 x 8.
pub(crate) const PIXELS: usize = 64;

/// Some digits: pixels from 0, paper, to 1, full ink, and what they mean.
#[derive(Clone, Default)]
pub(crate) struct Digits {
    pub(crate) pixels: Vec<Vec<f64>>,
    pub(crate) classes: Vec<usize>,
}

/// How a network is trained: by mini-batches without replacement, at one rate.
pub(crate) struct Course {
    pub(crate) optimizer: Optimizer,
    pub(crate) rate: f64,
    pub(crate) steps: usize,
    pub(crate) batch: usize,
}

/// The order of the batches has a stream of its own, so that it does not depend on what else was drawn.
const ORDER: u64 = 90_000;

impl Digits {
    /// All 1797.
    ///
    /// # Errors
    ///
    /// If the data set holds no images.
    pub(crate) fn all() -> Result<Self> {
        let examples = zoo_digits::load().train;
        let Inputs::Images(Images { pixels, .. }) = &examples.inputs else { bail!("the digits are no images") };
        let image = |bytes: &[u8]| bytes.iter().map(|byte| f64::from(*byte) / 255.0).collect();
        Ok(Self {
            pixels: pixels.chunks_exact(PIXELS).map(image).collect(),
            classes: examples.labels.into_iter().map(usize::from).collect(),
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }

    /// Those at these places, in that order.
    pub(crate) fn select(&self, places: &[usize]) -> Self {
        Self {
            pixels: places.iter().map(|&place| self.pixels[place].clone()).collect(),
            classes: places.iter().map(|&place| self.classes[place]).collect(),
        }
    }

    /// `count` of them drawn at random to learn from, and the others.
    pub(crate) fn split(&self, count: usize, random: &mut Stream) -> (Self, Self) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        random.shuffle(&mut order);
        let (kept, others) = order.split_at(count);
        (self.select(kept), self.select(others))
    }

    /// Pixels `[len, 64]` and classes `[len]`.
    pub(crate) fn tensors(&self, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
        (rows(&self.pixels, device), labels(&self.classes, device))
    }

    /// Trains `network` on them; `loss(network, batch)` is what is minimized.
    pub(crate) fn teach<M: Module>(
        &self,
        network: M,
        course: &Course,
        seed: u64,
        mut loss: impl FnMut(&M, &Digits) -> Tensor<1>,
    ) -> M {
        let order = Stream::numbered(seed, ORDER);
        let mut batches = Batches::new(DrawMode::WithoutReplacement, course.batch, self.len(), order);
        let rate = |_| course.rate;
        train(network, &course.optimizer, course.steps, rate, |network, _| loss(network, &self.select(&batches.next())))
    }

    /// A perceptron trained on them by cross-entropy, as it answers after training; `seed` decides all that is random.
    pub(crate) fn classifier(&self, config: &MlpConfig, course: &Course, seed: u64) -> Mlp {
        self.teach(new_network(config, CLASSES, seed), course, seed, cross_entropy).valid()
    }
}

/// A perceptron on digits before training.
pub(crate) fn new_network(config: &MlpConfig, outputs: usize, seed: u64) -> Mlp {
    let device = training_device();
    device.seed(seed);
    config.init(PIXELS, outputs, &device)
}

/// The loss of a perceptron with an output per class.
pub(crate) fn cross_entropy(network: &Mlp, digits: &Digits) -> Tensor<1> {
    let (x, y) = digits.tensors(&training_device());
    trainer::loss::loss(&CROSS_ENTROPY, network.forward(x), y)
}

/// The fraction of examples whose own class has the largest of the logits `[len, classes]`.
///
/// # Errors
///
/// If the device does not hand the logits back.
pub(crate) fn accuracy(logits: Tensor<2>, classes: &[usize]) -> Result<f64> {
    let [_, width] = logits.dims();
    let logits = values(logits)?;
    let is_right = |(row, class): (&[f64], &usize)| (0..width).all(|other| other == *class || row[other] < row[*class]);
    let right = logits.chunks_exact(width).zip(classes).filter(|&pair| is_right(pair)).count();
    Ok(right as f64 / classes.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_has_every_digit_once() {
        let digits = Digits::all().unwrap();
        let (kept, others) = digits.split(100, &mut Stream::numbered(1, 0));
        assert_eq!((kept.len(), others.len()), (100, 1697));
        let ink = |digits: &Digits| digits.pixels.iter().flatten().sum::<f64>();
        assert!((ink(&kept) + ink(&others) - ink(&digits)).abs() < 1e-6);
    }

    #[test]
    fn accuracy_counts_largest_logits_and_no_ties() {
        let logits = rows(&[[2.0, 1.0], [2.0, 1.0], [1.0, 1.0]], &Device::flex());
        assert_eq!(accuracy(logits, &[0, 1, 0]).unwrap(), 1.0 / 3.0);
    }
}
