//! The manifold hypothesis on real digits: of how many dimensions 64 pixels really make use.
//!
//! Two estimates. The participation ratio `(Σ λ)² / Σ λ²` of the principal variances `λ` counts directions: `k` equal ones give `k`. And on a
//! smooth piece of dimension `d` the distances to the nearest and to the second nearest neighbor have a ratio `μ` with
//! `P(μ > x) = x^-d`, so `ln μ` is exponential and `d` is about `N / Σ ln μ`, with a standard error of `d / sqrt(N)` (Facco et al. 2017). It
//! is tried on Gaussians of known dimension first, and beside the digits stand digits whose pixels were shuffled among them one by one: the
//! same values in every pixel, and nothing that holds them together.
//!
//! What it buys: a nearest neighbor in a few principal coordinates reads digits about as well as in all 64, and the distance to the
//! nearest of `N` examples falls as `N^(-1/d)`.

use crate::digits::{Digits, PIXELS};
use crate::prelude::*;
use crate::statistics::NORMAL_95;
use rayon::prelude::*;

/// A tenth of the pixels.
const FEW: usize = 15;

pub(super) fn of_digits(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let count = settings.choose(all.len(), 600);
    let digits = all.split(count, &mut Stream::numbered(settings.seed, 61_000)).0;
    let shuffled = shuffled(&digits.pixels, &mut Stream::numbered(settings.seed, 61_001));
    tried_on_known(count, settings, findings);
    let [dimension, of_shuffled] = [&digits.pixels, &shuffled].map(|points| Dimension::of(points));
    let [principal, of_noise] = [&digits.pixels, &shuffled].map(|points| Principal::of(points));
    findings
        .claiming(
            "Digits of 64 pixels lie near fewer than a quarter as many dimensions: upper end of the 95 % interval",
        )
        .is(dimension.interval().1, AtMost(PIXELS as f64 / 4.0))
        .measured_with(format!(" ({} ± {}, {count} digits)", number(dimension.value), number(dimension.half_width())))
        .claiming("and not because of what single pixels are: shuffled among the digits they have more, lower end")
        .is(of_shuffled.interval().0, AtLeast(1.5 * dimension.value))
        .measured_with(format!(" ({} ± {})", number(of_shuffled.value), number(of_shuffled.half_width())))
        .claiming("Principal directions agree: participation ratio of the digits over that of shuffled pixels")
        .is(principal.participation() / of_noise.participation(), AtMost(0.5))
        .measured_with(format!(" ({} of {})", number(principal.participation()), number(of_noise.participation())));
    what_it_buys(&digits, &principal, findings);
    table([&dimension, &of_shuffled], [&principal, &of_noise], findings);
    Ok(())
}

/// An estimate of `d`, and of how many points.
struct Dimension {
    value: f64,
    count: usize,
}

impl Dimension {
    fn of(points: &[Vec<f64>]) -> Self {
        let logarithm = |place: usize| {
            let [nearest, second] = two_nearest(points, place).map(|(_, square)| square.sqrt());
            // Of a point that is there twice the nearest says nothing.
            if nearest > 0.0 { (second / nearest).ln() } else { 0.0 }
        };
        let logarithms: Vec<f64> = (0..points.len()).into_par_iter().map(logarithm).collect();
        Self { value: points.len() as f64 / logarithms.iter().sum::<f64>(), count: points.len() }
    }

    fn half_width(&self) -> f64 {
        NORMAL_95 * self.value / (self.count as f64).sqrt()
    }

