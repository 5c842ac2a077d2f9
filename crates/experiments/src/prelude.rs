//! What nearly every part of an experiment needs.

pub(crate) use anyhow::{Context, Result, bail};
pub(crate) use zoo_plot::{Axis, Chart, Field};

pub(crate) use crate::experiment::{Experiment, Setup, SourceSection};
pub(crate) use crate::findings::Check::{self, *};
pub(crate) use crate::findings::Findings;
pub(crate) use crate::statistics::{FittedLine, Mean, larger, largest_gap, quantile};
pub(crate) use crate::text::{named_row, number, range, row};
pub(crate) use zoo_core::Stream;
