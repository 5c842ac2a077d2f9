//! The manifold hypothesis on real digits: of how many dimensions 64 pixels really make use.
//!
//! On a smooth piece of dimension `d` the distances to the nearest and to the second nearest neighbor have a ratio `μ` with
//! `P(μ > x) = x^-d`, so `ln μ` is exponential and `d` is about `N / Σ ln μ` (Facco et al. 2017).
//!
//! What it buys: a nearest neighbor in a few principal coordinates reads digits about as well as in all 64, and the distance to the
//! nearest of `N` examples falls as `N^(-1/d)`.

use super::settings::COORDINATES;
use crate::digits::{Digits, PIXELS};
use crate::prelude::*;
use rayon::prelude::*;

pub(super) fn check(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let count = settings.choose(all.len(), 600);
    let digits = all.split(count, &mut Stream::numbered(settings.seed, 61_000)).0;
    let dimension = dimension_of(&digits.pixels);
    findings
        .claiming(format!("By the nearest neighbors of {count} digits their 64 pixels make use of so many dimensions"))
        .is(dimension, AtMost(PIXELS as f64 / 4.0))
        .note(format!(
            "To halve the distance to the nearest example takes 2^d times as many examples: about {} in {} dimensions, \
             {} in 64. That anything is learned from thousands of pictures is due to this difference.",
            number(2_f64.powf(dimension).round()),
            number(dimension),
            number(2_f64.powi(64)),
        ));
    what_it_buys(&digits, settings, findings);
    Ok(())
}

/// `N / Σ ln μ`.
fn dimension_of(points: &[Vec<f64>]) -> f64 {
    let logarithm = |place: usize| {
        let [nearest, second] = two_nearest(points, place).map(|(_, square)| square.sqrt());
        // Of a point that is there twice the nearest says nothing.
        if nearest > 0.0 { (second / nearest).ln() } else { 0.0 }
    };
    let logarithms: Vec<f64> = (0..points.len()).into_par_iter().map(logarithm).collect();
    points.len() as f64 / logarithms.iter().sum::<f64>()
}

/// The two nearest other points, each with its squared distance.
fn two_nearest(points: &[Vec<f64>], place: usize) -> [(usize, f64); 2] {
    let mut nearest = [(place, f64::INFINITY); 2];
    for (other, point) in points.iter().enumerate().filter(|(other, _)| *other != place) {
        let square = point.iter().zip(&points[place]).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        if square < nearest[0].1 {
            nearest = [(other, square), nearest[0]];
        } else if square < nearest[1].1 {
            nearest[1] = (other, square);
        }
    }
    nearest
}

/// The directions in which points vary, the one of the largest variance first.
fn principal_directions(points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut mean = vec![0.0; PIXELS];
    points.iter().for_each(|point| add_scaled(&mut mean, 1.0 / points.len() as f64, point));
    let mut centered = points.to_vec();
    centered.iter_mut().for_each(|point| add_scaled(point, -1.0, &mean));
    Matrix::from_rows(&centered).gram().eigen().into_iter().rev().map(|(_, direction)| direction).collect()
}

/// How often a digit's nearest neighbor has its class, in its first principal coordinates; the mean, which distances do not see, is left in.
fn what_it_buys(digits: &Digits, settings: &Setup, findings: &mut Findings) {
    // In the notes' lesson fewer than a quarter of the pixels.
    let few = settings.whole(COORDINATES);
    let directions = principal_directions(&digits.pixels);
    let right = |count: usize| -> Vec<f64> {
        let of = |point: &Vec<f64>| directions[..count].iter().map(|direction| dot(point, direction)).collect();
        let points: Vec<Vec<f64>> = digits.pixels.iter().map(of).collect();
        let is_right = |place: usize| digits.classes[two_nearest(&points, place)[0].0] == digits.classes[place];
        (0..points.len()).into_par_iter().map(|place| f64::from(u8::from(is_right(place)))).collect()
    };
    let [in_few, whole] = [few, PIXELS].map(right);
    let lost = Mean::over(whole.iter().zip(&in_few).map(|(whole, few)| whole - few));
    let counts = [1, 2, 3, 5, 8, 10, 15, 30, PIXELS];
    let line = counts.map(|count| (count as f64, Mean::of(&right(count)).value));
    findings
        .claiming(format!(
            "What it buys: the nearest other digit in {few} principal coordinates has the right class about as often \
             as in all 64: lost, upper end of the 95 % interval"
        ))
        .is(lost.interval().1, AtMost(settings.choose(0.02, 0.03)))
        .measured_with(format!(" ({lost}; {} of all right in 64)", number(Mean::of(&whole).value)))
        .figure(
            "manifold",
            "How many numbers a digit needs",
            "How often a digit's nearest neighbor, measured in its first principal coordinates, has its class. Of 64 \
             pixels' worth of coordinates the first ten or fifteen say nearly all.",
            Chart::new(Axis::log("principal coordinates"), Axis::linear("nearest neighbors of the right class"))
                .line("digits", &line)
                .scatter("digits", &line),
        );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_five_dimensions_among_64_are_found_to_have_five() {
        let mut random = Stream::numbered(1, 0);
        let points: Vec<Vec<f64>> = (0..600).map(|_| [random.normals(5), vec![0.0; PIXELS - 5]].concat()).collect();
        // Neighbors share distances, so the estimate scatters by more than 5 / sqrt(600).
        assert!((dimension_of(&points) - 5.0).abs() < 1.0);
    }
}
