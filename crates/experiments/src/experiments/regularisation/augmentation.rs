//! Augmentation: a digit moved by a pixel is still the same digit.

use anyhow::{Result, bail};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use trainer::metrics::predicted_class;
use zoo_digits::Inputs;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_plot::{Axis, Chart, Field, Figure};
use zoo_recipe::Loss;

use crate::descent::{ADAM, labels, rows, train, training_device, values};
use crate::random::Random;
use crate::statistics::Mean;
use crate::{Check, Findings, Settings, number};

const SIDE: usize = 8;
const LOSS: Loss = Loss::CrossEntropy { label_smoothing: 0.0 };

/// An image as numbers `0..=1`, and its digit.
type Digit = (Vec<f64>, usize);

/// What training does to its digits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Nothing,
    /// By up to a pixel: the label stays right.
    Shifts,
    /// Every second one upside down, which makes a 9 of a 6: the label does not stay right.
    HalfTurns,
}

/// Accuracies of one training on digits as they are, and on digits moved.
struct Accuracy {
    plain: f64,
    moved: f64,
}

/// A hundred digits to learn from, with and without random shifts.
pub(super) fn shifts(settings: &Settings, findings: &mut Findings) -> Result<()> {
    let all = digits()?;
    let seeds = settings.choose(10, 2);
    let (mut without, mut with, mut turned) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..seeds {
        let mut random = Random::new(settings.seed, 60_000 + run);
        let mut digits = all.clone();
        random.shuffle(&mut digits);
        let (training, test) = digits.split_at(100);
        let test = &test[..settings.choose(1000, 400)];
        without.push(learn(training, test, Change::Nothing, settings, run)?);
        with.push(learn(training, test, Change::Shifts, settings, run)?);
        turned.push(learn(training, test, Change::HalfTurns, settings, run)?);
    }
    let gain = |with: &[Accuracy], part: fn(&Accuracy) -> f64| {
        let gains: Vec<f64> = with.iter().zip(&without).map(|(with, without)| part(with) - part(without)).collect();
        Mean::of(&gains)
    };
    let (moved, plain) = (gain(&with, |one| one.moved), gain(&with, |one| one.plain));
    let flipped = gain(&turned, |one| one.plain);
    let interval =
        |gain: &Mean| format!(" ± {} (95 %, {seeds} training sets of 100 digits)", number(gain.half_width()));
    findings
        .claim(
            "Shifts in training help on digits that are moved by up to a pixel: gain of accuracy",
            moved.value,
            Check::AtLeast(0.05),
        )
        .measured_with(&interval(&moved))
        .source_says(
            "Augmentation helps: gain of accuracy on digits as they are",
            plain.value,
            Check::AtLeast(0.0),
            "Augmentation teaches what the changes have in common with what is to be met later. These digits were all cut out along \
             their ink and fill their 8 x 8 pixels, so none is met a pixel aside, a full eighth of the width; shifts only push ink out of \
             the picture and make the task harder. On digits that do lie aside the gain is large.",
        )
        .measured_with(&interval(&plain))
        .claim(
            "The change must keep the label: half turns, which make a 9 of a 6, taught as augmentation cost accuracy on digits as they are: gain",
            flipped.value,
            // Two digits of ten can be taken for each other: at worst half of them, a tenth of all, is lost. A tenth of that shows.
            Check::AtMost(-0.01),
        )
        .measured_with(&interval(&flipped))
        .figure(
            "shifts",
            "One digit and the eight others that shifts by up to one pixel make of it: still the same digit.",
            draw(&all[0].0),
        )
        .table(
            "A perceptron on 100 digits: accuracy, mean and standard error",
            &["trained on", "tested as they are", "tested moved"],
            vec![row("digits as they are", &without), row("digits moved at random", &with), row("digits upside down at random", &turned)],
        );
    Ok(())
}

fn row(name: &str, runs: &[Accuracy]) -> Vec<String> {
    let cell = |part: fn(&Accuracy) -> f64| {
        let mean = Mean::of(&runs.iter().map(part).collect::<Vec<_>>());
        format!("{} ± {}", number(mean.value), number(mean.error))
    };
    vec![name.to_owned(), cell(|one| one.plain), cell(|one| one.moved)]
}

fn digits() -> Result<Vec<Digit>> {
    let examples = zoo_digits::load().train;
    let Inputs::Images(images) = &examples.inputs else { bail!("the digits are no images") };
    let digit = |(index, label): (usize, &u8)| {
        let pixels = images.image(index).iter().map(|byte| f64::from(*byte) / 255.0).collect();
        (pixels, usize::from(*label))
    };
    Ok(examples.labels.iter().enumerate().map(digit).collect())
}

