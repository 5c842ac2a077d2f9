//! Back-propagation, checked (S10, S5): what the notes derive by hand against Burn's autodiff and against central differences.
//!
//! [`network`] has the thesis's lemma for networks of any depth, [`product`] the same in one formula, [`heads`] the
//! shorter derivations of the other notes.

mod lesson;
mod settings;

mod heads;
mod network;
mod product;

mod errata;
mod step;

use self::heads::{LinearClassifier, SmallNetwork};
use self::network::{DOUBLE, SigmoidNetwork, zeros_and_ones};
use self::settings::STEP;
use crate::autodiff::central_differences;
use crate::prelude::*;
use crate::statistics::apart;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "backprop",
    sources: &[SourceSection(10), SourceSection(5)],
    title: "Back-propagation, checked",
    says: "Lemma 3.5.1: delta_L = sigma'(z_L) o (a_L - y), delta_l = sigma'(z_l) o W_(l+1)^T delta_(l+1), dC/db_l = \
         delta_l, dC/dW_l = delta_l a_(l-1)^T; unrolled, (3.5.26): delta_l is the product of all D W^T behind it. For \
         the 3-4-1 network the chain rule gives every gradient in a line; for logistic regression and for softmax \
         with cross-entropy the gradient at the scores is p - y.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    lemma(settings, &mut findings)?;
    product::of_slopes_and_weights(settings, &mut findings)?;
    heads(settings, &mut findings)?;
    step::of_differences(settings, &mut findings);
    errata::product_of_a_layer(settings, &mut findings)?;
    Ok(findings)
}

/// A gradient by hand against autodiff's, relative to its length, and against central differences.
type GradientGaps = [f64; 2];

fn larger_of(worst: GradientGaps, found: GradientGaps) -> GradientGaps {
    [0, 1].map(|way| larger(worst[way], found[way]))
}

/// Random networks of one to six layers of one to eight units.
fn lemma(settings: &Setup, findings: &mut Findings) -> Result<()> {
    // Near the cube root of double precision's epsilon, 6e-6, where both errors of central differences are small.
    let (networks, step) = (settings.choose(1000, 60), settings.number(STEP));
    let mut worst = GradientGaps::default();
    for stream in 0..networks {
        let mut random = Stream::numbered(settings.seed, stream);
        let layers = 1 + stream as usize % 6;
        let widths: Vec<usize> = (0..=layers).map(|_| 1 + random.index(8)).collect();
        let network = SigmoidNetwork::random(&widths, &mut random);
        let (x, y) = (random.normals(widths[0]), zeros_and_ones(widths[layers], &mut random));
        let (by_hand, autodiff) = (network.gradient(&x, &y), network.autodiff(&x, &y)?);
        let differences = network.central_differences(&x, &y, step);
        worst = larger_of(worst, [apart(&by_hand, &autodiff), apart(&by_hand, &differences)]);
    }
    let count = format!(" ({networks} networks of 1 to 6 layers)");
    findings
        .claim("The lemma is Burn's autodiff in double precision: largest relative difference", worst[0], DOUBLE)
        .measured_with(&count)
        .claim("The lemma is central differences: largest relative difference", worst[1], DOUBLE)
        .measured_with(&count);
    Ok(())
}

const DERIVATIONS: [&str; 3] = [
    "The 3-4-1 network, dL/dz_j = (y_hat - y) w_j relu'(z_j)",
    "Logistic regression, dL/dz = sigmoid(z) - y",
    "Softmax and cross-entropy, dL/dz = softmax(z) - y",
];

/// The 3-4-1 network, logistic regression and softmax, many times each; the losses are those that the trainer minimizes.
fn heads(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (repetitions, step) = (settings.choose(500, 50), settings.number(STEP));
    let mut worst = [GradientGaps::default(); 3];
    // Differences are not taken relative to the gradient: a good classifier's is near zero, while its cost is rounded as ever.
    let gaps = |by_hand: &[f64], autodiff: &[f64], differences: &[f64]| {
        [apart(by_hand, autodiff), largest_gap(by_hand, differences)]
    };
    for stream in 0..repetitions {
        let mut random = Stream::numbered(settings.seed, 10_000 + stream);
        let small = SmallNetwork::random(&mut random);
        let differences = central_differences(&small.parameters, step, |parameters| small.cost(parameters));
        worst[0] = larger_of(worst[0], gaps(&small.gradient(), &small.autodiff()?, &differences));
        for (kind, scores) in [(1, 1), (2, 2 + stream as usize % 9)] {
            let linear = LinearClassifier::random(scores, &mut random);
            let differences = central_differences(&linear.parameters, step, |parameters| linear.cost(parameters));
            worst[kind] = larger_of(worst[kind], gaps(&linear.gradient(), &linear.autodiff()?, &differences));
        }
    }
    for (name, [autodiff, differences]) in DERIVATIONS.into_iter().zip(worst) {
        findings
            .claim(format!("{name}: largest relative difference to autodiff"), autodiff, DOUBLE)
            .measured_with(format!(" ({repetitions} random cases)"))
            .claim("and to central differences, absolute", differences, DOUBLE);
    }
    Ok(())
}
