//! The rules, each the arithmetic of Burn's optimizer of that name.

use super::rule::{Rule, Value};
#[cfg(feature = "flex")]
use super::{pass, rule::Numbers};
use burn::optim::LearningRate;

/// Stochastic gradient descent: against the gradient by the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd;

impl Rule<0> for Sgd {
    const SLOTS: [&'static str; 0] = [];
    const TIME: Option<&'static str> = None;
    type Scalars = f32;

    fn scalars(&self, learning_rate: LearningRate, _time: usize) -> f32 {
        learning_rate as f32
    }

    #[inline(always)]
    fn apply<V: Value>(rate: f32, parameter: V, gradient: V, _slots: [V; 0]) -> (V, [V; 0]) {
        (parameter - gradient.scale(rate), [])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 0>) {
        pass::run::<Self, 0>(numbers);
    }
}

/// Gradient descent along a velocity: the first gradient, later `momentum` of it and `1 - dampening` of the new gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    /// How much of the velocity stays.
    pub momentum: f64,
    /// How much of a gradient is left out of it.
    pub dampening: f64,
    /// Whether the step looks ahead: by `momentum` of the velocity and all of the gradient.
    pub nesterov: bool,
}

/// The scalars of a step of [`Momentum`].
#[derive(Clone, Copy, Debug)]
pub struct Velocity {
    rate: f32,
    kept: f32,
    added: f32,
    ahead: Option<f32>,
}

impl Rule<1> for Momentum {
    const SLOTS: [&'static str; 1] = ["momentum.velocity"];
    const TIME: Option<&'static str> = None;
    type Scalars = Velocity;

    fn scalars(&self, learning_rate: LearningRate, time: usize) -> Velocity {
        let kept = self.momentum as f32;
        let added = if time == 1 { 1.0 } else { (1.0 - self.dampening) as f32 };
        Velocity { rate: learning_rate as f32, kept, added, ahead: self.nesterov.then_some(kept) }
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Velocity, parameter: V, gradient: V, [velocity]: [V; 1]) -> (V, [V; 1]) {
        let velocity = gradient.clone().scale(scalars.added) + velocity.scale(scalars.kept);
        let step = match scalars.ahead {
            Some(ahead) => velocity.clone().scale(ahead) + gradient,
            None => velocity.clone(),
        };
        (parameter - step.scale(scalars.rate), [velocity])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 1>) {
        pass::run::<Self, 1>(numbers);
    }
}

/// Adam (Kingma and Ba, 2015), with both means corrected for their start at zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// How much of the mean of gradients stays.
    pub beta_1: f32,
    /// How much of the mean of squared gradients stays.
    pub beta_2: f32,
    /// Added to the root of that mean.
    pub epsilon: f32,
}

/// The scalars of a step of [`Adam`].
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    rate: f32,
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
    correction: f32,
}

impl Rule<2> for Adam {
    const SLOTS: [&'static str; 2] = ["momentum.moment_1", "momentum.moment_2"];
    const TIME: Option<&'static str> = Some("momentum.time");
    type Scalars = Moments;

    fn scalars(&self, learning_rate: LearningRate, time: usize) -> Moments {
        let Self { beta_1, beta_2, epsilon } = *self;
        let time = time as i32;
        let root = (1.0 - beta_2.powi(time)).sqrt();
        let correction = root / (1.0 - beta_1.powi(time));
        Moments { rate: learning_rate as f32, beta_1, beta_2, epsilon: epsilon * root, correction }
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Moments, parameter: V, gradient: V, [first, second]: [V; 2]) -> (V, [V; 2]) {
        let first = mean(scalars.beta_1, first, gradient.clone());
        let second = mean(scalars.beta_2, second, square(gradient));
        let step = first.clone().scale(scalars.correction) / second.clone().root().shift(scalars.epsilon);
        (parameter - step.scale(scalars.rate), [first, second])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 2>) {
        pass::run::<Self, 2>(numbers);
    }
}

/// AdaGrad (Duchi, Hazan and Singer, 2011): the gradient over the root of the sum of its squares so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaGrad {
    /// Added to the root of the sum.
    pub epsilon: f32,
    /// The rate of step `t` is divided by `1 + (t - 1)` times this.
    pub learning_rate_decay: f64,
}

impl Rule<1> for AdaGrad {
    const SLOTS: [&'static str; 1] = ["lr_decay.sum"];
    const TIME: Option<&'static str> = Some("lr_decay.time");
    type Scalars = (f32, f32);

    fn scalars(&self, learning_rate: LearningRate, time: usize) -> (f32, f32) {
        let rate = learning_rate / (1.0 + (time as f64 - 1.0) * self.learning_rate_decay);
        (rate as f32, self.epsilon)
    }

    #[inline(always)]
    fn apply<V: Value>((rate, epsilon): (f32, f32), parameter: V, gradient: V, [sum]: [V; 1]) -> (V, [V; 1]) {
        let sum = sum + square(gradient.clone());
        let step = gradient / sum.clone().root().shift(epsilon);
        (parameter - step.scale(rate), [sum])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 1>) {
        pass::run::<Self, 1>(numbers);
    }
}

/// RMSProp (Tieleman and Hinton, 2012): the gradient over the root of the running mean of its squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    /// How much of a running mean stays.
    pub alpha: f32,
    /// Added to the root.
    pub epsilon: f32,
}

