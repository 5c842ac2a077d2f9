//! Pages of HTML on what runs reached: every page is one file that fetches nothing.
//!
//! A [`RunSet`] is what one setting was measured by; [`figures`], [`classes`] and [`gallery`] draw it, and [`page`] puts a page around it.

pub mod page;

pub mod classes;
pub mod figures;
pub mod gallery;
pub mod markdown;
pub mod math;

mod run_set;

pub mod elements;
pub mod table;

pub use run_set::RunSet;
