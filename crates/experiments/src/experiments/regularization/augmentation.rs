//! Augmentation as the trainer does it: a digit moved by a pixel is still the same digit, a mirrored one mostly is not.

use crate::digits::{CLASSES, Digits, PIXELS, accuracy, cross_entropy, new_network};
use crate::prelude::*;
use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer, Padding};
use zoo_mlp::{Mlp, MlpConfig};

/// Digits to learn from.
const TRAINING: usize = 100;
const SIDE: usize = 8;

pub(super) const SHIFT: Augmentation = Augmentation::Shift { pixels: 1, padding: Padding::Zero };

/// Digits as the zoo's batcher shows them to a network in an epoch.
pub(super) fn changed(digits: &Digits, augmentations: &[Augmentation], seed: u64, epoch: usize) -> Digits {
    let batcher = Batcher { normalizer: Normalizer::unit(), augmentations: augmentations.to_vec(), seed };
    let pixels = digits.pixels.iter().flatten().map(|ink| (ink * 255.0).round() as u8).collect();
    let images = Images { channels: 1, height: SIDE, width: SIDE, pixels };
    let examples = Examples::of_classes(Inputs::Images(images), vec![0; digits.len()]);
    let indices: Vec<u32> = (0..digits.len() as u32).collect();
    let batch = batcher.train_batch(&examples, &indices, epoch);
    let image = |inks: &[f32]| inks.iter().map(|ink| f64::from(*ink)).collect();
    Digits { pixels: batch.values.chunks_exact(PIXELS).map(image).collect(), classes: digits.classes.clone() }
}

/// A hundred digits to learn from, as they are, shifted or mirrored at random in every step.
pub(super) fn gains(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let seeds = settings.choose(10, 4);
    let runs = (0..seeds).map(|run| accuracies(&all, settings, run)).collect::<Result<Vec<_>>>()?;
    // Over training on digits as they are, tested on new ones as they are (0) or moved by up to a pixel (1).
    let gain = |trained: usize, tested: usize| Mean::over(runs.iter().map(|one| one[trained][tested] - one[0][tested]));
    let (moved, plain, mirrored) = (gain(1, 1), gain(1, 0), gain(2, 0));
    let interval =
        |gain: &Mean| format!(" ± {} (95 %, {seeds} training sets of {TRAINING} digits)", number(gain.half_width()));
    findings
        .claiming("Shifts in training help on digits that are moved by up to a pixel: gain of accuracy")
        .is(moved.value, AtLeast(0.05))
        .measured_with(interval(&moved))
        .claiming("Augmentation helps: accuracy gained by shifts on unchanged digits, lower end of the 95 % interval")
        .should_be(
            plain.interval().0,
            Above(0.0),
            "Augmentation teaches what the changes have in common with what is to be met later. These digits were \
             all cut out along their ink and fill their 8 x 8 pixels, so none is met a pixel aside, a full eighth of \
             the width; shifts only push ink out of the picture and make the task harder. On digits that do lie \
             aside the gain is large.",
        )
        .known_as("augmentation")
        .measured_with(format!(" ({plain}, {seeds} training sets)"))
        .claiming("The change must keep the label: flips, which make most digits unreadable, cost accuracy: gain")
        .is(mirrored.value, AtMost(-0.01))
        .measured_with(interval(&mirrored));
    Ok(())
}

/// `[training][test]`, on one training set.
fn accuracies(all: &Digits, settings: &Setup, run: u64) -> Result<[[f64; 2]; 3]> {
    let (training, others) = all.split(TRAINING, &mut Stream::numbered(settings.seed, 60_000 + run));
    let test = others.select(&(0..settings.choose(1000, 400)).collect::<Vec<usize>>());
    let seed = settings.seed.wrapping_add(1000 * run);
    let tests: [&[Augmentation]; 2] = [&[], &[SHIFT]];
    let tests = tests.map(|augmentations| changed(&test, augmentations, seed.wrapping_add(500), 0));
    let trainings: [&[Augmentation]; 3] = [&[], &[SHIFT], &[Augmentation::Flip]];
    let mut accuracies = [[f64::NAN; 2]; 3];
    for (accuracies, augmentations) in accuracies.iter_mut().zip(trainings) {
        let start = new_network(&MlpConfig { hidden: vec![64], ..MlpConfig::default() }, CLASSES, seed);
        let loss = |network: &Mlp, step: usize| cross_entropy(network, &changed(&training, augmentations, seed, step));
        let network = train(start, &ADAM, settings.choose(600, 150), |_| 0.005, loss).valid();
        for (right, test) in accuracies.iter_mut().zip(&tests) {
            *right = accuracy(network.forward(test.tensors(&Device::flex()).0), &test.classes)?;
        }
    }
    Ok(accuracies)
}
