//! Where the mass of a Gaussian lies: near the shell of radius `sigma sqrt(D)`.

use crate::prelude::*;
use rayon::prelude::*;

const DIMENSIONS: [usize; 10] = [1, 2, 3, 5, 10, 30, 100, 200, 500, 1000];
const SIGMA: f64 = 2.0;

/// Sampled distances in one dimension.
struct Shell {
    dimensions: usize,
    radii: Vec<f64>,
}

/// Sampled means and deviations of the distance against the exact ones, 1 to 1000 dimensions.
pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let count = settings.choose(4000, 400);
    let draw = |dimensions: usize| {
        let mut random = Stream::numbered(settings.seed, 50_000 + dimensions as u64);
        Shell { dimensions, radii: radii(dimensions, SIGMA, count, &mut random) }
    };
    let shells: Vec<Shell> = DIMENSIONS.into_par_iter().map(draw).collect();
    let (mut mean_off, mut deviation_off) = (0.0_f64, 0.0_f64);
    for shell in &shells {
        let (mean, deviation) = shell.moments();
        let exact = deviation_of_radius(shell.dimensions, SIGMA);
        mean_off =
            larger(mean_off, (mean - mean_radius(shell.dimensions, SIGMA)).abs() / exact * (count as f64).sqrt());
        deviation_off = larger(deviation_off, (deviation / exact - 1.0).abs() * (count as f64).sqrt());
    }
    let far = 1000.0_f64;
    findings
        .claiming("Distances sampled from a Gaussian's center have the exact mean: largest error in standard errors")
        .is(mean_off, AtMost(5.0))
        // The standard error of a deviation is at most 0.85 of it over the root of the count (half-normal, D = 1).
        .claiming("and the exact deviation: largest relative difference times the root of the number of draws")
        .is(deviation_off, AtMost(5.0))
        .claiming("The mean is σ sqrt(D) but for a fraction of 1/(4D): D times that fraction, D = 1000")
        .is(far * (1.0 - mean_radius(1000, SIGMA) / (SIGMA * far.sqrt())), Near(0.25, 1e-3))
        .claiming("The shell is σ / sqrt(2) thick in any high dimension: deviation over that, D = 1000")
        .is(deviation_of_radius(1000, SIGMA) / (SIGMA / 2.0_f64.sqrt()), Near(1.0, 1e-3))
        .table(
            "Distance from the center of a Gaussian with σ = 2",
            &["D", "σ sqrt(D)", "mean, exact", "mean, sampled", "± 95 %", "deviation, exact", "deviation, sampled"],
            shells.iter().map(Shell::row).collect(),
        );
    figure(&shells, findings);
}

impl Shell {
    fn moments(&self) -> (f64, f64) {
        let mean = Mean::of(&self.radii);
        (mean.value, mean.error * (self.radii.len() as f64).sqrt())
    }

    fn row(&self) -> Vec<String> {
        let ((mean, deviation), dimensions) = (self.moments(), self.dimensions);
        let numbers = [
            SIGMA * (dimensions as f64).sqrt(),
            mean_radius(dimensions, SIGMA),
            mean,
            Mean::of(&self.radii).half_width(),
            deviation_of_radius(dimensions, SIGMA),
            deviation,
        ];
        named_row(dimensions, numbers)
    }

    /// The middle 95 % of the distances.
    fn middle(&self) -> (f64, f64) {
        (quantile(&self.radii, 0.025), quantile(&self.radii, 0.975))
    }
}

