//! Every update against the optimizer of Burn that it stands for: the same bits, whatever the tensors look like.
#![allow(clippy::expect_used, reason = "a test that cannot go on may panic")]

use burn::optim::momentum::MomentumConfig;
use burn::optim::{
    AdaGradConfig, AdamConfig, AdamWConfig, Optimizer, RecordState, RmsPropConfig, SgdConfig, StateSink, StateSource,
};
use burn::tensor::{Device, Tensor, TensorData};
use proptest::prelude::*;
use zoo_kernels::update::{
    AdaGrad, Adam, CenteredRmsProp, Decay, HeavyRmsProp, Momentum, RmsProp, RmsPropAll, Rule, Sgd, Update,
};

const STEPS: usize = 4;

/// Parameter and gradients, row by row, and the learning rate.
#[derive(Clone, Debug)]
struct Case {
    shape: [usize; 2],
    parameter: Vec<f32>,
    gradients: Vec<Vec<f32>>,
    learning_rate: f64,
}

/// Sizes on both sides of a vector loop's length.
fn case() -> impl Strategy<Value = Case> {
    let values = |count| prop::collection::vec(-3.0f32..3.0, count);
    (1usize..12, 1usize..24, 1e-4..0.5f64).prop_flat_map(move |(rows, columns, learning_rate)| {
        let gradients = prop::collection::vec(values(rows * columns), STEPS);
        (values(rows * columns), gradients).prop_map(move |(parameter, gradients)| Case {
            shape: [rows, columns],
            parameter,
            gradients,
            learning_rate,
        })
    })
}

fn tensor(values: &[f32], shape: [usize; 2]) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
}

fn values(tensor: &Tensor<2>) -> Vec<f32> {
    tensor.to_data().iter::<f32>().collect()
}

fn bits(tensor: &Tensor<2>) -> Vec<u32> {
    values(tensor).into_iter().map(f32::to_bits).collect()
}

fn train(optimizer: &impl Optimizer, case: &Case) -> Vec<u32> {
    let mut parameter = tensor(&case.parameter, case.shape);
    let mut state = None;
    let mut path = Vec::new();
    for gradient in &case.gradients {
        let gradient = tensor(gradient, case.shape);
        (parameter, state) = optimizer.step(case.learning_rate, parameter, gradient, state);
        path.extend(bits(&parameter));
    }
    path
}

fn same<R: Rule<N>, const N: usize>(rule: R, theirs: &impl Optimizer, case: &Case) -> Result<(), TestCaseError> {
    prop_assert_eq!(train(&Update::new(rule, Decay::None), case), train(theirs, case));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sgd_is_burns(case in case()) {
        same(Sgd, &SgdConfig::new().build(), &case)?;
    }

    #[test]
    fn momentum_is_burns(case in case(), momentum in 0.1..0.99f64, dampening in 0.0..0.9f64, nesterov: bool) {
        let config = MomentumConfig { momentum, dampening, nesterov };
        same(Momentum { momentum, dampening, nesterov }, &SgdConfig::new().with_momentum(Some(config)).build(), &case)?;
    }

    #[test]
    fn adam_is_burns(case in case(), beta_1 in 0.0..0.99f32, beta_2 in 0.5..0.9999f32, epsilon in 1e-8..1e-3f32) {
        let config = AdamConfig::new().with_beta_1(beta_1).with_beta_2(beta_2).with_epsilon(epsilon);
        same(Adam { beta_1, beta_2, epsilon }, &config.build(), &case)?;
    }

    #[test]
    fn ada_grad_is_burns(case in case(), epsilon in 1e-8..1e-3f32, learning_rate_decay in 0.0..1.0f64) {
        let config = AdaGradConfig::new().with_epsilon(epsilon).with_lr_decay(learning_rate_decay);
        same(AdaGrad { epsilon, learning_rate_decay }, &config.build(), &case)?;
    }

    #[test]
    fn rms_prop_is_burns(case in case(), alpha in 0.5..0.999f32, epsilon in 1e-3..0.1f32, momentum in 0.1..0.95f32) {
        let config = |momentum, centered| {
            let config = RmsPropConfig::new().with_alpha(alpha).with_epsilon(epsilon);
            config.with_momentum(momentum).with_centered(centered).build()
        };
        let rule = RmsProp { alpha, epsilon };
        same(rule, &config(0.0, false), &case)?;
        same(HeavyRmsProp(rule, momentum), &config(momentum, false), &case)?;
        same(CenteredRmsProp(rule), &config(0.0, true), &case)?;
        same(RmsPropAll(rule, momentum), &config(momentum, true), &case)?;
    }

    /// Burn's AdamW rounds in another order, so only nearly the same.
    #[test]
    fn decoupled_decay_is_adamws(case in case(), rate in 0.0..0.3f32) {
        let rule = Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-6 };
        let config = AdamWConfig::new().with_beta_1(0.9).with_beta_2(0.999).with_epsilon(1e-6).with_weight_decay(rate);
        let ours = train(&Update::new(rule, Decay::Decoupled(f64::from(rate))), &case);
        let theirs = train(&config.build(), &case);
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            let (ours, theirs) = (f32::from_bits(ours), f32::from_bits(theirs));
            prop_assert!((ours - theirs).abs() <= 1e-5 * (1.0 + theirs.abs()), "{ours} and {theirs}");
        }
    }

    #[test]
    fn coupled_decay_adds_to_the_gradient(case in case(), rate in 0.0..0.3f64) {
        let (parameter, gradient) = (tensor(&case.parameter, case.shape), tensor(&case.gradients[0], case.shape));
        let decayed = gradient.clone() + parameter.clone() * rate;
        let expected = parameter.clone() - decayed * case.learning_rate;
        let (found, _) = Update::new(Sgd, Decay::Coupled(rate)).step(case.learning_rate, parameter, gradient, None);
        prop_assert_eq!(bits(&found), bits(&expected));
    }

    /// A clone held elsewhere keeps its values, of parameter, gradient and state alike.
    #[test]
    fn what_others_hold_stays(case in case()) {
        let update = Update::new(Adam { beta_1: 0.9, beta_2: 0.99, epsilon: 1e-8 }, Decay::None);
        let (parameter, gradient) = (tensor(&case.parameter, case.shape), tensor(&case.gradients[0], case.shape));
        let (next, state) = update.step(case.learning_rate, parameter.clone(), gradient.clone(), None);
        let (held, held_state) = (bits(&next), recorded(&state));
        let (_, later) = update.step(case.learning_rate, next.clone(), gradient.clone(), state.clone());
        prop_assert_eq!(values(&parameter), &case.parameter[..]);
        prop_assert_eq!(values(&gradient), &case.gradients[0][..]);
        prop_assert_eq!(bits(&next), held);
        prop_assert_eq!(&recorded(&state), &held_state);
        prop_assert_ne!(recorded(&later), held_state);
    }

    /// Transposed or cut out of a larger tensor: the values count, not how they lie in memory.
    #[test]
    fn how_tensors_lie_in_memory_changes_nothing(case in case()) {
        let [rows, columns] = case.shape;
        let update = Update::new(Adam { beta_1: 0.9, beta_2: 0.99, epsilon: 1e-8 }, Decay::Coupled(0.1));
        let (parameter, gradient) = (tensor(&case.parameter, case.shape), tensor(&case.gradients[0], case.shape));
        let (expected, state) = update.step(case.learning_rate, parameter.clone(), gradient.clone(), None);
        let turned = tensor(&values(&parameter.transpose()), [columns, rows]).transpose();
        let longer = Tensor::cat(vec![gradient.clone() * 2.0, gradient.clone(), gradient], 0);
        let cut = longer.narrow(0, rows, rows);
        let (found, found_state) = update.step(case.learning_rate, turned, cut, None);
        prop_assert_eq!(bits(&found), bits(&expected));
        prop_assert_eq!(recorded(&found_state), recorded(&state));
    }
}

