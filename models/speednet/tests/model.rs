//! Sizes, initial values, and what the kernels compute against Burn's own operations.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::activation::gelu;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Int, Tensor};
use zoo_core::weights::{Numbering, install, parameters};
use zoo_core::{Batcher, Examples, Images, Inputs, LogitModule, ModelConfig, Normalizer, Sizes, macs};
use zoo_speednet::{PoolAfter, Speednet, SpeednetConfig};

#[test]
fn parameters_part_by_part() {
    let model = SpeednetConfig::default().init(3, 10, &Device::flex());
    assert_eq!(model.whitening.num_params(), 24 * 12 + 24);
    let convolutions = [[13_824, 36_864], [147_456, 589_824], [589_824, 589_824]];
    for (block, [first, second]) in model.blocks.iter().zip(convolutions) {
        assert_eq!([block.conv1.num_params(), block.conv2.num_params()], [first, second]);
    }
    assert_eq!(model.output.num_params(), 2_570);
    assert_eq!(count_without_statistics(&model), 1_972_802);
}

/// A convolution's weights are used once per pixel before the pooling: 31x31, then 31x31 and 15x15, 15x15 and 7x7, 7x7 and 3x3.
#[test]
fn macs_part_by_part() {
    let model = SpeednetConfig::default().init(3, 10, &Device::flex());
    let blocks = 13_824 * 961 + 36_864 * 225 + 147_456 * 225 + 589_824 * (49 + 49 + 9);
    assert_eq!(macs(&model, &[3, 32, 32]), 288 * 961 + blocks + 2_560);
    assert_eq!(macs(&model, &[3, 32, 32]), 118_147_360);
    let model =
        SpeednetConfig { pool_after: PoolAfter::Second, ..SpeednetConfig::default() }.init(3, 10, &Device::flex());
    let blocks = (13_824 + 36_864) * 961 + (147_456 + 589_824) * 225 + 2 * 589_824 * 49;
    assert_eq!(macs(&model, &[3, 32, 32]), 288 * 961 + blocks + 2_560);
}

#[test]
fn channels_outputs_widths_and_sides_can_be_others() {
    let device = Device::flex();
    for (widths, side) in [(vec![8, 16, 16], 28), (vec![8], 3), (vec![5, 7, 9, 11], 33)] {
        let config = SpeednetConfig { widths, ..SpeednetConfig::default() };
        config.check(&Sizes { input: vec![1, side, side], outputs: 26 }).unwrap();
        let model = config.init(1, 26, &device);
        assert_eq!(model.whitening.weight.dims(), [8, 1, 2, 2]);
        assert_eq!(model.forward(Tensor::zeros([3, 1, side, side], &device)).dims(), [3, 26]);
    }
}

#[test]
fn sizes_it_cannot_have_are_refused() {
    let config = SpeednetConfig::default();
    let no_images =
        "images as wide as high, of at least 3x3, as the model \"speednet\" takes them, not examples of shape";
    for (input, key, accepted) in [
        (vec![3, 8, 8], "model.speednet.widths", "at most 2 widths for images of 8x8"),
        (vec![3, 3, 3], "model.speednet.widths", "at most 1 widths for images of 3x3"),
        (vec![3, 2, 2], "data.name", no_images),
        (vec![3, 32, 16], "data.name", no_images),
        (vec![30], "data.name", no_images),
    ] {
        let refused = config.check(&Sizes { input, outputs: 10 }).unwrap_err();
        assert_eq!(refused.key, key);
        assert!(refused.accepted.starts_with(accepted), "{}", refused.accepted);
    }
    let wide = SpeednetConfig { widths: vec![4_096; 3], ..config };
    let refused = wide.check(&Sizes { input: vec![3, 32, 32], outputs: 10 }).unwrap_err();
    assert_eq!(refused.key, "model.speednet.widths");
}

#[test]
fn filters_start_from_the_identity() {
    let device = Device::flex();
    let model = small().init(3, 10, &device);
    let image = waves([2, 16, 9, 9], &device);
    let passed_on = model.blocks[0].conv2.forward(image.clone());
    assert_eq!(values(passed_on), values(image));
    // Of 32 filters on 16 channels the second half are drawn.
    let image = waves([1, 16, 9, 9], &device);
    let [first, second] = [0..16, 16..32].map(|half| {
        let passed_on = model.blocks[1].conv1.forward(image.clone()).slice([0..1, half]);
        (passed_on - image.clone()).abs().max().into_scalar::<f32>()
    });
    assert!(first == 0.0 && second > 0.1, "{first} and {second}");
    let drawn = SpeednetConfig { dirac: false, ..small() }.init(3, 10, &device);
    assert!(drawn.blocks[0].conv2.weight.val().max().into_scalar::<f32>() < 0.1);
}

#[test]
fn the_first_filters_come_from_training_images_both_ways() {
    let mut state = 1u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let pixels = (0..40 * 3 * 9 * 9).map(|_| byte()).collect();
    let train = Examples::of_classes(Inputs::Images(Images { channels: 3, height: 9, width: 9, pixels }), vec![0; 40]);
    let normalizer = Normalizer::fit_channels(&train).unwrap();
    let batcher = Batcher { normalizer, augmentations: Vec::new(), seed: 0 };
    let config = small();
    let model = config.start_from(config.init(3, 10, &Device::flex()), &batcher, &train);
    let filters = values(model.whitening.weight.val());
    let (positive, negative) = filters.split_at(filters.len() / 2);
    assert!(positive.iter().zip(negative).all(|(one, other)| *one == -*other));
    // Of normalized noise all directions have variance near 1.
    let squares = positive.chunks(12).map(|filter| filter.iter().map(|weight| weight * weight).sum::<f32>());
    squares.for_each(|square| assert!((0.5..2.0).contains(&square), "{square}"));
}

