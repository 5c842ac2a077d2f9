//! What a peer trains on: the recipe's examples as plain files, and batches made of bytes in memory.

use super::zoo;
use crate::cases::BenchFamily;
use anyhow::{Context, Result};
use burn::tensor::Device;
use serde_json::json;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer, Padding, Table, epoch_order};

/// Examples that batches are made of: enough that they do not stay in a core's cache, 15 MB of CIFAR-like images.
const EXAMPLES: usize = 5_000;

/// Writes `FAMILY.{train,valid}.{inputs,labels}` (bytes of images, little-endian f32 of tables) and, last, `FAMILY.data.json`,
/// which says what they hold. Nothing is downloaded.
pub(crate) fn export(family: BenchFamily, data_dir: Option<PathBuf>, folder: &Path) -> Result<()> {
    let splits = zoo::splits(family, data_dir)?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(format!("{family}.{name}"));
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    for (split, examples) in [("train", &splits.train), ("valid", &splits.valid)] {
        let inputs = match &examples.inputs {
            Inputs::Images(images) => images.pixels.clone(),
            Inputs::Table(table) => table.values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        };
        write(&format!("{split}.inputs"), &inputs)?;
        write(&format!("{split}.labels"), &examples.labels)?;
    }
    let contents = json!({
        "recipe": zoo::recipe(family)?.to_toml(),
        "shape": splits.train.inputs.shape(),
        "classes": splits.class_names.len(),
        "train": splits.train.len(),
        "valid": splits.valid.len(),
        "normalizer": splits.batcher.normalizer,
    });
    write("data.json", contents.to_string().as_bytes())
}

/// Something that gathers, normalizes and puts on the device the next batch each time it is called, as the trainer does.
pub(super) fn loader(family: BenchFamily, batch: usize, augmented: bool) -> Result<impl FnMut()> {
    let examples = examples(family)?;
    let normalizer = match examples.inputs {
        Inputs::Images(_) => Normalizer::fit_channels(&examples),
        Inputs::Table(_) => Normalizer::fit_columns(&examples),
    };
    // What CIFAR-10 is trained with.
    let cifar10 = [Augmentation::Flip, Augmentation::Shift { pixels: 3, padding: Padding::Reflect }];
    let batcher = Batcher {
        normalizer: normalizer.context("cannot normalize the benchmark's examples")?,
        augmentations: if augmented { cifar10.to_vec() } else { Vec::new() },
        seed: 1,
    };
    let order = epoch_order(EXAMPLES, 1, 0);
    let device = Device::flex();
    let mut position = 0;
    Ok(move || {
        let start = if position + batch > order.len() { 0 } else { position };
        position = start + batch;
        black_box(zoo::on_device(batcher.train_batch(&examples, &order[start..position], 0), &device));
    })
}

fn examples(family: BenchFamily) -> Result<Examples> {
    let recipe = zoo::recipe(family)?;
    let (shape, classes) = (zoo::shape(&recipe), recipe.classes());
    let labels = (0..EXAMPLES).map(|index| (index % classes) as u8).collect();
    let values = (0..EXAMPLES * shape.iter().product::<usize>()).map(|place| (place * 31 % 251) as u8);
    let inputs = match *shape {
        [channels, height, width] => Inputs::Images(Images { channels, height, width, pixels: values.collect() }),
        _ => {
            let columns = (0..shape[0]).map(|column| format!("column {column}")).collect();
            Inputs::Table(Table { columns, values: values.map(f32::from).collect() })
        }
    };
    Ok(Examples::of_classes(inputs, labels))
}
