//! Learned features: the error of the zoo's perceptron by the number of its units, on points that it has not seen.

use super::settings::{BATCH, RATE};
use super::wave::{Curve, MOST_DIMENSIONS, Wave};
use crate::prelude::*;
use burn::nn::loss::{MseLoss, Reduction};
use rayon::prelude::*;
use zoo_mlp::{Mlp, MlpConfig};

/// So many points a network is fitted to, and as many it is not.
const POINTS: usize = 2000;
/// So many times each width is trained, on other points from another start.
const TRAININGS: u64 = 4;

/// What perceptrons leave of one wave.
pub(super) struct LearnedErrors {
    pub(super) wave: Wave,
    /// Of each training, by width: the fraction of the variance of unseen points.
    trainings: Vec<Curve>,
}

/// Points of the unit cube, and the wave's values there.
type CubeSample = (Vec<Vec<f64>>, Vec<f64>);

/// In some dimensions, the most last.
pub(super) fn measure(settings: &Setup) -> Result<Vec<LearnedErrors>> {
    let dimensions: &[usize] = settings.choose(&[1, MOST_DIMENSIONS], &[MOST_DIMENSIONS]);
    dimensions.iter().map(|dimensions| in_dimensions(*dimensions, settings)).collect()
}

fn in_dimensions(dimensions: usize, settings: &Setup) -> Result<LearnedErrors> {
    let wave = Wave::draw(dimensions, settings);
    let widths = settings.choose(vec![1, 2, 4, 8, 16, 32], vec![1, 2, 4, 8]);
    let sample = |training| {
        let mut random = Stream::numbered(settings.seed, 1000 * dimensions as u64 + training);
        [0, 1].map(|_| draw(&wave, &mut random))
    };
    let samples: Vec<[CubeSample; 2]> = (0..TRAININGS).map(sample).collect();
    let device = training_device();
    // One device draws all first weights, so they are drawn in order; training draws nothing.
    device.seed(settings.seed.wrapping_add(1000 * dimensions as u64));
    let mut starts = Vec::new();
    for sample in &samples {
        for &width in &widths {
            let config = MlpConfig { hidden: vec![width], ..MlpConfig::default() };
            starts.push((width, sample, config.init(dimensions, 1, &device)));
        }
    }
    let trained = |(width, sample, network): (usize, &[CubeSample; 2], Mlp)| -> Result<(f64, f64)> {
        Ok((width as f64, error(sample, network, settings)? / wave.variance()))
    };
    let points: Vec<(f64, f64)> = starts.into_par_iter().map(trained).collect::<Result<_>>()?;
    let trainings = points.chunks(widths.len()).map(<[_]>::to_vec).collect();
    Ok(LearnedErrors { wave, trainings })
}

/// As many points as a network is fitted to.
fn draw(wave: &Wave, random: &mut Stream) -> CubeSample {
    let mut point = || (0..wave.dimensions()).map(|_| random.unit()).collect();
    let points: Vec<Vec<f64>> = (0..POINTS).map(|_| point()).collect();
    let values = points.iter().map(|x| wave.value(x)).collect();
    (points, values)
}

/// The mean squared error on the second sample after training on the first.
fn error([training, test]: &[CubeSample; 2], network: Mlp, settings: &Setup) -> Result<f64> {
    let (size, first) = (settings.whole(BATCH), settings.number(RATE));
    let batches = training.0.chunks_exact(size).zip(training.1.chunks_exact(size));
    let batches: Vec<_> = batches.map(|(points, values)| tensors(points, values, &training_device())).collect();
    let steps = settings.choose(1500, 600);
    // It falls to zero in a straight line.
    let rate = |step: usize| first * (1.0 - step as f64 / steps as f64);
    let network = train(network, &ADAM, steps, rate, |network, step| {
        let (x, y) = batches[step % batches.len()].clone();
        MseLoss::new().forward(network.forward(x), y, Reduction::Mean)
    });
    let (x, y) = tensors(&test.0, &test.1, &Device::flex());
    scalar(MseLoss::new().forward(network.valid().forward(x), y, Reduction::Mean))
}

/// Points, standardized as the trainer does with tables, and values, `[count, 1]`.
fn tensors(points: &[Vec<f64>], values: &[f64], device: &Device) -> (Tensor<2>, Tensor<2>) {
    // Uniform numbers from 0 to 1 have the mean 1/2 and the variance 1/12.
    let standard = |x: &Vec<f64>| x.iter().map(|x| (x - 0.5) * 12.0_f64.sqrt()).collect::<Vec<_>>();
    let points: Vec<Vec<f64>> = points.iter().map(standard).collect();
    let values: Vec<[f64; 1]> = values.iter().map(|&value| [value]).collect();
    (rows(&points, device), rows(&values, device))
}

impl LearnedErrors {
    /// By width, the mean over the trainings.
    pub(super) fn means(&self) -> Vec<(f64, Mean)> {
        let mean = |place: usize| Mean::over(self.trainings.iter().map(|curve| curve[place].1));
        self.trainings[0].iter().enumerate().map(|(place, (width, _))| (*width, mean(place))).collect()
    }

    /// The exponent of each training by the number of units.
    pub(super) fn exponent(&self) -> Mean {
        Mean::over(self.trainings.iter().map(|curve| fitted_exponent(curve)))
    }
}
