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
mod jpeg;
mod paper;
mod pieces;
mod preparation;
mod read;

use anyhow::{Context, Result, bail};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
pub(crate) use preparation::Preparation;
use std::path::Path;
use zoo_core::{Images, Picture};
use zoo_recipe::DataName;

/// What a model sees of a picture, and what was done to get there.
#[derive(Clone, Debug)]
pub(crate) struct PreparedPicture {
    pub(crate) images: Images,
    pub(crate) preparation: Preparation,
}

/// Reads a picture for a model trained on `data` whose inputs are `[channels, height, width]`.
///
/// # Errors
/// If the file is not a picture, cut, too large, or shows no ink where ink is looked for.
pub(crate) fn read(file: &Path, data: DataName, shape: [usize; 3]) -> Result<PreparedPicture> {
    let mut preparation = Preparation::default();
    let picture = read::upright(file, &mut preparation.steps)?;
    let images = prepare(picture, data, shape, &mut preparation).with_context(|| file.display().to_string())?;
    Ok(PreparedPicture { images, preparation })
}

fn prepare(picture: DynamicImage, data: DataName, shape: [usize; 3], notes: &mut Preparation) -> Result<Images> {
    let facts = data.facts();
    let (Some([channels, height, width]), picture_of) = (facts.image_shape(), facts.picture) else {
        bail!("this model reads the rows of CSV files, not pictures");
    };
    let pixels = match picture_of {
        Picture::TableRow(_) => bail!("this model reads the rows of CSV files, not pictures"),
        Picture::Photograph => photograph(picture, [width, height].map(|side| side as u32), &mut notes.steps),
        Picture::Letter => ink::letter(&paper::gray(picture), notes)?.into_raw(),
        Picture::Digit(enlarge) => enlarge(ink::digit(&paper::gray(picture), notes)?.as_raw()),
    };
    let images = Images { channels, height, width, pixels };
    let images = padded(images, shape, &mut notes.steps);
    let found = [images.channels, images.height, images.width];
    if found != shape {
        bail!("the model wants pictures of shape {shape:?}, this one became {found:?}");
    }
    Ok(images)
}

/// The middle of the picture, `[3, height, width]`.
fn photograph(picture: DynamicImage, [to_width, to_height]: [u32; 2], steps: &mut Vec<String>) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    if (width, height) == (to_width, to_height) {
        return planes(&paper::on_white(picture).into_rgb8());
    }
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    steps.push(format!("middle {side}x{side} of {width}x{height}, scaled to {to_width}x{to_height}"));
    let middle = paper::on_white(picture.crop_imm(left, top, side, side));
    planes(&middle.resize_exact(to_width, to_height, FilterType::CatmullRom).into_rgb8())
}

/// From red, green, blue by pixel to one plane per color.
fn planes(picture: &RgbImage) -> Vec<u8> {
    (0..3).flat_map(|channel| picture.as_raw().iter().skip(channel).step_by(3)).copied().collect()
}

/// In the middle of a black square, where the model was trained on such.
fn padded(images: Images, [_, height, width]: [usize; 3], steps: &mut Vec<String>) -> Images {
    if height != width || images.height >= height {
        return images;
    }
    steps.push(format!("in the middle of {height}x{width}"));
    images.padded(height)
}

#[cfg(test)]
mod tests;
