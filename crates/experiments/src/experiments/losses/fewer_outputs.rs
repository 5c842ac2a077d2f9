//! Why one output per class, and what is lost with fewer (S3).
//!
//! The thesis gives every letter an output of its own, 26 of them, though 5 bits name 26 things. Two ways to save outputs, here on ten
//! digits. Classes that share a neuron are told apart by nothing: whoever knows the neuron can at best name its more frequent class, so no
//! more than `Σ max(n_a, n_b) / N` is right. A code of 4 bits with a sigmoid each has no such limit, but every bit lumps together digits
//! that look nothing alike. Its most probable digit is the largest of `Σ_b c_b z_b` over the digits' codes `c`: ten outputs again, with a
//! last layer of rank 4 that is not learned.

use super::settings::WIDTH;
use crate::digits::{CLASSES, Course, Digits, accuracy, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::tensor::activation::{log_sigmoid, softmax};
use zoo_mlp::{Mlp, MlpConfig};

/// How classes become outputs.
#[derive(Clone, Copy, PartialEq)]
enum OutputCode {
    OnePerClass,
    /// Digits `c` and `c + 5` share neuron `c`.
    Shared,
    /// The digit as a number of four bits.
    Bits,
}

const CODES: [(OutputCode, usize, &str); 3] = [
    (OutputCode::OnePerClass, CLASSES, "one per class"),
    (OutputCode::Shared, NEURONS, "two classes share a neuron"),
    (OutputCode::Bits, BITS, "a code of four bits"),
];
const NEURONS: usize = CLASSES / 2;
const BITS: usize = 4;
const TRAINING: usize = 1000;

/// What each code reads of new digits, by split; of [`OutputCode::Shared`] also how often the neuron was right.
type Reading = [f64; 2];

pub(super) fn lose(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let splits = settings.choose(8, 5);
    let mut rows = Vec::new();
    // Without a hidden layer, and as in the thesis.
    for hidden in [vec![], vec![settings.whole(WIDTH); 2]] {
        let mut readings = vec![Vec::new(); CODES.len()];
        let mut ceilings = Vec::new();
        for split in 0..splits {
            let (training, test) = all.split(TRAINING, &mut Stream::numbered(settings.seed, 430 + split));
            ceilings.push(ceiling(&test));
            for (found, (code, outputs, _)) in readings.iter_mut().zip(CODES) {
                found.push(read(code, outputs, &hidden, [&training, &test], settings, split)?);
            }
        }
        claims(&hidden, &readings, &ceilings, findings);
        rows.extend(CODES.iter().zip(&readings).map(|((_, outputs, name), found)| {
            let widths: Vec<String> = hidden.iter().map(usize::to_string).collect();
            let layers = if widths.is_empty() { "none".into() } else { widths.join(", ") };
            row![layers, *name, *outputs, Mean::over(found.iter().map(|one| one[0]))]
        }));
    }
    findings.table(
        format!("Digits read by networks of fewer outputs, {splits} splits (± 95 %)"),
        &["hidden layers", "outputs", "how many", "new digits right"],
        rows,
    );
    Ok(())
}

fn claims(hidden: &[usize], readings: &[Vec<Reading>], ceilings: &[f64], findings: &mut Findings) {
    let [whole, shared, bits] = readings else { return };
    let net = match hidden {
        [first, second] => format!("with hidden layers of {first} and {second}"),
        _ => "without a hidden layer".into(),
    };
    let loss = Mean::over(whole.iter().zip(bits).map(|(whole, bits)| whole[0] - bits[0]));
    let beyond = shared.iter().zip(ceilings).map(|(one, ceiling)| one[0] - ceiling).fold(f64::NEG_INFINITY, larger);
    findings
        .claiming(format!(
            "Two classes on one neuron, {net}: the digits right less the ceiling of about a half, at most"
        ))
        .is(beyond, AtMost(0.0))
        .claiming("though the neuron itself is right: fraction of new digits, mean")
        .is(Mean::over(shared.iter().map(|one| one[1])).value, AtLeast(0.75))
        .claiming(format!("Four bits for ten digits lose, {net}: accuracy lost, lower end of the 95 % interval"))
        .is(loss.interval().0, Above(0.0))
        .measured_with(format!(" ({loss}, {} splits)", loss.count));
}

/// Of digits whose neuron is known, what the more frequent class of each neuron makes right.
fn ceiling(digits: &Digits) -> f64 {
    let count = |class: usize| digits.classes.iter().filter(|other| **other == class).count();
    let right: usize = (0..NEURONS).map(|neuron| count(neuron).max(count(neuron + NEURONS))).sum();
    right as f64 / digits.len() as f64
}

fn read(
    code: OutputCode,
    outputs: usize,
    hidden: &[usize],
    [training, test]: [&Digits; 2],
    settings: &Setup,
    split: u64,
) -> Result<Reading> {
    let seed = settings.seed.wrapping_add(1000 * split);
    let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(400, 250), batch: 50 };
    let config = MlpConfig { hidden: hidden.to_vec(), ..MlpConfig::default() };
    let loss =
        |network: &Mlp, digits: &Digits| code.loss(network.forward(digits.tensors(&training_device()).0), digits);
    let network = training.teach(new_network(&config, outputs, seed), &course, seed, loss).valid();
    let logits = network.forward(test.tensors(&Device::flex()).0);
    match code {
        OutputCode::OnePerClass => Ok([accuracy(logits, &test.classes)?; 2]),
        OutputCode::Bits => Ok([accuracy(logits.matmul(rows(&codes(), &Device::flex())), &test.classes)?; 2]),
        OutputCode::Shared => {
            let neurons = neurons(test);
            let of_neuron = accuracy(logits.clone(), &neurons)?;
            // Probabilities, above 0, so that no class that is never named wins.
            let of_classes = softmax(logits, 1).matmul(more_frequent(training));
            Ok([accuracy(of_classes, &test.classes)?, of_neuron])
        }
    }
}

