//! The learning rate of every step, as a pure function of the step.
//!
//! Nothing is carried from one step to the next, so a resumed run reads the same rates as an unbroken one.

use std::f64::consts::PI;

use zoo_recipe::Schedule;

/// The learning rate of `step`, counted from 0, in a training of `total_steps`.
///
/// With a warm-up of `n` steps the rate of step `i < n` is `(i + 1) / n` of the first one, and the shape itself begins
/// after it, with the steps that remain. An epoch has `steps_per_epoch`.
pub fn learning_rate(schedule: &Schedule, step: usize, steps_per_epoch: usize, total_steps: usize) -> f64 {
    let warmup_steps = warmup_steps(schedule);
    if step < warmup_steps {
        return schedule.learning_rate() * ((step + 1) as f64 / warmup_steps as f64);
    }
    let step = step - warmup_steps;
    let total_steps = total_steps.saturating_sub(warmup_steps);
    let epochs = step as f64 / steps_per_epoch.max(1) as f64;
    match *schedule {
        Schedule::Constant { learning_rate, .. } => learning_rate,
        Schedule::Step { learning_rate, factor, every_epochs, .. } => {
            learning_rate * factor.powf((epochs / every_epochs.max(1) as f64).floor())
        }
        Schedule::Exponential { learning_rate, factor, .. } => learning_rate * factor.powf(epochs),
        Schedule::Cosine { learning_rate, final_learning_rate, .. } => {
            let last = total_steps.saturating_sub(1) as f64;
            half_cosine(learning_rate, final_learning_rate, fraction(step as f64, 0.0, last))
        }
        Schedule::OneCycle { learning_rate, pct_start, div_factor, final_div_factor } => {
            let rates = cycle_rates(learning_rate, div_factor, final_div_factor);
            one_cycle(rates, pct_start, [step, total_steps], half_cosine)
        }
        Schedule::OneCycleLinear { learning_rate, pct_start, div_factor, final_div_factor } => {
            let rates = cycle_rates(learning_rate, div_factor, final_div_factor);
            one_cycle(rates, pct_start, [step, total_steps], straight)
        }
    }
}

fn warmup_steps(schedule: &Schedule) -> usize {
    match *schedule {
        Schedule::Constant { warmup_steps, .. }
        | Schedule::Step { warmup_steps, .. }
        | Schedule::Exponential { warmup_steps, .. }
        | Schedule::Cosine { warmup_steps, .. } => warmup_steps,
        Schedule::OneCycle { .. } | Schedule::OneCycleLinear { .. } => 0,
    }
}

/// The rates at start, peak and end of a one-cycle.
fn cycle_rates(peak: f64, div_factor: f64, final_div_factor: f64) -> [f64; 3] {
    let start = peak / div_factor;
    [start, peak, start / final_div_factor]
}

/// PyTorch's OneCycleLR with two phases. The peak lies at `pct_start * total_steps - 1`, which need not be a whole step.
fn one_cycle(
    [start, peak, end]: [f64; 3],
    pct_start: f64,
    [step, total_steps]: [usize; 2],
    anneal: fn(f64, f64, f64) -> f64,
) -> f64 {
    let step = step as f64;
    let peak_step = pct_start * total_steps as f64 - 1.0;
    let last_step = total_steps as f64 - 1.0;
    if step <= peak_step {
        anneal(start, peak, fraction(step, 0.0, peak_step))
    } else {
        anneal(peak, end, fraction(step, peak_step, last_step))
    }
}

/// How far `step` has come from `first` to `last`: 0 to 1, and 1 where there is no way to go.
fn fraction(step: f64, first: f64, last: f64) -> f64 {
    if last <= first { 1.0 } else { ((step - first) / (last - first)).min(1.0) }
}

fn half_cosine(from: f64, to: f64, fraction: f64) -> f64 {
    to + (from - to) * (1.0 + (PI * fraction).cos()) / 2.0
}

/// Exactly `from` and `to` at the ends.
fn straight(from: f64, to: f64, fraction: f64) -> f64 {
    from * (1.0 - fraction) + to * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_rises_linearly_and_then_the_shape_begins() {
        let schedule = Schedule::Step { learning_rate: 0.8, warmup_steps: 4, factor: 0.5, every_epochs: 1 };
        let rates: Vec<f64> = (0..9).map(|step| learning_rate(&schedule, step, 2, 9)).collect();
        assert_eq!(rates, [0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2]);
    }

    #[test]
    fn exponential_multiplies_by_the_factor_every_epoch() {
        let schedule = Schedule::Exponential { learning_rate: 1.0, warmup_steps: 0, factor: 0.25 };
        assert_eq!(learning_rate(&schedule, 10, 10, 100), 0.25);
        assert_eq!(learning_rate(&schedule, 5, 10, 100), 0.5);
    }

    #[test]
    fn cosine_ends_at_the_last_step_at_its_final_rate() {
        let schedule = Schedule::Cosine { learning_rate: 0.1, warmup_steps: 0, final_learning_rate: 0.001 };
        assert_eq!(learning_rate(&schedule, 0, 10, 101), 0.1);
        assert!((learning_rate(&schedule, 50, 10, 101) - 0.0505).abs() < 1e-15);
        assert_eq!(learning_rate(&schedule, 100, 10, 101), 0.001);
    }

    #[test]
    fn a_linear_one_cycle_goes_up_and_down_along_straight_lines() {
        let schedule =
            Schedule::OneCycleLinear { learning_rate: 0.4, pct_start: 0.25, div_factor: 4.0, final_div_factor: 10.0 };
        let rate = |step| learning_rate(&schedule, step, 5, 20);
        // The peak is at step 4: then fifteen steps down from 0.4 to 0.01.
        for (step, expected) in [(0, 0.1), (2, 0.25), (4, 0.4), (9, 0.27), (19, 0.01)] {
            assert!((rate(step) - expected).abs() < 1e-12, "{} is not {expected} at step {step}", rate(step));
        }
    }

    #[test]
    fn every_shape_is_finite_and_not_negative_however_short_the_training() {
        let shapes = [
            Schedule::Cosine { learning_rate: 0.1, warmup_steps: 3, final_learning_rate: 0.0 },
            Schedule::OneCycle { learning_rate: 0.1, pct_start: 0.5, div_factor: 25.0, final_div_factor: 1e4 },
            Schedule::OneCycle { learning_rate: 0.1, pct_start: 0.0, div_factor: 25.0, final_div_factor: 1e4 },
            Schedule::OneCycle { learning_rate: 0.1, pct_start: 1.0, div_factor: 25.0, final_div_factor: 1e4 },
            Schedule::OneCycleLinear { learning_rate: 0.1, pct_start: 0.5, div_factor: 25.0, final_div_factor: 1e4 },
        ];
        for (schedule, total_steps) in shapes.iter().flat_map(|shape| (1..6).map(move |total| (shape, total))) {
            for step in 0..total_steps + 2 {
                let rate = learning_rate(schedule, step, 2, total_steps);
                assert!((0.0..=0.1).contains(&rate), "{schedule:?}: {rate} at {step} of {total_steps}");
            }
        }
    }
}
