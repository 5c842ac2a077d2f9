//! Finished and unfinished runs as the commands find them that look at several: listed, compared, drawn on one page.

mod found;
mod paths;

mod comparison;
mod setting;

mod page;

pub(crate) use comparison::{Comparison, DifferenceTest, SettingDifference, SettingScores};
pub(crate) use found::{FoundRun, FoundState, Reached, RunProgress};
pub(crate) use page::{PageSources, page};
pub(crate) use paths::{Listed, expand, list};
pub(crate) use setting::{MeasuredSetting, settings};
