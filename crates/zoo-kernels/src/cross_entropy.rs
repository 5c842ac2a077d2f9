//! The cross-entropy of softmax probabilities.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor};

/// `-log p(label)` of each example, `[batch]`, where `p` is the softmax of its logits `[batch, classes]`.
///
/// With smoothing, that much of it becomes the mean of `-log p` over all classes, as PyTorch has it. On the flex backend one
/// pass forward and one back; elsewhere Burn's own operations.
///
/// ```
/// use burn::tensor::{Device, Tensor};
///
/// let device = Device::flex();
/// let logits = Tensor::from_floats([[0.0, 0.0], [1000.0, 0.0]], &device);
/// let labels = Tensor::from_ints([1, 0], &device);
/// let losses = zoo_kernels::cross_entropy(logits, labels, 0.0);
/// assert_eq!(losses.into_data().to_vec::<f32>()?, [2f32.ln(), 0.0]);
/// # Ok::<(), burn::tensor::DataError>(())
/// ```
///
/// # Panics
///
/// If a label is not below the number of classes.
pub fn cross_entropy(logits: Tensor<2>, labels: Tensor<1, Int>, smoothing: f64) -> Tensor<1> {
    #[cfg(feature = "flex")]
    let (logits, labels) = match flex::forward(logits, labels, smoothing as f32) {
        Ok(losses) => return losses,
        Err(tensors) => tensors,
    };
    let log_probabilities = log_softmax(logits, 1); // [batch, classes]
    let of_label = log_probabilities.clone().gather(1, labels.unsqueeze_dim(1)); // [batch, 1]
    let losses = match smoothing {
        0.0 => of_label.neg(),
        _ => of_label * (smoothing - 1.0) - log_probabilities.mean_dim(1) * smoothing,
    };
    losses.squeeze_dim(1) // [batch]
}

#[cfg(feature = "flex")]
mod flex {
    use crate::buffer::{contiguous, indices, is_on_flex, whole};
    use crate::exponential::exponential;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::{FloatTensor, IntTensor};
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
    use burn::tensor::{DType, Int, Shape, Tensor};
    use burn_flex::FlexTensor;
    use pulp::{Arch, Simd, WithSimd};
    use std::sync::Arc;

    /// The losses, or the tensors back if they are not for this.
    #[allow(clippy::result_large_err)] // Tensors are handed back as they came.
    pub(super) fn forward(
        logits: Tensor<2>,
        labels: Tensor<1, Int>,
        smoothing: f32,
    ) -> Result<Tensor<1>, (Tensor<2>, Tensor<1, Int>)> {
        let types = logits.dtype() == DType::F32 && matches!(labels.dtype(), DType::I32 | DType::I64 | DType::U8);
        let sizes = logits.dims()[0] == labels.dims()[0];
        let (logits, labels) = (logits.into_dispatch(), labels.into_dispatch());
        if !types || !sizes || !is_on_flex(&logits) || !is_on_flex(&labels) {
            return Err((Tensor::from_dispatch(logits), Tensor::from_dispatch(labels)));
        }
        Ok(Tensor::from_dispatch(<Dispatch as LossOps>::zoo_cross_entropy(logits, labels, smoothing)))
    }

    #[backend_extension(Autodiff, Flex)]
    trait LossOps: Backend {
        fn zoo_cross_entropy(logits: FloatTensor<Self>, labels: IntTensor<Self>, smoothing: f32) -> FloatTensor<Self>;
    }

    impl LossOps for Flex {
        fn zoo_cross_entropy(logits: FlexTensor, labels: FlexTensor, smoothing: f32) -> FlexTensor {
            run(logits, &labels, smoothing).0
        }
    }

    impl<C: CheckpointStrategy> LossOps for Autodiff<Flex, C> {
        fn zoo_cross_entropy(logits: FloatTensor<Self>, labels: FlexTensor, smoothing: f32) -> FloatTensor<Self> {
            let node = logits.node();
            let (losses, state) = run(logits.into_primitive(), &labels, smoothing);
            match LossBackward.prepare::<C>([node]).compute_bound().stateful() {
                OpsKind::Tracked(prepared) => prepared.finish(Arc::new(state), losses),
                OpsKind::UnTracked(prepared) => prepared.finish(losses),
            }
        }
    }

