//! The target `cos(a . x + b)` on the unit cube, and how well two fixed bases can do, in closed form.
//!
//! Its mean over a box and its Legendre coefficients are products over the dimensions, so the best possible mean squared error is a sum that
//! needs no samples: theory against which the fits are held.

/// `cos(a . x + b)` for `x` uniform in `0..1` in every dimension.
#[derive(Clone, Debug)]
pub(crate) struct Harmonic {
    pub(crate) frequencies: Vec<f64>,
    pub(crate) phase: f64,
}

/// A complex number, of which only sums and products are needed.
type Complex = [f64; 2];

impl Harmonic {
    pub(crate) fn value(&self, x: &[f64]) -> f64 {
        let angle: f64 = self.frequencies.iter().zip(x).map(|(frequency, x)| frequency * x).sum();
        (angle + self.phase).cos()
    }

    /// The mean of the square: `1/2 + 1/2 Re E exp(2 i (a . x + b))`.
    pub(crate) fn mean_square(&self) -> f64 {
        0.5 + 0.5 * self.double_angle(|frequency| times(turn(frequency), [sinc(frequency), 0.0]))
    }

    /// The mean: what remains to be explained is the variance.
    pub(crate) fn variance(&self) -> f64 {
        let mean = self.product(self.phase, |frequency| times(turn(frequency / 2.0), [sinc(frequency / 2.0), 0.0]))[0];
        self.mean_square() - mean * mean
    }

    /// The least mean squared error of any function constant on each of `cells^D` boxes: the variance within the boxes.
    ///
    /// The mean over a box with center `c` is `cos(a . c + b) prod sinc(a_i h / 2)`; its square is averaged over the centers.
    pub(crate) fn grid_error(&self, cells: usize) -> f64 {
        let side = 1.0 / cells as f64;
        let shrink: f64 = self.frequencies.iter().map(|frequency| sinc(frequency * side / 2.0).powi(2)).product();
        let centers = |frequency: f64| {
            let sum = (0..cells).fold([0.0, 0.0], |sum, cell| {
                let [real, imaginary] = turn(2.0 * frequency * (cell as f64 + 0.5) * side);
                [sum[0] + real, sum[1] + imaginary]
            });
            [sum[0] * side, sum[1] * side]
        };
        self.mean_square() - shrink * (0.5 + 0.5 * self.double_angle(centers))
    }

    /// The least mean squared error of any polynomial of total degree 0, 1, .. `most`.
    ///
    /// In the products of orthonormal Legendre polynomials the coefficient of degrees `k` is
    /// `Re(exp(i b') i^|k|) prod sqrt(2 k_i + 1) j_{k_i}(a_i / 2)` with spherical Bessel functions `j` and the phase `b'` at the center of the cube.
    pub(crate) fn polynomial_errors(&self, most: usize) -> Vec<f64> {
        let energies = self.energies(most);
        let center = self.phase + self.frequencies.iter().sum::<f64>() / 2.0;
        let mut rest = self.mean_square();
        let explained = energies.iter().enumerate().map(|(degree, energy)| {
            let angle = center + std::f64::consts::FRAC_PI_2 * degree as f64;
            energy * angle.cos().powi(2)
        });
        explained
            .map(|part| {
                rest -= part;
                rest.max(0.0)
            })
            .collect()
    }

    /// The fraction of the variance that polynomials of total degree 0, 1, .. `most` leave, of the means of both over all phases.
    ///
    /// In [`polynomial_errors`](Self::polynomial_errors) the phase stands in a squared cosine alone, whose mean is 1/2, and the mean square
    /// is 1/2 as well.
    pub(crate) fn mean_polynomial_fractions(&self, most: usize) -> Vec<f64> {
        let energies = self.energies(most);
        let mut rest = 1.0;
        let errors = energies.iter().map(|energy| {
            rest -= energy;
            rest
        });
        errors.map(|error| error / (1.0 - energies[0])).collect()
    }

    /// The energy of `exp(i a . x)` in polynomials of total degree 0, 1, .. `most`; all degrees together have 1.
    pub(crate) fn energies(&self, most: usize) -> Vec<f64> {
        let mut energies = vec![0.0; most + 1];
        energies[0] = 1.0;
        for frequency in &self.frequencies {
            let one: Vec<f64> = spherical_bessel(frequency / 2.0, most)
                .iter()
                .enumerate()
                .map(|(degree, value)| (2 * degree + 1) as f64 * value * value)
                .collect();
            energies = convolve(&energies, &one);
        }
        energies
    }

    /// `Re(exp(2 i b) prod factor(a_i))`.
    fn double_angle(&self, factor: impl Fn(f64) -> Complex) -> f64 {
        self.product(2.0 * self.phase, factor)[0]
    }

    fn product(&self, phase: f64, factor: impl Fn(f64) -> Complex) -> Complex {
        self.frequencies.iter().fold(turn(phase), |product, frequency| times(product, factor(*frequency)))
    }
}

/// The number of terms of a polynomial of total degree `degree` in `dimensions` variables: their sum over the degree.
pub(crate) fn polynomial_terms(dimensions: usize, degree: usize) -> u64 {
    (0..degree as u64).fold(1, |product, step| product * (dimensions as u64 + step + 1) / (step + 1))
}

