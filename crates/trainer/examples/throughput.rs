//! How many examples a second a recipe trains on, on random examples: for devices without the data, as GPUs far from any network.
//!
//! `cargo run --release -p trainer --example throughput --features cuda -- --model cnn_cifar10 --device cuda --batch-size 128`
//!
//! Prints JSON. The time is the training loop's own: batches made, put on the device and trained on, losses and accuracy counted.

#![allow(clippy::print_stdout)] // An example talks to whoever runs it.

use anyhow::{Result, bail};
use clap::Parser;
use serde_json::json;
use trainer::data::Splits;
use trainer::device::{DeviceName, all_threads, use_threads};
use trainer::interrupt::StopFlag;
use trainer::observer::Silent;
use trainer::registry;
use trainer::state::Identity;
use trainer::train::{Fit, fit};
use trainer::training::FitOptions;
use zoo_core::{Batcher, Examples, Images, Inputs, Provenance};
use zoo_recipe::Recipe;

#[derive(Parser)]
struct Options {
    /// A recipe of the zoo on images
    #[arg(long)]
    model: String,
    #[arg(long, default_value = "flex")]
    device: DeviceName,
    #[arg(long)]
    batch_size: usize,
    /// Steps an epoch
    #[arg(long, default_value_t = 300)]
    steps: usize,
    /// Timed epochs; one more comes first, in which kernels are compiled and chosen
    #[arg(long, default_value_t = 3)]
    epochs: usize,
}

fn main() -> Result<()> {
    let options = Options::parse();
    use_threads(all_threads())?;
    let overrides = [
        ("training.batch_size", options.batch_size.to_string()),
        ("training.epochs", (options.epochs + 1).to_string()),
        ("early_stopping", "none".to_string()),
    ];
    let overrides = overrides.map(|(key, value)| (key.to_string(), value));
    let recipe = registry::recipe(&options.model)?.with_overrides(&overrides)?;
    let splits = random_splits(&recipe, options.batch_size * options.steps)?;
    let (identity, stop) = (Identity { seed: 1, ..Identity::default() }, StopFlag::default());
    let device = options.device.open()?;
    let fit_options = FitOptions { identity, device, folder: None, resume: None, init: None, stop: &stop };
    let Fit::Finished(fitted) = fit(&recipe, &splits, &fit_options, &mut Silent)? else {
        bail!("nobody stopped it, and it ended before its end");
    };
    let timed = fitted.state.history.iter().skip(1);
    let examples_per_second: Vec<f64> = timed.filter_map(|row| row.examples_per_second).collect();
    let answer = json!({
        "model": options.model, "recipe": recipe.to_toml(), "shape": splits.train.inputs.shape(),
        "classes": splits.class_names.len(), "normalizer": splits.batcher.normalizer, "device": options.device.name(),
        "batch": options.batch_size, "steps": options.steps, "threads": all_threads(), "commit": trainer::commit(),
        "examples_per_second": examples_per_second,
    });
    println!("{answer}");
    Ok(())
}

/// Examples as the recipe's data set has them, but of noise: as many to train on as asked for, and some to validate on.
fn random_splits(recipe: &Recipe, train: usize) -> Result<Splits> {
    let [channels, height, width] = *recipe.data.shape() else {
        bail!("{} is not on images; take cnn_cifar10 or mlp_emnist", recipe.name);
    };
    let class_names = recipe.data.class_names();
    let examples = |count: usize| {
        let noise = |place: usize| (place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
        let pixels = (0..count * channels * height * width).map(noise).collect();
        let labels = (0..count).map(|index| (index % class_names.len()) as u8).collect();
        Examples::of_classes(Inputs::Images(Images { channels, height, width, pixels }), labels)
    };
    let train = examples(train);
    let normalizer = recipe.data.normalization.fit(&train)?;
    Ok(Splits {
        name: "noise".to_string(),
        provenance: Provenance::Own,
        target: None,
        columns: Vec::new(),
        raw_targets: Default::default(),
        valid: examples(500),
        test: examples(500),
        fill: Vec::new(),
        batcher: Batcher { normalizer, augmentations: recipe.data.augmentation.clone(), seed: 1 },
        notes: Vec::new(),
        class_names,
        train,
    })
}
