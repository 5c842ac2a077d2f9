//! Single layers: convolutions with what follows them, in many more shapes than the zoo's own networks have.

use crate::cases::named;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A convolution and what follows it: pooling, normalization, activation; where nothing is normalized, activation before pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerShape {
    /// Inputs and outputs.
    pub(crate) channels: [usize; 2],
    pub(crate) groups: usize,
    /// Height and width, as of all that follows.
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    /// Zeros on each side.
    pub(crate) padding: usize,
    /// Of the images.
    pub(crate) size: usize,
    /// The largest of each 2x2 pixels.
    pub(crate) pooled: bool,
    /// Batch normalization.
    pub(crate) norm: bool,
    pub(crate) activation: LayerActivation,
}

/// What is applied to every value. The kernels' own type says the same, but is none that is sent to other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LayerActivation {
    Relu,
    /// Exactly, not by tanh.
    Gelu,
    Silu,
}

/// A layer and how many images it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BenchLayer {
    pub(crate) name: String,
    pub(crate) batch: usize,
    pub(crate) shape: LayerShape,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LayerPass {
    /// The outputs, normalized by running statistics.
    Forward,
    /// The outputs, normalized by statistics of the batch, and the gradients of their sum by inputs and parameters.
    ForwardBackward,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerCase {
    pub(crate) pass: LayerPass,
    pub(crate) layer: BenchLayer,
    pub(crate) threads: usize,
}

const BATCH: usize = 32;

/// A 3x3 kernel alone.
const PLAIN: LayerShape = LayerShape {
    channels: [64, 64],
    groups: 1,
    kernel: 3,
    stride: 1,
    dilation: 1,
    padding: 1,
    size: 16,
    pooled: false,
    norm: false,
    activation: LayerActivation::Relu,
};

/// One of another size.
const FIVE: LayerShape = LayerShape { kernel: 5, padding: 2, ..PLAIN };
const ONE: LayerShape = LayerShape { channels: [64, 128], kernel: 1, padding: 0, ..PLAIN };

/// A kernel of its own for each channel.
const DEPTHWISE: LayerShape = LayerShape { groups: 64, ..PLAIN };

/// Layers of a CIFAR-10 network of 3x3 kernels with normalization and GELU.
const NORM: LayerShape = LayerShape { norm: true, activation: LayerActivation::Gelu, ..PLAIN };
const WIDE: LayerShape = LayerShape { channels: [256, 256], ..NORM };

const LAYERS: [(&str, LayerShape); 21] = [
    ("stride2_64_to_128", LayerShape { channels: [64, 128], stride: 2, ..PLAIN }),
    ("stride2_5x5_3_to_32", LayerShape { channels: [3, 32], stride: 2, size: 32, ..FIVE }),
    ("stride2_1x1_64_to_128", LayerShape { stride: 2, ..ONE }),
    ("dilation2", LayerShape { dilation: 2, padding: 2, ..PLAIN }),
    ("1x1_64_to_128", ONE),
    ("groups2", LayerShape { groups: 2, ..PLAIN }),
    ("groups16", LayerShape { groups: 16, ..PLAIN }),
    ("depthwise", DEPTHWISE),
    ("depthwise_stride2_5x5", LayerShape { groups: 64, stride: 2, ..FIVE }),
    ("depthwise_stride2_32x32", LayerShape { stride: 2, size: 32, ..DEPTHWISE }),
    ("gelu", LayerShape { activation: LayerActivation::Gelu, ..PLAIN }),
    ("silu", LayerShape { activation: LayerActivation::Silu, ..PLAIN }),
    ("norm_relu", LayerShape { activation: LayerActivation::Relu, ..NORM }),
    ("norm_silu", LayerShape { activation: LayerActivation::Silu, ..NORM }),
    ("norm_gelu_31x31_pooled", LayerShape { size: 31, pooled: true, ..NORM }),
    ("norm_gelu_15x15", LayerShape { size: 15, ..NORM }),
    ("norm_gelu_64_to_256_15x15_pooled", LayerShape { channels: [64, 256], size: 15, pooled: true, ..NORM }),
    ("norm_gelu_256_7x7", LayerShape { size: 7, ..WIDE }),
    ("norm_gelu_256_7x7_pooled", LayerShape { size: 7, pooled: true, ..WIDE }),
    ("norm_gelu_256_3x3", LayerShape { size: 3, ..WIDE }),
    ("norm_silu_depthwise", LayerShape { groups: 64, activation: LayerActivation::Silu, ..NORM }),
];

/// Those of a quick run: one without and one with all that can follow a convolution.
const QUICK: [&str; 2] = ["depthwise", "norm_gelu_256_7x7_pooled"];

/// Every pass of every layer on one and two threads, or with `quick` of two layers on two, whose name holds one of the patterns;
/// without a pattern, all of them. The passes of a layer stand together.
pub(crate) fn layer_cases(quick: bool, patterns: &[String]) -> Vec<LayerCase> {
    let threads: &[usize] = if quick { &[2] } else { &[1, 2] };
    let mut cases = Vec::new();
    for &threads in threads {
        for layer in layers().filter(|layer| !quick || QUICK.contains(&layer.name.as_str())) {
            cases.extend(LayerPass::ALL.map(|pass| LayerCase { pass, layer: layer.clone(), threads }));
        }
    }
    named(cases, patterns)
}

/// All of them.
pub(crate) fn layers() -> impl Iterator<Item = BenchLayer> {
    LAYERS.into_iter().map(|(name, shape)| BenchLayer { name: name.into(), batch: BATCH, shape })
}

impl LayerPass {
    const ALL: [Self; 2] = [Self::Forward, Self::ForwardBackward];

    /// As in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::ForwardBackward => "forward and backward",
        }
    }
}

