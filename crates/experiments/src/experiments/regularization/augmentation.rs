//! Augmentation as the trainer does it: a digit moved by a pixel is still the same digit, one upside down is not.

use crate::prelude::*;
use trainer::evaluate::tensors;
use zoo_core::{Augmentation, Batch, Batcher, Examples, Images, Inputs, Normalizer, Padding, predicted_class};
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Loss;

const SIDE: usize = 8;
const LOSS: Loss = Loss::CrossEntropy { label_smoothing: 0.0 };
/// Digits to learn from.
const TRAINING: usize = 100;

/// What is done to digits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum DigitChange {
    Nothing,
    /// By the zoo's batcher.
    Augmented(Augmentation),
    /// Every second one upside down, which makes a 9 of a 6: the label does not stay right.
    HalfTurns,
}

/// Pictures of a digit in the figure: one per epoch.
const EPOCHS: usize = 5;

/// In the order of the table.
const CHANGES: [(&str, DigitChange); 6] = [
    ("as they are", DigitChange::Nothing),
    ("shifted by up to a pixel", DigitChange::Augmented(Augmentation::Shift { pixels: 1, padding: Padding::Zero })),
    // As far as the recipes turn letters.
    (
        "turned by up to 10 degrees",
        DigitChange::Augmented(Augmentation::Rotate { degrees: 10.0, padding: Padding::Zero }),
    ),
    ("brighter or darker by up to a fifth", DigitChange::Augmented(Augmentation::Brightness { amount: 0.2 })),
    ("mirrored left and right, every second one", DigitChange::Augmented(Augmentation::Flip)),
    ("upside down, every second one", DigitChange::HalfTurns),
];
const PLAIN: usize = 0;
const SHIFTED: usize = 1;
const MIRRORED: usize = 4;
const UPSIDE_DOWN: usize = 5;

/// The accuracy of the network trained on digits changed in the way of the row, on new digits changed in the way of the column.
type Accuracies = [[f64; CHANGES.len()]; CHANGES.len()];

/// A hundred digits to learn from, changed at random in every step or not at all.
pub(super) fn changes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = zoo_digits::load().train;
    let seeds = settings.choose(10, 4);
    let runs = (0..seeds).map(|run| accuracies(&all, settings, run)).collect::<Result<Vec<_>>>()?;
    let gain =
        |trained: usize, tested: usize| Mean::over(runs.iter().map(|one| one[trained][tested] - one[PLAIN][tested]));
    let (moved, plain) = (gain(SHIFTED, SHIFTED), gain(SHIFTED, PLAIN));
    let (mirrored, turned) = (gain(MIRRORED, PLAIN), gain(UPSIDE_DOWN, PLAIN));
    let count = format!("95 %, {seeds} training sets of {TRAINING} digits");
    let interval = |gain: &Mean| format!(" ± {} ({count})", number(gain.half_width()));
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
        // Two digits of ten can be taken for each other: at worst half of them, a tenth of all, is lost. A tenth of that shows.
        .claiming("The change must keep the label: half turns, which make a 9 of a 6, cost accuracy: gain")
        .is(turned.value, AtMost(-0.01))
        .measured_with(interval(&turned))
        // As for half turns.
        .claiming("So do flips, which suit photographs but make most digits unreadable: gain on unchanged digits")
        .is(mirrored.value, AtMost(-0.01))
        .measured_with(interval(&mirrored))
        .panels(
            "augmentations",
            "One digit augmented",
            "A six as the zoo's batcher gives it to a network in five epochs: shifted, turned, brighter or darker, \
             mirrored. All but the mirrored ones are sixes.",
            EPOCHS,
            draw(&all)?,
        )
        .table(
            format!(
                "A perceptron on {TRAINING} digits: accuracy and its gain over training on digits as they are (± 95 \
                 %)"
            ),
            &[
                "trained on digits",
                "tested as they are",
                "gain",
                "tested shifted",
                "gain",
                "gain on digits changed as in training",
            ],
            (0..CHANGES.len()).map(|trained| row(trained, &runs, &gain)).collect(),
        );
    Ok(())
}

fn row(trained: usize, runs: &[Accuracies], gain: &impl Fn(usize, usize) -> Mean) -> Vec<String> {
    let accuracy = |tested: usize| Mean::over(runs.iter().map(|one| one[trained][tested])).to_string();
    let gain = |tested: usize| if trained == PLAIN { "-".into() } else { gain(trained, tested).to_string() };
    vec![CHANGES[trained].0.into(), accuracy(PLAIN), gain(PLAIN), accuracy(SHIFTED), gain(SHIFTED), gain(trained)]
}

/// Of all changes on one training set.
fn accuracies(all: &Examples, settings: &Setup, run: u64) -> Result<Accuracies> {
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    Stream::numbered(settings.seed, 60_000 + run).shuffle(&mut order);
    let (training, test) = order.split_at(TRAINING);
    let (training, test) = (all.select(training), all.select(&test[..settings.choose(1000, 400)]));
    let seed = settings.seed.wrapping_add(1000 * run);
    let mut tests = Vec::new();
    for (_, change) in CHANGES {
        tests.push(
            ChangedView::new(&test, change, seed.wrapping_add(500), Stream::numbered(settings.seed, 62_000 + run))?
                .batch(0),
        );
    }
    let mut accuracies = [[0.0; CHANGES.len()]; CHANGES.len()];
    for (trained, (_, change)) in CHANGES.into_iter().enumerate() {
        let view = ChangedView::new(&training, change, seed, Stream::numbered(settings.seed, 61_000 + run))?;
        let network = learn(view, settings.choose(600, 150), seed);
        for (accuracy, test) in accuracies[trained].iter_mut().zip(&tests) {
            *accuracy = self::accuracy(&network, test)?;
        }
    }
    Ok(accuracies)
}

