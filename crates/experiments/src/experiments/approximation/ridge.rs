//! What the width alone gives on this target, without training: turn to its one direction, and interpolate along it.

use super::features::CubeSample;
use super::harmonic::Harmonic;
use super::interpolation::Interpolation;
use super::target::{MOST_DIMENSIONS, target};
use crate::prelude::*;

/// Wide enough that a piece, `sqrt(D) / n` long, is short against the wave in ten dimensions too.
const WIDTHS: [usize; 4] = [64, 128, 256, 512];
const POINTS: usize = 4000;

/// Every unit `max(0, w . x - t)` has the target's direction `w = a / |a|`, along which the cube is `sqrt(D)` long: `n` units through `n + 1`
/// values of the wave there leave `mean(f''^2) h^4 / 120` with `h = sqrt(D) / n`, so `n^(-4)` in any dimension, and a constant growing as `D^2`.
pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let (mut off_exponent, mut off_size) = (0.0_f64, 0.0_f64);
    for dimensions in 1..=MOST_DIMENSIONS {
        let target = target(dimensions, settings);
        let sample = CubeSample::draw(&target, POINTS, &mut Stream::numbered(settings.seed, 200 + dimensions as u64));
        let errors = WIDTHS.map(|width| error(&target, &sample, width));
        let points: Vec<_> = WIDTHS.iter().zip(errors).map(|(&width, error)| (width as f64, error)).collect();
        off_exponent = larger(off_exponent, (FittedLine::of_logarithms(&points).slope + 4.0).abs());
        off_size = larger(off_size, (errors[3] / expected(&target, WIDTHS[3]) - 1.0).abs());
    }
    // Along a piece the squared error is (t (h - t))^2 times a squared cosine: its mean over 4000 points is uncertain by 2 %, so the
    // slope over four widths by 0.02 / (ln 2 sqrt(5)) = 0.013. Allowed are seven of these, for the largest of ten.
    findings
        .claiming(
            "Units turned to the target's direction do not feel the dimension: n of them through n + 1 points of the \
             wave have a squared error falling as n^(-4) in every D from 1 to 10, on random points of the cube: \
             largest difference of the exponent",
        )
        .is(off_exponent, AtMost(0.1))
        .claiming("and its size with 512 units is mean(f''²) D² / (120 n⁴): largest relative difference")
        .is(off_size, AtMost(0.14));
}

/// The mean squared error on the points of the network of `width` units that interpolates the wave along its direction.
fn error(target: &Harmonic, sample: &CubeSample, width: usize) -> f64 {
    let length = norm(&target.frequencies);
    // The cube's ends along the direction: the sums of the negative and of the positive frequencies.
    let [low, high] =
        [f64::min, f64::max].map(|end| target.frequencies.iter().map(|one| end(*one, 0.0)).sum::<f64>() / length);
    let wave = |part: f64| (length * (low + part * (high - low)) + target.phase).cos();
    let network = Interpolation::of(wave, width);
    let part = |x: &[f64]| (dot(&target.frequencies, x) / length - low) / (high - low);
    let squares = sample.points.iter().zip(&sample.values).map(|(x, value)| (network.value(part(x)) - value).powi(2));
    squares.sum::<f64>() / sample.values.len() as f64
}

fn expected(target: &Harmonic, width: usize) -> f64 {
    let side = (target.frequencies.len() as f64).sqrt() / width as f64;
    norm(&target.frequencies).powi(4) * target.mean_square() * side.powi(4) / 120.0
}
