//! A batch on its way to the device.

use crate::loss::BatchTargets;
use burn::tensor::{Device, Int, Tensor, TensorData};
use zoo_core::{Batch, InputBatch};

/// A batch on the device: its examples, and labels `[batch]`.
pub fn tensors(batch: Batch, device: &Device) -> (InputBatch, Tensor<1, Int>) {
    let count = batch.labels.len();
    let labels: Vec<i32> = batch.labels.into_iter().map(i32::from).collect();
    let input = match *batch.shape {
        [channels, height, width] => {
            let shape = [count, channels, height, width];
            InputBatch::Images(Tensor::from_data(TensorData::new(batch.values, shape), device))
        }
        _ => {
            let shape = [count, batch.shape.iter().product()];
            InputBatch::Rows(Tensor::from_data(TensorData::new(batch.values, shape), device))
        }
    };
    (input, Tensor::from_data(TensorData::new(labels, [count]), device))
}

/// A batch on the device with what a model should give for it: class indices, or for regression numbers.
pub fn tensors_with_targets(mut batch: Batch, device: &Device) -> (InputBatch, BatchTargets) {
    let numbers = std::mem::take(&mut batch.targets);
    let (input, labels) = tensors(batch, device);
    match numbers.len() {
        0 => (input, labels.into()),
        count => {
            let numbers = Tensor::from_data(TensorData::new(numbers, [count]), device);
            (input, BatchTargets::Numbers(numbers))
        }
    }
}
