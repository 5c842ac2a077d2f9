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
#[derive(Clone, Copy)]
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

pub(super) fn lose(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let (splits, width) = (settings.choose(8, 5), settings.whole(WIDTH));
    let mut readings = vec![Vec::new(); CODES.len()];
    for split in 0..splits {
        let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 430 + split));
        let seed = settings.seed.wrapping_add(1000 * split);
        let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(400, 250), batch: 50 };
        // As in the thesis.
        let config = MlpConfig { hidden: vec![width; 2], ..MlpConfig::default() };
        for (found, (code, outputs, _)) in readings.iter_mut().zip(CODES) {
            let loss = |network: &Mlp, digits: &Digits| code.loss(network, digits);
            let network = training.teach(new_network(&config, outputs, seed), &course, seed, loss).valid();
            let logits = network.forward(test.tensors(&Device::flex()).0);
            found.push(accuracy(code.classes(logits, &training), &test.classes)?);
        }
    }
    let lost = |by: usize| Mean::over(readings[0].iter().zip(&readings[by]).map(|(whole, fewer)| whole - fewer));
    for (sentence, loss) in [("Two digits on one neuron lose", lost(1)), ("Four bits for ten digits lose", lost(2))] {
        findings
            .claiming(format!(
                "{sentence}, with hidden layers of {width} and {width}: accuracy lost, lower end of the 95 % interval"
            ))
            .is(loss.interval().0, Above(0.0))
            .measured_with(format!(" ({loss}, {splits} splits)"));
    }
    let row =
        |((_, outputs, name), found): (&(OutputCode, usize, &str), &Vec<f64>)| row![*name, *outputs, Mean::of(found)];
    findings.table(
        format!("Digits read by networks of fewer outputs, {splits} splits (± 95 %)"),
        &["outputs", "how many", "new digits right"],
        CODES.iter().zip(&readings).map(row).collect(),
    );
    Ok(())
}

impl OutputCode {
    fn loss(self, network: &Mlp, digits: &Digits) -> Tensor<1> {
        let device = training_device();
        let logits = network.forward(digits.tensors(&device).0);
        let of_classes =
            |classes: &[usize]| trainer::loss::loss(&CROSS_ENTROPY, logits.clone(), labels(classes, &device));
        match self {
            OutputCode::OnePerClass => of_classes(&digits.classes),
            OutputCode::Shared => of_classes(&digits.classes.iter().map(|class| class % NEURONS).collect::<Vec<_>>()),
            OutputCode::Bits => {
                let signs = |class: &usize| (0..BITS).map(|place| 2.0 * bit(*class, place) - 1.0).collect();
                let signs: Vec<Vec<f64>> = digits.classes.iter().map(signs).collect();
                log_sigmoid(logits * rows(&signs, &device)).sum_dim(1).mean().neg()
            }
        }
    }

    /// What the logits say of every class, `[digits, 10]`, to one who knows how frequent classes are in training.
    fn classes(self, logits: Tensor<2>, training: &Digits) -> Tensor<2> {
        let matrix = |outputs: usize, entry: &dyn Fn(usize, usize) -> f64| {
            let row = |output| (0..CLASSES).map(|class| entry(output, class)).collect::<Vec<_>>();
            rows(&(0..outputs).map(row).collect::<Vec<_>>(), &Device::flex())
        };
        match self {
            OutputCode::OnePerClass => logits,
            // The logarithm of each digit's probability, but for what all share.
            OutputCode::Bits => logits.matmul(matrix(BITS, &|place: usize, class: usize| bit(class, place))),
            // Of a neuron's classes the more frequent one; probabilities, above 0, so that no class that is never named wins.
            OutputCode::Shared => {
                let count = |class: usize| training.classes.iter().filter(|other| **other == class).count();
                let other = |class: usize| (class + NEURONS) % CLASSES;
                let is_named = |class: usize| (count(class), class) > (count(other(class)), other(class));
                let entry =
                    |neuron: usize, class: usize| f64::from(u8::from(class % NEURONS == neuron && is_named(class)));
                softmax(logits, 1).matmul(matrix(NEURONS, &entry))
            }
        }
    }
}

/// A bit of a digit, 0 or 1.
fn bit(class: usize, place: usize) -> f64 {
    f64::from(u8::from(class >> place & 1 == 1))
}
