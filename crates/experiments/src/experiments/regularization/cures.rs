//! One network that overfits, and every cure of the notes beside it.
//!
//! Two hidden layers of 64 on 200 digits, a fifth of which have a wrong label: enough weights to learn each wrong label by heart. The digits
//! to test on have as many wrong labels, so that the gap, loss on the test less loss in training, is that of learning by heart and of
//! nothing else. Each cure changes one thing of this training. L2's strength and dropout's rate were chosen on seeds 100 to 105.

use super::settings::{DROPOUT, L2};
use crate::digits::{CLASSES, Course, Digits, accuracy, cross_entropy, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer, Padding};
use zoo_mlp::{Mlp, MlpConfig};

const TRAINING: usize = 200;
/// Four times as many.
const MORE: usize = 800;
const WRONG: f64 = 0.2;
const BATCH: usize = 20;
/// Early stopping looks at the digits held back so often.
const LOOK: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cure {
    None,
    Dropout,
    L2,
    BatchNorm,
    EarlyStopping,
    Augmentation,
    MoreData,
}

const CURES: [Cure; 7] =
    [Cure::None, Cure::Dropout, Cure::L2, Cure::BatchNorm, Cure::EarlyStopping, Cure::Augmentation, Cure::MoreData];

const EARLY: usize = 4;
const MORE_DATA: usize = 6;

impl Cure {
    fn name(self, settings: &Setup) -> String {
        match self {
            Self::None => "none".into(),
            Self::Dropout => format!("dropout {}", settings.number(DROPOUT)),
            Self::L2 => format!("L2 {}", settings.number(L2)),
            Self::BatchNorm => "batch norm".into(),
            Self::EarlyStopping => "early stopping".into(),
            Self::Augmentation => "shifts by a pixel".into(),
            Self::MoreData => "four times the data".into(),
        }
    }
}

/// What one training came to.
#[derive(Clone, Copy)]
struct Measured {
    /// Loss on the digits learned from, as they are and in the mode of use.
    training: f64,
    /// Loss on new digits with as many wrong labels.
    test: f64,
    /// The fraction of new digits read as what they are.
    accuracy: f64,
}

impl Measured {
    fn gap(&self) -> f64 {
        self.test - self.training
    }
}

pub(super) fn side_by_side(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let runs = settings.choose(8, 4);
    let names = CURES.map(|cure| cure.name(settings));
    let measured =
        (0..runs).map(|run| on_one_draw(&all, settings, run)).collect::<Result<Vec<[Measured; CURES.len()]>>>()?;
    let over = |place: usize, of: fn(&Measured) -> f64| Mean::over(measured.iter().map(|one| of(&one[place])));
    let gain =
        |place: usize, of: fn(&Measured) -> f64| Mean::over(measured.iter().map(|one| of(&one[place]) - of(&one[0])));
    overfits(&over(0, Measured::gap), &over(0, |one| one.training), findings);
    for (place, (name, cure)) in names.iter().zip(CURES).enumerate().skip(1) {
        let left = Mean::over(measured.iter().map(|one| one[place].gap() / one[0].gap()));
        narrows(name, cure, &left, findings);
    }
    let more = gain(MORE_DATA, |one| one.accuracy);
    findings
        .claiming("What is learned better is another matter: new digits that four times the data read more, lower end")
        .is(more.interval().0, Above(0.0))
        .measured_with(format!(" ({more}; early stopping {})", gain(EARLY, |one| one.accuracy)));
    let row = |(place, name): (usize, &String)| {
        let paired = |of| if place == 0 { "-".into() } else { gain(place, of).to_string() };
        let means = [|one: &Measured| one.training, |one: &Measured| one.test].map(|of| over(place, of).to_string());
        let (gap, right) = (over(place, Measured::gap).to_string(), over(place, |one| one.accuracy).to_string());
        [vec![name.clone()], means.to_vec(), vec![gap, paired(Measured::gap), right, paired(|one| one.accuracy)]]
            .concat()
    };
    findings
        .table(
            format!(
                "A perceptron 64-64-64-10 on {TRAINING} digits, a fifth of all labels wrong (± 95 %, {runs} draws)"
            ),
            &["cure", "training loss", "test loss", "gap", "gap less that of none", "new digits right", "gain"],
            names.iter().enumerate().map(row).collect(),
        )
        .figure("cures", "One overfitting network and seven trainings of it", CAPTION, draw(&names, &over));
    Ok(())
}

