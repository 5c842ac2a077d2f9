//! Why one output per class, and what is lost with fewer (S3).
//!
//! The thesis gives every letter an output of its own, 26 of them, though 5 bits name 26 things. Classes that share a neuron are told apart
//! by nothing: whoever knows the neuron can at best name its more frequent class. A code with a sigmoid for each bit has no such limit, but
//! every bit lumps together classes that look nothing alike; here on ten digits, of 4 bits. Its most probable digit is the largest of
//! `Σ_b c_b z_b` over the digits' codes `c`: ten outputs again, with a last layer of rank 4 that is not learned.

use super::settings::WIDTH;
use crate::digits::{CLASSES, Course, Digits, accuracy, new_network};
use crate::prelude::*;
use burn::tensor::activation::log_sigmoid;
use zoo_mlp::{Mlp, MlpConfig};

const BITS: usize = 4;

pub(super) fn lose(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let (splits, width) = (settings.choose(8, 5), settings.whole(WIDTH));
    let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(400, 250), batch: 50 };
    // As in the thesis.
    let config = MlpConfig { hidden: vec![width; 2], ..MlpConfig::default() };
    let codes: Vec<Vec<f64>> = (0..BITS).map(|place| (0..CLASSES).map(|class| bit(class, place)).collect()).collect();
    let codes = rows(&codes, &Device::flex()); // [4, 10]
    let mut lost = Vec::new();
    for split in 0..splits {
        let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 430 + split));
        let seed = settings.seed.wrapping_add(1000 * split);
        let x = test.tensors(&Device::flex()).0;
        let ten = training.classifier(&config, &course, seed).forward(x.clone());
        let four = training.teach(new_network(&config, BITS, seed), &course, seed, loss_of_bits).valid().forward(x);
        let coded = four.matmul(codes.clone()); // [digits, 10]: the logarithm of each probability, but for what all share
        lost.push(accuracy(ten, &test.classes)? - accuracy(coded, &test.classes)?);
    }
    let lost = Mean::of(&lost);
    findings
        .claiming(format!(
            "Four bits for ten digits lose, with hidden layers of {width} and {width}: accuracy lost, lower end of the \
             95 % interval"
        ))
        .is(lost.interval().0, Above(0.0))
        .measured_with(format!(" ({lost}, {splits} splits)"));
    Ok(())
}

/// Binary cross-entropy of every bit, `-ln σ(t z)` for `t = 1` or `-1`.
fn loss_of_bits(network: &Mlp, digits: &Digits) -> Tensor<1> {
    let device = training_device();
    let signs = |class: &usize| (0..BITS).map(|place| 2.0 * bit(*class, place) - 1.0).collect();
    let signs: Vec<Vec<f64>> = digits.classes.iter().map(signs).collect();
    let logits = network.forward(digits.tensors(&device).0);
    log_sigmoid(logits * rows(&signs, &device)).sum_dim(1).mean().neg()
}

/// A bit of a digit, 0 or 1.
fn bit(class: usize, place: usize) -> f64 {
    f64::from(u8::from(class >> place & 1 == 1))
}
