//! Exponential linear units: ELU and SELU.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;

/// `positive * x` above zero, `negative * (exp(x) - 1)` below: ELU for 1 and alpha, SELU for its scale and scale times alpha.
///
/// On the flex backend one pass forward and one back; elsewhere Burn's own operations. The exponential is taken of negative
/// values only: Burn's `elu` and `selu` take it of positive ones too, from 89 on that is infinite, and the branch that is not
/// chosen then makes the gradient NaN.
///
/// ```
/// use burn::tensor::{Device, Tensor};
///
/// let x = Tensor::<1>::from_floats([2.0, 0.0, -1e9], &Device::flex());
/// let y = zoo_kernels::exponential_linear(x, 1.0, 1.0);
/// assert_eq!(y.into_data().to_vec::<f32>()?, [2.0, 0.0, -1.0]);
/// # Ok::<(), burn::tensor::DataError>(())
/// ```
pub fn exponential_linear<const D: usize>(x: Tensor<D>, positive: f64, negative: f64) -> Tensor<D> {
    #[cfg(feature = "flex")]
    let x = match flex::forward(x, [positive as f32, negative as f32]) {
        Ok(output) => return output,
        Err(x) => x,
    };
    let below = x.clone().clamp_max(0.0).exp().sub_scalar(1.0);
    relu(x).mul_scalar(positive) + below.mul_scalar(negative)
}

#[cfg(feature = "flex")]
mod flex {
    use crate::buffer::{contiguous, is_on_flex, whole};
    use crate::exponential::exponential;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
    use burn::tensor::{DType, Tensor};
    use burn_flex::FlexTensor;
    use pulp::{Arch, Simd, WithSimd};

    /// The output, or the input back if it is not one for this.
    #[allow(clippy::result_large_err)] // Tensors are handed back as they came.
    pub(super) fn forward<const D: usize>(x: Tensor<D>, slopes: [f32; 2]) -> Result<Tensor<D>, Tensor<D>> {
        let dtype = x.dtype();
        let x = x.into_dispatch();
        if dtype != DType::F32 || !is_on_flex(&x) {
            return Err(Tensor::from_dispatch(x));
        }
        Ok(Tensor::from_dispatch(<Dispatch as EluOps>::zoo_exponential_linear(x, slopes)))
    }

    #[backend_extension(Autodiff, Flex)]
    trait EluOps: Backend {
        fn zoo_exponential_linear(x: FloatTensor<Self>, slopes: [f32; 2]) -> FloatTensor<Self>;
    }

    impl EluOps for Flex {
        fn zoo_exponential_linear(x: FlexTensor, slopes: [f32; 2]) -> FlexTensor {
            let x = whole(x);
            let values = Arch::new().dispatch(EluPass { x: x.storage(), slopes });
            contiguous(values, x.shape())
        }
    }

    impl<C: CheckpointStrategy> EluOps for Autodiff<Flex, C> {
        fn zoo_exponential_linear(x: FloatTensor<Self>, slopes: [f32; 2]) -> FloatTensor<Self> {
            let node = x.node();
            let output = Flex::zoo_exponential_linear(x.into_primitive(), slopes);
            match EluBackward.prepare::<C>([node]).compute_bound().stateful() {
                OpsKind::Tracked(prepared) => prepared.finish((output.clone(), slopes), output),
                OpsKind::UnTracked(prepared) => prepared.finish(output),
            }
        }
    }

    #[derive(Debug)]
    struct EluBackward;

    impl Backward<Flex, 1> for EluBackward {
        type State = (FlexTensor, [f32; 2]);

        fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
            let [node] = ops.parents;
            let (output, slopes) = ops.state;
            let gradient = whole(gradients.consume::<Flex>(&ops.node));
            if let Some(node) = node {
                let (outputs, above) = (output.storage(), gradient.storage());
                let values = Arch::new().dispatch(InputGradients { outputs, gradients: above, slopes });
                gradients.register::<Flex>(node.id, contiguous(values, gradient.shape()));
            }
        }
    }

    struct EluPass<'a> {
        x: &'a [f32],
        slopes: [f32; 2],
    }

    impl WithSimd for EluPass<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
            let [positive, negative] = self.slopes;
            let unit = |&x: &f32| {
                let below = negative * (exponential(if x > 0.0 { 0.0 } else { x }) - 1.0);
                if x > 0.0 { positive * x } else { below }
            };
            // Collecting would call a function of the standard library, compiled for the oldest processors.
            let mut outputs = vec![0.0; self.x.len()];
            outputs.iter_mut().zip(self.x).for_each(|(output, x)| *output = unit(x));
            outputs
        }
    }

    struct InputGradients<'a> {
        outputs: &'a [f32],
        gradients: &'a [f32],
        slopes: [f32; 2],
    }

    impl WithSimd for InputGradients<'_> {
        type Output = Vec<f32>;

        /// Below zero the slope is `negative * exp(x)`, which is the output plus `negative`.
        #[inline(always)]
        fn with_simd<S: Simd>(self, _simd: S) -> Vec<f32> {
            let [positive, negative] = self.slopes;
            let slope = |output: f32| if output > 0.0 { positive } else { output + negative };
            let mut values = self.gradients.to_vec();
            values.iter_mut().zip(self.outputs).for_each(|(value, output)| *value *= slope(*output));
            values
        }
    }
}
