//! What is published about CIFAR-10: names, addresses, checksums, statistics.

/// The data set's name.
pub const NAME: &str = "cifar10";

/// The classes, in the order of their labels.
pub const CLASS_NAMES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Mean of red, green and blue over the 50,000 training images, as fractions of 255.
pub const CHANNEL_MEAN: [f32; 3] = [0.4914, 0.4822, 0.4465];

/// Standard deviation of red, green and blue over all training pixels, as fractions of 255. (The often copied 0.2023,
/// 0.1994, 0.2010 is the mean over the images of each image's own deviation.)
pub const CHANNEL_STD: [f32; 3] = [0.2470, 0.2435, 0.2616];

/// Height of an image.
pub const HEIGHT: usize = 32;
/// Width of an image.
pub const WIDTH: usize = 32;
/// Bytes of a record: the label, then the red, the green and the blue plane, row by row.
pub const RECORD_BYTES: usize = 1 + PIXELS;

pub(crate) const CHANNELS: usize = 3;
pub(crate) const PIXELS: usize = CHANNELS * HEIGHT * WIDTH;

#[cfg(feature = "fetch")]
pub(crate) use self::files::{ARCHIVE, BATCH_BYTES, BATCHES, BatchFile, FOLDER, OTHER_VERSIONS, TAR};

/// What only a loader wants to know.
#[cfg(feature = "fetch")]
mod files;