    fn interval(&self) -> (f64, f64) {
        (self.value - self.half_width(), self.value + self.half_width())
    }
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

/// Gaussians in a plane of 5 and of 10 dimensions among 64.
fn tried_on_known(count: usize, settings: &Setup, findings: &mut Findings) {
    for dimensions in [5, 10] {
        let mut random = Stream::numbered(settings.seed, 61_010 + dimensions as u64);
        let plane = Matrix { rows: PIXELS, columns: dimensions, values: random.normals(PIXELS * dimensions) };
        let points: Vec<Vec<f64>> = (0..count).map(|_| plane.times(&random.normals(dimensions))).collect();
        let found = Dimension::of(&points);
        findings
            // Far points have neighbors on one side only, which takes some per cent off in ten dimensions.
            .claiming(format!(
                "Of a Gaussian on a plane of {dimensions} among 64 dimensions the ratio of neighbors finds"
            ))
            .is(found.value, Near(dimensions as f64, 0.05 * dimensions as f64 + 2.0 * found.half_width()))
            .measured_with(format!(" ± {} (95 %, {count} points)", number(found.half_width())));
    }
}

/// Every pixel dealt out anew among all digits.
fn shuffled(points: &[Vec<f64>], random: &mut Stream) -> Vec<Vec<f64>> {
    let mut dealt = points.to_vec();
    for pixel in 0..PIXELS {
        let mut values: Vec<f64> = points.iter().map(|point| point[pixel]).collect();
        random.shuffle(&mut values);
        dealt.iter_mut().zip(values).for_each(|(point, value)| point[pixel] = value);
    }
    dealt
}

/// Principal variances with their directions, the largest first.
struct Principal(Vec<(f64, Vec<f64>)>);

impl Principal {
    fn of(points: &[Vec<f64>]) -> Self {
        let mut mean = vec![0.0; PIXELS];
        points.iter().for_each(|point| add_scaled(&mut mean, 1.0 / points.len() as f64, point));
        let centered: Vec<Vec<f64>> = points
            .iter()
            .map(|point| {
                let mut point = point.clone();
                add_scaled(&mut point, -1.0, &mean);
                point
            })
            .collect();
        let mut pairs = Matrix::from_rows(&centered).gram().eigen();
        pairs.reverse();
        Self(pairs)
    }

    fn participation(&self) -> f64 {
        let sum: f64 = self.0.iter().map(|pair| pair.0).sum();
        sum * sum / self.0.iter().map(|pair| pair.0 * pair.0).sum::<f64>()
    }

    /// How many directions hold this part of the variance.
    fn holding(&self, part: f64) -> usize {
        let sum: f64 = self.0.iter().map(|pair| pair.0).sum();
        let mut held = 0.0;
        let is_short = |pair: &&(f64, Vec<f64>)| {
            held += pair.0;
            held < part * sum
        };
        1 + self.0.iter().take_while(is_short).count()
    }

    /// The first `count` principal coordinates of points, but for the mean, which distances do not see.
    fn coordinates(&self, points: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
        let of = |point: &Vec<f64>| self.0.iter().take(count).map(|(_, direction)| dot(point, direction)).collect();
        points.iter().map(of).collect()
    }
}

const COORDINATES: [usize; 9] = [1, 2, 3, 5, 8, 10, FEW, 30, PIXELS];

fn what_it_buys(digits: &Digits, principal: &Principal, findings: &mut Findings) {
    let right = |count: usize| -> Vec<f64> {
        let points = principal.coordinates(&digits.pixels, count);
        let is_right = |place: usize| {
            let [(nearest, _), _] = two_nearest(&points, place);
            f64::from(u8::from(digits.classes[nearest] == digits.classes[place]))
        };
        (0..points.len()).into_par_iter().map(is_right).collect()
    };
    let by_count = COORDINATES.map(right);
    let means = by_count.each_ref().map(|right| Mean::of(right));
    let [few, whole] = [&by_count[6], &by_count[8]];
    let lost = Mean::over(whole.iter().zip(few).map(|(whole, few)| whole - few));
    let line: Vec<(f64, f64)> =
        COORDINATES.iter().zip(&means).map(|(count, mean)| (*count as f64, mean.value)).collect();
    findings
        .claiming(format!(
            "What it buys: the nearest other digit in {FEW} principal coordinates has the right class about as often \
             as in all 64: lost, upper end of the 95 % interval"
        ))
        .is(lost.interval().1, AtMost(0.02))
        .measured_with(format!(" ({lost}; {} of all right in 64)", number(means[8].value)))
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

fn table(dimensions: [&Dimension; 2], principals: [&Principal; 2], findings: &mut Findings) {
    let row = |name: &str, dimension: &Dimension, principal: &Principal| {
        let [near, ratio] = [dimension.value, principal.participation()].map(number);
        row![name, near, number(dimension.half_width()), ratio, principal.holding(0.9)]
    };
    findings
        .table(
            "Dimensions that digits make use of, of 64",
            &["points", "by neighbors", "± 95 %", "participation ratio", "directions that hold 90 % of the variance"],
            vec![
                row("digits", dimensions[0], principals[0]),
                row("pixels shuffled among digits", dimensions[1], principals[1]),
            ],
        )
        .note(format!(
            "To halve the distance to the nearest example takes 2^d times as many examples: about {} in {} dimensions, \
             {} in 64. That anything is learned from thousands of pictures is due to this difference.",
            number(2_f64.powf(dimensions[0].value).round()),
            number(dimensions[0].value),
            number(2_f64.powi(64)),
        ));
}
