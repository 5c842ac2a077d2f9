//! Back-propagation from scratch (S5): the thesis's network on ten points, written out by hand in [`network`].

mod lesson;

mod settings;
mod task;

mod network;
mod training;

mod long_run;

mod figures;

use self::network::NetbpNetwork;
use self::task::NetbpTask;
use self::training::{REPORTED, TrainedStart};
use crate::prelude::*;
use rayon::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "netbp",
    sources: &[SourceSection(5)],
    title: "Back-propagation from scratch",
    says: "A network of 3-2-3-2 sigmoid units learns ten points in a million stochastic steps of rate 0.05. From \
         weights and biases 0.5 randn the cost falls from about 6.3 to about 7.3e-4: fast at first, then along a \
         plateau with a slow linear rate.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    let task = NetbpTask::of(settings);
    shapes_of_the_listing(&mut findings);
    gradient(&task, settings, &mut findings);
    let starts = settings.choose(200, 20);
    let bar = settings.progress("a million steps from every start", starts);
    let train = |start: usize| {
        let trained = TrainedStart::from_start(&task, &mut Stream::numbered(settings.seed, start as u64));
        bar.inc(1);
        trained
    };
    let runs: Vec<TrainedStart> = (0..starts).into_par_iter().map(train).collect();
    bar.finish_and_clear();
    start_and_end(&task, &runs, &mut findings);
    shape_of_the_curve(&task, &runs, &mut findings);
    long_run::power_law(&task, settings, &mut findings);
    figures::draw(&task, &runs, &mut findings);
    Ok(findings)
}

/// How many layers of the listing, `[units, inputs]` each, cannot be applied to what the layer before gives.
fn misfits(layers: [[usize; 2]; 3]) -> f64 {
    layers.windows(2).filter(|pair| pair[1][1] != pair[0][0]).count() as f64
}

fn shapes_of_the_listing(findings: &mut Findings) {
    findings
        .claiming("The listing's W2 2x3, W3 3x3, W4 2x3 can be multiplied in turn: layers that do not fit")
        .should_be(
            misfits([[2, 3], [3, 3], [2, 3]]),
            Exactly(0.0),
            "Layer 2 has two units, so it hands two values on and W3 must have two columns: 3x2. A 3x3 matrix times \
             two values is not defined, so the listing cannot have run as printed.",
        )
        .known_as("w3")
        .claim("With W3 3x2 they can: layers that do not fit", misfits([[2, 3], [3, 2], [2, 3]]), Exactly(0.0));
}

/// What every step goes against, at the start and, where units are saturated, with all parameters ten times as large.
fn gradient(task: &NetbpTask, settings: &Setup, findings: &mut Findings) {
    let starts = settings.choose(100, 20);
    let off = |start: u64| {
        let mut network = NetbpNetwork::draw(task, &mut Stream::numbered(settings.seed, start));
        let largest =
            |network: NetbpNetwork| task.points.iter().map(|point| network.off_differences(point)).fold(0.0, larger);
        let fresh = largest(network);
        network.parameters().for_each(|value| *value *= 10.0);
        larger(fresh, largest(network))
    };
    // Differences of a cost near 1 over 1e-5 are exact to about 1e-11, and their truncation to 1e-10 of the third derivative.
    findings
        .claiming("A step follows -grad 1/2 ||y - a||^2: largest difference to central differences")
        .is((0..starts).map(off).fold(0.0, larger), AtMost(1e-8))
        .measured_with(format!(" ({starts} networks, every point)"));
}

fn start_and_end(task: &NetbpTask, runs: &[TrainedStart], findings: &mut Findings) {
    let learned = runs.iter().filter(|run| run.has_learned(task)).count();
    let costs = [TrainedStart::start, TrainedStart::end].map(|of| runs.iter().map(of).collect::<Vec<_>>());
    let sentences = [
        ("The cost starts at about 6.3: median of the starts over that", 0.2),
        ("and a million steps later is about 7.3e-4: median over that", 0.3),
    ];
    for ((sentence, tolerance), (costs, reported)) in sentences.into_iter().zip(costs.iter().zip(REPORTED)) {
        let [least, median, most] = [0.0, 0.5, 1.0].map(|part| quantile(costs, part));
        findings.claim(sentence, median / reported, Near(1.0, tolerance)).measured_with(format!(
            " ({}, {} starts)",
            range((least, most)),
            runs.len()
        ));
    }
    findings
        .claim("All ten points are told apart: fraction of starts", learned as f64 / runs.len() as f64, AtLeast(0.9))
        .measured_with(format!(" ({}, 95 %)", range(fraction_interval(learned, runs.len()))))
        .note(
            "The listing seeds its generator with 5000; the stream of that program's generator is not made again \
             here. What a single start can show is therefore replaced by the distribution over many, and no start is \
             chosen.",
        );
}

/// Fast, then slow; and how slow.
fn shape_of_the_curve(task: &NetbpTask, runs: &[TrainedStart], findings: &mut Findings) {
    let learned: Vec<&TrainedStart> = runs.iter().filter(|run| run.has_learned(task)).collect();
    let rate = |run: &TrainedStart, [from, to]: [usize; 2]| (run.costs[from] / run.costs[to]).ln();
    let ratio = |early: [usize; 2], late: [usize; 2]| {
        quantile(&learned.iter().map(|run| rate(run, late) / rate(run, early)).collect::<Vec<_>>(), 0.5)
    };
    findings
        .claiming("Fast, then slow: median of the rate in the second half of the steps over that in the first")
        .is(ratio([0, 50], [50, 100]), AtMost(0.2))
        .claiming("The plateau falls at a linear rate: median of the last rate over that at half of the steps")
        .should_be(
            ratio([50, 60], [90, 100]),
            Near(1.0, 0.2),
            "On an axis that is logarithmic in the cost and linear in the steps the end looks straight, but the rate \
             keeps falling: the descent is sublinear.",
        )
        .known_as("linear_rate");
}