    /// What the gradient is made of.
    #[derive(Debug)]
    struct SavedLoss {
        probabilities: Vec<f32>,
        labels: Vec<usize>,
        smoothing: f32,
        shape: Shape,
    }

    fn run(logits: FlexTensor, labels: &FlexTensor, smoothing: f32) -> (FlexTensor, SavedLoss) {
        let logits = whole(logits);
        let Some(labels) = indices(labels) else { unreachable!("only integers that can be read come here") };
        let shape = logits.shape();
        let classes = shape[1];
        if let Some(label) = labels.iter().find(|label| **label >= classes) {
            panic!("a label is {label}, expected one below the {classes} classes that the logits are for");
        }
        let probabilities = Vec::with_capacity(labels.len() * classes);
        let pass = Losses { logits: logits.storage(), labels: &labels, classes, smoothing, probabilities };
        let (losses, probabilities) = Arch::new().dispatch(pass);
        (contiguous(losses, Shape::from([labels.len()])), SavedLoss { probabilities, labels, smoothing, shape })
    }

    #[derive(Debug)]
    struct LossBackward;

    impl Backward<Flex, 1> for LossBackward {
        type State = Arc<SavedLoss>;

        fn backward(self, ops: Ops<Arc<SavedLoss>, 1>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
            let [node] = ops.parents;
            let gradient = whole(gradients.consume::<Flex>(&ops.node));
            if let Some(node) = node {
                let values = ops.state.gradients(gradient.storage());
                gradients.register::<Flex>(node.id, contiguous(values, ops.state.shape.clone()));
            }
        }
    }

    impl SavedLoss {
        /// Of the loss by a logit: its probability, less the share of the truth that it has.
        fn gradients(&self, above: &[f32]) -> Vec<f32> {
            let classes = self.shape[1];
            let everywhere = self.smoothing / classes as f32;
            let mut gradients = Vec::with_capacity(self.probabilities.len());
            let rows = self.probabilities.chunks_exact(classes).zip(&self.labels);
            for ((row, label), above) in rows.zip(above) {
                let start = gradients.len();
                gradients.extend(row.iter().map(|probability| (probability - everywhere) * above));
                gradients[start + label] = (row[*label] - everywhere - (1.0 - self.smoothing)) * above;
            }
            gradients
        }
    }

    struct Losses<'a> {
        logits: &'a [f32],
        labels: &'a [usize],
        classes: usize,
        smoothing: f32,
        probabilities: Vec<f32>,
    }

    impl WithSimd for Losses<'_> {
        type Output = (Vec<f32>, Vec<f32>);

        #[inline(always)]
        fn with_simd<S: Simd>(mut self, _simd: S) -> Self::Output {
            let mut losses = Vec::with_capacity(self.labels.len());
            for (row, label) in self.logits.chunks_exact(self.classes).zip(self.labels) {
                let largest =
                    row.iter().copied().fold(f32::NEG_INFINITY, |most, logit| if logit > most { logit } else { most });
                let start = self.probabilities.len();
                self.probabilities.extend(row.iter().map(|logit| exponential(logit - largest)));
                let exponentials = &mut self.probabilities[start..];
                let sum: f32 = exponentials.iter().sum();
                exponentials.iter_mut().for_each(|value| *value /= sum);
                let normalizer = sum.ln();
                let of_label = normalizer - (row[*label] - largest);
                losses.push(if self.smoothing == 0.0 {
                    of_label
                } else {
                    let mean =
                        row.iter().map(|logit| normalizer - (logit - largest)).sum::<f32>() / self.classes as f32;
                    (1.0 - self.smoothing) * of_label + self.smoothing * mean
                });
            }
            (losses, self.probabilities)
        }
    }
}
