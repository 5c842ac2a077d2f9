//! From a user's own picture to what a model was trained on: the same steps its data set's makers took, as far as they are known.
//!
//! | data | a picture becomes |
//! |---|---|
//! | CIFAR-10 | its middle square, scaled to 32x32 in color |
//! | EMNIST | bright ink on black, cut out, scaled and centered as its authors did |
//! | digits | bright ink on black, cut out, scaled to 8 rows |
//!
//! A picture that has the data set's size and polarity already is left as it is.

mod ink;
mod read;

use anyhow::{Result, bail};
use image::imageops::{FilterType, resize};
use image::{DynamicImage, GrayImage, RgbImage};
use std::path::Path;
use zoo_core::Images;
use zoo_recipe::DataName;

/// What a model sees of a picture, and what was done to get there.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) images: Images,
    /// In order, in words.
    pub(crate) steps: Vec<String>,
}

/// Reads a picture for a model trained on `data` whose inputs are `[channels, height, width]`.
///
/// # Errors
/// If the file is no picture, too large, or shows no ink where ink is looked for.
pub(crate) fn read(file: &Path, data: DataName, shape: [usize; 3]) -> Result<Prepared> {
    prepare(read::upright(file)?, data, shape).map_err(|error| error.context(file.display().to_string()))
}

fn prepare(picture: DynamicImage, data: DataName, shape: [usize; 3]) -> Result<Prepared> {
    let mut steps = Vec::new();
    let images = match data {
        DataName::Cifar10 => photograph(picture, &mut steps),
        DataName::EmnistLetters => gray(ink::letter(&picture.into_luma8(), &mut steps)?),
        DataName::Digits => gray(ink::digit(&picture.into_luma8(), &mut steps)?),
        DataName::Digits32 => {
            let digit = ink::digit(&picture.into_luma8(), &mut steps)?;
            Images { channels: 3, height: 32, width: 32, pixels: zoo_digits::enlarge(digit.as_raw()).repeat(3) }
        }
        DataName::BreastCancer => bail!("this model reads the rows of CSV files, not pictures"),
    };
    let images = framed(images, shape, &mut steps);
    let found = [images.channels, images.height, images.width];
    if found != shape {
        bail!("the model wants pictures of shape {shape:?}, this one became {found:?}");
    }
    Ok(Prepared { images, steps })
}

const PHOTOGRAPH: u32 = 32;

fn photograph(picture: DynamicImage, steps: &mut Vec<String>) -> Images {
    let picture = picture.into_rgb8();
    let (width, height) = picture.dimensions();
    let small = if (width, height) == (PHOTOGRAPH, PHOTOGRAPH) {
        picture
    } else {
        let side = width.min(height);
        let (left, top) = ((width - side) / 2, (height - side) / 2);
        steps.push(format!("middle {side}x{side} of {width}x{height}, scaled to {PHOTOGRAPH}x{PHOTOGRAPH}"));
        let middle = image::imageops::crop_imm(&picture, left, top, side, side).to_image();
        resize(&middle, PHOTOGRAPH, PHOTOGRAPH, FilterType::CatmullRom)
    };
    let size = PHOTOGRAPH as usize;
    Images { channels: 3, height: size, width: size, pixels: planes(&small) }
}

/// From red, green, blue by pixel to one plane a color.
fn planes(picture: &RgbImage) -> Vec<u8> {
    (0..3).flat_map(|channel| picture.as_raw().iter().skip(channel).step_by(3)).copied().collect()
}

fn gray(picture: GrayImage) -> Images {
    let (width, height) = picture.dimensions();
    Images { channels: 1, height: height as usize, width: width as usize, pixels: picture.into_raw() }
}

/// In the middle of a black square, where the model was trained on such.
fn framed(images: Images, [_, height, width]: [usize; 3], steps: &mut Vec<String>) -> Images {
    if height != width || images.height >= height {
        return images;
    }
    steps.push(format!("in the middle of {height}x{width}"));
    images.framed(height)
}

#[cfg(test)]
mod tests;
