//! Every kind of file that the trainer reads, as a target of random changes: none may panic, and none may take long or much
//! memory; each is used or refused. One definition for [`driver`], a test, and for libFuzzer in the folder `fuzz` of the repository.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "seeds are the zoo's own files, and whoever fuzzes wants the panics"
)]

#[cfg(test)]
mod driver;
mod seeds;

use crate::registry;
use crate::trained::TrainedModel;
use burn::tensor::Device;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use zoo_core::{FileBytes, PictureKind, Preparation, Progress, Store, gunzipped};
use zoo_recipe::{DataName, Recipe, parse_override};
use zoo_results::{Record, Report};

/// A kind of input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    /// Good ones, from which changed ones are made.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads an input in a folder that is this target's alone and stays as it is between inputs. Returns whether it was used.
    pub read: fn(&[u8], &Path) -> bool,
    /// Of how many inputs it gets the most: what is read quickly is tried more often.
    pub weight: u64,
}

pub const TARGETS: &[Target] = &[
    Target { name: "picture", seeds: seeds::pictures, read: photograph, weight: 10 },
    Target { name: "ink", seeds: seeds::letters, read: letter, weight: 1 },
    Target { name: "table", seeds: seeds::tables, read: table, weight: 10 },
    Target { name: "recipe", seeds: seeds::recipes, read: recipe, weight: 6 },
    Target { name: "override", seeds: seeds::overrides, read: change_of_recipe, weight: 2 },
    Target { name: "weights", seeds: seeds::weights, read: weights, weight: 12 },
    Target { name: "report", seeds: seeds::reports, read: report, weight: 12 },
    Target { name: "record", seeds: seeds::reports, read: record, weight: 8 },
    Target { name: "gzip", seeds: seeds::gzip, read: gzip, weight: 20 },
    Target { name: "idx images", seeds: seeds::idx, read: idx_images, weight: 2 },
    Target { name: "idx labels", seeds: seeds::idx, read: idx_labels, weight: 2 },
    Target { name: "zip", seeds: seeds::zip, read: emnist_zip, weight: 2 },
    Target { name: "cifar batch", seeds: seeds::cifar_batch, read: cifar_batch, weight: 2 },
    Target { name: "tar", seeds: seeds::tar, read: cifar_tar, weight: 2 },
    Target { name: "tar.gz", seeds: seeds::tar_gz, read: cifar_tar_gz, weight: 4 },
];

fn photograph(bytes: &[u8], folder: &Path) -> bool {
    Preparation { kind: PictureKind::Photograph, shape: [3, 32, 32] }.read(&put(bytes, folder, "picture")).is_ok()
}

fn letter(bytes: &[u8], folder: &Path) -> bool {
    Preparation { kind: PictureKind::Letter, shape: [1, 28, 28] }.read(&put(bytes, folder, "picture")).is_ok()
}

fn table(bytes: &[u8], folder: &Path) -> bool {
    zoo_table::read(&put(bytes, folder, "table.csv"), &["a", "b"].map(String::from), |_| None).is_ok()
}

fn recipe(bytes: &[u8], _: &Path) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| Recipe::parse(text, "recipe.toml").is_ok())
}

/// What stands behind `--set`.
fn change_of_recipe(bytes: &[u8], _: &Path) -> bool {
    static RECIPE: LazyLock<Recipe> = LazyLock::new(|| registry::recipe("mlp_digits").unwrap());
    let change = str::from_utf8(bytes).ok().and_then(|text| parse_override(text).ok());
    change.is_some_and(|change| RECIPE.with_overrides(&[change]).is_ok())
}

fn weights(bytes: &[u8], folder: &Path) -> bool {
    TrainedModel::load(&put(bytes, folder, "model.safetensors"), &Device::flex()).is_ok()
}

fn report(bytes: &[u8], folder: &Path) -> bool {
    Report::read(&put(bytes, folder, "report.json")).is_ok()
}

fn record(bytes: &[u8], folder: &Path) -> bool {
    Record::read(&put(bytes, folder, "record.json")).is_ok()
}

fn gzip(bytes: &[u8], _: &Path) -> bool {
    gunzipped(FileBytes { path: PathBuf::from("file.gz"), bytes: bytes.to_vec() }, 1 << 20).is_ok()
}

fn idx_images(bytes: &[u8], folder: &Path) -> bool {
    emnist(bytes, folder, "train-images-idx3")
}

fn idx_labels(bytes: &[u8], folder: &Path) -> bool {
    emnist(bytes, folder, "test-labels-idx1")
}

/// The letters as four files, of which one is changed.
fn emnist(bytes: &[u8], folder: &Path, changed: &str) -> bool {
    let own = folder.join("emnist-letters");
    let file = |part: &str| own.join(format!("emnist-letters-{part}-ubyte"));
    if !own.exists() {
        let [images, labels] = [0, 1].map(|index| seeds::idx().swap_remove(index));
        fs::create_dir(&own).unwrap();
        for part in ["train", "test"] {
            fs::write(file(&format!("{part}-images-idx3")), &images).unwrap();
            fs::write(file(&format!("{part}-labels-idx1")), &labels).unwrap();
        }
    }
    fs::write(file(changed), bytes).unwrap();
    loads("emnist_letters", folder)
}

fn emnist_zip(bytes: &[u8], folder: &Path) -> bool {
    put(bytes, folder, "gzip.zip");
    loads("emnist_letters", folder)
}

/// The six batches, of which one is changed.
fn cifar_batch(bytes: &[u8], folder: &Path) -> bool {
    let own = folder.join(CIFAR_BATCHES);
    if !own.exists() {
        fs::create_dir(&own).unwrap();
        let names = (1..=5).map(|number| format!("data_batch_{number}.bin")).chain(["test_batch.bin".to_string()]);
        names.for_each(|name| fs::write(own.join(name), &seeds::cifar_batch()[0]).unwrap());
    }
    put(bytes, &own, "data_batch_3.bin");
    loads("cifar10", folder)
}

fn cifar_tar(bytes: &[u8], folder: &Path) -> bool {
    cifar_archive(bytes, folder, "cifar-10-binary.tar")
}

fn cifar_tar_gz(bytes: &[u8], folder: &Path) -> bool {
    cifar_archive(bytes, folder, "cifar-10-binary.tar.gz")
}

fn cifar_archive(bytes: &[u8], folder: &Path, name: &str) -> bool {
    put(bytes, folder, name);
    let is_used = loads("cifar10", folder);
    // What it was unpacked into would be read instead of the next archive.
    if is_used {
        fs::remove_dir_all(folder.join(CIFAR_BATCHES)).unwrap();
    }
    is_used
}

const CIFAR_BATCHES: &str = "cifar-10-batches-bin";

fn loads(name: &str, folder: &Path) -> bool {
    let store = Store::new(Some(folder.to_path_buf()), true, Progress::Hidden).unwrap();
    (data(name).facts().load)(&store).is_ok()
}

fn data(name: &str) -> DataName {
    DataName::find(name).unwrap()
}

fn put(bytes: &[u8], folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}
