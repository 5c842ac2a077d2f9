//! CIFAR-10: 60,000 photographs of 32x32 pixels in ten classes (Krizhevsky, 2009).
//!
//! Images are `[3, 32, 32]`, planes red, green, blue, rows from top to bottom; 50,000 to train on and 10,000 to test,
//! classes even. With the feature `fetch`, a default, `load` finds the unpacked batches in the data folder, else the archive, else
//! downloads it; without it the crate only says what the data set is, and brings no network stack.
//!
#![cfg_attr(feature = "fetch", doc = "```no_run")]
#![cfg_attr(not(feature = "fetch"), doc = "```ignore")]
//! use zoo_core::{Progress, Store};
//!
//! let store = Store::new(None, false, Progress::Bar)?;
//! let cifar10 = zoo_cifar10::load(&store)?;
//! assert_eq!(cifar10.train.inputs.shape(), [3, 32, 32]);
//! # Ok::<(), zoo_core::DataError>(())
//! ```

mod published;

#[cfg(not(feature = "fetch"))]
mod absent;
#[cfg(feature = "fetch")]
mod batches;
#[cfg(feature = "fetch")]
mod source;

use zoo_core::{DatasetFacts, PictureKind};

#[cfg(not(feature = "fetch"))]
use absent::{fetch, load};
pub use published::{CHANNEL_MEAN, CHANNEL_STD, CLASS_NAMES, HEIGHT, NAME, RECORD_BYTES, WIDTH};
#[cfg(feature = "fetch")]
pub use source::{fetch, load};

/// The data set as recipes know it.
pub const FACTS: &[DatasetFacts] = &[DatasetFacts {
    name: NAME,
    title: "CIFAR-10",
    task: "ten kinds of animals and vehicles, from 32x32 color photographs",
    license: "none stated by its authors, who ask for the report to be cited; the pictures are not part of this repository",
    citation: "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, University of Toronto, 2009",
    url: "https://www.cs.toronto.edu/~kriz/cifar.html",
    limits: "Small, centered objects of ten kinds: whatever else is shown gets one of these names, often with a high probability. Some \
             test pictures have near duplicates among the training ones.",
    shape: &[3, HEIGHT, WIDTH],
    columns: &[],
    class_names: &CLASS_NAMES,
    has_test_split: true,
    folder: "cifar10",
    load,
    fetch: Some(fetch),
    picture: Some(PictureKind::Photograph),
    column_named: |_| None,
}];
