//! Parity with PyTorch: the same weights give the same logits, losses, gradients and, after ten steps of each
//! optimizer, the same weights again.
//!
//! The expected numbers are PyTorch's, written in float64 by `fixtures/make_fixtures.py`; ours are f32. No PyTorch is
//! needed here: parameters and inputs come from an integer hash that both programs compute bit for bit.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod fixture;
mod module;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use fixture::{
    Activations, Family, Schedules, StepsCase, TOLERANCE, TOLERANCE_OF_STEPS, assert_all_close, assert_close, fixtures,
    read,
};
use module::{collect_gradients, collect_parameters, fill, values_of};
use trainer::loss::loss;
use trainer::optimizer::{add_l1, clip_gradients, optimizer};
use trainer::schedule::learning_rate;
use zoo_cnn::CnnConfig;
use zoo_core::weights::Weights;
use zoo_logistic_regression::LogisticRegressionConfig;
use zoo_mlp::MlpConfig;
use zoo_softmax::SoftmaxConfig;
use zoo_speednet::{PoolAfter, Speednet, SpeednetConfig};

#[test]
fn logistic_regression() {
    let model = LogisticRegressionConfig::default().init(6, &device());
    check("logistic_regression", model, |model, x| model.forward(x));
}

#[test]
fn softmax() {
    let model = SoftmaxConfig::default().init(6, 4, &device());
    check("softmax", model, |model, x| model.forward(x));
}

#[test]
fn mlp() {
    check("mlp", mlp_config().init(6, 4, &device()), |model, x| model.forward(x));
}

#[test]
fn mlp_with_one_logit() {
    let model = MlpConfig { hidden: vec![8], ..MlpConfig::default() }.init(6, 1, &device());
    check("mlp_one_logit", model, |model, x| model.forward(x));
}

#[test]
fn cnn() {
    let model = CnnConfig::default().init(3, 10, &device());
    check("cnn", model, |model, x| {
        let [batch, _] = x.dims();
        model.forward(x.reshape([batch, 3, 32, 32]))
    });
}

#[test]
fn batch_norm_in_training() {
    let model = MlpConfig { batch_norm: true, ..mlp_config() }.init(6, 4, &device());
    let expected: Family = read("batch_norm");
    check_losses(&expected, &fill(model), &|model, x| model.forward(x));
}

/// By the statistics of the batch, and with the first filters trained, which the zoo does not do.
#[test]
fn speednet_in_training() {
    for (family, pool_after) in [("speednet", PoolAfter::First), ("speednet_second", PoolAfter::Second)] {
        check_losses(&read(family), &speednet(pool_after), &|model, x| of_side(28, model, x));
    }
}

#[test]
fn ten_steps_of_muon() {
    let expected: Family = read("speednet_steps");
    let forward = |model: &Speednet, x: Tensor<2>| of_side(9, model, x);
    check_losses(&expected, &speednet(PoolAfter::First), &forward);
    let [muon] = &expected.steps[..] else { panic!("Muon alone") };
    check_steps("speednet", (&expected, muon), speednet(PoolAfter::First), &forward);
}

fn speednet(pool_after: PoolAfter) -> Speednet {
    let mut model =
        SpeednetConfig { widths: vec![16, 32], pool_after, ..SpeednetConfig::default() }.init(3, 10, &device());
    model.whitening.weight = model.whitening.weight.set_require_grad(true);
    fill(model)
}

fn of_side(side: usize, model: &Speednet, x: Tensor<2>) -> Tensor<2> {
    let [batch, _] = x.dims();
    model.forward(x.reshape([batch, 3, side, side]))
}

#[test]
fn every_activation() {
    let expected: Activations = read("activations");
    assert_eq!(expected.activations.len(), 8);
    for (activation, expected) in expected.activations {
        let model = MlpConfig { activation, ..mlp_config() }.init(6, 4, &device());
        check_losses(&expected, &fill(model), &|model, x| model.forward(x));
    }
}

/// `trained/mlp_breast_cancer.safetensors` was written by the trainer and loaded into PyTorch by the key mapping of
/// `fixtures/zoo_in_pytorch.py`; both then give the same logits, batch norm's running statistics included.
#[test]
fn weights_file_in_pytorch() {
    let expected: Family = read("trained_mlp");
    let weights = Weights::read(&fixtures().join("trained/mlp_breast_cancer.safetensors")).unwrap();
    let model = weights.build::<MlpConfig>(&device()).unwrap().valid();
    let (x, _) = expected.batch(0, &device().inner());
    assert_close("logits", &values_of(model.forward(x)), &expected.logits);
}

#[test]
fn schedules() {
    let expected: Schedules = read("schedules");
    assert_eq!(expected.schedules.len(), 8);
    for case in expected.schedules {
        for (step, expected) in case.rates.iter().enumerate() {
            let found = learning_rate(&case.schedule, step, case.steps_per_epoch, case.total_steps);
            let error = (found / expected - 1.0).abs();
            assert!(error < 1e-9, "{:?}: {found} is not {expected} at step {step}", case.schedule);
        }
    }
}

fn check<M: Module>(family: &str, model: M, forward: impl Fn(&M, Tensor<2>) -> Tensor<2>) {
    let expected: Family = read(family);
    let model = fill(model);
    check_losses(&expected, &model, &forward);
    assert_eq!(expected.steps.len(), 16, "one case for each way to configure an optimizer");
    for case in &expected.steps {
        check_steps(family, (&expected, case), model.clone(), &forward);
    }
}

fn check_losses<M: Module>(expected: &Family, model: &M, forward: &impl Fn(&M, Tensor<2>) -> Tensor<2>) {
    let (x, labels) = expected.batch(0, &device());
    let logits = forward(model, x.clone());
    assert_close("logits", &values_of(logits), &expected.logits);
    for case in &expected.losses {
        let value = loss(&case.loss, forward(model, x.clone()), labels.clone());
        assert_close(&format!("{:?}", case.loss), &values_of(value.clone()), &[case.value]);
        let gradients = GradientsParams::from_grads(value.backward(), model);
        let gradients = collect_gradients(model, &gradients);
        assert_all_close(&format!("{:?}, gradient", case.loss), &gradients, &case.gradients, TOLERANCE);
    }
}

fn check_steps<M: Module>(
    family: &str,
    (expected, case): (&Family, &StepsCase),
    mut model: M,
    forward: &impl Fn(&M, Tensor<2>) -> Tensor<2>,
) {
    let minimized = expected.losses[0].loss;
    let mut optimizer = optimizer(&case.optimizer, &case.regularization.weight_decay, &device());
    for step in 0..10 {
        let (x, labels) = expected.batch(step, &device());
        let value = loss(&minimized, forward(&model, x), labels);
        let mut gradients = GradientsParams::from_grads(value.backward(), &model);
        add_l1(&mut gradients, &model, case.regularization.l1);
        clip_gradients(&mut gradients, &model, &case.regularization.gradient_clipping);
        model = optimizer.step(case.learning_rate, model, gradients);
    }
    let what = format!("{:?}, {:?}, after ten steps", case.optimizer, case.regularization);
    let tolerance = if family == "cnn" { TOLERANCE_OF_STEPS } else { TOLERANCE };
    assert_all_close(&what, &collect_parameters(&model), &case.after, tolerance);
}

fn mlp_config() -> MlpConfig {
    MlpConfig { hidden: vec![8, 5], ..MlpConfig::default() }
}

fn device() -> Device {
    Device::flex().autodiff()
}