impl OutputCode {
    fn loss(self, logits: Tensor<2>, digits: &Digits) -> Tensor<1> {
        let device = logits.device();
        match self {
            OutputCode::OnePerClass => trainer::loss::loss(&CROSS_ENTROPY, logits, labels(&digits.classes, &device)),
            OutputCode::Shared => trainer::loss::loss(&CROSS_ENTROPY, logits, labels(&neurons(digits), &device)),
            OutputCode::Bits => {
                let signs: Vec<Vec<f64>> = digits.classes.iter().map(|&class| bits(class, [-1.0, 1.0])).collect();
                log_sigmoid(logits * rows(&signs, &device)).sum_dim(1).mean().neg()
            }
        }
    }
}

fn neurons(digits: &Digits) -> Vec<usize> {
    digits.classes.iter().map(|class| class % NEURONS).collect()
}

/// The bits of a digit, as one of two numbers each.
fn bits(class: usize, [zero, one]: [f64; 2]) -> Vec<f64> {
    (0..BITS).map(|bit| if class >> bit & 1 == 1 { one } else { zero }).collect()
}

/// The digits' codes, `[4, 10]`: times the logits of the bits, the logarithm of each digit's probability but for what all share.
fn codes() -> Vec<Vec<f64>> {
    let column = |class| bits(class, [0.0, 1.0]);
    (0..BITS).map(|bit| (0..CLASSES).map(|class| column(class)[bit]).collect()).collect()
}

/// `[5, 10]`: names for every neuron the class that is more frequent in these digits.
fn more_frequent(digits: &Digits) -> Tensor<2> {
    let count = |class: usize| digits.classes.iter().filter(|other| **other == class).count();
    let other = |class: usize| (class + NEURONS) % CLASSES;
    let is_chosen = |class: usize| (count(class), class) > (count(other(class)), other(class));
    let weight = |neuron: usize, class: usize| f64::from(u8::from(class % NEURONS == neuron && is_chosen(class)));
    let all: Vec<Vec<f64>> =
        (0..NEURONS).map(|neuron| (0..CLASSES).map(|class| weight(neuron, class)).collect()).collect();
    rows(&all, &Device::flex())
}
