//! The zoo's training recipes: closed, complete, one definition per key.
//!
//! A [`Recipe`] states everything that decides a training run; no default stands behind it, and the few keys that may be left out ask
//! for something besides, such as `training.keep_as`. [`Recipe::parse`] refuses an unknown key, a missing key, a wrong type and a value
//! out of range, each with file, line, key, what it found and what it accepts. Each key stands once, in the type that it configures: a
//! model's in its own crate, an augmentation's beside its implementation.
//!
//! ```
//! use zoo_recipe::{Recipe, parse_override};
//!
//! let text = include_str!("../../../models/softmax/recipes/softmax_digits.toml");
//! let recipe = Recipe::parse(text, "softmax_digits.toml")?;
//!
//! let slower = recipe.with_overrides(&[parse_override("schedule.learning_rate=1e-4")?])?;
//! assert_eq!(recipe.diff(&slower)[0].0, "schedule.cosine.learning_rate");
//!
//! let error = recipe.with_overrides(&[parse_override("optimizer.beta1=1.5")?]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "--set optimizer.beta1=1.5: `optimizer.adam.beta1` is 1.5, expected a number of at least 0 and below 1",
//! );
//! # Ok::<(), zoo_recipe::RecipeError>(())
//! ```

mod recipe;

mod data;
mod files;
mod init;
mod model;
mod optimization;
mod table;

mod overrides;
mod parse;
mod rules;
mod written;

mod error;
mod key;

pub use data::{Data, DataName, Holdout, Pad, Target, TestSplit, ValidSplit};
pub use error::RecipeError;
pub use files::{DataFiles, DataFormat, GivenSplit};
pub use init::{Init, RateFactor, is_in_layer};
pub use model::{Model, configs};
pub use optimization::{GradientClipping, Loss, Optimizer, Regularization, Schedule, WeightDecay};
pub use overrides::{parse_alternatives, parse_override};
pub use recipe::{
    Band, Claim, EarlyStopping, Ema, Floor, Keep, KeepAs, LARGEST_BATCH, MOST_EPOCHS, Measured, Recipe, Training,
};
pub use table::{CategoryColumn, Missing, TableFormat};