const CAPTION: &str = "Loss on the digits learned from and on new ones, a fifth of all labels wrong in both. Without a \
                       cure the network learns every wrong label by heart. No cure brings the loss on new digits \
                       near 0: wrong labels cannot be foreseen, and the least that can be expected is the dashed line.";

/// What even the best answer loses: the entropy of a label that is right in four of five and one of nine others else.
fn least_loss() -> f64 {
    let other = WRONG / (CLASSES - 1) as f64;
    entropy(&[vec![1.0 - WRONG], vec![other; CLASSES - 1]].concat())
}

fn overfits(gap: &Mean, training: &Mean, findings: &mut Findings) {
    findings
        .claiming("Without a cure the network learns by heart: training loss, upper end of its 95 % interval, over")
        .is(training.interval().1 / least_loss(), AtMost(0.5))
        .measured_with(format!(" of the {} that no foresight could go below", number(least_loss())))
        .claiming("and the gap between test and training is wide: lower end of the 95 % interval")
        .is(gap.interval().0, AtLeast(1.0))
        .measured_with(format!(" ({gap}, {} draws)", gap.count));
}

/// The part of the gap that is left under a cure, draw by draw.
fn narrows(name: &str, cure: Cure, left: &Mean, findings: &mut Findings) {
    let claiming = findings.claiming(format!(
        "With {name} at most three quarters of that gap are left: fraction, upper end of the 95 % interval"
    ));
    let claimed = match cure {
        Cure::BatchNorm => claiming.should_be(left.interval().1, LEFT, BATCH_NORM).known_as("batch_norm"),
        _ => claiming.is(left.interval().1, LEFT),
    };
    claimed.measured_with(format!(" ({left})"));
}

const LEFT: Check = AtMost(0.75);
const BATCH_NORM: &str = "Batch normalization rescales and lets a network learn faster, the wrong labels among the \
                          rest. It holds neither weights nor answers back, and the noise of its batches is small \
                          against a fifth of wrong labels.";

