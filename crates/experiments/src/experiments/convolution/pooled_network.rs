//! Max against average pooling in a network that learns.
//!
//! The thesis's network on CIFAR-10 has both, and says that max pooling does better. Here a small one on 8 x 8 digits, two convolutions of
//! 3 x 3 with pools of 2 x 2, is trained with either from the same weights on the same digits in the same order, over many draws of them.

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
        let (first, second) = (convolution([1, 16]), convolution([16, 32]));
        Self { first, second, output: LinearConfig::new(32 * 2 * 2, CLASSES).init(&device) }
    }

    fn forward(&self, x: Tensor<2>, pool: Pool) -> Tensor<2> {
        let x = x.reshape([-1, 1, 8, 8]);
        let x = self.first.forward_block(x, Pointwise::Relu, pool); // [batch, 16, 4, 4]
        let x = self.second.forward_block(x, Pointwise::Relu, pool); // [batch, 32, 2, 2]
        self.output.forward(x.flatten::<2>(1, 3)) // [batch, 10]
    }
}

pub(super) fn max_against_average(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let draws = settings.choose(10, 3);
    let read = |pool: Pool, draw: u64| -> Result<f64> {
        let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 700 + draw));
        let seed = settings.seed.wrapping_add(1000 * draw);
        let course = Course { optimizer: ADAM, rate: 0.003, steps: settings.choose(300, 120), batch: 50 };
        let loss = |network: &PooledNetwork, digits: &Digits| {
            let (x, y) = digits.tensors(&training_device());
            trainer::loss::loss(&CROSS_ENTROPY, network.forward(x, pool), y)
        };
        let network = training.teach(PooledNetwork::new(seed), &course, seed, loss).valid();
        accuracy(network.forward(test.tensors(&Device::flex()).0, pool), &test.classes)
    };
    let of = |pool: Pool| (0..draws).map(|draw| read(pool, draw)).collect::<Result<Vec<_>>>();
    let [max, average] = [of(Pool::Max)?, of(Pool::Average)?];
    let gain = Mean::over(max.iter().zip(&average).map(|(max, average)| max - average));
    findings
        .claiming("Max pooling enhances performance over average pooling: gain, lower end of the 95 % interval")
        .should_be(gain.interval().0, Above(0.0), DIGITS)
        .measured_with(format!(" ({gain}, {draws} draws)"))
        .table(
            format!("New digits right by a small convolutional network (± 95 %, {draws} draws)"),
            &["pools", "new digits right"],
            vec![row!["max", Mean::of(&max)], row!["average", Mean::of(&average)]],
        );
    Ok(())
}

const DIGITS: &str = "";
