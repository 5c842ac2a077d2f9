//! What parameters start from.

use std::cell::Cell;

use burn::module::Param;
use burn::nn::Initializer as BurnInitializer;
use burn::tensor::{Device, Tensor};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Explain, range};

/// What parameters start from. `fan_in` and `fan_out` count a unit's inputs and outputs; for a convolution, times the
/// kernel's area.
///
/// In a recipe: `weights = { he_uniform = { gain = 1.4142135623730951 } }`, `biases = "zero"`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Initializer {
    /// All 0.
    Zero,
    /// All the same.
    Constant {
        /// Any finite number.
        #[serde(deserialize_with = "range::finite")]
        #[explain(usual = 0.0)]
        value: f64,
    },
    /// Uniform between two bounds.
    Uniform(#[serde(deserialize_with = "ordered")] Bounds),
    /// Normal.
    Normal {
        /// The mean.
        #[serde(deserialize_with = "range::finite")]
        #[explain(usual = 0.0)]
        mean: f64,
        /// The standard deviation.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.05)]
        std: f64,
    },
    /// Glorot's uniform: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierUniform {
        /// 1 in Glorot's own form.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        gain: f64,
    },
    /// Glorot's normal: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierNormal {
        /// 1 in Glorot's own form.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        gain: f64,
    },
    /// Uniform of variance `gain^2 / fan_in`.
    HeUniform {
        /// He's own gain for ReLU is the square root of 2.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.4142135623730951)]
        gain: f64,
    },
    /// Normal of variance `gain^2 / fan_in`.
    HeNormal {
        /// He's own gain for ReLU is the square root of 2.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.4142135623730951)]
        gain: f64,
    },
    /// An orthogonal matrix times `gain`.
    Orthogonal {
        /// The length of every row or column.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        gain: f64,
    },
}

/// The bounds of a uniform distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The lower bound.
    #[serde(deserialize_with = "range::finite")]
    #[explain(usual = -0.05)]
    pub min: f64,
    /// The upper bound, above `min`.
    #[serde(deserialize_with = "range::finite")]
    #[explain(usual = 0.05)]
    pub max: f64,
}

thread_local! {
    /// Whether what is built on this thread leaves its parameters undrawn.
    static UNDRAWN: Cell<bool> = const { Cell::new(false) };
}

/// The parameter with its values drawn now and not when it is first used, so that a seed decides them; within [`undrawn`], as it is.
pub fn drawn<const D: usize>(parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
    if !UNDRAWN.get() {
        parameter.val();
    }
    parameter
}

/// What `build` gives, its parameters without values: their shapes are known and take no memory, so that values read from a file can
/// be held against them, however large the file says that they are.
///
/// ```
/// use burn::tensor::Device;
/// use zoo_core::{Initializer, undrawn};
///
/// let parameter = undrawn(|| Initializer::Zero.init([1 << 30, 1 << 20], [1, 1], &Device::flex()));
/// assert_eq!(*parameter.lazy_shape(), [1 << 30, 1 << 20]);
/// ```
pub fn undrawn<T>(build: impl FnOnce() -> T) -> T {
    let before = UNDRAWN.replace(true);
    let built = build();
    UNDRAWN.set(before);
    built
}

fn ordered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bounds, D::Error> {
    let bounds = Bounds::deserialize(deserializer)?;
    if bounds.min < bounds.max {
        return Ok(bounds);
    }
    let found = format!("min {} and max {}", bounds.min, bounds.max);
    Err(D::Error::invalid_value(Unexpected::Other(&found), &"a min below max"))
}

