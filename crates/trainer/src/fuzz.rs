//! Files of every kind that the trainer reads, changed at random. None may panic, and none may take long: each is used or refused.
//!
//! `ZOO_FUZZ_INPUTS=1000000 cargo test -p trainer --lib fuzz` tries as many of each kind; without it a few hundred. What fails is left
//! in the folder for temporary files, and named.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::trained::TrainedModel;
use crate::{pictures, registry, rows};
use burn::tensor::Device;
use image::{DynamicImage, ImageFormat, RgbaImage};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};
use zoo_core::{Progress, Store, Stream};
use zoo_recipe::{DataName, Recipe, parse_override};
use zoo_results::{Record, Report};

const INPUTS_VARIABLE: &str = "ZOO_FUZZ_INPUTS";
const FEW: u64 = 300;
/// Two seconds, with room for a machine that does something else as well.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads changed copies of `seeds`, and changed mixtures of two of them, from a file of that name.
fn fuzz(file: &str, seeds: &[Vec<u8>], read: impl Fn(&Path)) {
    let inputs = env::var(INPUTS_VARIABLE).map_or(FEW, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    for number in 0..inputs {
        let mut stream = Stream::numbered(7, number);
        let mut bytes = seeds[stream.index(seeds.len())].clone();
        for _ in 0..=stream.index(8) {
            change(&mut bytes, &seeds[stream.index(seeds.len())], &mut stream);
        }
        fs::write(&path, &bytes).unwrap();
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&path)));
        if outcome.is_err() || started.elapsed() > LONGEST {
            let kept = env::temp_dir().join(format!("fuzz-{number}-{file}"));
            fs::write(&kept, &bytes).unwrap();
            panic!("input {number} of {file} panicked or took {:?}: {}", started.elapsed(), kept.display());
        }
    }
}