/// Examples as a change shows them, another way in each epoch.
struct ChangedView {
    /// As they are, then upside down.
    examples: Examples,
    batcher: Batcher,
    turns: bool,
    random: Stream,
}

impl ChangedView {
    fn new(examples: &Examples, change: DigitChange, seed: u64, random: Stream) -> Result<Self> {
        let augmentations = match change {
            DigitChange::Augmented(augmentation) => vec![augmentation],
            DigitChange::Nothing | DigitChange::HalfTurns => Vec::new(),
        };
        let batcher = Batcher { normalizer: Normalizer::unit(), augmentations, seed };
        Ok(Self { examples: with_half_turns(examples)?, batcher, turns: change == DigitChange::HalfTurns, random })
    }

    fn batch(&mut self, epoch: usize) -> Batch {
        let count = self.examples.len() / 2;
        let mut turned = || if self.turns { self.random.index(2) * count } else { 0 };
        let indices: Vec<u32> = (0..count).map(|index| (index + turned()) as u32).collect();
        self.batcher.train_batch(&self.examples, &indices, epoch)
    }
}

/// All of them, and all of them again upside down with the labels that they had.
fn with_half_turns(examples: &Examples) -> Result<Examples> {
    let Inputs::Images(images) = &examples.inputs else { bail!("the digits are no images") };
    let turned = images.pixels.chunks_exact(SIDE * SIDE).flat_map(|image| image.iter().rev());
    let pixels = images.pixels.iter().chain(turned).copied().collect();
    Ok(Examples::of_classes(Inputs::Images(Images { pixels, ..*images }), examples.labels.repeat(2)))
}

fn learn(mut view: ChangedView, steps: usize, seed: u64) -> Mlp {
    let device = training_device();
    device.seed(seed);
    let network = MlpConfig { hidden: vec![64], ..MlpConfig::default() }.init(SIDE * SIDE, 10, &device);
    let loss = |network: &Mlp, step: usize| {
        let (x, y) = tensors(view.batch(step), &device);
        trainer::loss::loss(&LOSS, network.forward(x.flat()), y)
    };
    train(network, &ADAM, steps, |_| 0.005, loss).valid()
}

fn accuracy(network: &Mlp, batch: &Batch) -> Result<f64> {
    let (x, _) = tensors(batch.clone(), &Device::flex());
    let logits: Vec<f32> = values(network.forward(x.flat()))?.into_iter().map(|logit| logit as f32).collect();
    let found = logits.chunks_exact(10).map(predicted_class);
    let right = found.zip(&batch.labels).filter(|(found, label)| *found == usize::from(**label)).count();
    Ok(right as f64 / batch.labels.len() as f64)
}

/// A row a change, a column an epoch.
fn draw(all: &Examples) -> Result<Vec<Chart>> {
    let six: Vec<u32> = (0..all.len() as u32).filter(|index| all.labels[*index as usize] == 6).take(1).collect();
    let mut panels = Vec::new();
    let rows = CHANGES[SHIFTED..=MIRRORED].iter().zip(["shift", "rotation", "brightness", "flip"]);
    for ((_, change), heading) in rows {
        // Under seed 2 five epochs hold flips and no flips.
        let mut view = ChangedView::new(&all.select(&six), *change, 2, Stream::numbered(1, 0))?;
        for epoch in 0..EPOCHS {
            let pixels: Vec<f64> = view.batch(epoch).values.into_iter().map(f64::from).collect();
            let rows: Vec<Vec<f64>> = pixels.chunks_exact(SIDE).map(<[f64]>::to_vec).collect();
            let chart = Chart::new(Axis::bare(), Axis::bare()).equal_units().heading(heading);
            panels.push(chart.heat("ink", &Field::picture(&rows)));
        }
    }
    Ok(panels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_keeps_count_and_labels() {
        let digits = zoo_digits::load().train.select(&[3, 1, 4, 1, 5]);
        for (_, change) in CHANGES {
            let batch = ChangedView::new(&digits, change, 1, Stream::numbered(1, 0)).unwrap().batch(0);
            assert_eq!((&batch.labels, batch.values.len()), (&digits.labels, 5 * SIDE * SIDE));
        }
    }

    #[test]
    fn half_turns_turn_about_half_and_nothing_else() {
        let digits = zoo_digits::load().train;
        let plain = ChangedView::new(&digits, DigitChange::Nothing, 1, Stream::numbered(1, 0)).unwrap().batch(0).values;
        let turned =
            ChangedView::new(&digits, DigitChange::HalfTurns, 1, Stream::numbered(1, 0)).unwrap().batch(0).values;
        let pairs = plain.chunks_exact(SIDE * SIDE).zip(turned.chunks_exact(SIDE * SIDE));
        let count = pairs
            .map(|(plain, turned)| {
                let reversed = plain.iter().rev().eq(turned);
                assert!(reversed || plain == turned);
                usize::from(reversed)
            })
            .sum::<usize>();
        // Five standard errors about half of 1797.
        assert!(count.abs_diff(898) < 106, "{count}");
    }
}
