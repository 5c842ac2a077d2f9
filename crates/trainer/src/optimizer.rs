//! How a gradient becomes a step: Burn's optimizers under a recipe's names, and what is done to gradients first.
//!
//! Every optimizer equals the one of `torch.optim` configured alike; the test `parity` of `zoo-tests` compares them after
//! ten steps. Burn's own weight decay and clipping are not used: the first is not offered by every optimizer in both
//! forms, the second looks at one parameter at a time.

use burn::module::{Module, ModuleVisitor, Param, ParamGroup};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{
    AdaGradConfig, AdamConfig, DynOptimizer, DynState, GradientsParams, LearningRate, ModuleOptimizer,
    Optimizer as Stepper, RmsPropConfig, SgdConfig, StateSink, StateSource,
};
use burn::tensor::kind::BridgeTensor;
use burn::tensor::{Device, Tensor};
use zoo_recipe::{GradientClipping, Optimizer, WeightDecay};

/// The optimizer a recipe asks for, with its weight decay, at the start of a training.
///
/// AdamW is Adam with decoupled decay, so the two differ by `weight_decay` alone. Decay acts on every parameter, biases
/// included, as PyTorch's does. A state read from a checkpoint is placed on `device`.
pub fn optimizer(recipe: &Optimizer, weight_decay: &WeightDecay, device: &Device) -> ModuleOptimizer {
    let parts = (weight_decay, device);
    match *recipe {
        Optimizer::Sgd => assemble(SgdConfig::new().build(), parts),
        Optimizer::Momentum { momentum, dampening } => assemble(sgd(momentum, dampening, false), parts),
        Optimizer::Nesterov { momentum } => assemble(sgd(momentum, 0.0, true), parts),
        Optimizer::Adagrad { epsilon, learning_rate_decay } => {
            let config = AdaGradConfig::new().with_epsilon(epsilon as f32).with_lr_decay(learning_rate_decay);
            assemble(config.build(), parts)
        }
        Optimizer::Rmsprop { alpha, epsilon, momentum, centered } => {
            let config = RmsPropConfig::new()
                .with_alpha(alpha as f32)
                .with_epsilon(epsilon as f32)
                .with_momentum(momentum as f32)
                .with_centered(centered);
            assemble(config.build(), parts)
        }
        Optimizer::Adam { beta1, beta2, epsilon } | Optimizer::Adamw { beta1, beta2, epsilon } => {
            let config =
                AdamConfig::new().with_beta_1(beta1 as f32).with_beta_2(beta2 as f32).with_epsilon(epsilon as f32);
            assemble(config.build(), parts)
        }
    }
}

fn sgd(momentum: f64, dampening: f64, nesterov: bool) -> burn::optim::Sgd {
    let momentum = MomentumConfig { momentum, dampening, nesterov };
    SgdConfig::new().with_momentum(Some(momentum)).build()
}

fn assemble<O: Stepper>(optimizer: O, (weight_decay, device): (&WeightDecay, &Device)) -> ModuleOptimizer {
    let decayed = Decayed { optimizer, decay: *weight_decay };
    let pinned = Pinned { optimizer: decayed.clone(), device: device.clone().inner() };
    ModuleOptimizer::from(decayed).with_group(ParamGroup::all(), pinned, None)
}

/// An optimizer that also shrinks the parameters.
#[derive(Clone)]
struct Decayed<O> {
    optimizer: O,
    decay: WeightDecay,
}

impl<O: Stepper> Stepper for Decayed<O> {
    type State<const D: usize> = O::State<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let (parameter, gradient) = match self.decay {
            WeightDecay::None => (parameter, gradient),
            WeightDecay::L2 { rate } => (parameter.clone(), gradient + parameter * rate),
            WeightDecay::Decoupled { rate } => (parameter * (1.0 - learning_rate * rate), gradient),
        };
        self.optimizer.step(learning_rate, parameter, gradient, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        O::to_device(state, device)
    }
}

/// An optimizer whose state is read back onto a device of our choice. Burn reads it onto the first backend compiled in,
/// which may be a GPU that the machine does not have.
struct Pinned<O> {
    optimizer: O,
    device: Device,
}

impl<O: Stepper> DynOptimizer for Pinned<O> {
    fn step_dyn(
        &self,
        rank: usize,
        learning_rate: LearningRate,
        parameter: BridgeTensor,
        gradient: BridgeTensor,
        state: Option<DynState>,
    ) -> (BridgeTensor, Option<DynState>) {
        self.optimizer.step_dyn(rank, learning_rate, parameter, gradient, state)
    }

    fn to_device_dyn(&self, state: DynState, device: &Device) -> DynState {
        self.optimizer.to_device_dyn(state, device)
    }

    fn state_flatten(&self, prefix: &str, state: &DynState, out: &mut StateSink) {
        self.optimizer.state_flatten(prefix, state, out);
    }

    fn state_unflatten(
        &self,
        rank: usize,
        prefix: &str,
        source: &mut StateSource,
        _default: &Device,
    ) -> Option<DynState> {
        self.optimizer.state_unflatten(rank, prefix, source, &self.device)
    }
}

/// Adds the gradient of `rate` times the sum of `|w|` over the weights of `module`: biases, and whatever else has
/// fewer than two dimensions, are left alone.
pub fn add_l1<M: Module>(gradients: &mut GradientsParams, module: &M, rate: f64) {
    if rate != 0.0 {
        module.visit(&mut Edit { gradients, change: Change::AddSigns(rate) });
    }
}

/// Bounds the gradients of `module`: by their common norm, as `torch.nn.utils.clip_grad_norm_`, or each component.
pub fn clip_gradients<M: Module>(gradients: &mut GradientsParams, module: &M, clipping: &GradientClipping) {
    match *clipping {
        GradientClipping::None => {}
        GradientClipping::Value { max } => module.visit(&mut Edit { gradients, change: Change::Clamp(max) }),
        GradientClipping::Norm { max } => {
            if let Some(norm) = gradient_norm(gradients, module) {
                // PyTorch's 1e-6, which keeps a norm of zero from dividing by it.
                let factor = (norm + 1e-6).recip().mul_scalar(max).clamp_max(1.0);
                module.visit(&mut Edit { gradients, change: Change::Scale(&factor) });
            }
        }
    }
}

/// The Euclidean norm of all gradients of `module` together, `[1]`, still on the device; `None` without gradients.
pub fn gradient_norm<M: Module>(gradients: &GradientsParams, module: &M) -> Option<Tensor<1>> {
    let mut squares = Squares { gradients, sum: None };
    module.visit(&mut squares);
    squares.sum.map(Tensor::sqrt)
}

struct Squares<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(parameter.id) {
            let square = gradient.square().sum();
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + square,
                None => square,
            });
        }
    }
}

/// Changes every gradient, in the order of the module.
struct Edit<'a> {
    gradients: &'a mut GradientsParams,
    change: Change<'a>,
}

enum Change<'a> {
    AddSigns(f64),
    Clamp(f64),
    Scale(&'a Tensor<1>),
}

impl ModuleVisitor for Edit<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let Some(gradient) = self.gradients.remove::<D>(parameter.id) else {
            return;
        };
        let changed = match self.change {
            Change::AddSigns(rate) if D >= 2 => gradient + parameter.val().inner().sign() * rate,
            Change::AddSigns(_) => gradient,
            Change::Clamp(max) => gradient.clamp(-max, max),
            Change::Scale(factor) => gradient * factor.clone().unsqueeze(),
        };
        self.gradients.register(parameter.id, changed);
    }
}
