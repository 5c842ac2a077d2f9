//! A user's own data: found at a path, looked at, and loaded as a [`Dataset`](zoo_core::Dataset) like those of the zoo.
//!
//! | what `--data` names | what it is |
//! |---|---|
//! | a folder of folders | pictures, one folder a class, also with `train`, `valid` (or `val`) and `test` above them |
//! | a folder with `*images-idx3-ubyte[.gz]` | images and labels as MNIST has them |
//! | `*.npz` | numpy's arrays: `x_train`, `y_train`, `x_test`, `y_test`, or `x`, `y`, or `images`, `labels` |
//! | `*.csv`, `*.tsv`, `*.txt` | a table with a header, one of whose columns is the label |
//!
//! [`find`] says what is there, in the words of a recipe ([`DataFiles`](zoo_recipe::DataFiles)) and with a digest of all contents; [`load`] reads what a
//! recipe says, and refuses other contents. Decoded pictures are kept in a cache, by that digest.
//!
//! ```no_run
//! use zoo_import::{Import, find, load};
//!
//! let found = find("pets".as_ref(), Some([3, 32, 32]), false, None)?;
//! assert_eq!(found.files.class_names, ["cat", "frog", "ship"]);
//! let dataset = load(&found.name, &found.files, &Import::default())?;
//! # Ok::<(), zoo_import::ImportError>(())
//! ```

mod find;
mod load;

mod look;

mod folders;
mod idx;
mod npz;
mod pictures;

mod arrays;
mod cache;
mod digests;
mod error;
mod memory;
mod npy;

pub use error::ImportError;
pub use find::{Found, find};
pub use load::load;
pub use look::{Look, look, repeated};
pub use pictures::Import;
