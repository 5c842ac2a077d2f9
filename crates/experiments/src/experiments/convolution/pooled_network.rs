//! Max against average pooling in a network that learns.
//!
//! The thesis's network on CIFAR-10 has both, and says that max pooling does better. Here a small one on 8 x 8 digits, two convolutions of
//! 3 x 3 with pools of 2 x 2, is trained with either from the same weights on the same digits in the same order, over many draws of them.

use super::settings::{BATCH, RATE};
use crate::digits::{CLASSES, Course, Digits, accuracy};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use zoo_kernels::{FastConv2d, Pointwise, Pool};

#[derive(Module, Debug)]
struct PooledNetwork {
    first: Conv2d,
    second: Conv2d,
    output: Linear,
}

impl PooledNetwork {
    fn new(seed: u64) -> Self {
        let device = training_device();
        device.seed(seed);
        let convolution = |channels: [usize; 2]| {
            Conv2dConfig::new(channels, [3, 3]).with_padding(PaddingConfig2d::Same).init(&device)
        };
        let (first, second) = (convolution([1, 8]), convolution([8, 16]));
        Self { first, second, output: LinearConfig::new(16 * 2 * 2, CLASSES).init(&device) }
    }

    fn forward(&self, x: Tensor<2>, pool: Pool) -> Tensor<2> {
        let x = x.reshape([-1, 1, 8, 8]);
        let x = self.first.forward_block(x, Pointwise::Relu, pool); // [batch, 8, 4, 4]
        let x = self.second.forward_block(x, Pointwise::Relu, pool); // [batch, 16, 2, 2]
        self.output.forward(x.flatten::<2>(1, 3)) // [batch, 10]
    }
}

pub(super) fn max_against_average(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let draws = settings.choose(8, 3);
    let [early, last] = settings.choose([200, 800], [100, 400]);
    let of = |pool| (0..draws).map(|draw| read(&all, pool, draw, [early, last], settings)).collect::<Result<Vec<_>>>();
    let (max, average) = (of(Pool::Max)?, of(Pool::Average)?);
    let gain = |when: usize| Mean::over(max.iter().zip(&average).map(|(max, average)| max[when] - average[when]));
    let mean = |readings: &[[f64; 2]], when: usize| Mean::over(readings.iter().map(|one| one[when]));
    findings
        .claiming(format!("Max pooling learns faster: new digits right after {early} steps, gain, lower end (95 %)"))
        .is(gain(0).interval().0, Above(0.0))
        .measured_with(format!(" ({}, {draws} draws)", gain(0)))
        .claiming(format!("Max pooling does better than average pooling: gain after {last} steps, lower end (95 %)"))
        .is(gain(1).interval().0, Above(0.0))
        .measured_with(format!(" ({}, {draws} draws)", gain(1)))
        .table(
            format!("New digits right by a small convolutional network, 1000 learned from (± 95 %, {draws} draws)"),
            &["pools", &format!("after {early} steps"), &format!("after {last}")],
            vec![row!["max", mean(&max, 0), mean(&max, 1)], row!["average", mean(&average, 0), mean(&average, 1)]],
        );
    Ok(())
}

/// How many new digits are right early in training, and at its end.
fn read(all: &Digits, pool: Pool, draw: u64, [early, last]: [usize; 2], settings: &Setup) -> Result<[f64; 2]> {
    let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 700 + draw));
    let right =
        |network: &PooledNetwork| accuracy(network.forward(test.tensors(&Device::flex()).0, pool), &test.classes);
    let course = Course { optimizer: ADAM, rate: settings.number(RATE), steps: last, batch: settings.whole(BATCH) };
    let (mut step, mut early_right) = (0, Ok(f64::NAN));
    let loss = |network: &PooledNetwork, digits: &Digits| {
        if step == early {
            early_right = right(&network.valid());
        }
        step += 1;
        let (x, y) = digits.tensors(&training_device());
        trainer::loss::loss(&CROSS_ENTROPY, network.forward(x, pool), y)
    };
    let seed = settings.seed.wrapping_add(1000 * draw);
    let network = training.teach(PooledNetwork::new(seed), &course, seed, loss).valid();
    Ok([early_right?, right(&network)?])
}
