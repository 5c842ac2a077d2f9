//! Whether a network learns anything, is only guessing, or is worse.

use crate::baseline::Baseline;
use crate::observer::{RunPlan, StepScores};
use zoo_results::EpochScores;

/// Epochs without a sign of learning before it is said.
const EPOCHS: usize = 3;
/// Steps that those epochs must have in all.
const STEPS: usize = 100;
/// An epoch of so many steps is judged by itself, its first half against its second.
const LONG_EPOCH: usize = 500;
/// How far below the best of all constant answers a loss has to be to have learned something.
const LEARNED: f64 = 0.005;
/// How far from the loss of equal scores a loss may be to be called by its name.
const NEAR: f64 = 0.02;

/// How many times the loss of equal scores a loss may be before it is said that training goes wrong.
const EXPLODED: f64 = 100.0;

/// Looks at a run's losses and says once if it is only guessing.
///
/// A network that learns slowly is left alone: its loss falls, or it is right more often than the majority class is frequent.
#[derive(Debug, Default)]
pub(crate) struct Guessing {
    /// What is known of the run, until it is said.
    run: Option<RunFacts>,
    /// The newest epochs.
    rows: Vec<EpochScores>,
    /// Sums of the losses of the current epoch's two halves, and the steps in each.
    halves: [(f64, usize); 2],
}

#[derive(Debug)]
struct RunFacts {
    name: String,
    baseline: Baseline,
    steps_per_epoch: usize,
    train_examples: usize,
    valid_examples: usize,
}

impl Guessing {
    pub(crate) fn start(&mut self, plan: &RunPlan) {
        let RunPlan { steps_per_epoch, train_examples, valid_examples, .. } = *plan;
        self.run = plan.baseline.clone().map(|baseline| {
            let name = plan.name.clone();
            RunFacts { name, baseline, steps_per_epoch, train_examples, valid_examples }
        });
        self.rows = plan.history.clone();
        self.halves = Default::default();
    }

    pub(crate) fn step(&mut self, step: &StepScores) {
        if let Some(run) = &self.run {
            let in_epoch = (step.step - 1) % run.steps_per_epoch;
            let (sum, count) = &mut self.halves[usize::from(in_epoch >= run.steps_per_epoch / 2)];
            (*sum, *count) = (*sum + step.loss, *count + 1);
        }
    }

    /// The sentence, after the epoch that shows it.
    pub(crate) fn epoch(&mut self, row: &EpochScores) -> Option<String> {
        let halves = std::mem::take(&mut self.halves);
        self.rows.push(*row);
        let run = self.run.as_ref()?;
        let newest = &self.rows[self.rows.len().saturating_sub(EPOCHS)..];
        let sentence = match run.steps_per_epoch {
            _ if row.valid_loss > EXPLODED * run.baseline.equal_scores => Some(run.exploded(row.valid_loss)),
            LONG_EPOCH.. if !falls_within(halves) => run.judge(&[*row]),
            _ if newest.len() == EPOCHS && run.steps_per_epoch * row.epoch >= STEPS && !falls(newest) => {
                run.judge(newest)
            }
            _ => None,
        };
        if sentence.is_some() {
            self.run = None;
        }
        sentence
    }
}

/// Whether the loss of the second half is below that of the first; of an epoch that was begun in another session it is not known.
fn falls_within([first, second]: [(f64, usize); 2]) -> bool {
    let mean = |(sum, count): (f64, usize)| sum / count as f64;
    first.1 == 0 || mean(second) < mean(first)
}

/// Whether the loss falls from each epoch to the next.
fn falls(rows: &[EpochScores]) -> bool {
    rows.windows(2).all(|pair| pair[1].train_loss < pair[0].train_loss)
}

impl RunFacts {
    /// What to say if none of these epochs shows that anything was learned.
    fn judge(&self, rows: &[EpochScores]) -> Option<String> {
        if !rows.iter().all(|row| self.is_chance(row)) {
            return None;
        }
        let Baseline { equal_scores, words, constant, .. } = &self.baseline;
        let loss = rows.iter().map(|row| row.train_loss).sum::<f64>() / rows.len() as f64;
        let stays = match () {
            () if (loss - equal_scores).abs() <= NEAR * equal_scores => format!("loss has stayed at {words}"),
            () if loss < *equal_scores => {
                format!("loss has stayed at {loss:.3}, that of one answer to all examples ({constant:.3})")
            }
            () => format!("loss has stayed at {loss:.3}, above {words}"),
        };
        let name = &self.name;
        Some(format!(
            "{stays}: the network is guessing; try a lower learning rate (`trainer find-rate {name}` shows which)"
        ))
    }

    fn exploded(&self, loss: f64) -> String {
        let (words, name) = (&self.baseline.words, &self.name);
        format!(
            "validation loss is {loss:.3e}, and guessing gives {words}: the weights have grown out of bounds; try a lower learning rate \
             (`trainer find-rate {name}` shows which)"
        )
    }

