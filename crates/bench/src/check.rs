//! A benchmark of a wrong result is worth nothing: before anything is timed, all variants must agree.

use crate::contestant::{Contestant, contestant, device};
use crate::family::Family;
use crate::protocol::Variant;
use crate::step::HostBatch;
use anyhow::{Context, Result, bail};
use burn::tensor::Device;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// Training steps taken before logits are compared a second time.
const STEPS: usize = 3;

/// Examples in the compared batch.
const BATCH: usize = 9;

/// The largest difference let pass, as a part of the largest logit: what f32 sums of some hundred terms may differ by.
const TOLERANCE_BEFORE: f32 = 1e-4;

/// The same after [`STEPS`] steps of Adam, whose first one turns the tiniest gradient into a full step of its sign.
const TOLERANCE_AFTER: f32 = 2e-2;

/// What a network computed.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// Logits of the batch, `[batch, outputs]`, before training.
    pub logits_before: Vec<f32>,
    /// The loss before each step.
    pub losses: Vec<f32>,
    /// Logits after the steps.
    pub logits_after: Vec<f32>,
}

/// All that another program needs to repeat it.
#[derive(Serialize)]
struct Dossier {
    recipe: String,
    shape: &'static [usize],
    classes: usize,
    inputs: Vec<f32>,
    labels: Vec<i32>,
    weights: Vec<(String, Vec<usize>, Vec<f32>)>,
    tolerance_before: f32,
    tolerance_after: f32,
    evidence: Evidence,
}

/// Compares the variants of a family, writes `FAMILY.check.json` for other programs, and says how far apart they were.
///
/// # Errors
/// If they differ, or the file cannot be written.
pub fn check(family: Family, folder: &Path) -> Result<String> {
    let batch = HostBatch::random(family, BATCH, 0);
    let zoo = evidence(family, Variant::Zoo, &batch)?;
    let mut farthest = 0.0_f32;
    for variant in [Variant::Flex, Variant::Ndarray] {
        let other = evidence(family, variant, &batch)?;
        let apart = zoo.compare(&other).with_context(|| format!("{family:?}: zoo and {variant:?} disagree"))?;
        farthest = farthest.max(apart);
    }
    write(family, batch, zoo, folder)?;
    Ok(format!("zoo, flex and ndarray at most {farthest:.1e} of the largest logit apart"))
}

/// What a variant computes on `batch`.
///
/// # Errors
/// If the device fails.
pub fn evidence(family: Family, variant: Variant, batch: &HostBatch) -> Result<Evidence> {
    let mut contestant = contestant(family, variant)?;
    let logits_before = logits(contestant.as_ref(), variant, batch)?;
    let on_device = batch.to_device(&device(variant).autodiff());
    let losses = (0..STEPS).map(|_| contestant.train_step(&on_device)).collect::<Result<_>>()?;
    contestant.settle();
    let logits_after = logits(contestant.as_ref(), variant, batch)?;
    Ok(Evidence { logits_before, losses, logits_after })
}

fn logits(contestant: &dyn Contestant, variant: Variant, batch: &HostBatch) -> Result<Vec<f32>> {
    let logits = contestant.infer(&batch.to_device(&device(variant))).convert::<f32>();
    logits.try_to_vec().map_err(|error| anyhow::anyhow!("the device did not hand its logits back: {error:?}"))
}

impl Evidence {
    /// How far apart two are, as a part of the largest logit before training.
    ///
    /// # Errors
    /// If that is more than rounding explains.
    pub fn compare(&self, other: &Self) -> Result<f32> {
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

/// The largest difference, as a part of the largest value.
fn difference(left: &[f32], right: &[f32]) -> Result<f32> {
    if left.len() != right.len() {
        bail!("{} values against {}", left.len(), right.len());
    }
    let scale = left.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let apart = left.iter().zip(right).map(|(left, right)| (left - right).abs());
    // `f32::max` would drop what is not a number.
    let apart = apart.map(|apart| if apart.is_nan() { f32::INFINITY } else { apart });
    Ok(apart.fold(0.0, f32::max) / scale)
}

fn write(family: Family, batch: HostBatch, evidence: Evidence, folder: &Path) -> Result<()> {
    let tensors = family.network(&Device::flex().autodiff())?.named_tensors();
    let weights = tensors.into_iter().map(|(name, data)| {
        let shape = data.shape().to_vec();
        let values = data.try_into_vec().map_err(|error| anyhow::anyhow!("cannot read {name}: {error:?}"))?;
        Ok((name, shape, values))
    });
    let dossier = Dossier {
        recipe: family.recipe()?.to_toml(),
        shape: family.shape(),
        classes: family.classes(),
        inputs: batch.inputs,
        labels: batch.labels,
        weights: weights.collect::<Result<_>>()?,
        tolerance_before: TOLERANCE_BEFORE,
        tolerance_after: TOLERANCE_AFTER,
        evidence,
    };
    let path = folder.join(format!("{}.check.json", family.recipe_name()));
    let text = serde_json::to_vec(&dossier)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn every_variant_of_every_family_agrees() {
        for family in Family::ALL {
            let batch = HostBatch::random(family, 7, 3);
            let zoo = evidence(family, Variant::Zoo, &batch).unwrap();
            assert!(zoo.logits_after.iter().any(|logit| *logit != 0.0), "{family:?} learned nothing");
            for variant in [Variant::Flex, Variant::Ndarray] {
                zoo.compare(&evidence(family, variant, &batch).unwrap()).unwrap();
            }
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
