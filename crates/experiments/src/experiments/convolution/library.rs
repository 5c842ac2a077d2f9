//! The same sums by Burn, and how far from those written out it is.

use super::by_hand::{Image, Pooling, Slide, convolve, pool};
use crate::prelude::*;
use burn::tensor::TensorData;
use burn::tensor::module::{avg_pool2d, conv2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};

/// [`convolve`] by Burn, in `f32`.
pub(super) fn convolve_by_burn(image: &Image, filters: &[Image], slide: Slide) -> Result<Image> {
    let weights = Tensor::cat(filters.iter().map(tensor).collect(), 0); // [filters, channels, height, width]
    let options = ConvOptions::new([slide.stride; 2], [slide.padding; 2], [1, 1], 1);
    from_tensor(conv2d(tensor(image), weights, None, options))
}

/// [`pool`] by Burn.
pub(super) fn pool_by_burn(image: &Image, side: usize, stride: usize, pooling: Pooling) -> Result<Image> {
    let x = tensor(image);
    from_tensor(match pooling {
        Pooling::Max => max_pool2d(x, MaxPoolOptions::new([side; 2]).with_stride([stride; 2])),
        Pooling::Average => avg_pool2d(x, AvgPoolOptions::new([side; 2]).with_stride([stride; 2])),
    })
}

fn tensor(image: &Image) -> Tensor<4> {
    let values: Vec<f32> = image.values.iter().map(|&value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, image.channels, image.height, image.width]), &Device::flex())
}

fn from_tensor(tensor: Tensor<4>) -> Result<Image> {
    let [_, channels, height, width] = tensor.dims();
    Ok(Image { channels, height, width, values: values(tensor)? })
}

/// Several channels, filters, strides and paddings at once, against Burn.
pub(super) fn random_shapes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 1);
    let trials = settings.choose(300, 30);
    let (mut apart, mut pooled_apart) = (0.0_f64, 0.0_f64);
    for _ in 0..trials {
        let (channels, side) = (1 + random.index(4), 1 + random.index(5));
        let image = Image::random([channels, side + random.index(10), side + random.index(10)], &mut random);
        let filters: Vec<Image> =
            (0..1 + random.index(4)).map(|_| Image::random([channels, side, side], &mut random)).collect();
        let slide = Slide { stride: 1 + random.index(3), padding: random.index(3) };
        apart = larger(apart, convolve_by_burn(&image, &filters, slide)?.distance(&convolve(&image, &filters, slide)));
        for kind in [Pooling::Max, Pooling::Average] {
            let by_burn = pool_by_burn(&image, side, slide.stride, kind)?;
            pooled_apart = larger(pooled_apart, by_burn.distance(&pool(&image, side, slide.stride, kind)));
        }
    }
    let shapes = format!(" ({trials} random shapes)");
    findings
        // A hundred products in f32, each sum rounded to 6e-8 of what has been summed, a few tens.
        .claim("The sums written out are Burn's conv2d: largest difference", apart, AtMost(1e-4))
        .measured_with(&shapes)
        .claim("Pooling written out is Burn's, largest and mean: largest difference", pooled_apart, AtMost(1e-5))
        .measured_with(&shapes);
    Ok(())
}
