//! What is in the pictures named: `cargo run -p zoo-cnn --features classifier,cifar10_best --example classify -- cat.jpg dog.png`.

use std::io::Write;
use zoo_cnn::{Classifier, ClassifyError, CnnWeights};

fn main() -> Result<(), ClassifyError> {
    let classifier = Classifier::pretrained(CnnWeights::Cifar10Best)?;
    let mut out = std::io::stdout().lock();
    for file in std::env::args().skip(1) {
        let answer = classifier.classify_file(&file)?;
        // Who reads may have read enough.
        let _ = writeln!(out, "{file}: {answer}");
    }
    Ok(())
}
