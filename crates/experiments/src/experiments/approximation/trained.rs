//! The zoo's perceptron on the same points: what gradient descent makes of as many units.

use super::features::CubeSample;
use super::settings::{BATCH, RATE};
use crate::prelude::*;
use burn::nn::loss::{MseLoss, Reduction};
use rayon::prelude::*;
use zoo_mlp::{Mlp, MlpConfig};

/// The mean squared errors on the second sample of each pair of networks trained on the first, by repetition and width.
pub(super) fn trained(samples: &[[CubeSample; 2]], widths: &[usize], settings: &Setup) -> Result<Vec<Vec<f64>>> {
    let device = training_device();
    let dimensions = samples[0][0].points[0].len();
    // One device draws all first weights, so they are drawn in order; training draws nothing.
    device.seed(settings.seed.wrapping_add(1000 * dimensions as u64));
    let mut starts = Vec::new();
    for sample in samples {
        for &width in widths {
            starts
                .push((sample, MlpConfig { hidden: vec![width], ..MlpConfig::default() }.init(dimensions, 1, &device)));
        }
    }
    let steps = settings.choose(1500, 600);
    let error = |(sample, network)| error(sample, network, steps, settings);
    let errors: Vec<f64> = starts.into_par_iter().map(error).collect::<Result<_>>()?;
    Ok(errors.chunks(widths.len()).map(<[f64]>::to_vec).collect())
}

fn error([training, test]: &[CubeSample; 2], network: Mlp, steps: usize, settings: &Setup) -> Result<f64> {
    let device = training_device();
    let (size, first) = (settings.whole(BATCH), settings.number(RATE));
    let batches: Vec<_> = (0..training.values.len() / size)
        .map(|batch| tensors(training, batch * size..(batch + 1) * size, &device))
        .collect();
    // It falls to zero in a straight line.
    let rate = |step: usize| first * (1.0 - step as f64 / steps as f64);
    let network = train(network, &ADAM, steps, rate, |network, step| {
        let (x, y) = batches[step % batches.len()].clone();
        MseLoss::new().forward(network.forward(x), y, Reduction::Mean)
    });
    let (x, y) = tensors(test, 0..test.values.len(), &Device::flex());
    scalar(MseLoss::new().forward(network.valid().forward(x), y, Reduction::Mean))
}

/// Points, standardized as the trainer does with tables, and values, `[count, 1]`.
fn tensors(sample: &CubeSample, range: std::ops::Range<usize>, device: &Device) -> (Tensor<2>, Tensor<2>) {
    // Uniform numbers from 0 to 1 have the mean 1/2 and the variance 1/12.
    let standard = |x: &Vec<f64>| x.iter().map(|x| (x - 0.5) * 12.0_f64.sqrt()).collect::<Vec<_>>();
    let points: Vec<Vec<f64>> = sample.points[range.clone()].iter().map(standard).collect();
    let values: Vec<[f64; 1]> = sample.values[range].iter().map(|&value| [value]).collect();
    (rows(&points, device), rows(&values, device))
}