impl LayerActivation {
    fn label(self) -> &'static str {
        match self {
            Self::Relu => "ReLU",
            Self::Gelu => "GELU",
            Self::Silu => "SiLU",
        }
    }
}

/// In words, for a table.
impl fmt::Display for LayerShape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channels: [inputs, outputs], groups, kernel, stride, dilation, size, .. } = *self;
        write!(formatter, "{kernel}x{kernel}, {inputs} to {outputs} channels, {size}x{size} pixels")?;
        for (title, number) in [("groups", groups), ("stride", stride), ("dilation", dilation)] {
            if number > 1 {
                write!(formatter, ", {title} {number}")?;
            }
        }
        for (title, there) in [("max pooling", self.pooled), ("batch norm", self.norm)] {
            if there {
                write!(formatter, ", {title}")?;
            }
        }
        write!(formatter, ", {}", self.activation.label())
    }
}

/// The name that patterns are compared with: `layer/forward/depthwise/batch32/threads2`.
impl fmt::Display for LayerCase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pass, layer: BenchLayer { name, batch, .. }, threads } = self;
        formatter.write_str("layer/")?;
        pass.serialize(&mut *formatter)?;
        write!(formatter, "/{name}/batch{batch}/threads{threads}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names(quick: bool, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        layer_cases(quick, &patterns).iter().map(LayerCase::to_string).collect()
    }

    #[test]
    fn every_layer_is_measured_both_ways_on_one_and_two_threads() {
        let all = names(false, &[]);
        for expected in ["layer/forward/depthwise/batch32/threads2", "layer/forward_backward/gelu/batch32/threads1"] {
            assert!(all.contains(&expected.to_string()), "{expected} is missing");
        }
        assert_eq!(all.len(), 21 * 2 * 2);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "two have the same name");
    }

    #[test]
    fn a_quick_run_has_two_layers() {
        assert_eq!(names(true, &[]).len(), 2 * 2);
        assert_eq!(names(true, &["layer/forward/"]).len(), 2);
    }

    #[test]
    fn patterns_choose_by_name() {
        assert_eq!(names(false, &["layer/"]).len(), 21 * 2 * 2);
        assert_eq!(names(false, &["layer/forward/depthwise/"]).len(), 2);
        assert!(names(false, &["train_step"]).is_empty());
    }

    #[test]
    fn a_shape_is_told_in_words() {
        let shape = LayerShape { groups: 2, stride: 2, dilation: 2, pooled: true, ..NORM };
        let expected =
            "3x3, 64 to 64 channels, 16x16 pixels, groups 2, stride 2, dilation 2, max pooling, batch norm, GELU";
        assert_eq!(shape.to_string(), expected);
        assert_eq!(ONE.to_string(), "1x1, 64 to 128 channels, 16x16 pixels, ReLU");
    }

    #[test]
    fn zeros_keep_the_size_of_what_slides_by_ones() {
        for BenchLayer { name, shape, .. } in layers() {
            assert_eq!(2 * shape.padding, shape.dilation * (shape.kernel - 1), "{name}");
        }
    }
}