/// All cures on one draw of digits, wrong labels and starts.
fn on_one_draw(all: &Digits, settings: &Setup, run: u64) -> Result<[Measured; CURES.len()]> {
    let mut random = Stream::numbered(settings.seed, 70_000 + run);
    let (pool, test) = all.split(MORE, &mut random);
    let [labeled, test_labeled] = [&pool, &test].map(|digits| mislabeled(digits, &mut random));
    let few = labeled.select(&(0..TRAINING).collect::<Vec<_>>());
    let seed = settings.seed.wrapping_add(1000 * run);
    let mut measured = [Measured { training: f64::NAN, test: f64::NAN, accuracy: f64::NAN }; CURES.len()];
    for (measured, cure) in measured.iter_mut().zip(CURES) {
        let training = if cure == Cure::MoreData { &labeled } else { &few };
        let (network, learned) = learn(cure, training, settings, seed)?;
        let [training, test_loss] = [&learned, &test_labeled].map(|digits| loss(&network, digits));
        let right = accuracy(network.forward(test.tensors(&Device::flex()).0), &test.classes)?;
        *measured = Measured { training: training?, test: test_loss?, accuracy: right };
    }
    Ok(measured)
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

fn loss(network: &Mlp, digits: &Digits) -> Result<f64> {
    let (x, y) = digits.tensors(&Device::flex());
    scalar(trainer::loss::loss(&CROSS_ENTROPY, network.forward(x), y))
}

/// The trained network, and the digits that it learned from.
fn learn(cure: Cure, digits: &Digits, settings: &Setup, seed: u64) -> Result<(Mlp, Digits)> {
    let config = MlpConfig {
        hidden: vec![64, 64],
        dropout: if cure == Cure::Dropout { settings.number(DROPOUT) } else { 0.0 },
        batch_norm: cure == Cure::BatchNorm,
        ..MlpConfig::default()
    };
    let course = Course { optimizer: ADAM, rate: 0.005, steps: settings.choose(500, 250), batch: BATCH };
    let network = new_network(&config, CLASSES, seed);
    let whole = |network| (network, digits.clone());
    Ok(match cure {
        Cure::None | Cure::Dropout | Cure::BatchNorm | Cure::MoreData => {
            whole(digits.teach(network, &course, seed, cross_entropy).valid())
        }
        Cure::L2 => {
            let half = settings.number(L2) / 2.0;
            let penalized = |network: &Mlp, batch: &Digits| cross_entropy(network, batch) + squares(network) * half;
            whole(digits.teach(network, &course, seed, penalized).valid())
        }
        Cure::EarlyStopping => stopped_early(network, digits, &course, seed)?,
        Cure::Augmentation => {
            let mut step = 0;
            let moved = |network: &Mlp, batch: &Digits| {
                step += 1;
                cross_entropy(network, &shifted(batch, seed, step))
            };
            whole(digits.teach(network, &course, seed, moved).valid())
        }
    })
}

/// The sum of the squares of all weights; biases are left alone.
fn squares(network: &Mlp) -> Tensor<1> {
    let of = |weight: Tensor<2>| weight.square().sum();
    let hidden = network.hidden.iter().map(|layer| of(layer.linear.weight.val()));
    hidden.fold(of(network.output.weight.val()), |sum, squares| sum + squares)
}

/// A fifth of the digits is held back and looked at every so often; the weights that were best on them are kept.
fn stopped_early(network: Mlp, digits: &Digits, course: &Course, seed: u64) -> Result<(Mlp, Digits)> {
    let (held, kept): (Vec<usize>, Vec<usize>) = (0..digits.len()).partition(|place| place % 5 == 0);
    let [held, kept] = [held, kept].map(|places| digits.select(&places));
    let (mut step, mut best) = (0_usize, (f64::INFINITY, network.valid()));
    let mut outcome = Ok(());
    kept.teach(network, course, seed, |network, batch| {
        if step.is_multiple_of(LOOK) {
            let now = network.valid();
            match loss(&now, &held) {
                Ok(loss) if loss < best.0 => best = (loss, now),
                Ok(_) => (),
                Err(error) => outcome = Err(error),
            }
        }
        step += 1;
        cross_entropy(network, batch)
    });
    outcome.map(|()| (best.1, kept))
}

/// Each moved by up to a pixel by the zoo's batcher.
fn shifted(digits: &Digits, seed: u64, epoch: usize) -> Digits {
    let augmentations = vec![Augmentation::Shift { pixels: 1, padding: Padding::Zero }];
    let batcher = Batcher { normalizer: Normalizer::unit(), augmentations, seed };
    let pixels = digits.pixels.iter().flatten().map(|ink| (ink * 255.0).round() as u8).collect();
    let images = Images { channels: 1, height: 8, width: 8, pixels };
    let indices: Vec<u32> = (0..digits.len() as u32).collect();
    let examples = Examples::of_classes(Inputs::Images(images), vec![0; digits.len()]);
    let batch = batcher.train_batch(&examples, &indices, epoch);
    let pixels = batch.values.chunks_exact(64).map(|image| image.iter().map(|ink| f64::from(*ink)).collect()).collect();
    Digits { pixels, classes: digits.classes.clone() }
}

fn draw(names: &[String], over: &impl Fn(usize, fn(&Measured) -> f64) -> Mean) -> Chart {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let training: fn(&Measured) -> f64 = |one| one.training;
    let series = [("training", training), ("new digits", |one| one.test)];
    let chart = Chart::new(Axis::categories("cure", &names), Axis::linear("cross-entropy"));
    let chart = series.into_iter().fold(chart, |chart, (label, of)| {
        chart.bars(label, &(0..CURES.len()).map(|place| over(place, of).value).collect::<Vec<_>>())
    });
    chart.rule_y("the least that foresight could lose", least_loss())
}
