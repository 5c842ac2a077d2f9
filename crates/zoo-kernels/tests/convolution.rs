//! Every path of the convolutions against Burn's own operations and autodiff, on random shapes.

#[path = "shared/numbers.rs"]
mod numbers;

use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::module::{avg_pool2d, conv2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use numbers::numbers;
use proptest::prelude::*;
use zoo_kernels::{Block, Pointwise, Pool};

/// How far a sum must be from zero, and the largest from the next, for the choice between them to be clear.
const CLEAR: f32 = 1e-3;

/// One call: sizes, settings and a seed for the values.
#[derive(Clone, Debug)]
struct Case {
    batch: usize,
    channels: [usize; 2],
    input: [usize; 2],
    kernel: [usize; 2],
    options: ConvOptions<2>,
    pointwise: Pointwise,
    pool: Pool,
    bias: bool,
    permuted: bool,
    seed: u32,
}

impl Case {
    fn values(&self, which: u32, shape: &[usize]) -> TensorData {
        let count = shape.iter().product();
        TensorData::new(numbers(self.seed.wrapping_mul(31).wrapping_add(which), count), shape.to_vec())
    }

    fn weight_shape(&self) -> [usize; 4] {
        [self.channels[1], self.channels[0] / self.options.groups, self.kernel[0], self.kernel[1]]
    }

    fn inputs(&self, device: &Device) -> (Tensor<4>, Tensor<4>, Option<Tensor<1>>) {
        let [height, width] = self.input;
        let x = if self.permuted {
            let x = Tensor::<4>::from_data(self.values(0, &[self.batch, height, width, self.channels[0]]), device);
            x.permute([0, 3, 1, 2])
        } else {
            Tensor::from_data(self.values(0, &[self.batch, self.channels[0], height, width]), device)
        };
        let weight = Tensor::from_data(self.values(1, &self.weight_shape()), device);
        let bias = self.bias.then(|| Tensor::from_data(self.values(2, &[self.channels[1]]), device));
        (x, weight, bias)
    }

    fn ours(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        let block = Block { options: self.options.clone(), pointwise: self.pointwise, pool: self.pool };
        block.forward(x, weight, bias)
    }

    fn burns(&self, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
        let x = conv2d(x, weight, bias, self.options.clone());
        let x = match self.pointwise {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
            Pointwise::Gelu => gelu(x),
            Pointwise::Silu => silu(x),
        };
        match self.pool {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        }
    }

    /// The output's gradient: zero where rounding could decide which values of a window pass it on.
    fn factors(&self, shape: [usize; 4]) -> TensorData {
        let (x, weight, bias) = self.inputs(&Device::flex());
        let sums = conv2d(x, weight, bias, self.options.clone());
        let sums = match self.pointwise {
            Pointwise::Gelu => gelu(sums),
            Pointwise::Silu => silu(sums),
            Pointwise::None | Pointwise::Relu => sums,
        };
        let [_, _, height, width] = sums.dims();
        let sums: Vec<f32> = sums.into_data().try_to_vec().expect("these are floats");
        let mut factors: Vec<f32> = self.values(3, &shape).try_to_vec().expect("these are floats");
        let window = if self.pool == Pool::None { 1 } else { 2 };
        for (place, factor) in factors.iter_mut().enumerate() {
            let (plane, y, x) = (place / (shape[2] * shape[3]), place / shape[3] % shape[2], place % shape[3]);
            let at = |i: usize| (plane * height + y * window + i / window) * width + x * window + i % window;
            let mut values: Vec<f32> = (0..window * window).map(|i| sums[at(i)]).collect();
            values.sort_by(|a, b| b.total_cmp(a));
            let active = self.pointwise != Pointwise::Relu || values.iter().all(|value| value.abs() > CLEAR);
            if !(active && (self.pool != Pool::Max || values[0] - values[1] > CLEAR)) {
                *factor = 0.0;
            }
        }
        TensorData::new(factors, shape)
    }

    /// Output and gradients of `x`, weight and bias, for the sum of the output times fixed factors.
    fn results(&self, forward: impl Fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>) -> Tensor<4>) -> Vec<Vec<f32>> {
        let device = Device::flex().autodiff();
        let (x, weight, bias) = self.inputs(&device);
        let (x, weight, bias) = (x.require_grad(), weight.require_grad(), bias.map(Tensor::require_grad));
        let output = forward(x.clone(), weight.clone(), bias.clone());
        let factors = Tensor::<4>::from_data(self.factors(output.dims()), &device);
        let gradients = (output.clone() * factors).sum().backward();
        let mut results = vec![output.into_data(), data(x.grad(&gradients)), data(weight.grad(&gradients))];
        results.extend(bias.map(|bias| data(bias.grad(&gradients))));
        results.into_iter().map(|data| data.try_to_vec().expect("these are floats")).collect()
    }
}

