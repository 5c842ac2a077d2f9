//! The closed schema of the zoo's training recipes and run reports.
//!
//! A [`Recipe`] states everything that decides a training run; no default stands behind it. [`Recipe::parse`] refuses
//! an unknown key, a missing key, a wrong type and a value out of range, each with file, line, key, what it found and
//! what it accepts. A [`Report`] is what a run leaves behind. Neither links Burn, so a tool that only reads recipes
//! and reports builds in seconds.
//!
//! ```
//! use zoo_recipe::{Optimizer, Recipe, parse_override};
//!
//! let text = include_str!("../../../models/softmax/recipes/softmax_digits.toml");
//! let recipe = Recipe::parse(text, "softmax_digits.toml")?;
//!
//! let slower = recipe.with_overrides(&[parse_override("schedule.learning_rate=1e-4")?])?;
//! assert_eq!(recipe.diff(&slower)[0].0, "schedule.learning_rate");
//!
//! let error = recipe.with_overrides(&[parse_override("optimizer.beta1=1.5")?]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "--set optimizer.beta1=1.5: `optimizer.beta1` is 1.5, expected a number of at least 0 and below 1",
//! );
//! # Ok::<(), zoo_recipe::RecipeError>(())
//! ```

mod recipe;

mod about;
mod data;
mod model;
mod optimization;

mod parse;

mod canonical;
mod overrides;
mod rules;

mod accepts;
mod check;
mod key;
mod schema;

mod error;

pub use about::About;
pub use data::{Augmentation, Data, DataName, Frame, Holdout, Normalization, Padding, Target, TestSplit};
pub use error::{Fault, Place, RecipeError};
pub use model::{Activation, FirstFilters, Initializer, Model};
pub use optimization::{GradientClipping, Loss, Optimizer, Regularization, Schedule, WeightDecay};
pub use overrides::parse_override;
pub use recipe::{Averaging, Claim, EarlyStopping, Floor, Keep, Measured, Recipe, Training};
