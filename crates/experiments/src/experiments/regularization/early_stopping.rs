//! Early stopping with patience: the best weights are kept, and restored in the end.

use super::settings::PATIENCE;
use crate::prelude::*;
use burn::optim::GradientsParams;
use burn::tensor::Int;
use trainer::optimizer::optimizer;
use trainer::patience::Patience;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::{Loss, WeightDecay};

const LOSS: Loss = Loss::CrossEntropy { label_smoothing: 0.0 };

/// Points with classes.
struct Set {
    places: Vec<[f64; 2]>,
    classes: Vec<usize>,
}

/// What became of one training.
struct Course {
    /// Loss on the training and on the validation points after each step; training goes on after the stop to show what it spares.
    losses: Vec<[f64; 2]>,
    /// The step of the least validation loss until the stop.
    best: usize,
    /// The step at which patience ends.
    stop: usize,
    /// The validation loss of the restored weights, computed again.
    restored: f64,
    /// The loss on new points of the restored weights, and of those of the last step.
    test: [f64; 2],
}

/// A wide perceptron on few training points, a fifth of whose classes are wrong; those for validation and test are right.
pub(super) fn patience(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let seeds = settings.choose(20, 12);
    let (steps, patience) = (settings.choose(600, 300), settings.whole(PATIENCE));
    let courses = (0..seeds).map(|run| train(settings, run, steps)).collect::<Result<Vec<_>>>()?;
    let worst = |value: fn(&Course) -> f64| courses.iter().map(value).fold(f64::NEG_INFINITY, larger);
    let gains: Vec<f64> = courses.iter().map(|course| course.test[1] - course.test[0]).collect();
    let gain = Mean::of(&gains);
    findings
        .claiming("The restored weights have the least validation loss until the stop: largest difference")
        .is(
            worst(|course| {
                (course.restored
                    - course.losses[..=course.stop].iter().map(|pair| pair[1]).fold(f64::INFINITY, f64::min))
                .abs()
            }),
            Exactly(0.0),
        )
        .claiming(format!(
            "The trainer's patience ends training where the recorded curve says: at the first step whose last \
             {patience} losses are none below all before them; trainings that stop at another step"
        ))
        .is(
            courses.iter().filter(|course| first_stale(&course.losses, patience) != Some(course.stop)).count() as f64,
            Exactly(0.0),
        )
        .measured_with(format!(" of {seeds}, patience {patience}"))
        .claiming(
            "Where a fifth of the training classes, and no other, is wrong, the restored weights beat those of the \
             last step on new points: mean loss spared, lower end of its 95 % interval",
        )
        .is(gain.interval().0, Above(0.0))
        .measured_with(format!(" ({gain}, {seeds} trainings)"))
        .figure(
            "early_stopping",
            "Early stopping",
            "A perceptron with 100 hidden units on 40 points, eight of which have the wrong class; all points for \
             validation and test have the right one. The loss on the training points falls on, as they are learned \
             by heart; the loss on others soon rises. With clean training points the gain would be smaller. Training \
             stops after 40 steps without a new minimum, and goes back to the minimum.",
            draw(courses.first().context("no training")?),
        )
        .table(
            "Early stopping",
            &["training", "best step", "stop", "test loss restored", "test loss at the last step"],
            table(&courses),
        );
    Ok(())
}

fn train(settings: &Setup, run: u64, steps: usize) -> Result<Course> {
    let mut random = Stream::numbered(settings.seed, 50_000 + run);
    let device = training_device();
    device.seed(settings.seed.wrapping_add(1000 * run));
    let [training, validation, test] =
        [(40, true), (200, false), (1000, false)].map(|(count, flips)| draw_set(count, flips, &mut random));
    let mut network = MlpConfig { hidden: vec![100], ..MlpConfig::default() }.init(2, 2, &device);
    let mut optimizer = optimizer(&ADAM, &WeightDecay::None, &Device::flex());
    let (x, y) = training.tensors(&device);
    let mut keeper = Keeper { best: 0, weights: network.valid(), patience: Patience::default(), stop: None };
    let mut losses = Vec::with_capacity(steps);
    for step in 0..steps {
        let loss = trainer::loss::loss(&LOSS, network.forward(x.clone()), y.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(0.005, network, gradients);
        let now = network.valid();
        let pair = [training.loss(&now)?, validation.loss(&now)?];
        keeper.see(step, pair[1], &now, settings.whole(PATIENCE));
        losses.push(pair);
    }
    let stop = keeper.stop.context("patience outlasted the training")?;
    let restored = validation.loss(&keeper.weights)?;
    let test = [test.loss(&keeper.weights)?, test.loss(&network.valid())?];
    Ok(Course { losses, best: keeper.best, stop, restored, test })
}

/// Keeps the best weights until the trainer's patience ends.
struct Keeper {
    best: usize,
    weights: Mlp,
    patience: Patience,
    stop: Option<usize>,
}

impl Keeper {
    fn see(&mut self, step: usize, loss: f64, network: &Mlp, patience: usize) {
        if self.stop.is_some() {
            return;
        }
        if self.patience.see(-loss, 0.0) {
            (self.best, self.weights) = (step, network.clone());
        } else if self.patience.has_lasted(patience) {
            self.stop = Some(step);
        }
    }
}

/// Where training should stop, read from the whole curve of `[training, validation]` losses.
fn first_stale(losses: &[[f64; 2]], patience: usize) -> Option<usize> {
    let least = |losses: &[[f64; 2]]| losses.iter().map(|pair| pair[1]).fold(f64::INFINITY, f64::min);
    (patience..losses.len()).find(|step| {
        let (before, last) = losses[..=*step].split_at(step + 1 - patience);
        least(last) >= least(before)
    })
}

/// Two clouds whose centers lie three deviations apart; with `flips` every fifth point has the other's class.
fn draw_set(count: usize, flips: bool, random: &mut Stream) -> Set {
    let mut set = Set { places: Vec::new(), classes: Vec::new() };
    for index in 0..count {
        let class = index % 2;
        let center = if class == 0 { -1.5 } else { 1.5 };
        set.places.push([center + random.normal(), random.normal()]);
        set.classes.push(if flips && index % 5 == 0 { 1 - class } else { class });
    }
    set
}

impl Set {
    fn tensors(&self, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
        (rows(&self.places, device), labels(&self.classes, device))
    }

    fn loss(&self, network: &Mlp) -> Result<f64> {
        let (x, y) = self.tensors(&Device::flex());
        scalar(trainer::loss::loss(&LOSS, network.forward(x), y))
    }
}

fn draw(course: &Course) -> Chart {
    let curve = |part: usize| -> Vec<_> {
        course.losses.iter().enumerate().map(|(step, pair)| (step as f64 + 1.0, pair[part])).collect()
    };

    Chart::new(Axis::linear("step"), Axis::log("cross-entropy"))
        .line("training", &curve(0))
        .line("validation", &curve(1))
        .rule_x("best weights", course.best as f64 + 1.0)
        .rule_x("stop", course.stop as f64 + 1.0)
}

fn table(courses: &[Course]) -> Vec<Vec<String>> {
    let row = |(run, course): (usize, &Course)| {
        let steps = [run + 1, course.best + 1, course.stop + 1].map(|count| count.to_string());
        [steps.to_vec(), course.test.map(number).to_vec()].concat()
    };
    courses.iter().enumerate().map(row).collect()
}