    /// Whether a constant answer is as good, within three standard deviations of what chance gives.
    fn is_chance(&self, row: &EpochScores) -> bool {
        let Baseline { constant, accuracy, .. } = self.baseline;
        let most = |examples: usize| accuracy + 3.0 * (accuracy * (1.0 - accuracy) / examples as f64).sqrt();
        row.train_loss >= constant * (1.0 - LEARNED)
            && row.train_accuracy <= most(self.train_examples)
            && row.valid_accuracy <= most(self.valid_examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_recipe::Loss;

    const CROSS_ENTROPY: Loss = Loss::CrossEntropy { label_smoothing: 0.0 };

    /// Ten classes, evenly, in epochs of so many steps of 10 examples.
    fn watch(loss: &Loss, steps_per_epoch: usize) -> Guessing {
        let labels: Vec<u8> = (0..10 * steps_per_epoch).map(|index| (index % 10) as u8).collect();
        let mut guessing = Guessing::default();
        guessing.start(&RunPlan {
            name: "x".to_string(),
            parameters: 1,
            epochs: 9,
            epochs_done: 0,
            steps_done_in_epoch: 0,
            steps_per_epoch,
            history: Vec::new(),
            baseline: Baseline::of(loss, &labels, 10),
            beside_loss: zoo_core::Metric::Accuracy,
            train_examples: labels.len(),
            valid_examples: 100,
        });
        guessing
    }

    fn row(epoch: usize, train_loss: f64, accuracy: f64) -> EpochScores {
        EpochScores {
            epoch,
            train_loss,
            train_accuracy: accuracy,
            valid_loss: train_loss,
            valid_accuracy: accuracy,
            train_rmse: None,
            valid_rmse: None,
            learning_rate: 0.1,
            examples_per_second: None,
        }
    }

    /// After which epoch something is said of these losses and accuracies, and what.
    fn said(mut guessing: Guessing, rows: &[(f64, f64)]) -> Vec<(usize, String)> {
        let rows = rows.iter().enumerate().map(|(index, (loss, accuracy))| row(index + 1, *loss, *accuracy));
        rows.filter_map(|row| Some((row.epoch, guessing.epoch(&row)?))).collect()
    }

    #[test]
    fn a_network_that_guesses_is_told_once_after_three_epochs() {
        let stuck = [(2.31, 0.1), (2.304, 0.11), (2.305, 0.09), (2.304, 0.1), (2.305, 0.1), (2.303, 0.1)];
        let said = said(watch(&CROSS_ENTROPY, 50), &stuck);
        assert_eq!(said.len(), 1);
        let (epoch, sentence) = &said[0];
        assert!(
            *epoch == 3 && sentence.starts_with("loss has stayed at ln 10 = 2.303: the network is guessing"),
            "{said:?}"
        );
    }

    #[test]
    fn a_loss_that_is_worse_than_guessing_is_told_with_its_value() {
        let said = said(watch(&CROSS_ENTROPY, 50), &[(60.0, 0.1), (40.0, 0.1), (41.0, 0.1), (9.0, 0.1)]);
        assert!(said[0].1.contains("stayed at 47.000, above ln 10 = 2.303"), "{said:?}");
    }

    #[test]
    fn a_loss_that_explodes_is_told_at_once() {
        let said = said(watch(&CROSS_ENTROPY, 2), &[(2.0, 0.3), (229.0, 0.1), (3.5e17, 0.1), (3.6e17, 0.1)]);
        assert!(matches!(&said[..], [(3, sentence)] if sentence.contains("validation loss is 3.500e17")), "{said:?}");
    }

    #[test]
    fn networks_that_learn_slowly_are_left_alone() {
        let falling: Vec<(f64, f64)> = (0..20).map(|epoch| (2.32 - 0.0001 * f64::from(epoch), 0.1)).collect();
        let right = [(2.3, 0.16); 9];
        let lower = [(2.28, 0.1); 9];
        for rows in [&falling[..], &right, &lower] {
            assert_eq!(said(watch(&CROSS_ENTROPY, 50), rows), []);
        }
    }

    #[test]
    fn few_steps_decide_nothing() {
        assert_eq!(said(watch(&CROSS_ENTROPY, 2), &[(2.303, 0.1); 9]), []);
    }

    #[test]
    fn a_long_epoch_is_judged_by_its_halves() {
        for (second, expected) in [(2.303, 1), (2.302, 0)] {
            let mut guessing = watch(&CROSS_ENTROPY, 1000);
            for step in 1..=1000 {
                let loss = if step <= 500 { 2.303 } else { second };
                let (epoch, learning_rate, seconds) = (1, 0.1, 0.001);
                guessing.step(&StepScores { step, epoch, loss, learning_rate, seconds, gradient_norm: None });
            }
            assert_eq!(guessing.epoch(&row(1, 2.303, 0.1)).iter().count(), expected, "{second}");
        }
    }
}
