//! Layers drawn at random, and what they give by definition, in `f64`.

use super::backward::Upstream;
use super::choice::available;
use super::geometry::Order;
use super::geometry::{Geometry, StridedImages};
use super::isa::Kernels;
use super::layer::{BlockLayer, Keep};
use super::numbers::numbers;
use crate::block::{Pointwise, Pool};
use proptest::prelude::*;

/// How far a sum must be from zero, and the largest from the next, for the choice between them to be clear.
const CLEAR: f64 = 1e-3;

/// A layer with its values, channels last.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) geometry: Geometry,
    /// Whether each channel is convolved by itself.
    pub(super) depthwise: bool,
    pub(super) pointwise: Pointwise,
    pub(super) pool: Pool,
    pub(super) wants_input: bool,
    pub(super) seed: u32,
}

impl Case {
    fn values(&self, which: u32, count: usize) -> Vec<f32> {
        numbers(self.seed.wrapping_mul(31).wrapping_add(which), count)
    }

    /// Weights of one output channel.
    fn taps(&self) -> usize {
        let channels = if self.depthwise { 1 } else { self.geometry.channels_in };
        self.geometry.kernel[0] * self.geometry.kernel[1] * channels
    }

    pub(super) fn layer(&self, kernels: &'static Kernels) -> Option<BlockLayer> {
        let make = if self.depthwise { BlockLayer::depthwise } else { BlockLayer::new };
        make(self.geometry, self.pointwise, self.pool, kernels)
    }

    fn inputs(&self) -> [Vec<f32>; 3] {
        let Geometry { batch, channels_in, input, channels_out, .. } = self.geometry;
        let image = channels_in * input[0] * input[1];
        let counts = [batch * image, channels_out * self.taps(), channels_out];
        [0, 1, 2].map(|which| self.values(which as u32, counts[which]))
    }

    /// The output's gradient: zero where rounding could decide which values of a window pass it on.
    pub(super) fn gradient(&self) -> Vec<f32> {
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

    pub(super) fn inputs64(&self) -> [Vec<f64>; 3] {
        self.inputs().map(|values| values.into_iter().map(f64::from).collect())
    }

    /// The sums of each output's window, bias included.
    pub(super) fn windows<'a>(&'a self, [x, weight, bias]: &'a [Vec<f64>; 3]) -> impl Iterator<Item = Vec<f64>> + 'a {
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
    pub(super) fn run(&self, kernels: &'static Kernels) -> Option<Vec<Vec<f32>>> {
        let mut layer = self.layer(kernels)?;
        layer.order = Order::ChannelsLast;
        let Geometry { channels_in, input, .. } = self.geometry;
        let [x, weight, bias] = self.inputs();
        let images = StridedImages::channels_last(&x, [channels_in, input[0], input[1]]);
        let output = layer.forward(images, &weight, Some(&bias), Keep::Masks)?;
        let gradient = self.gradient();
        let size = self.pooled();
        let gradient = StridedImages::channels_last(&gradient, [self.geometry.channels_out, size[0], size[1]]);
        let above = Upstream { gradient, masks: &output.masks, through: None };
        let gradients = layer.backward(images, &weight, above, self.wants_input);
        assert_eq!(gradients.input.is_some(), self.wants_input);
        let mut results = vec![output.values];
        results.extend(gradients.input);
        results.extend([gradients.weight, gradients.bias]);
        Some(results)
    }

    /// The same by definition.
    pub(super) fn expected(&self) -> Vec<Vec<f64>> {
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
    pub(super) fn pool_window(&self, sums: &[f64]) -> (f64, Vec<f64>) {
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
        let Geometry { channels_in, input: [height, width], kernel, stride, dilation, padding, .. } = self.geometry;
        let (seen, first) = if self.depthwise { (1, out) } else { (channels_in, 0) };
        let taps = (0..kernel[0]).flat_map(move |i| (0..kernel[1]).map(move |j| (i, j)));
        let inside = taps.filter_map(move |(i, j)| {
            let line = (y * stride[0] + i * dilation[0]).checked_sub(padding[0].0).filter(|line| *line < height)?;
            let column =
                (x * stride[1] + j * dilation[1]).checked_sub(padding[1].0).filter(|column| *column < width)?;
            Some((i, j, (image * height + line) * width + column))
        });
        inside.flat_map(move |(i, j, pixel)| {
            (0..seen).map(move |channel| {
                let tap = ((out * seen + channel) * kernel[0] + i) * kernel[1] + j;
                (pixel * channels_in + first + channel, tap)
            })
        })
    }
}

pub(super) fn cases() -> impl Strategy<Value = Case> {
    let channels = prop_oneof![Just(1usize), 2..5usize, Just(16usize), 17..35usize];
    let kernel = prop_oneof![3 => Just([3usize, 3]), 3 => Just([5, 5]), 1 => Just([4, 4]), 1 => [1..6usize, 1..6usize]];
    let sizes = (1..20usize, [channels.clone(), channels], [1..14usize, 1..14usize], kernel);
    let stride = prop_oneof![4 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let dilation = prop_oneof![4 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let kind = prop_oneof![3 => Just(false), 1 => Just(true)];
    let padding = [(0..4usize, 0..4usize), (0..4usize, 0..4usize)];
    let pool = prop_oneof![Just(Pool::None), Just(Pool::Max), Just(Pool::Average)];
    let pointwise = prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu)];
    (sizes, (stride, dilation, kind), padding, pointwise, pool, any::<bool>(), any::<u32>()).prop_filter_map(
        "the kernels are for it",
        |(
            (batch, channels, input, kernel),
            (stride, dilation, depthwise),
            padding,
            pointwise,
            pool,
            wants_input,
            seed,
        )| {
            let [channels_in, channels_out] = if depthwise { [channels[0]; 2] } else { channels };
            let geometry = Geometry { batch, channels_in, input, channels_out, kernel, stride, dilation, padding };
            let case = Case { geometry, depthwise, pointwise, pool, wants_input, seed };
            case.layer(available()[0])?;
            Some(case)
        },
    )
}

/// The largest distance, as a share of the largest value or of one, as large as the inputs.
pub(super) fn distance(found: &[f32], expected: &[f64]) -> f64 {
    let scale = expected.iter().fold(1.0f64, |most, value| most.max(value.abs()));
    found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs() / scale).fold(0.0, f64::max)
}