impl Initializer {
    /// Burn's initializer of this distribution.
    pub fn to_burn(self) -> BurnInitializer {
        match self {
            Initializer::Zero => BurnInitializer::Zeros,
            Initializer::Constant { value } => BurnInitializer::Constant { value },
            Initializer::Uniform(Bounds { min, max }) => BurnInitializer::Uniform { min, max },
            Initializer::Normal { mean, std } => BurnInitializer::Normal { mean, std },
            Initializer::XavierUniform { gain } => BurnInitializer::XavierUniform { gain },
            Initializer::XavierNormal { gain } => BurnInitializer::XavierNormal { gain },
            Initializer::HeUniform { gain } => BurnInitializer::KaimingUniform { gain, fan_out_only: false },
            Initializer::HeNormal { gain } => BurnInitializer::KaimingNormal { gain, fan_out_only: false },
            Initializer::Orthogonal { gain } => BurnInitializer::Orthogonal { gain },
        }
    }

    /// A parameter of `shape` for units with `fan_in` inputs and `fan_out` outputs, drawn now and not when it is first used, so that
    /// a seed decides it.
    pub fn init<const D: usize>(
        self,
        shape: [usize; D],
        [fan_in, fan_out]: [usize; 2],
        device: &Device,
    ) -> Param<Tensor<D>> {
        drawn(self.to_burn().init_with(shape, Some(fan_in), Some(fan_out), device))
    }

    /// An initializer of biases, for `#[serde(deserialize_with)]`: all but `orthogonal`, which is for matrices.
    ///
    /// # Errors
    /// If it is.
    pub fn of_biases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Initializer, D::Error> {
        match Initializer::deserialize(deserializer)? {
            Initializer::Orthogonal { .. } => {
                let found = Unexpected::Other("orthogonal");
                Err(D::Error::invalid_value(found, &"any initializer but `orthogonal`, which is for matrices"))
            }
            initializer => Ok(initializer),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use serde_json::{Value, from_value, json};

    use super::*;

    fn read(value: Value) -> Result<Initializer, String> {
        from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn initializers_are_names_or_tables_of_one_name() {
        assert_eq!(read(json!("zero")), Ok(Initializer::Zero));
        assert_eq!(read(json!({ "constant": { "value": -1 } })), Ok(Initializer::Constant { value: -1.0 }));
        let uniform = Initializer::Uniform(Bounds { min: -0.1, max: 0.1 });
        assert_eq!(read(json!({ "uniform": { "min": -0.1, "max": 0.1 } })), Ok(uniform));
        assert_eq!(serde_json::to_value(uniform).ok(), Some(json!({ "uniform": { "min": -0.1, "max": 0.1 } })));
        assert!(read(json!({ "uniform": { "min": -0.1 } })).is_err());
        assert!(read(json!({ "he_normal": { "gain": 0 } })).is_err());
        assert!(read(json!({ "he_normal": { "gain": 1, "mode": "fan_in" } })).is_err());
        assert!(read(json!("ones")).is_err());
    }

    #[test]
    fn the_bounds_of_a_uniform_distribution_are_in_order() {
        for (min, max) in [(0.1, 0.1), (0.2, 0.1)] {
            let error = read(json!({ "uniform": { "min": min, "max": max } })).unwrap_err();
            assert_eq!(error, format!("invalid value: min {min} and max {max}, expected a min below max"));
        }
    }

    #[test]
    fn biases_are_not_orthogonal() {
        assert_eq!(Initializer::of_biases(json!("zero")).ok(), Some(Initializer::Zero));
        let error = Initializer::of_biases(json!({ "orthogonal": { "gain": 1.0 } })).unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid value: orthogonal, expected any initializer but `orthogonal`, which is for matrices"
        );
    }

    #[test]
    fn parameters_are_drawn_at_once_and_from_their_fan() {
        let parameter = Initializer::HeUniform { gain: 1.0 }.init([3, 50], [3, 50], &Device::flex());
        assert!(parameter.is_initialized());
        let values = parameter.val().into_data().try_to_vec::<f32>().unwrap_or_default();
        // Uniform of variance 1 / 3: between -1 and 1.
        assert_eq!(values.len(), 150);
        assert!(values.iter().all(|value| value.abs() <= 1.0) && values.iter().any(|value| value.abs() > 0.5));
    }
}
