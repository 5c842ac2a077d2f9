//! The values of a transaction's tensors, one tensor after the other.

use crate::error::TrainError;
use burn::tensor::{Tensor, TensorData, Transaction};
use std::vec::IntoIter;
use zoo_core::read_back;

/// What was read from the device at once.
pub(crate) struct ReadBack(IntoIter<TensorData>);

impl ReadBack {
    /// Reads all tensors of a transaction.
    pub(crate) fn of(tensors: Transaction) -> Result<Self, TrainError> {
        Ok(Self(read_back(tensors).map_err(TrainError::Readback)?.into_iter()))
    }

    /// The values of the next tensor.
    pub(crate) fn values(&mut self) -> Result<Vec<f32>, TrainError> {
        let data = self.0.next().ok_or_else(|| TrainError::Readback("a tensor is missing".to_string()))?;
        data.try_into_vec().map_err(|error| TrainError::Readback(format!("{error:?}")))
    }

    /// The value of the next tensor, which has one element.
    pub(crate) fn scalar(&mut self) -> Result<f64, TrainError> {
        let values = self.values()?;
        values.first().map(|value| f64::from(*value)).ok_or_else(|| TrainError::Readback("it is empty".to_string()))
    }
}

/// The value of a one-element tensor.
pub(crate) fn scalar(tensor: Tensor<1>) -> Result<f64, TrainError> {
    ReadBack::of(Transaction::default().register(tensor))?.scalar()
}
