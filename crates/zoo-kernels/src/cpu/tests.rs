//! Every instruction set and thread count against sums in `f64` that follow the definition.

use super::geometry::Order;
use super::geometry::{Geometry, StridedImages};
use super::isa::Kernels;
use super::isa::available;
use super::layer::BlockLayer;
use crate::block::{Pointwise, Pool};
use proptest::prelude::*;

/// How far a sum must be from zero, and the largest from the next, for the choice between them to be clear.
const CLEAR: f64 = 1e-3;

/// A layer with its values, channels last.
#[derive(Clone, Debug)]
struct Case {
    geometry: Geometry,
    pointwise: Pointwise,
    pool: Pool,
    wants_input: bool,
    seed: u32,
}

impl Case {
    fn values(&self, which: u32, count: usize) -> Vec<f32> {
        let mut state = self.seed.wrapping_mul(31).wrapping_add(which).wrapping_mul(0x9E37_79B9) | 1;
        let next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    fn inputs(&self) -> [Vec<f32>; 3] {
        let Geometry { batch, channels_in, input, channels_out, .. } = self.geometry;
        let image = channels_in * input[0] * input[1];
        let counts = [batch * image, channels_out * self.geometry.taps(), channels_out];
        [0, 1, 2].map(|which| self.values(which as u32, counts[which]))
    }

    /// The output's gradient: zero where rounding could decide which values of a window pass it on.
    fn gradient(&self) -> Vec<f32> {
        let inputs = self.inputs64();
        let decided = self.windows(&inputs).map(|sums| {
            let mut sorted = sums.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            let active = self.pointwise == Pointwise::None || sums.iter().all(|sum| sum.abs() > CLEAR);
            active && (self.pool != Pool::Max || sorted[0] - sorted[1] > CLEAR)
        });
        let decided: Vec<bool> = decided.collect();
        let values = self.values(3, decided.len());
        values.into_iter().zip(decided).map(|(value, decided)| if decided { value } else { 0.0 }).collect()
    }

    fn inputs64(&self) -> [Vec<f64>; 3] {
        self.inputs().map(|values| values.into_iter().map(f64::from).collect())
    }

    /// The sums of each output's window, bias included.
    fn windows<'a>(&'a self, [x, weight, bias]: &'a [Vec<f64>; 3]) -> impl Iterator<Item = Vec<f64>> + 'a {
        let Geometry { batch, channels_out, .. } = self.geometry;
        let size = self.pooled();
        (0..batch * size[0] * size[1] * channels_out).map(move |place| {
            let (image, out, window) = self.place(place);
            let sum =
                |at: [usize; 2]| self.terms(image, out, at).map(|(x_at, w_at)| x[x_at] * weight[w_at]).sum::<f64>();
            window.into_iter().map(|at| bias[out] + sum(at)).collect()
        })
    }

    /// Image, channel and window of an output.
    fn place(&self, place: usize) -> (usize, usize, Vec<[usize; 2]>) {
        let (size, channels) = (self.pooled(), self.geometry.channels_out);
        let (pixel, out) = (place / channels, place % channels);
        let (y, x) = (pixel / size[1] % size[0], pixel % size[1]);
        (pixel / (size[0] * size[1]), out, self.window(y, x))
    }

    /// Output, then gradients of input (if wanted), weight and bias.
    fn run(&self, kernels: &'static Kernels) -> Option<Vec<Vec<f32>>> {
        let mut layer = BlockLayer::new(self.geometry, self.pointwise, self.pool, kernels)?;
        layer.order = Order::ChannelsLast;
        let Geometry { channels_in, input, .. } = self.geometry;
        let [x, weight, bias] = self.inputs();
        let images = StridedImages::channels_last(&x, [channels_in, input[0], input[1]]);
        let output = layer.forward(images, &weight, Some(&bias), true)?;
        let gradient = self.gradient();
        let size = self.pooled();
        let gradient = StridedImages::channels_last(&gradient, [self.geometry.channels_out, size[0], size[1]]);
        let gradients = layer.backward(images, &weight, gradient, &output.masks, self.wants_input);
        assert_eq!(gradients.input.is_some(), self.wants_input);
        let mut results = vec![output.values];
        results.extend(gradients.input);
        results.extend([gradients.weight, gradients.bias]);
        Some(results)
    }

    /// The same by definition.
    fn expected(&self) -> Vec<Vec<f64>> {
        let inputs = self.inputs64();
        let upstream = self.gradient();
        let [x, weight, bias] = &inputs;
        let mut output = Vec::new();
        let mut gradients = [vec![0.0; x.len()], vec![0.0; weight.len()], vec![0.0; bias.len()]];
        for (place, sums) in self.windows(&inputs).enumerate() {
            let (image, out, window) = self.place(place);
            let (value, shares) = self.pool_window(&sums);
            output.push(value);
            for (at, share) in window.into_iter().zip(shares) {
                let gradient = share * f64::from(upstream[place]);
                gradients[2][out] += gradient;
                for (x_at, w_at) in self.terms(image, out, at) {
                    gradients[0][x_at] += gradient * weight[w_at];
                    gradients[1][w_at] += gradient * x[x_at];
                }
            }
        }
        let [input, weight, bias] = gradients;
        let input = self.wants_input.then_some(input);
        [Some(output), input, Some(weight), Some(bias)].into_iter().flatten().collect()
    }

    fn pooled(&self) -> [usize; 2] {
        let window = if self.pool == Pool::None { 1 } else { 2 };
        self.geometry.output().map(|size| size / window)
    }

    /// Lines and columns of the convolution that become one value.
    fn window(&self, y: usize, x: usize) -> Vec<[usize; 2]> {
        match self.pool {
            Pool::None => vec![[y, x]],
            Pool::Max | Pool::Average => (0..4).map(|i| [2 * y + i / 2, 2 * x + i % 2]).collect(),
        }
    }

    /// The value a window becomes, and its derivative by each of the sums.
    fn pool_window(&self, sums: &[f64]) -> (f64, Vec<f64>) {
        let active = |sum: f64| if self.pointwise == Pointwise::Relu && sum <= 0.0 { 0.0 } else { 1.0 };
        let largest = (1..sums.len()).fold(0, |best, i| if sums[i] > sums[best] { i } else { best });
        match self.pool {
            Pool::Average => {
                let shares: Vec<f64> = sums.iter().map(|sum| active(*sum) / 4.0).collect();
                (sums.iter().zip(&shares).map(|(sum, share)| sum * share).sum(), shares)
            }
            Pool::None | Pool::Max => {
                let share = active(sums[largest]);
                (sums[largest] * share, (0..sums.len()).map(|i| if i == largest { share } else { 0.0 }).collect())
            }
        }
    }

    /// Places in input and weight whose products make up a sum.
    fn terms(&self, image: usize, out: usize, [y, x]: [usize; 2]) -> impl Iterator<Item = (usize, usize)> + use<> {
        let Geometry { channels_in, input: [height, width], kernel, stride, padding, .. } = self.geometry;
        let taps = (0..kernel[0]).flat_map(move |i| (0..kernel[1]).map(move |j| (i, j)));
        let inside = taps.filter_map(move |(i, j)| {
            let line = (y * stride[0] + i).checked_sub(padding[0].0).filter(|line| *line < height)?;
            let column = (x * stride[1] + j).checked_sub(padding[1].0).filter(|column| *column < width)?;
            Some((i, j, (image * height + line) * width + column))
        });
        inside.flat_map(move |(i, j, pixel)| {
            (0..channels_in).map(move |channel| {
                let tap = ((out * channels_in + channel) * kernel[0] + i) * kernel[1] + j;
                (pixel * channels_in + channel, tap)
            })
        })
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let channels = prop_oneof![Just(1usize), 2..5usize, Just(16usize), 17..35usize];
    let kernel = prop_oneof![3 => Just([3usize, 3]), 3 => Just([5, 5]), 1 => Just([4, 4]), 1 => [1..6usize, 1..6usize]];
    let sizes = (1..20usize, [channels.clone(), channels], [1..14usize, 1..14usize], kernel);
    let stride = prop_oneof![4 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let padding = [(0..4usize, 0..4usize), (0..4usize, 0..4usize)];
    let pool = prop_oneof![Just(Pool::None), Just(Pool::Max), Just(Pool::Average)];
    let pointwise = prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu)];
    (sizes, stride, padding, pointwise, pool, any::<bool>(), any::<u32>()).prop_filter_map(
        "the kernels are for it",
        |((batch, channels, input, kernel), stride, padding, pointwise, pool, wants_input, seed)| {
            let [channels_in, channels_out] = channels;
            let geometry = Geometry { batch, channels_in, input, channels_out, kernel, stride, padding };
            BlockLayer::new(geometry, pointwise, pool, available()[0])?;
            Some(Case { geometry, pointwise, pool, wants_input, seed })
        },
    )
}

/// The largest distance, as a share of the largest value or of one, as large as the inputs.
fn distance(found: &[f32], expected: &[f64]) -> f64 {
    let scale = expected.iter().fold(1.0f64, |most, value| most.max(value.abs()));
    found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs() / scale).fold(0.0, f64::max)
}

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
        for threads in 2..=4 {
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
        padding: [(1, 1); 2],
    };
    for kernels in available() {
        let layer = BlockLayer::new(geometry, Pointwise::Relu, Pool::Max, kernels).expect("the kernels are for it");
        let weight = vec![0.5; 16 * 16 * 9];
        for wild in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
            let mut x = vec![0.5; 3 * 8 * 8 * 16];
            assert!(layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, false).is_some());
            x[2 * 8 * 8 * 16 + 77] = wild;
            assert!(layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, false).is_none());
            let mut weight = weight.clone();
            weight[100] = wild;
            x[2 * 8 * 8 * 16 + 77] = 0.5;
            assert!(layer.forward(StridedImages::channels_last(&x, [16, 8, 8]), &weight, None, false).is_none());
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
            padding: [(1, 1); 2],
        };
        let case = Case { geometry, pointwise: Pointwise::None, pool: Pool::None, wants_input: true, seed: 7 };
        let found = case.run(available()[0]).expect("values are tame");
        for (found, expected) in found.iter().zip(&case.expected()) {
            assert!(distance(found, expected) < 3e-5);
        }
    }
}
