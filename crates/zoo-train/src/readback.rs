//! The values of a transaction's tensors, one tensor after the other.

use burn::tensor::{Tensor, TensorData, Transaction};
use std::vec::IntoIter;
use zoo_core::read_back;

/// The device did not hand a result back: what it said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the device did not hand its result back: {0}")]
pub struct ReadbackError(pub String);

/// What was read from the device at once.
pub struct ReadBack(IntoIter<TensorData>);

impl ReadBack {
    /// Reads all tensors of a transaction.
    ///
    /// # Errors
    /// If the device does not hand them back.
    pub fn of(tensors: Transaction) -> Result<Self, ReadbackError> {
        Ok(Self(read_back(tensors).map_err(ReadbackError)?.into_iter()))
    }

    /// The values of the next tensor.
    ///
    /// # Errors
    /// If there is none, or its values are no floats.
    pub fn values(&mut self) -> Result<Vec<f32>, ReadbackError> {
        let data = self.0.next().ok_or_else(|| ReadbackError("a tensor is missing".to_string()))?;
        data.try_into_vec().map_err(|error| ReadbackError(format!("{error:?}")))
    }

    /// The value of the next tensor, which has one element.
    ///
    /// # Errors
    /// As [`values`](Self::values), and if it has no element.
    pub fn scalar(&mut self) -> Result<f64, ReadbackError> {
        let values = self.values()?;
        values.first().map(|value| f64::from(*value)).ok_or_else(|| ReadbackError("it is empty".to_string()))
    }
}

/// The value of a one-element tensor.
///
/// # Errors
/// If the device does not hand it back.
pub fn scalar(tensor: Tensor<1>) -> Result<f64, ReadbackError> {
    ReadBack::of(Transaction::default().register(tensor))?.scalar()
}
