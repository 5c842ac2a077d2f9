//! A benchmark of a wrong result is worth nothing: before anything is timed, all peers must agree.

use super::network::TimedNetwork;
use super::variants::{device, timed_network};
use super::zoo;
use crate::cases::{BenchCase, BenchFamily, Workload};
use crate::peers::Peer;
use anyhow::{Context, Result, anyhow, bail};
use burn::tensor::TensorData;
use serde::Serialize;
use serde_json::json;
use std::fs;
use std::path::Path;
use zoo_core::Batch;

/// Training steps taken before logits are compared a second time.
const STEPS: usize = 3;

/// Examples in the compared batch.
const BATCH: usize = 9;

/// The largest difference let pass, as a fraction of the largest logit: what f32 sums of some hundred terms may differ by.
const TOLERANCE_BEFORE: f32 = 1e-4;

/// The same after [`STEPS`] steps of Adam, whose first one turns the tiniest gradient into a full step of its sign.
const TOLERANCE_AFTER: f32 = 2e-2;

/// What a network computed.
#[derive(Clone, Debug, Serialize)]
struct Evidence {
    /// Logits of the batch, `[batch, outputs]`, before training.
    logits_before: Vec<f32>,
    /// The loss before each step.
    losses: Vec<f32>,
    /// Logits after the steps.
    logits_after: Vec<f32>,
}

/// Compares this worker's peers, writes `FAMILY.check.json` for other programs, and says how far apart they were.
pub(super) fn check(family: BenchFamily, folder: &Path) -> Result<String> {
    let batch = zoo::random_batch(family, BATCH, 0)?;
    let zoo = evidence(family, Peer::Zoo, &batch)?;
    let (peers, mut farthest) = (peers(family), 0.0_f32);
    for &peer in &peers {
        let apart = zoo.compare(&evidence(family, peer, &batch)?);
        farthest = farthest.max(apart.with_context(|| format!("{family}: zoo and {} disagree", peer.label()))?);
    }
    farthest = farthest.max(prepared(family, &batch, &zoo)?);
    write(family, &batch, &zoo, folder)?;
    let labels: String = peers.iter().map(|peer| format!(", {}", peer.label())).collect();
    Ok(format!("zoo, the same prepared{labels} at most {farthest:.1e} of the largest logit apart"))
}

/// Those that this program can compare.
fn peers(family: BenchFamily) -> Vec<Peer> {
    let step = BenchCase { workload: Workload::TrainStep, family, batch: BATCH, threads: 1 };
    [Peer::Flex, Peer::Ndarray].into_iter().filter(|peer| peer.takes_part(step)).collect()
}

/// How far the prepared network is from the one that trains, as a fraction of the largest logit.
fn prepared(family: BenchFamily, batch: &Batch, zoo: &Evidence) -> Result<f32> {
    let logits = zoo::prepared(family)?.forward(&batch.values).context("the prepared network has no finite logits")?;
    let apart = difference(&zoo.logits_before, &logits)?;
    if apart > TOLERANCE_BEFORE {
        bail!(
            "{family}: logits of the prepared network differ by {apart:.1e}, expected at most {TOLERANCE_BEFORE:.0e}"
        );
    }
    Ok(apart)
}

/// What a peer computes on `batch`.
fn evidence(family: BenchFamily, peer: Peer, batch: &Batch) -> Result<Evidence> {
    let mut network = timed_network(family, peer)?;
    let logits_before = logits(network.as_ref(), peer, batch)?;
    let on_device = zoo::on_device(batch.clone(), &device(peer)?.autodiff());
    let losses = (0..STEPS).map(|_| network.train_step(&on_device)).collect::<Result<_>>()?;
    network.settle();
    let logits_after = logits(network.as_ref(), peer, batch)?;
    Ok(Evidence { logits_before, losses, logits_after })
}

fn logits(network: &dyn TimedNetwork, peer: Peer, batch: &Batch) -> Result<Vec<f32>> {
    floats(network.infer(&zoo::on_device(batch.clone(), &device(peer)?)))
}