#[test]
fn the_kernels_compute_what_burns_own_operations_do() {
    let device = Device::flex().autodiff();
    for config in pools() {
        let model = config.init(3, 10, &device);
        let images = waves([4, 3, 32, 32], &device);
        assert_near(model.forward(images.clone()), plain(&model, images.clone(), config.pool_after));
        // Both have moved the running statistics.
        let (model, images) = (model.valid(), images.inner());
        assert_near(model.forward(images.clone()), plain(&model, images, config.pool_after));
    }
}

#[test]
fn first_filters_and_scales_stay_and_all_else_is_trained() {
    let device = Device::flex().autodiff();
    // As a run has it: through weights, and out of validation.
    let model = small().init(3, 10, &Device::flex());
    let tensors = parameters(&model);
    let model = install(model, &tensors, Numbering::Kept).unwrap().train();
    let loss = model.forward(waves([4, 3, 32, 32], &device)).square().mean();
    let gradients = GradientsParams::from_grads(loss.backward(), &model);
    assert!(gradients.get::<4>(model.whitening.weight.id).is_none());
    assert!(gradients.get::<1>(model.whitening.bias.as_ref().unwrap().id).is_some());
    for block in &model.blocks {
        assert!(gradients.get::<4>(block.conv1.weight.id).is_some());
        assert!(gradients.get::<4>(block.conv2.weight.id).is_some());
        for norm in [&block.norm1, &block.norm2] {
            assert!(gradients.get::<1>(norm.gamma.id).is_none());
            assert!(gradients.get::<1>(norm.beta.id).is_some());
        }
    }
    assert!(gradients.get::<2>(model.output.weight.id).is_some());
}

#[test]
fn running_statistics_go_along_with_the_weights() {
    let device = Device::flex().autodiff();
    let model = small().init(3, 10, &device);
    let images = waves([4, 3, 32, 32], &device);
    model.forward(images.clone());
    let model = model.valid();
    let tensors = parameters(&model);
    let names: Vec<&str> = tensors.iter().map(|(name, _)| name.as_str()).take(7).collect();
    let block = ["conv1.weight", "norm1.gamma", "norm1.beta", "norm1.running_mean", "norm1.running_var"];
    let block = block.map(|part| format!("blocks.0.{part}"));
    assert_eq!(names[..2], ["whitening.weight", "whitening.bias"]);
    assert_eq!(names[2..], block);
    let again = install(small().init(3, 10, &Device::flex()), &tensors, Numbering::Kept).unwrap();
    let images = images.inner();
    assert_eq!(values(again.forward(images.clone())), values(model.forward(images)));
}

#[test]
fn prepared_it_gives_the_same_logits() {
    let device = Device::flex().autodiff();
    for config in pools() {
        let model = config.init(3, 10, &device);
        model.forward(waves([4, 3, 32, 32], &device)); // moves the running statistics
        let model = model.valid();
        let images = waves([3, 3, 32, 32], &Device::flex());
        let network = model.prepare(&[3, 32, 32]).unwrap();
        let found = network.forward(&values(images.clone())).unwrap();
        let found = Tensor::<1>::from_floats(found.as_slice(), &Device::flex()).reshape([3, 10]);
        assert_near(found, model.forward(images));
    }
}

#[test]
fn probabilities_sum_to_one() {
    let device = Device::flex();
    let model = small().init(3, 10, &device);
    let sums = model.probabilities(waves([3, 3, 32, 32], &device)).sum_dim(1);
    assert!(values(sums).iter().all(|sum| (sum - 1.0).abs() < 1e-5));
}

fn small() -> SpeednetConfig {
    SpeednetConfig { widths: vec![16, 32, 32], ..SpeednetConfig::default() }
}

fn pools() -> [SpeednetConfig; 2] {
    [PoolAfter::First, PoolAfter::Second].map(|pool_after| SpeednetConfig { pool_after, ..small() })
}

/// The network in Burn's own operations.
fn plain(model: &Speednet, x: Tensor<4>, pool_after: PoolAfter) -> Tensor<2> {
    let pooled = |x: Tensor<4>, side: usize| max_pool2d(x, MaxPoolOptions::new([side, side]));
    let mut x = gelu(model.whitening.forward(x));
    for block in &model.blocks {
        let [first, second] = match pool_after {
            PoolAfter::First => [2, 1],
            PoolAfter::Second => [1, 2],
        };
        x = gelu(block.norm1.forward(pooled(block.conv1.forward(x), first)));
        x = gelu(block.norm2.forward(pooled(block.conv2.forward(x), second)));
    }
    let x: Tensor<2> = pooled(x, 3).flatten(1, 3);
    model.output.forward(x * small().logit_scale)
}

/// Running statistics are not trained.
fn count_without_statistics(model: &Speednet) -> usize {
    let trained = parameters(model).into_iter().filter(|(name, _)| !name.contains(".running_"));
    trained.map(|(_, data)| data.num_elements()).sum()
}

/// Numbers between -1 and 1.
fn waves(shape: [usize; 4], device: &Device) -> Tensor<4> {
    let count = shape.iter().product::<usize>() as i64;
    (Tensor::<1, Int>::arange(0..count, device).float() * 0.7).sin().reshape(shape)
}

fn assert_near(found: Tensor<2>, expected: Tensor<2>) {
    let distance: f32 = (found - expected.clone()).abs().max().into_scalar();
    let size: f32 = expected.abs().max().into_scalar();
    assert!(distance <= 1e-3 * size, "{distance} of {size}");
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}
