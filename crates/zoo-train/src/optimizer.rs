//! How a gradient becomes a step: the rules of `zoo-kernels` under a recipe's names, and what is done to gradients first.
//!
//! Every optimizer equals the one of `torch.optim` configured alike, and Muon its author's; the test `parity` of `zoo-tests`
//! compares them after ten steps. Burn's own clipping is not used: it looks at one parameter at a time.

use crate::muon::{Muon, Shrinkage};
use burn::module::{Module, ModuleVisitor, Param, ParamGroup};
use burn::optim::{
    DynOptimizer, DynState, GradientsParams, LearningRate, ModuleOptimizer, Optimizer as Stepper, StateSink,
    StateSource,
};
use burn::tensor::kind::BridgeTensor;
use burn::tensor::{Device, Tensor};
use zoo_kernels::update::{
    AdaGrad, Adam, CenteredRmsProp, Decay, HeavyRmsProp, Momentum, RmsProp, RmsPropAll, Rule, Sgd, Update,
};
use zoo_recipe::{GradientClipping, Optimizer, WeightDecay};

/// The optimizer a recipe asks for, with its weight decay, at the start of a training.
///
/// AdamW is Adam with decoupled decay, so the two differ by `weight_decay` alone. Decay acts on every parameter, biases
/// included, as PyTorch's does. A state read from a checkpoint is placed on `device`.
pub fn optimizer(recipe: &Optimizer, weight_decay: &WeightDecay, device: &Device) -> ModuleOptimizer {
    let parts = (decay(weight_decay), device);
    match *recipe {
        Optimizer::Sgd => assemble(Sgd, parts),
        Optimizer::Momentum { momentum, dampening } => {
            assemble(Momentum { momentum, dampening, nesterov: false }, parts)
        }
        Optimizer::Nesterov { momentum } => assemble(Momentum { momentum, dampening: 0.0, nesterov: true }, parts),
        Optimizer::Adagrad { epsilon, learning_rate_decay } => {
            assemble(AdaGrad { epsilon: epsilon as f32, learning_rate_decay }, parts)
        }
        Optimizer::Rmsprop { alpha, epsilon, momentum, centered } => {
            let rule = RmsProp { alpha: alpha as f32, epsilon: epsilon as f32 };
            match (centered, momentum as f32) {
                (false, 0.0) => assemble(rule, parts),
                (true, 0.0) => assemble(CenteredRmsProp(rule), parts),
                (false, momentum) => assemble(HeavyRmsProp(rule, momentum), parts),
                (true, momentum) => assemble(RmsPropAll(rule, momentum), parts),
            }
        }
        Optimizer::Adam { beta1, beta2, epsilon } | Optimizer::Adamw { beta1, beta2, epsilon } => {
            assemble(Adam { beta_1: beta1 as f32, beta_2: beta2 as f32, epsilon: epsilon as f32 }, parts)
        }
        Optimizer::Muon { momentum, beta1, beta2, epsilon } => {
            let rest = optimizer(&Optimizer::Adamw { beta1, beta2, epsilon }, weight_decay, device);
            let muon = Muon { momentum, shrinkage: shrinkage(weight_decay) };
            let pinned = Pinned { optimizer: muon, device: device.clone().inner() };
            rest.with_group(ParamGroup::from_predicates(vec!["conv", "weight"]), pinned, None)
        }
    }
}

fn decay(recipe: &WeightDecay) -> Decay {
    match *recipe {
        WeightDecay::None => Decay::None,
        WeightDecay::L2 { rate } => Decay::Coupled(rate),
        WeightDecay::Decoupled { rate } | WeightDecay::Normalized { rate, .. } => Decay::Decoupled(rate),
    }
}

/// Of the weights that Muon changes.
fn shrinkage(recipe: &WeightDecay) -> Shrinkage {
    match *recipe {
        WeightDecay::Decoupled { rate } => Shrinkage::Decay(rate),
        WeightDecay::Normalized { step, .. } => Shrinkage::Norm { step },
        WeightDecay::None | WeightDecay::L2 { .. } => Shrinkage::Decay(0.0),
    }
}

fn assemble<R: Rule<N>, const N: usize>(rule: R, (decay, device): (Decay, &Device)) -> ModuleOptimizer {
    let optimizer = Update::new(rule, decay);
    let pinned = Pinned { optimizer: optimizer.clone(), device: device.clone().inner() };
    ModuleOptimizer::from(optimizer).with_group(ParamGroup::all(), pinned, None)
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
        module.visit(&mut Edit { gradients, edit: GradientEdit::AddSigns(rate) });
    }
}

/// Bounds the gradients of `module`: by their common norm, as `torch.nn.utils.clip_grad_norm_`, or each component.
pub fn clip_gradients<M: Module>(gradients: &mut GradientsParams, module: &M, clipping: &GradientClipping) {
    match *clipping {
        GradientClipping::None => {}
        GradientClipping::Value { max } => module.visit(&mut Edit { gradients, edit: GradientEdit::Clamp(max) }),
        GradientClipping::Norm { max } => {
            if let Some(norm) = gradient_norm(gradients, module) {
                // PyTorch's 1e-6, which keeps a norm of zero from dividing by it.
                let factor = (norm + 1e-6).recip().mul_scalar(max).clamp_max(1.0);
                module.visit(&mut Edit { gradients, edit: GradientEdit::Scale(&factor) });
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
    edit: GradientEdit<'a>,
}

enum GradientEdit<'a> {
    AddSigns(f64),
    Clamp(f64),
    Scale(&'a Tensor<1>),
}

impl ModuleVisitor for Edit<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let Some(gradient) = self.gradients.remove::<D>(parameter.id) else {
            return;
        };
        let changed = match self.edit {
            GradientEdit::AddSigns(rate) if D >= 2 => gradient + parameter.val().inner().sign() * rate,
            GradientEdit::AddSigns(_) => gradient,
            GradientEdit::Clamp(max) => gradient.clamp(-max, max),
            GradientEdit::Scale(factor) => gradient * factor.clone().unsqueeze(),
        };
        self.gradients.register(parameter.id, changed);
    }
}
