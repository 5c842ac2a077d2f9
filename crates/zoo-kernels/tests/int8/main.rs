//! Networks of integers beside the same in plain loops, and beside `f64`.
#![cfg(feature = "flex")]
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../shared/layer.rs"]
mod layer;
#[path = "../shared/numbers.rs"]
mod numbers;

mod plain;

use layer::{Layer, builder, squash};
use numbers::numbers;
use plain::{exact_forward, plain_forward};
use proptest::prelude::*;
use zoo_kernels::{Int8Error, Int8Network, NetworkBuilder, Pointwise, Pool};

fn int8(input: [usize; 3], layers: &[Layer], threads: usize, calibration: &[f32]) -> Int8Network {
    builder(input, layers, threads).finish_int8(calibration).unwrap()
}

fn any_layers() -> impl Strategy<Value = ([usize; 3], Vec<Layer>)> {
    let kernel = prop_oneof![Just(1), Just(2), Just(3), Just(5)];
    let layer = (1..40_usize, kernel, 0..3_usize, any::<bool>(), 0..3_usize, any::<bool>(), any::<u32>());
    ((1..8_usize, 6..20_usize, 6..20_usize), proptest::collection::vec(layer, 1..4)).prop_map(|(input, drawn)| {
        let input = [input.0, input.1, input.2];
        let (mut size, mut layers) = (input, Vec::new());
        for (out, kernel, padding, relu, pool, is_squashed, seed) in drawn {
            let padding = padding.min(kernel - 1);
            let [height, width] = [size[1], size[2]].map(|side| (side + 2 * padding).saturating_sub(kernel - 1));
            let pool = [Pool::None, Pool::Max, Pool::Average][pool];
            let window = if pool == Pool::None { 1 } else { 2 };
            if height < window || width < window {
                break;
            }
            let pointwise = if relu { Pointwise::Relu } else { Pointwise::None };
            let layer = Layer::new(seed % 1000, [out, size[0], kernel, kernel], padding, pointwise, pool);
            layers.push(Layer { is_squashed, ..layer });
            size = [out, height / window, width / window];
        }
        (input, layers)
    })
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn it_gives_the_bits_of_plain_loops((input, layers) in any_layers(), batch in 1..5_usize, threads in 1..5_usize, scale in 0.5..4.0_f32) {
        prop_assume!(!layers.is_empty());
        let each = input.iter().product::<usize>();
        let network = int8(input, &layers, threads, &numbers(5, 6 * each));
        // Beyond the ranges of calibration, too.
        let images: Vec<f32> = numbers(7, batch * each).into_iter().map(|value| scale * value).collect();
        let mut expected = Vec::new();
        for image in images.chunks_exact(each) {
            let mut outputs = plain_forward(&network, input, image).pop().unwrap().channels_last();
            if layers.last().unwrap().is_squashed {
                squash(&mut outputs);
            }
            expected.extend(outputs);
        }
        prop_assert_eq!(bits(&network.forward(&images).unwrap()), bits(&expected));
    }

    #[test]
    fn every_layer_keeps_its_error_bound((input, layers) in any_layers(), seed in 1..1_000_u32) {
        prop_assume!(!layers.is_empty());
        let layers: Vec<Layer> = layers.into_iter().map(|layer| Layer { is_squashed: false, ..layer }).collect();
        let each = input.iter().product::<usize>();
        let images = numbers(seed, 4 * each);
        let network = int8(input, &layers, 1, &images);
        let bounds = network.error_bounds().unwrap();
        for image in images.chunks_exact(each) {
            // Values beyond the range that calibration chose are cut off: by so much more they may differ from there on.
            let beyond = |of: zoo_kernels::Quantization, value: f64| {
                let [least, most] = [0, 255].map(|byte| f64::from(of.dequantize(byte)));
                (value - most).max(least - value).max(0.0)
            };
            let first = network.layers()[0].input;
            let most_beyond = |of, values: &[f64]| values.iter().map(|value| beyond(of, *value)).fold(0.0, f64::max);
            let exact_input: Vec<f64> = image.iter().map(|value| f64::from(*value)).collect();
            let cut = most_beyond(first, &exact_input);
            let (mut error, mut is_within) = (f64::from(first.scale) * (0.5 + 1e-4) + cut, cut == 0.0);
            let pairs = plain_forward(&network, input, image).into_iter().zip(exact_forward(input, &layers, image));
            for (at, (found, [convolved, expected])) in pairs.enumerate() {
                let layer = &network.layers()[at];
                error = layer.error_bound(error) * (1.0 + 1e-5);
                let cut = layer.output.map_or(0.0, |output| most_beyond(output, &convolved.values))
                    + layer.means.map_or(0.0, |means| most_beyond(means, &expected.values));
                error += cut;
                is_within &= cut == 0.0;
                for (found, expected) in found.values.iter().zip(&expected.values) {
                    let difference = (f64::from(*found) - expected).abs();
                    prop_assert!(difference <= error, "layer {at}: {found} is not {expected} +- {error}");
                    prop_assert!(!is_within || difference <= bounds[at] * (1.0 + 1e-5), "layer {at}: {found}, {expected}");
                }
            }
        }
    }
}

