//! What nearly every part of an experiment needs.

pub(crate) use crate::descent::{ADAM, labels, rows, scalar, train, training_device, values};
pub(crate) use crate::experiment::{Experiment, Setup, SourceSection};
pub(crate) use crate::findings::Check::{self, *};
pub(crate) use crate::findings::Findings;
pub(crate) use crate::matrix::{Matrix, add_scaled, dot, norm};
pub(crate) use crate::scalar::{entropy, normal_mean, numbered, sigmoid, softmax};
pub(crate) use crate::setting::{
    ExperimentSetting, ListSetting, NumberSetting, PointColumn, PointsSetting, WholeSetting,
};
pub(crate) use crate::statistics::{
    Mean, fitted_exponent, fitted_slope, fraction_interval, larger, largest_gap, quantile,
};
pub(crate) use crate::text::{named_row, number, range, row};
pub(crate) use anyhow::{Context, Result, bail};
pub(crate) use burn::module::Module;
pub(crate) use burn::tensor::{DType, Device, Tensor};
pub(crate) use zoo_core::Stream;
pub(crate) use zoo_plot::{Axis, Chart, Field};
pub(crate) use zoo_train::walkers::Walkers;
