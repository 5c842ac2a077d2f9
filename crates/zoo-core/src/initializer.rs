//! What parameters start from.

use burn::module::Param;
use burn::nn::Initializer as BurnInitializer;
use burn::tensor::{Device, Tensor};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::range;

/// What parameters start from. `fan_in` and `fan_out` count a unit's inputs and outputs; for a convolution, times the
/// kernel's area.
///
/// In a recipe: `weights = { he_uniform = { gain = 1.4142135623730951 } }`, `biases = "zero"`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Initializer {
    /// All 0.
    Zero,
    /// All the same.
    Constant {
        /// Any finite number.
        #[serde(deserialize_with = "range::finite")]
        value: f64,
    },
    /// Uniform between two bounds.
    Uniform(#[serde(deserialize_with = "ordered")] Bounds),
    /// Normal.
    Normal {
        /// The mean.
        #[serde(deserialize_with = "range::finite")]
        mean: f64,
        /// The standard deviation.
        #[serde(deserialize_with = "range::not_negative")]
        std: f64,
    },
    /// Glorot's uniform: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierUniform {
        /// 1 in Glorot's own form.
        #[serde(deserialize_with = "range::positive")]
        gain: f64,
    },
    /// Glorot's normal: variance `2 gain^2 / (fan_in + fan_out)`.
    XavierNormal {
        /// 1 in Glorot's own form.
        #[serde(deserialize_with = "range::positive")]
        gain: f64,
    },
    /// Uniform of variance `gain^2 / fan_in`.
    HeUniform {
        /// He's own gain for ReLU is the square root of 2.
        #[serde(deserialize_with = "range::positive")]
        gain: f64,
    },
    /// Normal of variance `gain^2 / fan_in`.
    HeNormal {
        /// He's own gain for ReLU is the square root of 2.
        #[serde(deserialize_with = "range::positive")]
        gain: f64,
    },
    /// An orthogonal matrix times `gain`.
    Orthogonal {
        /// The length of every row or column.
        #[serde(deserialize_with = "range::positive")]
        gain: f64,
    },
}

/// The bounds of a uniform distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The lower bound.
    #[serde(deserialize_with = "range::finite")]
    pub min: f64,
    /// The upper bound, above `min`.
    #[serde(deserialize_with = "range::finite")]
    pub max: f64,
}

fn ordered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bounds, D::Error> {
    let bounds = Bounds::deserialize(deserializer)?;
    if bounds.min < bounds.max {
        return Ok(bounds);
    }
    Err(D::Error::custom(format!("max is {}, expected more than min, {}", bounds.max, bounds.min)))
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
        let parameter = self.to_burn().init_with(shape, Some(fan_in), Some(fan_out), device);
        parameter.val();
        parameter
    }

    /// An initializer of biases, for `#[serde(deserialize_with)]`: all but `orthogonal`, which is for matrices.
    ///
    /// # Errors
    /// If it is.
    pub fn of_biases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Initializer, D::Error> {
        match Initializer::deserialize(deserializer)? {
            Initializer::Orthogonal { .. } => {
                Err(D::Error::custom("\"orthogonal\", expected any other initializer, as that one is for matrices"))
            }
            initializer => Ok(initializer),
        }
    }
}