/// How channels are grouped.
#[derive(Clone, Copy, Debug)]
enum Groups {
    One,
    Two,
    Five,
    /// Each by itself.
    All,
}

fn data<const D: usize>(tensor: Option<Tensor<D>>) -> TensorData {
    tensor.expect("a tensor that requires a gradient gets one").into_data()
}

/// Sizes that reach every path: with and without tiles, whole vectors and parts of them, images that tiles do not divide.
fn cases() -> impl Strategy<Value = Case> {
    let channels = prop_oneof![Just(1usize), 2..5usize, Just(16usize), 17..40usize];
    let kernel = prop_oneof![Just([3usize, 3]), Just([5, 5]), Just([1, 1]), Just([4, 4]), [1..6usize, 1..6usize]];
    let sizes = (1..12usize, [channels.clone(), channels], [1..18usize, 1..18usize], kernel);
    let stride = prop_oneof![4 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let padding = [(0..5usize, 0..5usize), (0..5usize, 0..5usize)];
    let dilation = prop_oneof![4 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let pool = prop_oneof![Just(Pool::None), Just(Pool::Max), Just(Pool::Average)];
    let pointwise =
        prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu), Just(Pointwise::Gelu), Just(Pointwise::Silu)];
    let groups =
        prop_oneof![4 => Just(Groups::One), 1 => Just(Groups::Two), 1 => Just(Groups::Five), 2 => Just(Groups::All)];
    let rest = (pointwise, pool, any::<bool>(), any::<bool>(), groups, any::<u32>());
    (sizes, stride, padding, dilation, rest).prop_filter_map(
        "a window fits",
        |(sizes, stride, padding, dilation, rest)| {
            let (batch, mut channels, input, kernel) = sizes;
            let (pointwise, pool, bias, permuted, groups, seed) = rest;
            let groups = match groups {
                Groups::One => 1,
                Groups::Two => 2,
                Groups::Five => 5,
                Groups::All => channels[0],
            };
            channels = if groups == channels[0] { [groups; 2] } else { channels.map(|channels| channels * groups) };
            let output = |d: usize| {
                let padded = input[d] + padding[d].0 + padding[d].1;
                padded.checked_sub(dilation[d] * (kernel[d] - 1) + 1).map(|rest| rest / stride[d] + 1)
            };
            let least = if pool == Pool::None { 1 } else { 2 };
            let fits = (0..2).all(|d| output(d).is_some_and(|size| size >= least));
            let options = ConvOptions::new_with_padding(stride, padding, dilation, groups);
            fits.then_some(Case { batch, channels, input, kernel, options, pointwise, pool, bias, permuted, seed })
        },
    )
}

/// The largest distance of two results, as a share of the largest value or of one, as large as the inputs.
fn distance(ours: &[f32], burns: &[f32]) -> f64 {
    let scale = burns.iter().fold(1.0f64, |most, value| most.max(f64::from(value.abs())));
    let pairs = ours.iter().zip(burns);
    pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs() / scale).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn outputs_and_gradients_are_those_of_burn(case in cases()) {
        let (ours, burns) = (case.results(|x, w, b| case.ours(x, w, b)), case.results(|x, w, b| case.burns(x, w, b)));
        prop_assert_eq!(ours.len(), burns.len());
        for (which, (ours, burns)) in ours.iter().zip(&burns).enumerate() {
            prop_assert_eq!(ours.len(), burns.len());
            let distance = distance(ours, burns);
            prop_assert!(distance < 5e-5, "result {} differs by {}", which, distance);
        }
    }
}