/// Values of whatever precision.
pub(super) fn floats(data: TensorData) -> Result<Vec<f32>> {
    data.convert::<f32>().try_to_vec().map_err(|error| anyhow!("the device did not hand its values back: {error:?}"))
}

impl Evidence {
    /// How far apart two are, as a fraction of the largest logit before training.
    fn compare(&self, other: &Self) -> Result<f32> {
        let before = difference(&self.logits_before, &other.logits_before)?;
        let losses = difference(&self.losses, &other.losses)?;
        let after = difference(&self.logits_after, &other.logits_after)?;
        let agree = before <= TOLERANCE_BEFORE && losses <= TOLERANCE_AFTER && after <= TOLERANCE_AFTER;
        if !agree {
            bail!(
                "logits differ by {before:.1e} before training (expected at most {TOLERANCE_BEFORE:.0e}), losses by \
                 {losses:.1e} and logits by {after:.1e} after {STEPS} steps (expected at most {TOLERANCE_AFTER:.0e})"
            );
        }
        Ok(before)
    }
}

/// The largest difference, as a fraction of the largest value.
pub(super) fn difference(left: &[f32], right: &[f32]) -> Result<f32> {
    if left.len() != right.len() {
        bail!("{} values against {}", left.len(), right.len());
    }
    let scale = left.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let apart = left.iter().zip(right).map(|(left, right)| (left - right).abs());
    // `f32::max` would drop NaN.
    let apart = apart.map(|apart| if apart.is_nan() { f32::INFINITY } else { apart });
    Ok(apart.fold(0.0, f32::max) / scale)
}

/// Writes all that another program needs to repeat it: the network as `FAMILY.onnx`, too.
fn write(family: BenchFamily, batch: &Batch, evidence: &Evidence, folder: &Path) -> Result<()> {
    let recipe = zoo::recipe(family)?;
    let weights = zoo::initial_weights(family)?.into_iter().map(|(name, data)| {
        let shape = data.shape().to_vec();
        let values = data.try_into_vec::<f32>().map_err(|error| anyhow!("cannot read {name}: {error:?}"))?;
        Ok((name, shape, values))
    });
    let reference = json!({
        "recipe": recipe.to_toml(),
        "shape": zoo::shape(&recipe),
        "classes": recipe.classes(),
        "inputs": batch.values,
        "labels": batch.labels,
        "weights": weights.collect::<Result<Vec<_>>>()?,
        "tolerance_before": TOLERANCE_BEFORE,
        "tolerance_after": TOLERANCE_AFTER,
        "evidence": evidence,
    });
    let write = |name: String, contents: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))
    };
    write(format!("{family}.onnx"), &zoo::onnx(family)?)?;
    write(format!("{family}.check.json"), reference.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn every_peer_of_every_family_agrees() {
        for family in BenchFamily::ALL {
            let batch = zoo::random_batch(family, 7, 3).unwrap();
            let zoo = evidence(family, Peer::Zoo, &batch).unwrap();
            assert!(zoo.logits_after.iter().any(|logit| *logit != 0.0), "{family} learned nothing");
            for peer in peers(family) {
                zoo.compare(&evidence(family, peer, &batch).unwrap()).unwrap();
            }
            prepared(family, &batch, &zoo).unwrap();
            let other = Evidence { logits_before: zoo.logits_after.clone(), ..zoo };
            assert!(prepared(family, &batch, &other).is_err());
        }
    }

    #[test]
    fn a_wrong_result_is_noticed() {
        let right = Evidence { logits_before: vec![1.0, -2.0], losses: vec![0.5], logits_after: vec![1.0, 2.0] };
        assert!(right.compare(&right).is_ok());
        for wrong in [2.01, f32::NAN] {
            let other = Evidence { logits_before: vec![1.0, wrong], ..right.clone() };
            assert!(right.compare(&other).is_err());
        }
        assert!(right.compare(&Evidence { losses: vec![f32::NAN], ..right.clone() }).is_err());
    }
}
