//! What a million steps look like.

use super::task::NetbpTask;
use super::training::{REPORTED, SAMPLED, STEPS, TrainedStart};
use crate::prelude::*;

pub(super) fn draw(task: &NetbpTask, runs: &[TrainedStart], findings: &mut Findings) {
    findings
        .figure(
            "cost",
            "Cost by step",
            "The cost by step (Fig. 4.2): half of the starts and nine of ten lie in the bands. The dots are what the \
             thesis reports.",
            cost_by_step(runs),
        )
        .panels(
            "regions",
            "Decision regions",
            "One trained network in four planes through the cube, with the points within 0.1 of each: its first output \
             less its second; the line parts the two classes.",
            2,
            decision_regions(task, runs),
        );
}

fn cost_by_step(runs: &[TrainedStart]) -> Chart {
    let at = |place: usize, part: f64| quantile(&runs.iter().map(|run| run.costs[place]).collect::<Vec<_>>(), part);
    let places = || 0..=STEPS / SAMPLED;
    let step = |place: usize| (place * SAMPLED) as f64;
    let band =
        |low: f64, high: f64| places().map(|place| (step(place), at(place, low), at(place, high))).collect::<Vec<_>>();
    let median: Vec<(f64, f64)> = places().map(|place| (step(place), at(place, 0.5))).collect();
    Chart::new(Axis::linear("step"), Axis::log("cost, sum of squared errors"))
        .band("nine of ten starts", &band(0.05, 0.95))
        .band("half of the starts", &band(0.25, 0.75))
        .line("median", &median)
        .scatter("the thesis", &[(0.0, REPORTED[0]), (STEPS as f64, REPORTED[1])])
}

/// Of the run whose end is the median one.
fn decision_regions(task: &NetbpTask, runs: &[TrainedStart]) -> Vec<Chart> {
    let mut by_end: Vec<&TrainedStart> = runs.iter().collect();
    by_end.sort_by(|left, right| left.end().total_cmp(&right.end()));
    let network = by_end[by_end.len() / 2].network;
    let plane = |x3: f64| {
        let difference = Field::sample(0.0..1.0, 0.0..1.0, [60, 60], |x1, x2| {
            let [first, second] = network.output(&[x1, x2, x3]);
            first - second
        });
        let near = |class: usize| -> Vec<(f64, f64)> {
            let own = task.points.iter().filter(|point| point.y[class] == 1.0).map(|point| point.x);
            own.filter(|x| (x[2] - x3).abs() < 0.11).map(|x| (x[0], x[1])).collect()
        };
        Chart::new(Axis::linear("x1").range(0.0..1.0), Axis::linear("x2").range(0.0..1.0))
            .heading(&format!("x3 = {x3}"))
            .equal_units()
            .heat("first output less second", &difference)
            .contours(&difference, &[0.0])
            .scatter("first class", &near(0))
            .scatter("second class", &near(1))
    };
    [0.15, 0.4, 0.6, 0.85].map(plane).to_vec()
}