#[test]
fn it_is_close_to_the_network_of_floats() {
    let layers = [
        Layer::new(1, [32, 3, 5, 5], 2, Pointwise::Relu, Pool::Max),
        Layer::new(2, [32, 32, 5, 5], 2, Pointwise::Relu, Pool::Average),
        Layer { is_squashed: true, ..Layer::new(3, [24, 32, 4, 4], 0, Pointwise::None, Pool::None) },
        Layer::new(4, [10, 24, 5, 5], 0, Pointwise::None, Pool::None),
    ];
    let images = numbers(11, 40 * 3 * 32 * 32);
    let network = int8([3, 32, 32], &layers, 2, &images);
    let expected = builder([3, 32, 32], &layers, 2).finish().unwrap().forward(&images).unwrap();
    let found = network.forward(&images).unwrap();
    let squares = |values: &mut dyn Iterator<Item = f32>| values.map(|value| f64::from(value * value)).sum::<f64>();
    let difference = squares(&mut found.iter().zip(&expected).map(|(found, expected)| found - expected));
    let ratio = (difference / squares(&mut expected.iter().copied())).sqrt();
    assert!(ratio > 1e-4 && ratio < 0.05, "{ratio}");
    assert_eq!(network.error_bounds(), None, "of a squashed layer nothing is known");
}

#[test]
fn many_callers_share_one_network_and_none_changes_a_bit() {
    let layers = [
        Layer::new(1, [16, 3, 5, 5], 2, Pointwise::Relu, Pool::Max),
        Layer::new(2, [33, 16, 5, 5], 2, Pointwise::Relu, Pool::Average),
    ];
    let images = numbers(3, 8 * 3 * 32 * 32);
    let network = int8([3, 32, 32], &layers, 2, &images);
    let alone = int8([3, 32, 32], &layers, 1, &images);
    assert_eq!(network.layers(), alone.layers());
    let each = 3 * 32 * 32;
    let expected: Vec<Vec<f32>> = images.chunks_exact(each).map(|image| alone.forward(image).unwrap()).collect();
    assert_eq!(network.forward(&images), Some(expected.concat()));
    std::thread::scope(|scope| {
        for (image, expected) in images.chunks_exact(each).zip(&expected) {
            let network = &network;
            scope.spawn(move || (0..20).for_each(|_| assert_eq!(network.forward(image).as_ref(), Some(expected))));
        }
    });
    assert_eq!(network.forward(&[]), Some(Vec::new()));
}

#[test]
fn what_cannot_be_calibrated_is_said_in_a_sentence() {
    let layer = Layer::new(3, [4, 2, 3, 3], 1, Pointwise::Relu, Pool::None);
    let of = |layer: &Layer, images: &[f32]| {
        builder([2, 5, 5], std::slice::from_ref(layer), 1).finish_int8(images).map(drop).unwrap_err()
    };
    let mut images = numbers(1, 100);
    assert_eq!(of(&layer, &[]), Int8Error::Calibration { found: 0, each: 50 });
    assert_eq!(of(&layer, &images[..60]), Int8Error::Calibration { found: 60, each: 50 });
    images[17] = f32::NAN;
    assert_eq!(of(&layer, &images), Int8Error::NotFinite { layer: 0 });
    let wild = Layer { bias: vec![f32::NAN; 4], ..layer };
    assert_eq!(of(&wild, &numbers(1, 100)), Int8Error::NotPrepared);
    for pointwise in [Pointwise::Gelu, Pointwise::Silu] {
        let curved = Layer { pointwise, bias: vec![0.0; 4], ..wild.clone() };
        assert_eq!(of(&curved, &numbers(1, 100)), Int8Error::Unsupported { layer: 1 });
        assert!(builder([2, 5, 5], &[curved], 1).finish().is_some(), "in f32 it is known");
    }
    let wide = NetworkBuilder::new([40_000, 1, 1], 1)
        .linear([1, 40_000], &[0.5; 40_000], &[0.0], Pointwise::None)
        .finish_int8(&[1.0; 40_000])
        .map(drop)
        .unwrap_err();
    assert!(wide.to_string().contains("layer 1 sums 40000"), "{wide}");
    assert!(!of(&layer_of_two_channels(), &[]).to_string().is_empty());
}

fn layer_of_two_channels() -> Layer {
    Layer::new(3, [4, 2, 3, 3], 1, Pointwise::Relu, Pool::None)
}

#[test]
fn images_with_something_else_than_numbers_get_no_answer() {
    let layer = Layer::new(3, [4, 2, 3, 3], 1, Pointwise::Relu, Pool::None);
    let mut image = numbers(1, 50);
    let network = int8([2, 5, 5], &[layer], 2, &image);
    for wild in [f32::NAN, f32::INFINITY] {
        image[17] = wild;
        assert_eq!(network.forward(&image), None);
    }
    image[17] = 1e30;
    assert!(network.forward(&image).is_some(), "the largest byte stands for all beyond it");
}
