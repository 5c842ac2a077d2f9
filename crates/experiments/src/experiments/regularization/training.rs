//! One training for each cure.
//!
//! Two hidden layers of 64 on 200 digits, a fifth of which have a wrong label: enough weights to learn each wrong label by heart. The digits
//! to test on have as many wrong labels, so that the gap, loss on the test less loss in training, is that of learning by heart and of
//! nothing else. Each cure changes one thing of this training. L2's strength and dropout's rate were chosen on seeds 100 to 105.

use super::augmentation::{SHIFT, changed};
use super::settings::{DROPOUT, L2, PATIENCE};
use crate::digits::{CLASSES, Course, Digits, cross_entropy, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use trainer::patience::Patience;
use zoo_mlp::{Mlp, MlpConfig};

const TRAINING: usize = 200;
/// Four times as many.
const MORE: usize = 800;
pub(super) const WRONG: f64 = 0.2;
/// Early stopping looks at the digits held back so often, in steps.
const LOOK: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cure {
    None,
    Dropout,
    L2,
    BatchNorm,
    EarlyStopping,
    Augmentation,
    MoreData,
}

/// Every training with its name, in the order of [`Cure`].
pub(super) fn cures(settings: &Setup) -> [(Cure, String); 7] {
    [
        (Cure::None, "none".into()),
        (Cure::Dropout, format!("dropout {}", settings.number(DROPOUT))),
        (Cure::L2, format!("L2 {}", settings.number(L2))),
        (Cure::BatchNorm, "batch norm".into()),
        (Cure::EarlyStopping, "early stopping".into()),
        (Cure::Augmentation, "shifts by a pixel".into()),
        (Cure::MoreData, "four times the data".into()),
    ]
}

/// One draw of digits and wrong labels, and the seed of everything random after it.
pub(super) struct Draw {
    few: Digits,
    more: Digits,
    test: Digits,
    seed: u64,
}

impl Draw {
    pub(super) fn new(all: &Digits, settings: &Setup, run: u64) -> Self {
        let mut random = Stream::numbered(settings.seed, 70_000 + run);
        let (pool, test) = all.split(MORE, &mut random);
        let [more, test] = [&pool, &test].map(|digits| mislabeled(digits, &mut random));
        let few = more.select(&(0..TRAINING).collect::<Vec<_>>());
        Self { few, more, test, seed: settings.seed.wrapping_add(1000 * run) }
    }
}

/// Every fifth label on average another one, all others equally likely.
fn mislabeled(digits: &Digits, random: &mut Stream) -> Digits {
    let mut changed = digits.clone();
    for class in &mut changed.classes {
        let (is_wrong, by) = (random.unit() < WRONG, 1 + random.index(CLASSES - 1));
        *class = if is_wrong { (*class + by) % CLASSES } else { *class };
    }
    changed
}

/// What one training came to: the loss on the digits learned from, in the mode of use, and on new ones with as many wrong labels.
pub(super) struct Losses {
    pub(super) training: f64,
    pub(super) test: f64,
}

impl Losses {
    fn of(network: &Mlp, learned: &Digits, draw: &Draw) -> Result<Self> {
        Ok(Self { training: loss(network, learned)?, test: loss(network, &draw.test)? })
    }

    pub(super) fn gap(&self) -> f64 {
        self.test - self.training
    }
}

fn loss(network: &Mlp, digits: &Digits) -> Result<f64> {
    let (x, y) = digits.tensors(&Device::flex());
    scalar(trainer::loss::loss(&CROSS_ENTROPY, network.forward(x), y))
}

pub(super) fn measure(cure: Cure, draw: &Draw, settings: &Setup) -> Result<Losses> {
    if cure == Cure::EarlyStopping {
        return stopped_early(draw, settings);
    }
    let config = MlpConfig {
        dropout: if cure == Cure::Dropout { settings.number(DROPOUT) } else { 0.0 },
        batch_norm: cure == Cure::BatchNorm,
        ..plain()
    };
    let digits = if cure == Cure::MoreData { &draw.more } else { &draw.few };
    let mut step = 0;
    let loss = |network: &Mlp, batch: &Digits| match cure {
        Cure::L2 => cross_entropy(network, batch) + squares(network) * (settings.number(L2) / 2.0),
        Cure::Augmentation => {
            step += 1;
            cross_entropy(network, &changed(batch, &[SHIFT], draw.seed, step))
        }
        _ => cross_entropy(network, batch),
    };
    let start = new_network(&config, CLASSES, draw.seed);
    Losses::of(&digits.teach(start, &course(settings), draw.seed, loss).valid(), digits, draw)
}

fn course(settings: &Setup) -> Course {
    Course { optimizer: ADAM, rate: 0.005, steps: settings.choose(500, 250), batch: 20 }
}

fn plain() -> MlpConfig {
    MlpConfig { hidden: vec![64, 64], ..MlpConfig::default() }
}

/// The sum of the squares of all weights; biases are left alone.
fn squares(network: &Mlp) -> Tensor<1> {
    let of = |weight: Tensor<2>| weight.square().sum();
    let hidden = network.hidden.iter().map(|layer| of(layer.linear.weight.val()));
    hidden.fold(of(network.output.weight.val()), |sum, squares| sum + squares)
}

/// A fifth of the digits is held back and looked at every so often. What counts are the weights that were best when patience ended.
fn stopped_early(draw: &Draw, settings: &Setup) -> Result<Losses> {
    let (held, kept): (Vec<usize>, Vec<usize>) = (0..TRAINING).partition(|place| place % 5 == 0);
    let [held, kept] = [held, kept].map(|places| draw.few.select(&places));
    let (mut step, mut networks) = (0_usize, Vec::new());
    let start = new_network(&plain(), CLASSES, draw.seed);
    kept.teach(start, &course(settings), draw.seed, |network: &Mlp, batch| {
        if step.is_multiple_of(LOOK) {
            networks.push(network.valid());
        }
        step += 1;
        cross_entropy(network, batch)
    });
    let (mut patience, mut best) = (Patience::default(), 0);
    for (look, network) in networks.iter().enumerate() {
        if patience.see(-loss(network, &held)?, 0.0) {
            best = look;
        }
        if patience.has_lasted(settings.whole(PATIENCE)) {
            break;
        }
    }
    Losses::of(&networks[best], &kept, draw)
}
