//! Prepared networks beside the same layers one by one.
#![cfg(feature = "flex")]
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "shared/layer.rs"]
mod layer;
#[path = "shared/numbers.rs"]
mod numbers;

use burn::tensor::{Device, Tensor, TensorData};
use layer::{Layer, builder};
use numbers::numbers;
use proptest::prelude::*;
use zoo_kernels::{Block, Pointwise, Pool, PreparedNetwork};

impl Layer {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let device = x.device();
        let weight = Tensor::from_data(TensorData::new(self.weight.clone(), self.shape), &device);
        let bias = Tensor::from_data(TensorData::new(self.bias.clone(), [self.shape[0]]), &device);
        let options = burn::tensor::ops::ConvOptions::new([1, 1], [self.padding; 2], [1, 1], 1);
        Block { options, pointwise: self.pointwise, pool: self.pool }.forward(x, weight, Some(bias))
    }
}

fn prepared(input: [usize; 3], layers: &[Layer], threads: usize) -> Option<PreparedNetwork> {
    builder(input, layers, threads).finish()
}

fn one_by_one(batch: usize, input: [usize; 3], layers: &[Layer], images: &[f32]) -> Vec<f32> {
    let [channels, height, width] = input;
    let data = TensorData::new(images.to_vec(), [batch, channels, height, width]);
    let x = Tensor::from_data(data, &Device::flex());
    // The last layer's values pixel by pixel, as a prepared network leaves them.
    let y = layers.iter().fold(x, |x, layer| layer.forward(x)).permute([0, 2, 3, 1]);
    y.into_data().try_to_vec().unwrap()
}

fn any_layers() -> impl Strategy<Value = ([usize; 3], Vec<Layer>)> {
    let layer = (
        1..40_usize,
        prop_oneof![Just(1), Just(3), Just(5), Just(2)],
        0..3_usize,
        any::<bool>(),
        0..3_usize,
        any::<u32>(),
    );
    ((1..20_usize, 7..34_usize, 7..34_usize), proptest::collection::vec(layer, 1..4)).prop_map(|(input, drawn)| {
        let input = [input.0, input.1, input.2];
        let (mut size, mut layers) = (input, Vec::new());
        for (out, kernel, padding, relu, pool, seed) in drawn {
            let padding = padding.min(kernel - 1);
            let [height, width] = [size[1], size[2]].map(|side| (side + 2 * padding).saturating_sub(kernel - 1));
            let pool = [Pool::None, Pool::Max, Pool::Average][pool];
            let window = if pool == Pool::None { 1 } else { 2 };
            if height < window || width < window {
                break;
            }
            let pointwise = if relu { Pointwise::Relu } else { Pointwise::None };
            layers.push(Layer::new(seed % 1000, [out, size[0], kernel, kernel], padding, pointwise, pool));
            size = [out, height / window, width / window];
        }
        (input, layers)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn it_gives_what_the_layers_give_one_by_one((input, layers) in any_layers(), batch in 1..11_usize, threads in 1..5_usize) {
        prop_assume!(!layers.is_empty());
        let images = numbers(7, batch * input.iter().product::<usize>());
        let expected = one_by_one(batch, input, &layers, &images);
        let largest = expected.iter().fold(1e-3f32, |largest, value| largest.max(value.abs()));
        let found = prepared(input, &layers, threads).unwrap().forward(&images).unwrap();
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found - expected).abs() <= 2e-5 * largest, "{} {} of {}", found, expected, largest);
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit((input, layers) in any_layers(), threads in 2..6_usize) {
        prop_assume!(!layers.is_empty());
        let image = numbers(9, input.iter().product());
        let alone = prepared(input, &layers, 1).unwrap().forward(&image).unwrap();
        let shared = prepared(input, &layers, threads).unwrap().forward(&image).unwrap();
        prop_assert_eq!(alone.iter().map(|value| value.to_bits()).collect::<Vec<_>>(), shared.iter().map(|value| value.to_bits()).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_not_a_number_is_left_to_others() {
    let layer = Layer::new(3, [4, 2, 3, 3], 1, Pointwise::Relu, Pool::None);
    let network = prepared([2, 5, 5], std::slice::from_ref(&layer), 2).unwrap();
    let mut image = numbers(1, 50);
    assert!(network.forward(&image).is_some());
    for wild in [f32::NAN, f32::INFINITY, 2e12] {
        image[17] = wild;
        assert_eq!(network.forward(&image), None);
    }
    let wild = Layer { bias: vec![f32::NAN; 4], ..layer };
    assert!(prepared([2, 5, 5], &[wild], 1).is_none());
}

#[test]
fn many_callers_share_one_network() {
    let layers = [
        Layer::new(1, [16, 3, 5, 5], 2, Pointwise::Relu, Pool::Max),
        Layer::new(2, [16, 16, 5, 5], 2, Pointwise::Relu, Pool::Average),
    ];
    let network = prepared([3, 32, 32], &layers, 2).unwrap();
    let images: Vec<Vec<f32>> = (0..8).map(|seed| numbers(seed, 3 * 32 * 32)).collect();
    let alone: Vec<Vec<f32>> = images.iter().map(|image| network.forward(image).unwrap()).collect();
    std::thread::scope(|scope| {
        for (image, alone) in images.iter().zip(&alone) {
            let network = &network;
            scope.spawn(move || (0..20).for_each(|_| assert_eq!(network.forward(image).as_ref(), Some(alone))));
        }
    });
    assert_eq!(network.forward(&[]), Some(Vec::new()));
}
