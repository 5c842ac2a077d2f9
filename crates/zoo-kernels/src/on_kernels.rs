//! A block of some shapes, and values, as the kernels take them.

use crate::block::Block;
use crate::cpu::GroupedLayer;
use crate::cpu::choice::kernels;
use crate::cpu::geometry::Geometry;
use crate::cpu::normalized::Pixels;
use burn::tensor::ops::ConvOptions;

/// The layer of these shapes, if the kernels are for it.
pub(crate) fn layer(block: &Block, x: [usize; 4], weight: [usize; 4]) -> Option<GroupedLayer> {
    let ConvOptions { stride, padding, dilation, groups } = block.options.clone();
    let [batch, channels_in, height, width] = x;
    let [channels_out, _, kernel_height, kernel_width] = weight;
    let geometry = Geometry {
        batch,
        channels_in,
        input: [height, width],
        channels_out,
        kernel: [kernel_height, kernel_width],
        stride,
        dilation,
        padding,
    };
    GroupedLayer::new(geometry, groups, block.pointwise, block.pool, kernels()?)
}

/// The values of images of this shape, pixel by pixel.
pub(crate) fn pixels(values: &[f32], [_, channels, height, width]: [usize; 4]) -> Pixels<'_> {
    let Some(kernels) = kernels() else { unreachable!("a layer was computed by the kernels") };
    Pixels { values, channels, size: [height, width], kernels }
}
