//! Back-propagation, checked (S10, S5): what the notes derive by hand against Burn's autodiff and against central differences.
//!
//! [`network`] has the thesis's lemma for networks of any depth, [`product`] the same in one formula, [`heads`] the
//! shorter derivations of the other notes.

mod lesson;
mod settings;

mod errata;
mod heads;
mod network;
mod product;

use self::heads::{LinearClassifier, SmallNetwork};
use self::network::{SigmoidNetwork, zeros_and_ones};
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

/// What double and single precision leave of a gradient, relative to its length.
const DOUBLE: Check = AtMost(1e-8);
const SINGLE: Check = AtMost(1e-5);

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    lemma(settings, &mut findings)?;
    product::of_slopes_and_weights(settings, &mut findings)?;
    heads(settings, &mut findings)?;
    step_of_differences(settings, &mut findings);
    errata::product_of_a_layer(settings, &mut findings)?;
    Ok(findings)
}

/// One network's gradients against the lemma's.
struct Compared {
    layers: usize,
    double: f64,
    single: f64,
    differences: f64,
}

/// A label and what it stands for.
type Series = (&'static str, fn(&Compared) -> f64);

/// Stream networks of one to six layers of one to eight units.
fn lemma(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let networks = settings.choose(1000, 60);
    // Near the cube root of double precision's epsilon, 6e-6, where both errors of central differences are small.
    let step = settings.number(STEP);
    let compare = |stream: u64| -> Result<Compared> {
        let mut random = Stream::numbered(settings.seed, stream);
        let layers = 1 + stream as usize % 6;
        let widths: Vec<usize> = (0..=layers).map(|_| 1 + random.index(8)).collect();
        let network = SigmoidNetwork::random(&widths, &mut random);
        let (x, y) = (random.normals(widths[0]), zeros_and_ones(widths[layers], &mut random));
        let by_hand = network.gradient(&x, &y);
        Ok(Compared {
            layers,
            double: apart(&by_hand, &network.autodiff(&x, &y, DType::F64)?),
            single: apart(&by_hand, &network.autodiff(&x, &y, DType::F32)?),
            differences: apart(&by_hand, &network.central_differences(&x, &y, step)),
        })
    };
    let compared = (0..networks).map(compare).collect::<Result<Vec<_>>>()?;
    let most = |of: fn(&Compared) -> f64| compared.iter().map(of).fold(0.0, larger);
    let count = format!(" ({networks} networks of 1 to 6 layers)");
    findings
        .claiming("The lemma is Burn's autodiff in double precision: largest relative difference")
        .is(most(|one| one.double), DOUBLE)
        .measured_with(&count)
        .claim("The lemma is central differences: largest relative difference", most(|one| one.differences), DOUBLE)
        .measured_with(&count)
        .claiming("Single precision, in which the zoo trains, gives it too: largest relative difference")
        .is(most(|one| one.single), SINGLE)
        .measured_with(&count)
        .figure("lemma", "Three ways to one gradient", LEMMA_CAPTION, by_depth(&compared));
    Ok(())
}

const LEMMA_CAPTION: &str = "How far the lemma's gradient is from Burn's autodiff and from central differences, \
                             relative to its length: median and range over random networks of each depth.";

fn by_depth(compared: &[Compared]) -> Chart {
    // Differences of exactly zero have no place on a logarithmic axis; half of epsilon stands for them.
    let of = |layers: usize, value: fn(&Compared) -> f64, part: f64| {
        let own = compared.iter().filter(|one| one.layers == layers);
        quantile(&own.map(|one| larger(value(one), f64::EPSILON / 2.0)).collect::<Vec<_>>(), part)
    };
    let kinds: [Series; 3] = [
        ("autodiff, single precision", |one| one.single),
        ("central differences", |one| one.differences),
        ("autodiff, double precision", |one| one.double),
    ];
    let chart = Chart::new(Axis::linear("layers").range(0.5..6.5), Axis::log("relative difference"));

    kinds.into_iter().fold(chart, |chart, (label, value)| {
        let medians: Vec<(f64, f64)> = (1..=6).map(|layers| (layers as f64, of(layers, value, 0.5))).collect();
        let ranges: Vec<(f64, f64, f64)> =
            (1..=6).map(|layers| (layers as f64, of(layers, value, 0.0), of(layers, value, 1.0))).collect();
        chart.scatter(label, &medians).intervals(label, &ranges)
    })
}

/// A derivation's gradient against the two others.
#[derive(Clone, Copy, Default)]
struct Worst {
    double: f64,
    single: f64,
    /// Not relative to the gradient: a good classifier's is near zero, while its cost is rounded as ever.
    differences: f64,
}

impl Worst {
    fn see(&mut self, by_hand: &[f64], autodiff: [Vec<f64>; 2], differences: &[f64]) {
        let [double, single] = autodiff;
        self.double = larger(self.double, apart(by_hand, &double));
        self.single = larger(self.single, apart(by_hand, &single));
        let off = by_hand.iter().zip(differences).map(|(hand, difference)| (hand - difference).abs());
        self.differences = larger(self.differences, off.fold(0.0, larger));
    }
}

/// The 3-4-1 network, logistic regression and softmax, many times each; the losses are the zoo's own.
fn heads(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let (repetitions, step) = (settings.choose(500, 50), settings.number(STEP));
    let mut worst = [Worst::default(); 3];
    for stream in 0..repetitions {
        let mut random = Stream::numbered(settings.seed, 10_000 + stream);
        let small = SmallNetwork::random(&mut random);
        let differences = central_differences(&small.parameters, step, |parameters| small.cost(parameters));
        worst[0].see(&small.gradient(), [small.autodiff(DType::F64)?, small.autodiff(DType::F32)?], &differences);
        for (kind, scores) in [(1, 1), (2, 2 + stream as usize % 9)] {
            let linear = LinearClassifier::random(scores, &mut random);
            let differences = central_differences(&linear.parameters, step, |parameters| linear.cost(parameters));
            let autodiff = [linear.autodiff(DType::F64)?, linear.autodiff(DType::F32)?];
            worst[kind].see(&linear.gradient(), autodiff, &differences);
        }
    }
    for (name, worst) in DERIVATIONS.into_iter().zip(worst) {
        findings
            .claim(format!("{name}: largest relative difference to autodiff"), worst.double, DOUBLE)
            .measured_with(format!(" ({repetitions} random cases; {} in single precision)", number(worst.single)))
            .claim("and to central differences, absolute", worst.differences, DOUBLE);
    }
    findings.note(
        "The last two are the losses that the trainer minimizes, called as it calls them. In single precision they \
         are shown and not checked: p - y loses digits where p is nearly y, by as much as it should.",
    );
    Ok(())
}

const DERIVATIONS: [&str; 3] = [
    "The 3-4-1 network, dL/dz_j = (y_hat - y) w_j relu'(z_j)",
    "Logistic regression, dL/dz = sigmoid(z) - y",
    "Softmax and cross-entropy, dL/dz = softmax(z) - y",
];

/// Why central differences cannot do better: the error by their step.
fn step_of_differences(settings: &Setup, findings: &mut Findings) {
    let steps: Vec<f64> = (4..=40).map(|quarter| 10_f64.powf(-f64::from(quarter) / 4.0)).collect();
    let networks = settings.choose(40, 10);
    let mut medians = Vec::new();
    for step in &steps {
        let error = |stream: u64| {
            let mut random = Stream::numbered(settings.seed, 20_000 + stream);
            let network = SigmoidNetwork::random(&[3, 2, 3, 2], &mut random);
            let (x, y) = (random.normals(3), zeros_and_ones(2, &mut random));
            apart(&network.gradient(&x, &y), &network.central_differences(&x, &y, *step))
        };
        medians.push((*step, quantile(&(0..networks).map(error).collect::<Vec<_>>(), 0.5)));
    }
    let slope = |low: f64, high: f64| {
        let inside = medians.iter().copied().filter(|(step, _)| (low..=high).contains(step));
        FittedLine::of_logarithms(&inside.collect::<Vec<_>>()).slope
    };
    let best = medians.iter().fold((0.0, f64::INFINITY), |best, one| if one.1 < best.1 { *one } else { best });
    findings
        .claim("Central differences err by the square of a large step: exponent", slope(1e-3, 0.1), Near(2.0, 0.1))
        .claim("and by the rounding of the cost over a small one: exponent", slope(1e-9, 1e-6), Near(-1.0, 0.25))
        .claiming("so that a step near the cube root of epsilon, 6e-6, is best: logarithm of the best step over it")
        .is((best.0 / f64::EPSILON.cbrt()).log10(), Within(-1.0..=1.0))
        .figure("step", "Error of central differences by step", STEP_CAPTION, by_step(&medians));
}

const STEP_CAPTION: &str = "The error of central differences by their step, for 3-2-3-2 networks: truncation on the \
                            right, rounding on the left.";

fn by_step(medians: &[(f64, f64)]) -> Chart {
    let largest = medians[0]; // Through it goes the line that shows the slope of truncation.
    let slope = medians.iter().map(|(step, _)| (*step, largest.1 * (step / largest.0).powi(2)));
    let truncation: Vec<(f64, f64)> = slope.filter(|one| one.1 > 1e-12).collect();
    let rounding: Vec<(f64, f64)> = medians.iter().map(|(step, _)| (*step, f64::EPSILON / step)).collect();

    Chart::new(Axis::log("step h"), Axis::log("relative error, median"))
        .line("central differences", medians)
        .dashed("slope 2", &truncation)
        .dashed("epsilon / h, slope -1", &rounding)
}