fn figure(shells: &[Shell], findings: &mut Findings) {
    let all = || (0..=120).map(|step| 1000.0_f64.powf(f64::from(step) / 120.0).round() as usize);
    let root = |dimensions: usize| SIGMA * (dimensions as f64).sqrt();
    let panel = |name: &str, y: Axis, unit: &dyn Fn(usize) -> f64| {
        let band: Vec<_> = all()
            .map(|dimensions| {
                let (mean, deviation) = (mean_radius(dimensions, SIGMA), deviation_of_radius(dimensions, SIGMA));
                let ends = [mean - 2.0 * deviation, mean + 2.0 * deviation].map(|end| end.max(0.0) / unit(dimensions));
                (dimensions as f64, ends[0], ends[1])
            })
            .collect();
        let theory: Vec<_> = all().map(|dimensions| (dimensions as f64, root(dimensions) / unit(dimensions))).collect();
        let sampled: Vec<_> =
            shells.iter().map(|one| (one.dimensions as f64, one.moments().0 / unit(one.dimensions))).collect();
        let middles: Vec<_> = shells
            .iter()
            .map(|one| {
                (one.dimensions as f64, one.middle().0 / unit(one.dimensions), one.middle().1 / unit(one.dimensions))
            })
            .collect();
        Chart::new(Axis::log("dimensions D"), y)
            .heading(name)
            .band("mean ± 2 deviations, exact", &band)
            .dashed("σ sqrt(D)", &theory)
            .scatter("sampled mean, middle 95 %", &sampled)
            .intervals("sampled mean, middle 95 %", &middles)
    };
    let panels = vec![
        panel("Distance from the center, σ = 2", Axis::linear("distance r"), &|_| 1.0),
        panel("In units of σ sqrt(D)", Axis::linear("r / (σ sqrt(D))"), &root),
    ];
    findings.panels(
        "shell",
        "A Gaussian's mass lies in a shell",
        "How far from the center a Gaussian's points lie. The distance grows as σ sqrt(D) while its spread stays at \
         σ / sqrt(2) (left), so relative to the distance the shell gets ever thinner (right): in high dimension no \
         points are left near the center, where the density is greatest.",
        2,
        panels,
    );
}

/// The distances from the center of `count` draws from the normal distribution of `dimensions` and deviation `sigma`.
pub(crate) fn radii(dimensions: usize, sigma: f64, count: usize, random: &mut Stream) -> Vec<f64> {
    let mut draw = || (0..dimensions).map(|_| random.normal().powi(2)).sum::<f64>().sqrt() * sigma;
    (0..count).map(|_| draw()).collect()
}

/// The mean distance, exactly: `sigma sqrt(2) Gamma((D + 1) / 2) / Gamma(D / 2)`, by `Gamma(x + 1) = x Gamma(x)` from 1 or 2 dimensions up.
pub(crate) fn mean_radius(dimensions: usize, sigma: f64) -> f64 {
    use std::f64::consts::PI;
    let odd = dimensions % 2 == 1;
    let (first, start) = if odd { (1, (2.0 / PI).sqrt()) } else { (2, (PI / 2.0).sqrt()) };
    let steps = (first..dimensions).step_by(2);
    sigma * steps.fold(start, |mean, dimensions| mean * (dimensions as f64 + 1.0) / dimensions as f64)
}

/// The standard deviation of the distance, exactly: the mean of its square is `sigma^2 D`.
pub(crate) fn deviation_of_radius(dimensions: usize, sigma: f64) -> f64 {
    (sigma * sigma * dimensions as f64 - mean_radius(dimensions, sigma).powi(2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_means_come_out() {
        // Half-normal, Rayleigh and Maxwell distributions.
        let pi = std::f64::consts::PI;
        let wanted = [(2.0 / pi).sqrt(), (pi / 2.0).sqrt(), 2.0 * (2.0 / pi).sqrt()];
        for (dimensions, wanted) in (1..).zip(wanted) {
            assert!((mean_radius(dimensions, 1.0) - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn the_shell_is_as_thin_in_any_dimension() {
        assert!((mean_radius(1000, 2.0) / (2.0 * 1000.0_f64.sqrt()) - 1.0).abs() < 3e-4);
        assert!((deviation_of_radius(1000, 2.0) - 2.0_f64.sqrt()).abs() < 1e-3);
    }
}
