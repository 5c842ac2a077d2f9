//! What can be wrong with a picture, one sentence each.

use crate::kind::Preparation;
use image::ImageError;
use std::io;
use std::path::PathBuf;

/// The formats that are read, in words.
pub(crate) const READABLE: &str = "PNG, JPEG, WebP, GIF or BMP";

/// Why a picture cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The system refused.
    #[error("cannot read the picture: {0}")]
    Read(#[source] io::Error),
    /// The file is larger than any picture has reason to be.
    #[error("the picture has more than {most} MiB; save it smaller")]
    TooManyBytes {
        /// What is read, in MiB.
        most: u64,
    },
    /// The file holds nothing.
    #[error("the file is empty, expected a {READABLE} picture")]
    Empty,
    /// A format that is known and not read.
    #[error("this is {found}, which is not read; save it as PNG or JPEG")]
    OtherFormat {
        /// Its name with an article: `a TIFF picture`.
        found: &'static str,
    },
    /// No format that is known.
    #[error("this is not a {READABLE} picture")]
    UnknownFormat,
    /// The bytes end before the picture does.
    #[error("the {format} picture ends too early: it is cut; copy or download it again")]
    Cut {
        /// `JPEG`.
        format: String,
    },
    /// Decoding would take more memory than it may.
    #[error("{width}x{height} pixels are too many, at most {most} million are read; save the picture smaller")]
    TooManyPixels {
        /// Of the picture.
        width: u32,
        /// Of the picture.
        height: u32,
        /// Millions of pixels.
        most: u64,
    },
    /// Decoding something beside the pixels, such as a color profile, would.
    #[error("decoding the {format} picture takes too much memory; save it smaller, and without profiles or comments")]
    TooMuchMemory {
        /// `PNG`.
        format: String,
    },
    /// The picture is 0 pixels wide or high.
    #[error("the {format} picture has no pixels: its width or height is 0; save or export it again")]
    NoPixels {
        /// `GIF`.
        format: String,
    },
    /// The decoder stumbled: of what is rare and of what is broken it says the same.
    #[error(
        "the {format} picture cannot be decoded: it is damaged, or of a rare kind; copy or download it again, or open it in another program and \
         save it as PNG"
    )]
    Damaged {
        /// `PNG`.
        format: String,
        /// What the decoder said, for those who know the format.
        reason: Box<ImageError>,
    },
    /// Handwriting is looked for, and there is none.
    #[error("no ink is to be seen: {reason}")]
    NoInk {
        /// What is there, and what to do.
        reason: &'static str,
    },
    /// No picture of this kind becomes an image of this shape.
    #[error("a {} cannot become an image of shape {:?}, expected {}", .0.kind, .0.shape, .0.kind.shapes())]
    Impossible(Preparation),
}

/// A file that cannot be used as a picture.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct PictureFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub problem: PictureError,
}