/// The same tests in a program of its own for each instruction set, for it is chosen once a program; and with Burn's own operations.
#[test]
fn each_instruction_set_when_named() {
    let program = std::env::current_exe().expect("the test knows where it is");
    for name in zoo_kernels::instruction_sets().into_iter().chain(["off"]) {
        let mut command = std::process::Command::new(&program);
        let output = command
            .args(["--exact", "outputs_and_gradients_are_those_of_burn", "values_that_are_no_numbers_pass_as_in_burn"])
            .env(zoo_kernels::ISA_VARIABLE, name)
            .output()
            .expect("the test can be started again");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("2 passed"), "{name}: {text}");
    }
}

/// What a value is, where it is not a plain number.
fn kind(value: f32) -> i8 {
    match value {
        value if value.is_nan() => 2,
        f32::INFINITY => 1,
        f32::NEG_INFINITY => -1,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn values_that_are_no_numbers_pass_as_in_burn(
        case in cases(),
        wild in prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(3e38)],
        which in 0..3usize,
        place in any::<prop::sample::Index>(),
    ) {
        // Burn's gradient of GELU and SiLU is a sum of products with the gradient above: of an infinite one not a number, where ours, a single
        // product, is infinite; and which of them a large one overflows is another matter.
        let is_sum = which == 2 && matches!(case.pointwise, Pointwise::Gelu | Pointwise::Silu);
        prop_assume!(!(is_sum && wild.is_finite()));
        let spoilt = |forward: &dyn Fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>) -> Tensor<4>| {
            case.results(|x, weight, bias| match which {
                0 => forward(spoil(x, place, wild), weight, bias),
                1 => forward(x, spoil(weight, place, wild), bias),
                _ => spoil(forward(x, weight, bias), place, wild),
            })
        };
        let ours = spoilt(&|x, weight, bias| case.ours(x, weight, bias));
        let burns = spoilt(&|x, weight, bias| case.burns(x, weight, bias));
        for (ours, burns) in ours.iter().zip(&burns) {
            let kind = |value: &f32| if is_sum { i8::from(!value.is_finite()) } else { kind(*value) };
            let kinds = |values: &[f32]| values.iter().map(kind).collect::<Vec<_>>();
            prop_assert_eq!(kinds(ours), kinds(burns));
        }
    }
}

/// `tensor` with its value at `place` times `factor`.
fn spoil(tensor: Tensor<4>, place: prop::sample::Index, factor: f32) -> Tensor<4> {
    let shape = tensor.dims();
    let count = shape.iter().product();
    let mut factors = vec![1.0; count];
    factors[place.index(count)] = factor;
    let factors = Tensor::<4>::from_data(TensorData::new(factors, shape), &tensor.device().inner());
    tensor * factors
}

#[test]
fn an_input_that_needs_no_gradient_gets_none_and_changes_nothing() {
    let options = ConvOptions::new([1, 1], [2, 2], [1, 1], 1);
    for pool in [Pool::None, Pool::Max, Pool::Average] {
        let case = Case {
            batch: 11,
            channels: [3, 32],
            input: [12, 12],
            kernel: [5, 5],
            options: options.clone(),
            pointwise: Pointwise::Relu,
            pool,
            bias: true,
            permuted: false,
            seed: 5,
        };
        let device = Device::flex().autodiff();
        let (x, weight, bias) = case.inputs(&device);
        let (weight, bias) = (weight.require_grad(), bias.map(Tensor::require_grad));
        let output = case.ours(x, weight.clone(), bias);
        let factors = Tensor::<4>::from_data(case.factors(output.dims()), &device);
        let gradients = (output * factors).sum().backward();
        let weight: Vec<f32> = data(weight.grad(&gradients)).try_to_vec().expect("these are floats");
        let burns = case.results(|x, w, b| case.burns(x, w, b));
        assert!(distance(&weight, &burns[2]) < 5e-5, "{pool:?}");
    }
}
