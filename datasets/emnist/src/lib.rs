//! EMNIST: handwritten characters, 28x28 gray (Cohen, Afshar, Tapson, van Schaik, 2017), in six splits.
//!
//! Images are `[1, 28, 28]`, ink 255 on paper 0, upright (the files hold them transposed); labels count from 0 (the files
//! of Letters from 1). With the feature `fetch`, a default, `load` finds the split's four files in the data
//! folder, else the archive of all splits, else downloads: where the server allows only the four files, for Letters 36 of 562 MB.
//! Without it the crate only says what the data set is, and brings no network stack.
//!
#![cfg_attr(feature = "fetch", doc = "```no_run")]
#![cfg_attr(not(feature = "fetch"), doc = "```ignore")]
//! use zoo_core::{Progress, Store};
//! use zoo_emnist::Split;
//!
//! let store = Store::new(None, false, Progress::Bar)?;
//! let letters = zoo_emnist::load(&store, Split::Letters)?;
//! assert_eq!(letters.class_names[0], "A");
//! # Ok::<(), zoo_core::DataError>(())
//! ```

mod facts;
mod split;

#[cfg(not(feature = "fetch"))]
mod absent;
#[cfg(feature = "fetch")]
mod idx;
#[cfg(feature = "fetch")]
mod load;
#[cfg(feature = "fetch")]
mod published;
#[cfg(feature = "fetch")]
mod source;

#[cfg(not(feature = "fetch"))]
use absent::{fetch, load};
pub use facts::FACTS;
#[cfg(feature = "fetch")]
pub use load::{fetch, load};
pub use split::{SIDE, Split};