/// One change of those that break parsers: a bit, a byte of an edge, bytes lost, doubled, made up or taken from another file.
fn change(bytes: &mut Vec<u8>, other: &[u8], stream: &mut Stream) {
    if bytes.is_empty() {
        bytes.extend(other);
        return;
    }
    let at = stream.index(bytes.len());
    let end = (at + 1 + stream.index(64)).min(bytes.len());
    match stream.index(7) {
        0 => bytes[at] ^= 1 << stream.index(8),
        1 => bytes[at] = [0, 1, b'0', b'9', b'-', b'"', 0x7F, 0x80, 0xFF][stream.index(9)],
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => drop(bytes.splice(at..at, bytes[at..end].to_vec()).collect::<Vec<_>>()),
        5 => bytes[at..end].iter_mut().for_each(|byte| *byte = stream.index(256) as u8),
        _ => {
            let from = stream.index(other.len());
            let until = (from + 1 + stream.index(64)).min(other.len());
            drop(bytes.splice(at..end, other[from..until].to_vec()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn pictures_of_every_format() {
    let pixel = |x: u32, y: u32| image::Rgba([(x * 9) as u8, (y * 7) as u8, ((x ^ y) * 5) as u8, 255]);
    let color = DynamicImage::from(RgbaImage::from_fn(28, 20, pixel));
    let encoded = |picture: &DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let opaque = DynamicImage::from(color.to_rgb8());
    let mut seeds: Vec<_> = [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp]
        .map(|format| encoded(&color, format))
        .to_vec();
    seeds.push(encoded(&opaque, ImageFormat::Jpeg));
    seeds.push(encoded(&DynamicImage::from(opaque.to_luma8()), ImageFormat::Jpeg));
    for (data, shape) in [("cifar10", [3, 32, 32]), ("emnist_letters", [1, 28, 28])] {
        let data = DataName::find(data).unwrap();
        fuzz("picture", &seeds, |path| drop(pictures::read(path, data, shape)));
    }
}

#[test]
fn tables_of_every_dialect() {
    let text = "a,b,\"note\"\n1,2.5,\"x, y\"\n-3e2,4,\"two\nlines\"\n\n5,6,\n";
    let with = |separator: &str| text.replace(", ", "/").replace(',', separator).into_bytes();
    let utf16 = text.encode_utf16().fold(vec![0xFF, 0xFE], |bytes, unit| [bytes, unit.to_le_bytes().to_vec()].concat());
    let seeds = [with(","), with("\t"), [b"sep=;\n".to_vec(), with(";")].concat(), utf16];
    let columns = ["a", "b"].map(String::from);
    fuzz("table.csv", &seeds, |path| drop(rows::read(path, &columns, |_| None)));
}

#[test]
fn recipes_and_overrides() {
    let recipes: Vec<Recipe> = registry::names().map(|name| registry::recipe(name).unwrap()).collect();
    let texts: Vec<Vec<u8>> = recipes.iter().map(|recipe| recipe.to_toml().into_bytes()).collect();
    fuzz("recipe.toml", &texts, |path| {
        if let Ok(text) = fs::read_to_string(path) {
            drop(Recipe::parse(&text, "recipe.toml"));
        }
    });
    let words = ["optimizer.beta1=0.8", "model.hidden=[64,32]", "optimizer={sgd={momentum=0.9}}", "data.pad=\"none\""];
    fuzz("words", &words.map(|word| word.as_bytes().to_vec()), |path| {
        if let Ok(text) = fs::read_to_string(path)
            && let Ok(change) = parse_override(&text)
        {
            drop(recipes[0].with_overrides(&[change]));
        }
    });
}

#[test]
fn weights_files() {
    let seeds = ["logistic_breast_cancer", "softmax_digits"]
        .map(|name| crate::pretrained::find(name).unwrap().bytes().to_vec());
    let device = Device::flex();
    fuzz("model.safetensors", &seeds, |path| drop(TrainedModel::load(path, &device)));
}

#[test]
fn reports_and_records() {
    let record = include_bytes!("../../../results/softmax_digits.json").to_vec();
    let first = record.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"{\"schema\"")).unwrap().to_vec();
    fuzz("report.json", &[first, record], |path| {
        drop(Report::read(path));
        drop(Record::read(path));
    });
}

#[test]
fn files_of_the_data_sets() {
    let labels = [&[0, 0, 8, 1, 0, 0, 0, 4][..], &[1, 2, 3, 26]].concat();
    let images = [&[0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 28, 0, 0, 0, 28][..], &[9; 4 * 28 * 28]].concat();
    let gzip = include_bytes!("../../../datasets/digits/data/digits.csv.gz").to_vec();
    let data = DataName::find("emnist_letters").unwrap();
    for (changed, seeds) in [
        ("train-images-idx3", [images.clone(), labels.clone()]),
        ("test-labels-idx1", [labels.clone(), images.clone()]),
    ] {
        fuzz("file", &seeds, |path| {
            let folder = tempfile::tempdir().unwrap();
            let own = folder.path().join("emnist-letters");
            fs::create_dir(&own).unwrap();
            for part in ["train", "test"] {
                fs::write(own.join(format!("emnist-letters-{part}-images-idx3-ubyte")), &images).unwrap();
                fs::write(own.join(format!("emnist-letters-{part}-labels-idx1-ubyte")), &labels).unwrap();
            }
            fs::copy(path, own.join(format!("emnist-letters-{changed}-ubyte"))).unwrap();
            drop((data.facts().load)(&store(folder.path())));
        });
    }
    let cifar10 = DataName::find("cifar10").unwrap();
    fuzz("cifar-10-binary.tar.gz", &[gzip, images], |path| {
        drop((cifar10.facts().load)(&store(path.parent().unwrap())));
    });
}

fn store(folder: &Path) -> Store {
    Store::new(Some(folder.to_path_buf()), true, Progress::Hidden).unwrap()
}
