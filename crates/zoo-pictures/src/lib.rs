//! From a user's own picture to what a model was trained on: the same steps its data set's makers took, as far as they are known.
//!
//! | [`PictureKind`] | a picture becomes | as in |
//! |---|---|---|
//! | `Photograph` | its middle, scaled, in color or gray | CIFAR-10 |
//! | `Letter` | bright ink on black, cut out, scaled and centered in 28x28 | EMNIST |
//! | `Digit` | bright ink on black, cut out, scaled to 8 rows; also enlarged to 32x32 | UCI's digits |
//!
//! A picture that has the data set's size and polarity already is left as it is. Files are PNG, JPEG, WebP, GIF or BMP, turned as the
//! camera noted, and held to bounds of memory by their headers.
//!
//! ```
//! use zoo_pictures::{PictureKind, Preparation, image};
//!
//! let preparation = Preparation { kind: PictureKind::Photograph, shape: [3, 32, 32] };
//! let photograph = image::RgbImage::from_pixel(640, 480, image::Rgb([10, 20, 30]));
//!
//! let prepared = preparation.prepare(&photograph.into())?;
//!
//! assert_eq!(prepared.pixels.len(), 3 * 32 * 32); // red, then green, then blue
//! assert_eq!(prepared.steps, ["middle 480x480 of 640x480, scaled to 32x32"]);
//! # Ok::<(), zoo_pictures::PictureError>(())
//! ```
//!
//! There is no Burn in it: it serves as well before ONNX Runtime or another program that runs an exported model. Without the feature
//! `image` (a default) it holds the names of the preparations alone.

mod kind;
#[cfg(feature = "image")]
mod prepare;
#[cfg(feature = "image")]
mod read;

#[cfg(feature = "image")]
mod ink;
#[cfg(feature = "image")]
mod jpeg;
#[cfg(feature = "image")]
mod paper;
#[cfg(feature = "image")]
mod pieces;

mod enlarge;
#[cfg(feature = "image")]
mod error;
#[cfg(feature = "image")]
mod notes;

pub use enlarge::enlarge_digit;
#[cfg(feature = "image")]
pub use error::{PictureError, PictureFileError};
#[cfg(feature = "image")]
pub use image;
pub use kind::{PictureKind, Preparation};
#[cfg(feature = "image")]
pub use prepare::PreparedPicture;
#[cfg(feature = "image")]
pub use read::{decode, open};

#[cfg(all(doctest, feature = "image"))]
#[doc = include_str!("../README.md")]
struct Readme;