fn turn(angle: f64) -> Complex {
    [angle.cos(), angle.sin()]
}

fn times(left: Complex, right: Complex) -> Complex {
    [left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]]
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-8 { 1.0 } else { x.sin() / x }
}

/// The products of two series, up to the degree of the first.
fn convolve(left: &[f64], right: &[f64]) -> Vec<f64> {
    let term = |degree: usize| (0..=degree).map(|k| left[k] * right[degree - k]).sum();
    (0..left.len()).map(term).collect()
}

/// `j_0(x) .. j_most(x)`, by Miller's downward recurrence scaled to `j_0 = sin(x) / x` or, near its zeros, to `j_1`.
fn spherical_bessel(x: f64, most: usize) -> Vec<f64> {
    if x.abs() < 1e-12 {
        return (0..=most).map(|degree| if degree == 0 { 1.0 } else { 0.0 }).collect();
    }
    let start = most + 20 + x.abs() as usize;
    let mut values = vec![0.0; start + 2];
    values[start] = 1e-280;
    for degree in (1..=start).rev() {
        values[degree - 1] = (2 * degree + 1) as f64 / x * values[degree] - values[degree + 1];
        if values[degree - 1].abs() > 1e200 {
            values.iter_mut().for_each(|value| *value *= 1e-200);
        }
    }
    let (zeroth, first) = (x.sin() / x, x.sin() / (x * x) - x.cos() / x);
    let scale = if zeroth.abs() > first.abs() { zeroth / values[0] } else { first / values[1] };
    values.truncate(most + 1);
    values.iter().map(|value| value * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn harmonic(dimensions: usize) -> impl Strategy<Value = Harmonic> {
        (prop::collection::vec(-6.0..6.0f64, dimensions), -3.0..3.0f64)
            .prop_map(|(frequencies, phase)| Harmonic { frequencies, phase })
    }

    /// The mean over a fine midpoint grid of the unit square.
    fn mean(f: impl Fn(&[f64]) -> f64) -> f64 {
        let points = 200;
        let place = |index: usize| (index as f64 + 0.5) / points as f64;
        let sum: f64 = (0..points * points).map(|index| f(&[place(index / points), place(index % points)])).sum();
        sum / (points * points) as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn closed_forms_are_the_integrals(target in harmonic(2)) {
            prop_assert!((target.mean_square() - mean(|x| target.value(x).powi(2))).abs() < 1e-3);
            let average = mean(|x| target.value(x));
            prop_assert!((target.variance() - mean(|x| (target.value(x) - average).powi(2))).abs() < 1e-3);
            prop_assert!((target.polynomial_errors(0)[0] - target.variance()).abs() < 1e-9);
            prop_assert!((target.grid_error(1) - target.variance()).abs() < 1e-9);
        }

        #[test]
        fn a_line_explains_what_its_coefficients_say(target in harmonic(2)) {
            let root = 3.0_f64.sqrt();
            let parts = [
                mean(|x| target.value(x)),
                mean(|x| target.value(x) * root * (2.0 * x[0] - 1.0)),
                mean(|x| target.value(x) * root * (2.0 * x[1] - 1.0)),
            ];
            let rest = target.mean_square() - parts.iter().map(|part| part * part).sum::<f64>();
            prop_assert!((target.polynomial_errors(1)[1] - rest).abs() < 1e-3);
        }

        #[test]
        fn errors_fall_with_degree_and_cells(target in harmonic(3)) {
            let errors = target.polynomial_errors(30);
            prop_assert!(errors.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12));
            prop_assert!(errors[30] < 1e-9);
            prop_assert!(target.grid_error(8) <= target.grid_error(4) + 1e-12);
        }
    }

    #[test]
    fn the_mean_over_phases_is_that_of_many() {
        let at = |phase: f64| Harmonic { frequencies: vec![2.0, -1.5, 3.0], phase };
        let phases: Vec<Harmonic> = (0..64).map(|place| at(f64::from(place) / 64.0 * std::f64::consts::TAU)).collect();
        let variance: f64 = phases.iter().map(Harmonic::variance).sum();
        for (degree, fraction) in at(0.0).mean_polynomial_fractions(5).into_iter().enumerate() {
            let errors: f64 = phases.iter().map(|one| one.polynomial_errors(5)[degree]).sum();
            assert!((errors / variance - fraction).abs() < 1e-9);
        }
        assert!((at(0.0).energies(30).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn terms_are_counted_as_binomials() {
        assert_eq!([polynomial_terms(10, 2), polynomial_terms(1, 7), polynomial_terms(3, 0)], [66, 8, 1]);
    }

    #[test]
    fn bessel_functions_have_the_values_of_tables() {
        // Abramowitz and Stegun, table 10.1: j_0(1), j_1(1), j_2(1).
        let found = spherical_bessel(1.0, 2);
        for (found, wanted) in found.iter().zip([0.841_470_98, 0.301_168_68, 0.062_035_052]) {
            assert!((found - wanted).abs() < 1e-8);
        }
    }
}
