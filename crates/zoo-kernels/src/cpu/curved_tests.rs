//! Normalizations and activations under every instruction set against their definition, in `f64`.

use super::choice::available;
use super::geometry::StridedImages;
use super::isa::Kernels;
use super::normalized::{Pixels, Statistics};
use crate::block::Pointwise;
use proptest::prelude::*;

const EPSILON: f64 = 1e-3;

/// `erf`, by a series of positive terms.
fn erf(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while term.abs() > 1e-18 * sum.abs() {
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
    }
    if x.abs() > 6.0 { x.signum() } else { 2.0 / std::f64::consts::PI.sqrt() * (-x * x).exp() * sum }
}

fn activation(pointwise: Pointwise, x: f64) -> f64 {
    match pointwise {
        Pointwise::None => x,
        Pointwise::Relu => x.max(0.0),
        Pointwise::Gelu => 0.5 * x * (1.0 + erf(x / 2f64.sqrt())),
        Pointwise::Silu => x / (1.0 + (-x).exp()),
    }
}

/// Pixels that are normalized and bent, and how much each output counts for the loss.
#[derive(Clone, Debug)]
struct Case {
    channels: usize,
    size: [usize; 2],
    pointwise: Pointwise,
    values: Vec<f32>,
    factors: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl Case {
    /// Values, gamma and beta in `f64`.
    fn inputs(&self) -> [Vec<f64>; 3] {
        [&self.values, &self.gamma, &self.beta].map(|values| values.iter().copied().map(f64::from).collect())
    }

    fn outputs(&self, [values, gamma, beta]: &[Vec<f64>; 3]) -> Vec<f64> {
        let mut outputs = vec![0.0; values.len()];
        for channel in 0..self.channels {
            let own: Vec<f64> = values.iter().skip(channel).step_by(self.channels).copied().collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            let variance = own.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / own.len() as f64;
            let targets = outputs.iter_mut().skip(channel).step_by(self.channels);
            targets.zip(own).for_each(|(output, value)| {
                let inner = (value - mean) / (variance + EPSILON).sqrt() * gamma[channel] + beta[channel];
                *output = activation(self.pointwise, inner);
            });
        }
        outputs
    }

    fn loss(&self, inputs: &[Vec<f64>; 3]) -> f64 {
        self.outputs(inputs).iter().zip(&self.factors).map(|(output, factor)| output * f64::from(*factor)).sum()
    }

    /// Outputs, then gradients of values, gamma and beta.
    fn run(&self, kernels: &'static Kernels) -> [Vec<f32>; 4] {
        let pixels = Pixels { values: &self.values, channels: self.channels, size: self.size, kernels };
        let Statistics { mean, variance } = pixels.statistics(&[]);
        let curved = pixels.normalized([&mean, &variance, &self.gamma, &self.beta], EPSILON, self.pointwise);
        let factors = StridedImages::channels_last(&self.factors, [self.channels, self.size[0], self.size[1]]);
        let learned = pixels.norm_gradients(&curved, &variance, EPSILON, &factors);
        let values = pixels.backward(&curved, &learned.correction, &factors);
        [pixels.forward(&curved), values, learned.gamma, learned.beta]
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let channels = prop_oneof![Just(1usize), 2..5usize, Just(16usize), 17..35usize];
    let pointwise =
        prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu), Just(Pointwise::Gelu), Just(Pointwise::Silu)];
    (1..6usize, channels, [1..20usize, 1..20usize], pointwise).prop_flat_map(|(batch, channels, size, pointwise)| {
        let count = batch * channels * size[0] * size[1];
        let values = prop::collection::vec(-3f32..5.0, count);
        let factors = prop::collection::vec(-1f32..1.0, count);
        let learned = || prop::collection::vec(-2f32..2.0, channels);
        (values, factors, learned(), learned()).prop_map(move |(values, factors, gamma, beta)| Case {
            channels,
            size,
            pointwise,
            values,
            factors,
            gamma,
            beta,
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn normalizations_follow_the_definition(case in cases(), place in any::<prop::sample::Index>()) {
        let inputs = case.inputs();
        let expected = case.outputs(&inputs);
        for kernels in available() {
            let found = case.run(kernels);
            for (found, expected) in found[0].iter().zip(&expected) {
                prop_assert!((f64::from(*found) - expected).abs() < 2e-6 * (1.0 + expected.abs()) * 8.0, "{}: {found} and {expected}", kernels.name);
            }
            for which in 0..3 {
                let place = place.index(inputs[which].len());
                let at = |step: f64| {
                    let mut moved = inputs.clone();
                    moved[which][place] += step;
                    case.loss(&moved)
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                // Where ReLU bends, both slopes are right.
                let bend = (at(1e-5) + at(-1e-5) - 2.0 * at(0.0)).abs() / 1e-5;
                let scale = 1.0 + found[which + 1].iter().fold(0f64, |most, value| most.max(f64::from(value.abs())));
                let distance = (difference - f64::from(found[which + 1][place])).abs();
                prop_assert!(distance < 3e-5 * scale + bend, "{}: gradient {} of {} differs by {}", kernels.name, place, which, distance);
            }
        }
    }

    #[test]
    fn bits_of_normalizations_do_not_depend_on_threads(case in cases()) {
        let bits = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
            let found = pool.install(|| case.run(available()[0]));
            found.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>()
        };
        let alone = bits(1);
        for threads in [2, 3, 16] {
            prop_assert_eq!(&alone, &bits(threads));
        }
    }
}

/// Values and slopes over the whole range, far from zero too.
#[test]
fn activations_are_what_they_should_be() {
    let steps: Vec<f32> = (-3000..=3000).map(|step| step as f32 / 150.0).chain([-1e6, -300.0, 300.0, 1e6]).collect();
    for kernels in available() {
        for pointwise in [Pointwise::Relu, Pointwise::Gelu, Pointwise::Silu] {
            let pixels = Pixels { values: &steps, channels: 1, size: [1, 1], kernels };
            let bent = pixels.bent(pointwise);
            let (values, ones) = (pixels.forward(&bent), vec![1.0; steps.len()]);
            let ones = StridedImages::channels_last(&ones, [1, 1, 1]);
            let slopes = pixels.backward(&bent, &pixels.no_correction(), &ones);
            for ((x, value), slope) in steps.iter().zip(values).zip(slopes) {
                let x64 = f64::from(*x);
                let expected = activation(pointwise, x64);
                let off = (f64::from(value) - expected).abs();
                assert!(off < 2e-7 * (1.0 + expected.abs()), "{} {pointwise:?} {x}: {value}, {expected}", kernels.name);
                if x.abs() > 1e-3 && x.abs() < 1e3 {
                    let expected = (activation(pointwise, x64 + 1e-5) - activation(pointwise, x64 - 1e-5)) / 2e-5;
                    assert!((f64::from(slope) - expected).abs() < 1e-6, "{} {pointwise:?} {x}: {slope}", kernels.name);
                }
            }
        }
    }
}
