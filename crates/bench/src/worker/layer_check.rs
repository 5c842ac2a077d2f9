//! What a layer computes, for all who run it to be compared with.

use super::check::{difference, floats};
use super::layer::{LayerValues, TimedLayer};
use super::variants::device;
use crate::layers::BenchLayer;
use crate::peers::Peer;
use crate::protocol::LayerDistance;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// What a layer computes.
struct LayerEvidence {
    /// The outputs, normalized by running statistics.
    answers: Vec<f32>,
    /// The outputs, normalized by statistics of the batch.
    outputs: Vec<f32>,
    /// The gradients of their sum.
    input_gradient: Vec<f32>,
    weight_gradient: Vec<f32>,
}

/// How far a peer is from the zoo. Writes `layer.NAME.PART` for other programs.
pub(super) fn check_layer(layer: &BenchLayer, peer: Peer, folder: &Path) -> Result<LayerDistance> {
    let values = LayerValues::of(layer);
    let zoo = evidence(layer, &values, Peer::Zoo)?;
    let apart = zoo.distance(&evidence(layer, &values, peer)?)?;
    write(layer, &values, &zoo, folder)?;
    Ok(apart)
}

fn evidence(layer: &BenchLayer, values: &LayerValues, peer: Peer) -> Result<LayerEvidence> {
    let (device, missing) = (device(peer)?, "the layer has no gradients");
    let answering = TimedLayer::new(layer, values, peer, &device);
    let training = TimedLayer::new(layer, values, peer, &device.autodiff());
    let x = training.inputs();
    let outputs = training.forward(x.clone());
    let gradients = outputs.clone().sum().backward();
    Ok(LayerEvidence {
        answers: floats(answering.forward(answering.inputs()).into_data())?,
        outputs: floats(outputs.into_data())?,
        input_gradient: floats(x.grad(&gradients).context(missing)?.into_data())?,
        weight_gradient: floats(training.conv.weight.val().grad(&gradients).context(missing)?.into_data())?,
    })
}

impl LayerEvidence {
    fn distance(&self, other: &Self) -> Result<LayerDistance> {
        let answers = difference(&self.answers, &other.answers)?;
        let outputs = difference(&self.outputs, &other.outputs)?;
        let of_inputs = mean_difference(&self.input_gradient, &other.input_gradient)?;
        let of_weight = mean_difference(&self.weight_gradient, &other.weight_gradient)?;
        Ok(LayerDistance { outputs: answers.max(outputs), gradients: Some(of_inputs.max(of_weight)) })
    }
}

/// The root mean square of the differences, as a fraction of that of the values.
fn mean_difference(left: &[f32], right: &[f32]) -> Result<f32> {
    ensure!(left.len() == right.len(), "{} values against {}", left.len(), right.len());
    let squares = |sum: f64, value: f32| sum + f64::from(value).powi(2);
    let apart = left.iter().zip(right).map(|(left, right)| left - right).fold(0.0, squares);
    let scale = left.iter().copied().fold(f64::MIN_POSITIVE, squares);
    let fraction = (apart / scale).sqrt() as f32;
    ensure!(fraction.is_finite(), "there are gradients that are not finite");
    Ok(fraction)
}

/// Writes what the layer is given and what the zoo computes.
fn write(layer: &BenchLayer, values: &LayerValues, evidence: &LayerEvidence, folder: &Path) -> Result<()> {
    let parts = [
        ("inputs", &values.inputs),
        ("weight", &values.weight),
        ("bias", &values.bias),
        ("gamma", &values.gamma),
        ("beta", &values.beta),
        ("running_mean", &values.running_mean),
        ("running_var", &values.running_var),
        ("answers", &evidence.answers),
        ("outputs", &evidence.outputs),
        ("input_gradient", &evidence.input_gradient),
        ("weight_gradient", &evidence.weight_gradient),
    ];
    for (part, values) in parts {
        let path = folder.join(format!("layer.{}.{part}", layer.name));
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::layers::layers;

    #[test]
    fn the_zoo_and_stock_burn_agree_on_every_layer() {
        for layer in layers() {
            let layer = BenchLayer { batch: 2, ..layer };
            let values = LayerValues::of(&layer);
            let zoo = evidence(&layer, &values, Peer::Zoo).unwrap();
            let LayerDistance { outputs, gradients } =
                zoo.distance(&evidence(&layer, &values, Peer::Flex).unwrap()).unwrap();
            assert!(outputs <= 1e-4 && gradients.unwrap() <= 2e-2, "{}: {outputs} {gradients:?}", layer.name);
            // Statistics of the batch are not the running ones.
            assert_eq!(difference(&zoo.answers, &zoo.outputs).unwrap() > 1e-2, layer.shape.norm, "{}", layer.name);
        }
    }

    #[test]
    fn what_is_compared_lies_in_files() {
        let layer = BenchLayer { batch: 2, ..layers().next().unwrap() };
        let folder = tempfile::tempdir().unwrap();
        check_layer(&layer, Peer::Flex, folder.path()).unwrap();
        let path = |part: &str| folder.path().join(format!("layer.{}.{part}", layer.name));
        let bytes = |part: &str| fs::metadata(path(part)).unwrap().len();
        assert_eq!(bytes("inputs"), 4 * 2 * 64 * 16 * 16);
        assert_eq!(bytes("input_gradient"), bytes("inputs"));
        assert_eq!(bytes("weight"), 4 * 128 * 64 * 3 * 3);
        assert_eq!(bytes("answers"), 4 * 2 * 128 * 8 * 8);
        assert_eq!(bytes("outputs"), bytes("answers"));
    }

    #[test]
    fn a_mean_difference_is_a_fraction() {
        assert_eq!(mean_difference(&[3.0, 4.0], &[3.0, 4.0]).unwrap(), 0.0);
        assert_eq!(mean_difference(&[3.0, 4.0], &[3.0, 3.5]).unwrap(), 0.1);
        assert!(mean_difference(&[3.0, 4.0], &[3.0, f32::NAN]).is_err());
        assert!(mean_difference(&[3.0], &[3.0, 4.0]).is_err());
    }
}
