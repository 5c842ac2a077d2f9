//! Batches made of bytes in memory: gathered, normalized and put on the device, as the trainer does.

use crate::family::Family;
use anyhow::{Context, Result};
use burn::tensor::Device;
use std::cell::Cell;
use std::hint::black_box;
use trainer::evaluate::tensors;
use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer, Padding, Table, epoch_order};

/// Enough that they do not stay in a core's cache: 15 MB of CIFAR-like images.
const EXAMPLES: usize = 5_000;

/// Something that makes the next batch each time it is called.
///
/// # Errors
/// If the random examples cannot be normalized.
pub fn loader(family: Family, batch: usize, augmented: bool) -> Result<impl Fn()> {
    let examples = examples(family);
    let batcher = Batcher {
        normalizer: match examples.inputs {
            Inputs::Images(_) => Normalizer::fit_channels(&examples),
            Inputs::Table(_) => Normalizer::fit_columns(&examples),
        }
        .context("cannot normalize the benchmark's examples")?,
        augmentations: if augmented { augmentations() } else { Vec::new() },
        seed: 1,
    };
    let order = epoch_order(EXAMPLES, 1, 0);
    let device = Device::flex();
    let position = Cell::new(0);
    Ok(move || {
        let start = if position.get() + batch > order.len() { 0 } else { position.get() };
        position.set(start + batch);
        let indices = &order[start..start + batch];
        black_box(tensors(batcher.train_batch(&examples, indices, 0), &device));
    })
}

/// The mirror and the shift that CIFAR-10 is trained with.
fn augmentations() -> Vec<Augmentation> {
    vec![Augmentation::Flip, Augmentation::Shift { pixels: 3, padding: Padding::Reflect }]
}

fn examples(family: Family) -> Examples {
    let labels = (0..EXAMPLES).map(|index| (index % family.classes()) as u8).collect();
    let values = 0..EXAMPLES * family.features();
    let inputs = match *family.shape() {
        [channels, height, width] => {
            let pixels = values.map(|place| (place * 31 % 251) as u8).collect();
            Inputs::Images(Images { channels, height, width, pixels })
        }
        _ => {
            let columns = (0..family.features()).map(|column| format!("column {column}")).collect();
            Inputs::Table(Table { columns, values: values.map(|place| (place * 31 % 251) as f32).collect() })
        }
    };
    Examples { inputs, labels }
}
