//! Every instruction set and thread count against sums in `f64` that follow the definition.

use super::case::{Case, cases, distance};
use super::choice::available;
use super::geometry::{Geometry, StridedImages};
use super::layer::{BlockLayer, Keep};
use crate::block::{Pointwise, Pool};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn every_instruction_set_follows_the_definition(case in cases()) {
        let expected = case.expected();
        for kernels in available() {
            let found = case.run(kernels).expect("values are tame");
            prop_assert_eq!(found.len(), expected.len());
            for (which, (found, expected)) in found.iter().zip(&expected).enumerate() {
                prop_assert_eq!(found.len(), expected.len());
                let distance = distance(found, expected);
                prop_assert!(distance < 3e-5, "{}: result {} is off by {}", kernels.name, which, distance);
            }
        }
    }

    #[test]
    fn bits_do_not_depend_on_the_number_of_threads(case in cases()) {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be started");
        let expected = alone.install(|| case.run(available()[0])).expect("values are tame");
        for threads in [2, 3, 16] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
            let found = pool.install(|| case.run(available()[0])).expect("values are tame");
            let bits = |results: &[Vec<f32>]| results.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&found), bits(&expected));
        }
    }

    /// The loss is linear in each of input, weight and bias, where nothing is cut off: so a difference in `f64` is exact.
    #[test]
    fn gradients_are_central_differences(case in cases(), place in any::<prop::sample::Index>()) {
        let case = Case { pointwise: Pointwise::None, wants_input: true, ..case };
        prop_assume!(case.pool != Pool::Max);
        let found = case.run(available()[0]).expect("values are tame");
        let upstream = case.gradient();
        let loss = |values: &[Vec<f64>; 3]| -> f64 {
            let outputs = case.windows(values).map(|sums| case.pool_window(&sums).0);
            outputs.zip(&upstream).map(|(output, upstream)| output * f64::from(*upstream)).sum()
        };
        let values = case.inputs64();
        for which in 0..3 {
            let place = place.index(values[which].len());
            let at = |step: f64| {
                let mut moved = values.clone();
                moved[which][place] += step;
                loss(&moved)
            };
            let difference = at(0.5) - at(-0.5);
            let scale = found[which + 1].iter().fold(1.0f64, |most, value| most.max(f64::from(value.abs())));
            prop_assert!((difference - f64::from(found[which + 1][place])).abs() < 3e-5 * scale);
        }
    }
}

#[test]
fn a_value_that_is_not_tame_is_handed_back() {
    let geometry = Geometry {
        batch: 3,
        channels_in: 16,
        input: [8, 8],
        channels_out: 16,
        kernel: [3, 3],
        stride: [1, 1],
        dilation: [1, 1],
        padding: [(1, 1); 2],
    };
    for kernels in available() {
        let layer = BlockLayer::new(geometry, Pointwise::Relu, Pool::Max, kernels).expect("the kernels are for it");
        let weight = vec![0.5; 16 * 16 * 9];
        for wild in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
            let mut x = vec![0.5; 3 * 8 * 8 * 16];
            assert!(
                layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, Keep::Nothing).is_some()
            );
            x[2 * 8 * 8 * 16 + 77] = wild;
            assert!(
                layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, Keep::Nothing).is_none()
            );
            let mut weight = weight.clone();
            weight[100] = wild;
            x[2 * 8 * 8 * 16 + 77] = 0.5;
            assert!(
                layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, Keep::Nothing).is_none()
            );
        }
    }
}

/// So many channels that not one tile of them fits into a pass.
#[test]
fn many_channels_on_one_side() {
    for [channels_in, channels_out] in [[16, 2100], [2100, 16]] {
        let geometry = Geometry {
            batch: 2,
            channels_in,
            input: [4, 3],
            channels_out,
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: [(1, 1); 2],
        };
        let case = Case {
            geometry,
            depthwise: false,
            pointwise: Pointwise::None,
            pool: Pool::None,
            wants_input: true,
            seed: 7,
        };
        let found = case.run(available()[0]).expect("values are tame");
        for (found, expected) in found.iter().zip(&case.expected()) {
            assert!(distance(found, expected) < 3e-5);
        }
    }
}
