//! Pooling of any window against its definition, in `f64`; and against Burn's own where values are no numbers.
#![cfg(feature = "flex")]
#![allow(missing_docs, clippy::expect_used, reason = "a test that cannot go on may panic")]

#[path = "shared/numbers.rs"]
mod numbers;

use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use numbers::numbers;
use proptest::prelude::*;
use zoo_kernels::{avg_pool2d, max_pool2d};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Max,
    Average,
    /// Zeros around the image do not count.
    Inner,
}

#[derive(Clone, Debug)]
struct Case {
    kind: Kind,
    batch: usize,
    channels: usize,
    size: [usize; 2],
    window: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    channels_last: bool,
    seed: u32,
}

impl Case {
    fn output(&self) -> [usize; 2] {
        [0, 1].map(|d| (self.size[d] + 2 * self.padding[d] - self.window[d]) / self.stride[d] + 1)
    }

    /// Values `[batch, channels, height, width]`.
    fn values(&self) -> Vec<f32> {
        numbers(self.seed, self.batch * self.channels * self.size[0] * self.size[1])
    }

    fn factors(&self) -> Vec<f32> {
        let [height, width] = self.output();
        numbers(self.seed + 1, self.batch * self.channels * height * width)
    }

    fn tensor(&self, values: Vec<f32>, device: &Device) -> Tensor<4> {
        let shape = [self.batch, self.channels, self.size[0], self.size[1]];
        let x = Tensor::<4>::from_data(TensorData::new(values, shape), device);
        if !self.channels_last {
            return x;
        }
        // Pixel by pixel in memory.
        let last = x.permute([0, 2, 3, 1]).into_data();
        Tensor::<4>::from_data(last, device).permute([0, 3, 1, 2])
    }

    fn pooled(
        &self,
        x: Tensor<4>,
        max: impl Fn(Tensor<4>, MaxPoolOptions<2>) -> Tensor<4>,
        mean: impl Fn(Tensor<4>, AvgPoolOptions<2>) -> Tensor<4>,
    ) -> Tensor<4> {
        let counts_padding = self.kind != Kind::Inner;
        match self.kind {
            Kind::Max => max(x, MaxPoolOptions::new(self.window).with_stride(self.stride).with_padding(self.padding)),
            Kind::Average | Kind::Inner => {
                let options = AvgPoolOptions::new(self.window).with_stride(self.stride).with_padding(self.padding);
                mean(x, options.with_count_include_pad(counts_padding))
            }
        }
    }

    /// Places of a plane of the input, and how much each counts, for a place of the output.
    fn shares(&self, plane: &[f32], [y, x]: [usize; 2]) -> Vec<(usize, f64)> {
        let range = |d: usize, place: usize| {
            let start = place * self.stride[d];
            start.saturating_sub(self.padding[d])..(start + self.window[d] - self.padding[d]).min(self.size[d])
        };
        let places: Vec<usize> =
            range(0, y).flat_map(|line| range(1, x).map(move |column| line * self.size[1] + column)).collect();
        let count = if self.kind == Kind::Average { self.window[0] * self.window[1] } else { places.len() };
        if self.kind != Kind::Max {
            return places.into_iter().map(|place| (place, 1.0 / count as f64)).collect();
        }
        let largest = places.into_iter().reduce(|best, place| if plane[place] > plane[best] { place } else { best });
        largest.into_iter().map(|place| (place, 1.0)).collect()
    }

    /// Output and gradient by definition.
    fn expected(&self) -> [Vec<f64>; 2] {
        let (values, factors) = (self.values(), self.factors());
        let [height, width] = self.output();
        let plane = self.size[0] * self.size[1];
        let (mut output, mut gradient) = (Vec::new(), vec![0.0; values.len()]);
        for (at, factor) in factors.iter().enumerate() {
            let (first, place) = (at / (height * width) * plane, at % (height * width));
            let own = &values[first..first + plane];
            let shares = self.shares(own, [place / width, place % width]);
            output.push(shares.iter().map(|(place, share)| f64::from(own[*place]) * share).sum());
            shares.iter().for_each(|(place, share)| gradient[first + place] += share * f64::from(*factor));
        }
        [output, gradient]
    }

    fn found(&self) -> [Vec<f32>; 2] {
        let device = Device::flex().autodiff();
        let x = self.tensor(self.values(), &device).require_grad();
        let output = self.pooled(x.clone(), max_pool2d, avg_pool2d);
        let factors = Tensor::<4>::from_data(TensorData::new(self.factors(), output.dims()), &device);
        let gradients = (output.clone() * factors).sum().backward();
        let gradient = x.grad(&gradients).expect("it asked for one");
        [output.into_data(), gradient.into_data()].map(|data| data.try_to_vec().expect("these are floats"))
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let kind = prop_oneof![Just(Kind::Max), Just(Kind::Average), Just(Kind::Inner)];
    let channels = prop_oneof![Just(1usize), 2..9usize, Just(16usize), 17..40usize];
    let sizes = (1..6usize, channels, [1..14usize, 1..14usize], [1..6usize, 1..6usize], [1..5usize, 1..5usize]);
    let padding = [0..3usize, 0..3usize];
    (kind, sizes, padding, any::<bool>(), 0..1000u32).prop_filter_map(
        "a window fits",
        |(kind, (batch, channels, size, window, stride), padding, channels_last, seed)| {
            let padding = [0, 1].map(|d| padding[d].min(window[d] / 2));
            let fits = (0..2).all(|d| size[d] + 2 * padding[d] >= window[d]);
            fits.then_some(Case { kind, batch, channels, size, window, stride, padding, channels_last, seed })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_follows_the_definition(case in cases()) {
        for (found, expected) in case.found().iter().zip(&case.expected()) {
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((f64::from(*found) - expected).abs() < 2e-6, "{} and {}", found, expected);
            }
        }
    }

    #[test]
    fn values_that_are_no_numbers_pass_as_in_burn(case in cases(), wild in prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)], place in any::<prop::sample::Index>()) {
        let device = Device::flex();
        let mut values = case.values();
        let place = place.index(values.len());
        values[place] = wild;
        let ours = case.pooled(case.tensor(values.clone(), &device), max_pool2d, avg_pool2d);
        let burns = case.pooled(case.tensor(values, &device), burn::tensor::module::max_pool2d, burn::tensor::module::avg_pool2d);
        let kinds = |x: Tensor<4>| x.into_data().iter::<f32>().map(|value| (value.is_nan(), value == f32::INFINITY, value == f32::NEG_INFINITY)).collect::<Vec<_>>();
        prop_assert_eq!(kinds(ours), kinds(burns));
    }
}
