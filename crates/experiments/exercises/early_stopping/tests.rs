//! What `early_stopping` has to do.

use super::*;
use hints::{found, uniform};

#[path = "../hints.rs"]
mod hints;

/// Trains on given losses; the only weight is the number of the epoch. The epochs that were run, and the epoch whose weights came back.
fn run(losses: &[f64], patience: usize) -> [f64; 2] {
    let mut stopping = EarlyStopping::new(patience);
    let stopped = losses.iter().enumerate().position(|(i, loss)| stopping.stops(*loss, &[(i + 1) as f64]));
    let epochs = stopped.map_or(losses.len(), |i| i + 1);
    [epochs as f64, stopping.best_weights.first().copied().unwrap_or_default()]
}

const NO_RESET: &str = "waited has to be set back to zero when the loss improves: patience counts epochs in a row";
const LATE: &str = "one epoch too late: stop when `patience` epochs were waited for, not one more";
const BEFORE: &str = "compared with the epoch before; the comparison is with the best one";
const LAST: &str = "these are the weights of the last epoch; copy those of the best one when it is found";

#[test]
fn training_stops_after_so_many_epochs_without_a_better_one() {
    // The best epoch is the fifth; two epochs before it are no improvement either.
    let losses = [5.0, 4.0, 4.2, 4.1, 3.0, 3.3, 3.2, 3.15, 3.1, 3.05, 3.02];
    found(format!("epochs run and epoch kept of {losses:?} with patience 3"), run(&losses, 3))
        .mistake([6.0, 5.0], NO_RESET)
        .mistake([9.0, 5.0], LATE)
        .mistake([4.0, 2.0], "one epoch too early: three epochs have to be waited for")
        .mistake([11.0, 11.0], BEFORE)
        .mistake([8.0, 8.0], LAST)
        .is([8.0, 5.0]);
}

#[test]
fn an_equal_loss_is_no_improvement() {
    for (patience, epochs) in [(1, 3.0), (2, 4.0)] {
        let call = format!("epochs run and epoch kept of [3, 2, 2, 2, 2, 2] with patience {patience}");
        found(call, run(&[3.0, 2.0, 2.0, 2.0, 2.0, 2.0], patience))
            .mistake([6.0, 6.0], "an equal loss is no improvement: below, not at most")
            .mistake([epochs + 1.0, 2.0], LATE)
            .mistake([epochs, epochs], LAST)
            .is([epochs, 2.0]);
    }
}

#[test]
fn a_loss_that_is_not_a_number_is_no_improvement() {
    let losses = [3.0, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
    let found = found("epochs run and epoch kept of [3, NaN, NaN, NaN, NaN] with patience 2", run(&losses, 2));
    found
        .mistake([5.0, 5.0], "NaN counted as an improvement: ask whether it is below, not whether it is above")
        .mistake([5.0, 2.0], "NaN counted as an improvement: ask whether it is below, not whether it is above")
        .mistake([4.0, 1.0], LATE)
        .mistake([3.0, 3.0], LAST)
        .is([3.0, 1.0]);
}

#[test]
fn whatever_the_losses_the_best_epoch_comes_back() {
    let mut draw = uniform(3);
    for patience in 1..=6 {
        for _ in 0..20 {
            let losses: Vec<f64> = (0..30).map(|_| draw()).collect();
            let lowest = |losses: &[f64]| losses.iter().copied().fold(f64::INFINITY, f64::min);
            // Stopped is when the lowest of the last `patience` epochs is not below the lowest before them.
            let tired = |epoch: usize| lowest(&losses[epoch - patience..epoch]) >= lowest(&losses[..epoch - patience]);
            let epochs = (patience + 1..30).find(|epoch| tired(*epoch)).unwrap_or(30);
            let best = 1 + losses.iter().position(|loss| *loss == lowest(&losses[..epochs])).unwrap_or(0);
            found(
                format!("epochs run and epoch kept of 30 random losses with patience {patience}"),
                run(&losses, patience),
            )
            .mistake([epochs as f64, epochs as f64], LAST)
            .mistake([(epochs + 1) as f64, best as f64], LATE)
            .is([epochs as f64, best as f64]);
        }
    }
}