fn learn(training: &[Digit], test: &[Digit], change: Change, settings: &Settings, run: u64) -> Result<Accuracy> {
    let device = training_device();
    device.seed(settings.seed.wrapping_add(1000 * run));
    let mut random = Random::new(settings.seed, 61_000 + run);
    let network = MlpConfig::new(SIDE * SIDE, vec![64], 10).init(&device);
    let y = labels(&training.iter().map(|digit| digit.1).collect::<Vec<_>>(), &device);
    let plain = images(training, &device, |pixels| pixels.to_vec());
    let network = train(
        network,
        &ADAM,
        settings.choose(600, 150),
        |_| 0.005,
        |network, _| {
            let x = match change {
                Change::Nothing => plain.clone(),
                Change::Shifts => images(training, &device, |pixels| moved(pixels, &mut random)),
                Change::HalfTurns => images(training, &device, |pixels| turned(pixels, &mut random)),
            };
            trainer::loss::loss(&LOSS, network.forward(x), y.clone())
        },
    );
    let network = network.valid();
    let mut random = Random::new(settings.seed, 62_000 + run);
    Ok(Accuracy {
        plain: accuracy(&network, test, |pixels| pixels.to_vec())?,
        moved: accuracy(&network, test, |pixels| moved(pixels, &mut random))?,
    })
}

fn images(digits: &[Digit], device: &Device, mut view: impl FnMut(&[f64]) -> Vec<f64>) -> Tensor<2> {
    rows(&digits.iter().map(|digit| view(&digit.0)).collect::<Vec<_>>(), device)
}

fn accuracy(network: &Mlp, digits: &[Digit], view: impl FnMut(&[f64]) -> Vec<f64>) -> Result<f64> {
    let logits = values(network.forward(images(digits, &Device::flex(), view)))?;
    let found = logits.chunks_exact(10).map(|logits| {
        let logits: Vec<f32> = logits.iter().map(|logit| *logit as f32).collect();
        predicted_class(&logits)
    });
    let right = found.zip(digits).filter(|(found, digit)| *found == digit.1).count();
    Ok(right as f64 / digits.len() as f64)
}

/// Moved by -1, 0 or 1 pixels each way, all nine equally likely.
fn moved(pixels: &[f64], random: &mut Random) -> Vec<f64> {
    let mut step = || random.below(3) as isize - 1;
    shift(pixels, step(), step())
}

/// Upside down, every second time.
fn turned(pixels: &[f64], random: &mut Random) -> Vec<f64> {
    match random.below(2) {
        0 => pixels.to_vec(),
        _ => pixels.iter().rev().copied().collect(),
    }
}

/// Moved `down` and `right`; paper comes into view.
fn shift(pixels: &[f64], down: isize, right: isize) -> Vec<f64> {
    let from = |at: usize, by: isize| at.checked_add_signed(-by).filter(|at| *at < SIDE);
    let value = |place: usize| match (from(place / SIDE, down), from(place % SIDE, right)) {
        (Some(row), Some(column)) => pixels[row * SIDE + column],
        _ => 0.0,
    };
    (0..SIDE * SIDE).map(value).collect()
}

fn draw(pixels: &[f64]) -> String {
    let panel = |place: isize| {
        let (down, right) = (place / 3 - 1, place % 3 - 1);
        let rows: Vec<Vec<f64>> = shift(pixels, down, right).chunks_exact(SIDE).map(<[f64]>::to_vec).collect();
        let heading = format!("{down} down, {right} right").replace('-', "−");
        Chart::new(Axis::bare(), Axis::bare()).equal_units().heading(&heading).heat("ink", &Field::picture(&rows))
    };
    let seen = "Nine pictures of the same zero, each a pixel further.";
    Figure::panels("One digit moved", seen, 3, (0..9).map(panel).collect()).svg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_and_back_loses_only_the_border(down in -1..=1isize, right in -1..=1isize, seed: u64) {
            let pixels = Random::new(seed, 0).normals(SIDE * SIDE);
            let back = shift(&shift(&pixels, down, right), -down, -right);
            for row in 1..SIDE - 1 {
                for column in 1..SIDE - 1 {
                    prop_assert_eq!(back[row * SIDE + column], pixels[row * SIDE + column]);
                }
            }
        }
    }
}
