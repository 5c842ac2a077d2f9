//! The initializers that experiments start from, and the variance of their weights.

use zoo_core::{Bounds, Initializer};

pub(crate) const HE: Initializer = Initializer::HeNormal { gain: std::f64::consts::SQRT_2 };
pub(crate) const XAVIER: Initializer = Initializer::XavierNormal { gain: 1.0 };
pub(crate) const ORTHOGONAL: Initializer = Initializer::Orthogonal { gain: 1.0 };

/// The variance of a weight, by the initializer's definition.
pub(crate) fn variance(by: &Initializer, fan_in: usize, fan_out: usize) -> f64 {
    let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
    match *by {
        Initializer::Zero | Initializer::Constant { .. } => 0.0,
        Initializer::Uniform(Bounds { min, max }) => (max - min).powi(2) / 12.0,
        Initializer::Normal { std, .. } => std * std,
        Initializer::XavierUniform { gain } | Initializer::XavierNormal { gain } => {
            2.0 * gain * gain / (fan_in + fan_out)
        }
        Initializer::HeUniform { gain } | Initializer::HeNormal { gain } => gain * gain / fan_in,
        // Rows or columns of length `gain`, whichever are fewer.
        Initializer::Orthogonal { gain } => gain * gain / fan_in.max(fan_out),
    }
}
