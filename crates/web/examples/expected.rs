//! Ten inputs and what three networks make of them natively, as JSON: what `tests/web.mjs` holds the page against.
//!
//! `cargo run -p zoo-web --example expected > expected.json`

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use zoo_core::Stream;
use zoo_web::recognizer::Recognizer;

/// Folder in `models/`, name, and values of an image.
const NETWORKS: [(&str, &str, usize); 3] =
    [("mlp", "mlp_emnist", 28 * 28), ("cnn", "cnn_emnist", 32 * 32), ("cnn", "cnn_cifar10_best", 3 * 32 * 32)];

const INPUTS: u64 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut networks = Vec::new();
    for (model, name, values) in NETWORKS {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let weights = fs::read(models.join(model).join("weights").join(format!("{name}.safetensors")))?;
        let recognizer = Recognizer::from_weights(&weights)?;
        let mut cases = Vec::new();
        for number in 0..INPUTS {
            let mut random = Stream::numbered(7, number);
            let pixels: Vec<u8> = (0..values).map(|_| (256.0 * random.unit()) as u8).collect();
            let probabilities = recognizer.of_pixels(pixels.clone())?.probabilities;
            cases.push(serde_json::json!({ "pixels": pixels, "probabilities": probabilities }));
        }
        networks.push(serde_json::json!({ "name": name, "cases": cases }));
    }
    writeln!(stdout(), "{}", serde_json::Value::from(networks))?;
    Ok(())
}