/// A state as it is saved.
fn recorded(state: &Option<impl RecordState>) -> Vec<(String, TensorData)> {
    let mut sink = StateSink::default();
    state.as_ref().expect("this optimizer has a state").state_flatten("0", &mut sink);
    sink.tensors
}

/// The longest parameters are cut in two, for two threads.
#[test]
fn a_large_parameter_is_as_its_parts_are() {
    let count = 300_001;
    let values = |seed: usize| -> Vec<f32> { (0..count).map(|at| (at * seed % 1013) as f32 / 500.0 - 1.0).collect() };
    let gradients = vec![values(17), values(7)];
    let case = Case { shape: [1, count], parameter: values(31), gradients, learning_rate: 0.1 };
    let (beta_1, beta_2, epsilon) = (0.9, 0.999, 1e-8);
    let theirs = AdamConfig::new().with_beta_1(beta_1).with_beta_2(beta_2).with_epsilon(epsilon).build();
    assert_eq!(train(&Update::new(Adam { beta_1, beta_2, epsilon }, Decay::None), &case), train(&theirs, &case));
}

/// A run may go on with a record of Burn's own optimizer.
#[test]
fn records_of_burns_optimizers_are_read() {
    let heavy = MomentumConfig { momentum: 0.9, dampening: 0.0, nesterov: false };
    let sgd = SgdConfig::new().with_momentum(Some(heavy)).build();
    reads(Momentum { momentum: 0.9, dampening: 0.0, nesterov: false }, &sgd);
    reads(Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-5 }, &AdamConfig::new().build());
    reads(AdaGrad { epsilon: 1e-5, learning_rate_decay: 0.5 }, &AdaGradConfig::new().with_lr_decay(0.5).build());
    let config = RmsPropConfig::new().with_alpha(0.9).with_epsilon(1e-3).with_momentum(0.5).with_centered(true);
    reads(RmsPropAll(RmsProp { alpha: 0.9, epsilon: 1e-3 }, 0.5), &config.build());
}

fn reads<R: Rule<N>, const N: usize>(rule: R, theirs: &impl Optimizer) {
    let (parameter, gradient) = (tensor(&[1.0, 1.0, -1.0], [1, 3]), tensor(&[0.5, -2.0, 0.1], [1, 3]));
    let (parameter, state) = theirs.step(0.1, parameter, gradient.clone(), None);
    let mut sink = StateSink::default();
    state.as_ref().expect("this optimizer has a state").state_flatten("0", &mut sink);
    let mut source = StateSource::new(sink.scalars.into_iter().collect());
    sink.tensors.into_iter().for_each(|(name, data)| source.insert_tensor(name, data));
    let read = RecordState::state_unflatten("0", &mut source, &Device::flex());
    assert!(read.is_some(), "a name is missing in the record");
    let (found, _) = Update::new(rule, Decay::None).step(0.1, parameter.clone(), gradient.clone(), read);
    let (expected, _) = theirs.step(0.1, parameter, gradient, state);
    assert_eq!(bits(&found), bits(&expected));
}
