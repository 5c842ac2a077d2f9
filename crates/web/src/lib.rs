//! The zoo in a browser tab: what its page asks of Rust.
//!
//! | module | panel |
//! |---|---|
//! | [`recognizer`] | draw a letter; a picture |
//! | [`learning`] | watch it learn |
//! | [`playground`] | playground |
//! | [`descent`] | descent |
//!
//! Everything is ordinary Rust, tested natively; for `wasm32` the module `bindings` hands it to JavaScript. Nothing here reads a file,
//! starts a thread or asks a clock. Networks, losses, optimizers, preparation of pictures and recipes are the zoo's own.
//!
//! ```
//! use zoo_web::learning::TrainingSession;
//!
//! let mut session = TrainingSession::new("mlp_digits", &[("training.epochs".into(), "1".into())], 11)?;
//! let losses = session.advance(3)?;
//! assert_eq!(losses.len(), 3);
//! # Ok::<(), zoo_web::EngineError>(())
//! ```

#[cfg(target_arch = "wasm32")]
mod bindings;

pub mod recognizer;

pub mod learning;

pub mod playground;

pub mod descent;

mod recipes;
mod tiles;

mod error;

pub use error::EngineError;
pub use recipes::Setting;
pub use tiles::Tiles;
