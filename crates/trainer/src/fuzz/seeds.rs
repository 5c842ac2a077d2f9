//! Good files of every kind, small ones.

use crate::{pretrained, registry};
use image::{DynamicImage, GrayImage, ImageFormat, Rgba, RgbaImage};
use std::io::Cursor;
use std::path::PathBuf;
use zoo_core::{FileBytes, gunzipped};

/// Of every format that is read, with and without transparency, in color and gray, baseline and progressive.
pub(super) fn pictures() -> Vec<Vec<u8>> {
    let pixel = |x: u32, y: u32| Rgba([(x * 9) as u8, (y * 7) as u8, ((x ^ y) * 5) as u8, 255]);
    let color = DynamicImage::from(RgbaImage::from_fn(28, 20, pixel));
    let opaque = DynamicImage::from(color.to_rgb8());
    let gray = DynamicImage::from(opaque.to_luma8());
    let mut seeds = vec![
        include_bytes!("../../../../tests/fixtures/pictures/progressive.jpg").to_vec(),
        include_bytes!("../../../../tests/fixtures/pictures/lossy.webp").to_vec(),
        encoded(&opaque, ImageFormat::Jpeg),
        encoded(&gray, ImageFormat::Jpeg),
        encoded(&gray, ImageFormat::Png),
    ];
    let others = [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp];
    seeds.extend(others.map(|format| encoded(&color, format)));
    seeds
}

/// Dark ink on paper, bright ink on none, and what is no letter.
pub(super) fn letters() -> Vec<Vec<u8>> {
    let is_ink = |x: u32, y: u32| x / 2 == 5 && (4..22).contains(&y) || y / 2 == 10 && (10..20).contains(&x);
    let drawn = |ink: u8, paper: u8| GrayImage::from_fn(28, 28, |x, y| [if is_ink(x, y) { ink } else { paper }].into());
    let (dark, bright) = (DynamicImage::from(drawn(20, 240)), DynamicImage::from(drawn(255, 0)));
    let letters =
        [encoded(&dark, ImageFormat::Jpeg), encoded(&dark, ImageFormat::Png), encoded(&bright, ImageFormat::Png)];
    letters.into_iter().chain(pictures().drain(..3)).collect()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Of every dialect and encoding.
pub(super) fn tables() -> Vec<Vec<u8>> {
    let text = "a,b,\"note\"\n1,2.5,\"x, y\"\n-3e2,4,\"two\nlines\"\n\n5,6,\n";
    let with = |separator: &str| text.replace(", ", "/").replace(',', separator).into_bytes();
    let utf16 = text.encode_utf16().fold(vec![0xFF, 0xFE], |bytes, unit| [bytes, unit.to_le_bytes().to_vec()].concat());
    vec![with(","), with("\t"), [b"sep=;\n".to_vec(), with(";")].concat(), utf16]
}

pub(super) fn recipes() -> Vec<Vec<u8>> {
    registry::names().map(|name| registry::recipe(name).unwrap().to_toml().into_bytes()).collect()
}

pub(super) fn overrides() -> Vec<Vec<u8>> {
    ["optimizer.beta1=0.8", "model.hidden=[64,32]", "optimizer={sgd={momentum=0.9}}", "training.epochs=3"]
        .map(|word| word.as_bytes().to_vec())
        .to_vec()
}

pub(super) fn weights() -> Vec<Vec<u8>> {
    ["logistic_breast_cancer", "softmax_digits"].map(|name| pretrained::find(name).unwrap().bytes().to_vec()).to_vec()
}

pub(super) fn reports() -> Vec<Vec<u8>> {
    let record = include_bytes!("../../../../results/softmax_digits.json").to_vec();
    let report = record.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"{\"schema\"")).unwrap();
    vec![report.strip_suffix(b",").unwrap_or(report).to_vec(), record]
}

/// Of one member, and of two.
pub(super) fn gzip() -> Vec<Vec<u8>> {
    let one = tar_gz().swap_remove(0);
    vec![one.clone(), one.repeat(2)]
}

/// Images of EMNIST, and labels.
pub(super) fn idx() -> Vec<Vec<u8>> {
    let images = [&[0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 28, 0, 0, 0, 28][..], &[9; 4 * 28 * 28]].concat();
    let labels = [&[0, 0, 8, 1, 0, 0, 0, 4][..], &[1, 2, 3, 26]].concat();
    vec![images, labels]
}

/// All four files of EMNIST's letters, gzipped, as in the archive of all splits.
pub(super) fn zip() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../../tests/fixtures/archives/emnist.zip").to_vec()]
}

/// Two records.
pub(super) fn cifar_batch() -> Vec<Vec<u8>> {
    vec![[[3; 3073], [9; 3073]].concat()]
}

/// All six batches of CIFAR-10, a record each.
pub(super) fn tar() -> Vec<Vec<u8>> {
    let compressed = FileBytes { path: PathBuf::from("cifar.tar.gz"), bytes: tar_gz().swap_remove(0) };
    vec![gunzipped(compressed, 1 << 20).unwrap().bytes]
}

pub(super) fn tar_gz() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../../tests/fixtures/archives/cifar.tar.gz").to_vec()]
}
