//! The preparations themselves.

use crate::enlarge::enlarge_digit;
use crate::error::{PictureError, PictureFileError};
use crate::kind::{PictureKind, Preparation};
use crate::notes::Notes;
use crate::{ink, paper, read};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use std::path::Path;

/// What a model sees of a picture, and what was done to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedPicture {
    /// `[channels, height, width]`, as the preparation's.
    pub shape: [usize; 3],
    /// Channel by channel, row by row.
    pub pixels: Vec<u8>,
    /// What was done, in order and in words; nothing to a picture that was ready.
    pub steps: Vec<String>,
    /// Why the model's answer may mean nothing.
    pub warning: Option<String>,
}

impl Preparation {
    /// Reads a picture and prepares it.
    ///
    /// # Errors
    /// If the file is not a picture, cut, too large, or shows no ink where ink is looked for.
    pub fn read(&self, file: &Path) -> Result<PreparedPicture, PictureFileError> {
        let mut notes = Notes::default();
        let picture = read::upright(file, &mut notes.steps)?;
        self.prepared(&picture, notes).map_err(|problem| PictureFileError { path: file.to_path_buf(), problem })
    }

    /// Prepares a picture in memory.
    ///
    /// # Errors
    /// [`PictureError::NoInk`], or [`PictureError::Impossible`] for a shape that no picture of this kind becomes.
    pub fn prepare(&self, picture: &DynamicImage) -> Result<PreparedPicture, PictureError> {
        let mut notes = Notes::default();
        match read::smaller(picture, &mut notes.steps) {
            Some(smaller) => self.prepared(&smaller, notes),
            None => self.prepared(picture, notes),
        }
    }

    fn prepared(&self, picture: &DynamicImage, mut notes: Notes) -> Result<PreparedPicture, PictureError> {
        if !self.is_possible() || picture.width() == 0 || picture.height() == 0 {
            return Err(PictureError::Impossible(*self));
        }
        let [channels, height, width] = self.shape;
        let pixels = match self.kind {
            PictureKind::Photograph => {
                let middle = photograph(picture, [width, height].map(|side| side as u32), &mut notes.steps);
                if channels == 1 { middle.into_luma8().into_raw() } else { planes(&middle.into_rgb8()) }
            }
            PictureKind::Letter => ink::letter(&paper::gray(picture), &mut notes)?.into_raw().repeat(channels),
            PictureKind::Digit => {
                let digit = ink::digit(&paper::gray(picture), &mut notes)?.into_raw();
                let digit = if digit.len() == height * width { digit } else { enlarge_digit(&digit) };
                digit.repeat(channels)
            }
        };
        Ok(PreparedPicture { shape: self.shape, pixels, steps: notes.steps, warning: notes.warning })
    }
}

/// The middle of the picture in that size: all that has its aspect.
fn photograph(picture: &DynamicImage, [to_width, to_height]: [u32; 2], steps: &mut Vec<String>) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    if (width, height) == (to_width, to_height) {
        return paper::on_white(picture.clone());
    }
    let fitted = |side: u32, to: u32, of: u32| (u64::from(side) * u64::from(to) / u64::from(of)).max(1) as u32;
    let middle_width = width.min(fitted(height, to_width, to_height));
    let middle_height = height.min(fitted(width, to_height, to_width));
    let (left, top) = ((width - middle_width) / 2, (height - middle_height) / 2);
    steps.push(format!("middle {middle_width}x{middle_height} of {width}x{height}, scaled to {to_width}x{to_height}"));
    let middle = paper::on_white(picture.crop_imm(left, top, middle_width, middle_height));
    middle.resize_exact(to_width, to_height, FilterType::CatmullRom)
}

/// From red, green, blue by pixel to one plane per color.
fn planes(picture: &RgbImage) -> Vec<u8> {
    (0..3).flat_map(|channel| picture.as_raw().iter().skip(channel).step_by(3)).copied().collect()
}

#[cfg(test)]
mod tests;
