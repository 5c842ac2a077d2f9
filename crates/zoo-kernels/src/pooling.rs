//! Pooling of any window.

use burn::tensor::Tensor;
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};

/// As [`burn::tensor::module::max_pool2d`], faster behind the kernels of this crate, whose outputs keep channels together in memory.
///
/// Other inputs, dilations, unequal padding and windows that reach over the edge go to Burn's own operation.
///
/// # Panics
///
/// As Burn's.
///
/// ```
/// use burn::tensor::ops::MaxPoolOptions;
/// use burn::tensor::{Device, Tensor};
///
/// let x = Tensor::<4>::ones([2, 9, 9, 16], &Device::flex()).permute([0, 3, 1, 2]);
/// let options = MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_padding([1, 1]);
/// assert_eq!(zoo_kernels::max_pool2d(x, options).dims(), [2, 16, 5, 5]);
/// ```
pub fn max_pool2d(x: Tensor<4>, options: MaxPoolOptions<2>) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if options.dilation == [1, 1] && !options.is_asymmetric() && !options.ceil_mode {
        let (window, stride) = (options.kernel_size, options.stride);
        let padding = options.padding.map(|(begin, _)| begin);
        if let Some(pooling) = flex::Pooling::of(&x, flex::Kind::Max, window, stride, padding) {
            return flex::forward(x, pooling);
        }
    }
    burn::tensor::module::max_pool2d(x, options)
}

/// As [`burn::tensor::module::avg_pool2d`]; see [`max_pool2d`].
///
/// # Panics
///
/// As Burn's.
pub fn avg_pool2d(x: Tensor<4>, options: AvgPoolOptions<2>) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if !options.is_asymmetric() && !options.ceil_mode {
        let (window, stride) = (options.kernel_size, options.stride);
        let padding = options.padding.map(|(begin, _)| begin);
        let kind = flex::Kind::Average { counts_padding: options.count_include_pad };
        if let Some(pooling) = flex::Pooling::of(&x, kind, window, stride, padding) {
            return flex::forward(x, pooling);
        }
    }
    burn::tensor::module::avg_pool2d(x, options)
}

#[cfg(feature = "flex")]
mod flex {
    pub(super) use crate::cpu::sliding::Kind;

    use crate::buffer::{images, in_one_run, is_on_flex, tensor};
    use crate::cpu::choice::kernels;
    use crate::cpu::geometry::Order;
    use crate::cpu::sliding::Sliding;
    use crate::cpu::{pool_backward, pool_forward};
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{DType, Tensor};
    use burn_flex::FlexTensor;
    use std::sync::Arc;

    /// Images that are pooled.
    #[derive(Clone, Copy, Debug)]
    pub(super) struct Pooling {
        batch: usize,
        sliding: Sliding,
    }

    impl Pooling {
        /// `None` if it is not for the kernels.
        pub(super) fn of(
            x: &Tensor<4>,
            kind: Kind,
            window: [usize; 2],
            stride: [usize; 2],
            padding: [usize; 2],
        ) -> Option<Self> {
            let [batch, channels, height, width] = x.dims();
            let sliding = Sliding { kind, channels, input: [height, width], window, stride, padding };
            // A place has to be a number of `f32`.
            let fits = batch > 0 && channels > 0 && sliding.is_proper() && height * width < 1 << 24;
            let known = x.dtype() == DType::F32 && is_on_flex(&x.clone().into_dispatch()) && kernels().is_some();
            (fits && known).then_some(Self { batch, sliding })
        }

        fn output(&self) -> [usize; 4] {
            let [height, width] = self.sliding.output();
            [self.batch, self.sliding.channels, height, width]
        }
    }

    pub(super) fn forward(x: Tensor<4>, pooling: Pooling) -> Tensor<4> {
        Tensor::from_dispatch(<Dispatch as PoolOps>::zoo_pool(x.into_dispatch(), pooling))
    }

    #[backend_extension(Autodiff, Flex)]
    trait PoolOps: Backend {
        fn zoo_pool(x: FloatTensor<Self>, pooling: Pooling) -> FloatTensor<Self>;
    }

    impl PoolOps for Flex {
        fn zoo_pool(x: FlexTensor, pooling: Pooling) -> FlexTensor {
            match run(&x, &pooling, false) {
                Some((output, _)) => output,
                None => composed::<Self>(x, &pooling),
            }
        }
    }

    impl<C: CheckpointStrategy> PoolOps for Autodiff<Flex, C> {
        fn zoo_pool(x: FloatTensor<Self>, pooling: Pooling) -> FloatTensor<Self> {
            let Some((output, places)) = run(x.primitive(), &pooling, x.is_tracked()) else {
                return composed::<Self>(x, &pooling);
            };
            match PoolBackward.prepare::<C>([x.node()]).compute_bound().stateful() {
                OpsKind::Tracked(prepared) => prepared.finish((pooling, Arc::new(places)), output),
                OpsKind::UnTracked(prepared) => prepared.finish(output),
            }
        }
    }

    /// The output, and where maxima stand if a gradient will be asked for; `None` if Burn's own operation suits `x` better, or a value of
    /// it is not a number below 2^40.
    fn run(x: &FlexTensor, pooling: &Pooling, tracked: bool) -> Option<(FlexTensor, Vec<f32>)> {
        let kernels = kernels()?;
        let Pooling { batch, sliding } = pooling;
        let x_images = images(x);
        let [height, width] = sliding.input;
        if x.layout().strides().iter().any(|stride| *stride <= 0)
            || !x_images.is_channels_last([sliding.channels, height, width])
        {
            return None;
        }
        let (values, places) = pool_forward(sliding, *batch, x_images.values, tracked, kernels)?;
        Some((tensor(values, pooling.output(), Order::ChannelsLast), places))
    }

    fn composed<B: Backend>(x: FloatTensor<B>, Pooling { sliding, .. }: &Pooling) -> FloatTensor<B> {
        let Sliding { kind, window, stride, padding, .. } = *sliding;
        match kind {
            Kind::Max => B::max_pool2d(x, window, stride, padding, [1, 1], false),
            Kind::Average { counts_padding } => B::avg_pool2d(x, window, stride, padding, counts_padding, false),
        }
    }

    #[derive(Debug)]
    struct PoolBackward;

    impl Backward<Flex, 1> for PoolBackward {
        type State = (Pooling, Arc<Vec<f32>>);

        fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
            let [node] = ops.parents;
            let (Pooling { batch, sliding }, places) = ops.state;
            let gradient = in_one_run(&gradients.consume::<Flex>(&ops.node));
            if let (Some(node), Some(kernels)) = (node, kernels()) {
                let values = pool_backward(&sliding, batch, &images(&gradient), &places, kernels);
                let [height, width] = sliding.input;
                let shape = [batch, sliding.channels, height, width];
                gradients.register::<Flex>(node.id, tensor(values, shape, Order::ChannelsLast));
            }
        }
    }
}