/// [`RmsProp`] that takes the variance for the mean of squares: the mean gradient's square is taken off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CenteredRmsProp(pub RmsProp);

/// [`RmsProp`] with momentum: a step is what `RmsProp` would do plus this much of the step before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeavyRmsProp(pub RmsProp, pub f32);

/// [`CenteredRmsProp`] with momentum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsPropAll(pub RmsProp, pub f32);

/// The scalars of a step of [`RmsProp`] and its kin.
#[derive(Clone, Copy, Debug)]
pub struct Averages {
    rate: f32,
    alpha: f32,
    epsilon: f32,
    momentum: f32,
}

impl RmsProp {
    fn averages(self, learning_rate: LearningRate, momentum: f32) -> Averages {
        Averages { rate: learning_rate as f32, alpha: self.alpha, epsilon: self.epsilon, momentum }
    }
}

const SQUARES: &str = "square_avg.square_avg";
const MEAN: &str = "centered.grad_avg";
const BUFFER: &str = "momentum.buf";

impl Rule<1> for RmsProp {
    const SLOTS: [&'static str; 1] = [SQUARES];
    const TIME: Option<&'static str> = None;
    type Scalars = Averages;

    fn scalars(&self, learning_rate: LearningRate, _time: usize) -> Averages {
        self.averages(learning_rate, 0.0)
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Averages, parameter: V, gradient: V, [squares]: [V; 1]) -> (V, [V; 1]) {
        let squares = mean(scalars.alpha, squares, square(gradient.clone()));
        let step = gradient / squares.clone().root().shift(scalars.epsilon);
        (parameter - step.scale(scalars.rate), [squares])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 1>) {
        pass::run::<Self, 1>(numbers);
    }
}

impl Rule<2> for CenteredRmsProp {
    const SLOTS: [&'static str; 2] = [SQUARES, MEAN];
    const TIME: Option<&'static str> = None;
    type Scalars = Averages;

    fn scalars(&self, learning_rate: LearningRate, _time: usize) -> Averages {
        self.0.averages(learning_rate, 0.0)
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Averages, parameter: V, gradient: V, slots: [V; 2]) -> (V, [V; 2]) {
        let (step, slots) = centered(scalars, gradient, slots);
        (parameter - step.scale(scalars.rate), slots)
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 2>) {
        pass::run::<Self, 2>(numbers);
    }
}

impl Rule<2> for HeavyRmsProp {
    const SLOTS: [&'static str; 2] = [SQUARES, BUFFER];
    const TIME: Option<&'static str> = None;
    type Scalars = Averages;

    fn scalars(&self, learning_rate: LearningRate, _time: usize) -> Averages {
        self.0.averages(learning_rate, self.1)
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Averages, parameter: V, gradient: V, [squares, buffer]: [V; 2]) -> (V, [V; 2]) {
        let squares = mean(scalars.alpha, squares, square(gradient.clone()));
        let step = gradient / squares.clone().root().shift(scalars.epsilon);
        let buffer = buffer.scale(scalars.momentum) + step;
        (parameter - buffer.clone().scale(scalars.rate), [squares, buffer])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 2>) {
        pass::run::<Self, 2>(numbers);
    }
}

impl Rule<3> for RmsPropAll {
    const SLOTS: [&'static str; 3] = [SQUARES, MEAN, BUFFER];
    const TIME: Option<&'static str> = None;
    type Scalars = Averages;

    fn scalars(&self, learning_rate: LearningRate, _time: usize) -> Averages {
        self.0.averages(learning_rate, self.1)
    }

    #[inline(always)]
    fn apply<V: Value>(scalars: Averages, parameter: V, gradient: V, [squares, means, buffer]: [V; 3]) -> (V, [V; 3]) {
        let (step, [squares, means]) = centered(scalars, gradient, [squares, means]);
        let buffer = buffer.scale(scalars.momentum) + step;
        (parameter - buffer.clone().scale(scalars.rate), [squares, means, buffer])
    }

    #[cfg(feature = "flex")]
    fn run(numbers: Numbers<'_, Self::Scalars, 3>) {
        pass::run::<Self, 3>(numbers);
    }
}

/// The gradient over its deviation.
#[inline(always)]
fn centered<V: Value>(scalars: Averages, gradient: V, [squares, means]: [V; 2]) -> (V, [V; 2]) {
    let squares = mean(scalars.alpha, squares, square(gradient.clone()));
    let means = mean(scalars.alpha, means, gradient.clone());
    let variance = squares.clone() - square(means.clone());
    (gradient / variance.root().shift(scalars.epsilon), [squares, means])
}

/// The running mean, of which `kept` stays.
#[inline(always)]
fn mean<V: Value>(kept: f32, mean: V, next: V) -> V {
    mean.scale(kept) + next.scale(1.0 - kept)
}

#[inline(always)]
fn square<V: Value>(value: V) -> V {
    value.clone() * value
}
