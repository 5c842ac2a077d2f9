//! Student's distribution: how far a mean of few values can be trusted.

use std::f64::consts::PI;

/// The two-sided p-value of Student's `t`: the probability of one at least as far from 0 under the null hypothesis.
///
/// `degrees` of freedom need not be whole, as Welch's are not. NaN for a `t` that is NaN or degrees that are not above 0.
///
/// ```
/// use zoo_results::student_p;
///
/// assert!((student_p(2.5, 4.0) - 0.066_766).abs() < 1e-6);
/// assert_eq!(student_p(f64::INFINITY, 4.0), 0.0);
/// ```
pub fn student_p(t: f64, degrees: f64) -> f64 {
    if t.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return f64::NAN;
    }
    // I_x(degrees / 2, 1 / 2) with x = degrees / (degrees + t²), the regularized incomplete beta function.
    let (a, b) = (degrees / 2.0, 0.5);
    let ratio = t * t / degrees;
    let [x, rest] = [1.0 / (1.0 + ratio), ratio / (1.0 + ratio)];
    if t == 0.0 || x == 0.0 {
        return if t == 0.0 { 1.0 } else { 0.0 };
    }
    // x^a (1 - x)^b / B(a, b)
    let front = (-a * ratio.ln_1p()).exp() * rest.sqrt() * gamma_ratio(a) / PI.sqrt();
    // The continued fraction converges fast on one side of the mean, and the symmetry I_x(a, b) = 1 - I_(1-x)(b, a) leads there.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(x, a, b) / a
    } else {
        1.0 - front * continued_fraction(rest, b, a) / b
    }
}

/// The `t` that a fraction `confidence` of Student's distribution lies within, both sides counted: for 0.95 it is
/// `scipy.stats.t.ppf(0.975, degrees)`. Half the width of that interval in standard errors.
///
/// ```
/// use zoo_results::student_critical;
///
/// assert!((student_critical(0.95, 4.0) - 2.776_445).abs() < 1e-6);
/// ```
///
/// # Panics
/// If `confidence` is not between 0 and 1, or `degrees` of freedom are not above 0.
pub fn student_critical(confidence: f64, degrees: f64) -> f64 {
    assert!(confidence > 0.0 && confidence < 1.0 && degrees > 0.0, "confidence {confidence}, degrees {degrees}");
    let outside = 1.0 - confidence;
    let mut t = 0.0;
    // Newton's method from the left on a convex function that falls: it never steps too far.
    for _ in 0..1000 {
        let step = (student_p(t, degrees) - outside) / (2.0 * density(t, degrees));
        t += step;
        if step.abs() <= 1e-15 * t {
            break;
        }
    }
    t
}

/// Of Student's distribution, at `t`.
fn density(t: f64, degrees: f64) -> f64 {
    let height = gamma_ratio(degrees / 2.0) / (degrees * PI).sqrt();
    height * (-(degrees + 1.0) / 2.0 * (t * t / degrees).ln_1p()).exp()
}

/// Γ(a + 1/2) / Γ(a): from its asymptotic series, which large `a` reach and smaller ones are led to.
fn gamma_ratio(a: f64) -> f64 {
    if a < 30.0 {
        return gamma_ratio(a + 1.0) * a / (a + 0.5);
    }
    // Abramowitz and Stegun 6.1.47 in powers of 1 / a.
    let series = [1.0, -1.0 / 8.0, 1.0 / 128.0, 5.0 / 1024.0, -21.0 / 32768.0, -399.0 / 262_144.0, 869.0 / 4_194_304.0];
    a.sqrt() * series.iter().rev().fold(0.0, |sum, term| sum / a + term)
}

/// The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..100_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            factor = c * d;
            fraction *= factor;
        }
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}
