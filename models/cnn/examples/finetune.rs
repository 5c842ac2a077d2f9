//! Fine-tuning with Burn alone: the weights that ship, a new output layer for classes of one's own, and a few pictures of each.
//!
//! `cargo run -p zoo-cnn --features pretrained --example finetune`

#![allow(clippy::print_stdout)] // An example talks to whoever runs it.

use burn::module::{Module, ParamGroup};
use burn::nn::LinearConfig;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor};
use zoo_cnn::{Cnn, CnnWeights, WeightsError};
use zoo_core::Stream;

const WEIGHTS: CnnWeights = CnnWeights::Cifar10Best;
const CLASSES: [&str; 3] = ["disc", "square", "cross"];

fn main() -> Result<(), WeightsError> {
    let device = Device::flex();
    device.seed(1);
    let (images, labels) = pictures(20, 1, &device.clone().autodiff())?;
    let (test_images, test_labels) = pictures(100, 2, &device)?;
    let accuracy = |model: &Cnn| {
        let predicted: Tensor<1, Int> = model.forward(test_images.clone()).argmax(1).squeeze_dim(1);
        predicted.equal(test_labels.clone()).float().mean().into_scalar::<f32>()
    };

    let mut model = Cnn::pretrained(WEIGHTS, &device)?;
    model.output = LinearConfig::new(64, CLASSES.len()).init(&device);
    println!("{}: accuracy {:.3} before", CLASSES.join(", "), accuracy(&model));

    // The first two layers stay as CIFAR-10 has made them: they get no gradient, so no optimizer changes them.
    let mut model = model.train().freeze_group(ParamGroup::from_any_predicates(vec!["conv1", "conv2"]));
    let (loss, mut optimizer) = (CrossEntropyLossConfig::new().init(&device), AdamConfig::new().init());
    for step in 1..=30 {
        let error = loss.forward(model.forward(images.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(error.backward(), &model);
        model = optimizer.step(1e-3, model, gradients);
        if step % 10 == 0 {
            println!("step {step}: loss {:.3}", error.into_scalar::<f32>());
        }
    }
    println!("accuracy {:.3} after", accuracy(&model.valid()));
    Ok(())
}

/// So many pictures of each class, `[pictures, 3, 32, 32]` as the weights want them, and their labels: bright shapes on dark ground,
/// of any size and color anywhere. Pictures from files would come here, as 3 x 32 x 32 bytes: all red, then all green, then all blue.
fn pictures(count: usize, seed: u64, device: &Device) -> Result<(Tensor<4>, Tensor<1, Int>), WeightsError> {
    let mut random = Stream::numbered(seed, 0);
    let labels: Vec<i32> = (0..count * CLASSES.len()).map(|picture| (picture % CLASSES.len()) as i32).collect();
    let mut bytes = Vec::new();
    for label in &labels {
        let [x, y, radius] = [(10.0, 22.0), (10.0, 22.0), (4.0, 9.0)].map(|(low, high)| random.uniform(low, high));
        for _color in 0..3 {
            let (dark, bright) = (random.uniform(0.0, 100.0), random.uniform(120.0, 220.0));
            bytes.extend((0..32 * 32).map(|pixel| {
                let [dx, dy] = [(pixel % 32) as f64 - x, (pixel / 32) as f64 - y].map(f64::abs);
                let is_inside = match label {
                    0 => dx.hypot(dy) < radius,
                    1 => dx.max(dy) < 0.9 * radius,
                    _ => dx.max(dy) < 1.2 * radius && dx.min(dy) < 0.3 * radius,
                };
                (if is_inside { bright } else { dark } + random.uniform(0.0, 30.0)) as u8
            }));
        }
    }
    Ok((WEIGHTS.preprocessing().images(&bytes, device)?, Tensor::from_data(labels.as_slice(), device)))
}
