//! `eval`: a finished run's weights, or those that ship with the zoo, measured again.

use super::agreement::Agreement;
use super::evaluation::Evaluation;
use crate::cli::{DataArgs, EvalArgs, Part};
use crate::data::Splits;
use crate::output::answer;
use crate::progress::Progress;
use crate::results::{measure, measure_mirrored};
use crate::trained::TrainedModel;
use crate::{data, pretrained, run_folder};
use anyhow::{Context, Result};
use burn::tensor::Device;
use serde_json::json;
use std::process::ExitCode;
use zoo_core::{DataError, Store};
use zoo_core::weights::Shipped;

/// Instead of a name: every weights file that ships.
const ALL: &str = "all";

/// Measures: 0, or 1 if shipped weights do not give what was recorded.
pub(crate) fn eval(args: &EvalArgs) -> Result<ExitCode> {
    let device = super::open_device(&args.device)?;
    let agrees = match (&args.run, args.pretrained.as_deref()) {
        (Some(_), _) | (_, None) => eval_run(args, &device).map(|()| true)?,
        (_, Some(ALL)) => eval_all(args, &device)?,
        (_, Some(name)) => {
            let shipped = pretrained::find(name)?;
            tell_shipped(args, shipped, &super::store(&args.data, progress(args))?, &device)?
        }
    };
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn eval_run(args: &EvalArgs, device: &Device) -> Result<()> {
    let run = args.run.as_deref().context("eval wants --run or --pretrained")?;
    let (_, settings) = run_folder::read(run)?;
    let model = TrainedModel::of_run(run, device)?;
    let source = DataArgs {
        data_dir: args.data.data_dir.clone().or_else(|| settings.data_dir.clone()),
        offline: args.data.offline || settings.offline,
    };
    let store = super::store(&source, progress(args))?;
    let splits = settings.splits(&model.recipe, &store)?;
    tell(args, &evaluate(args, &model, splits, device)?)
}

/// Whether all weights whose data is on disk agree. Data that is not here is never downloaded for this.
fn eval_all(args: &EvalArgs, device: &Device) -> Result<bool> {
    let here = DataArgs { offline: true, ..args.data.clone() };
    let store = super::store(&here, progress(args))?;
    let mut agrees = true;
    for shipped in pretrained::all() {
        match tell_shipped(args, shipped, &store, device) {
            Ok(agreed) => agrees &= agreed,
            Err(error) => match error.downcast_ref::<DataError>() {
                Some(DataError::Offline { name, folder, wanted }) => {
                    let folder = folder.display();
                    let reason =
                        format!("{name} is not in {folder}: put there {wanted}, or run `trainer fetch {name}`");
                    skip(args, shipped.name(), &reason)?;
                }
                _ => return Err(error.context(shipped.name())),
            },
        }
    }
    Ok(agrees)
}

fn skip(args: &EvalArgs, name: &str, reason: &str) -> Result<()> {
    answer(&if args.json {
        json!({ "model": name, "skipped": reason }).to_string()
    } else {
        format!("{name}: skipped: {reason}\n")
    })
}

/// Whether these weights give what was recorded.
fn tell_shipped(args: &EvalArgs, shipped: &Shipped, store: &Store, device: &Device) -> Result<bool> {
    let entry = shipped.entry()?;
    let model = TrainedModel::pretrained(shipped.name(), device)?;
    let splits = data::prepare(&model.recipe, store, entry.seed)?;
    let mut evaluation = evaluate(args, &model, splits, device)?;
    // What was recorded is about the test part.
    let agreement =
        (args.split == Part::Test).then(|| Agreement::new(&entry, &evaluation.scores, args.device.device.name()));
    let agrees = agreement.as_ref().is_none_or(|agreement| agreement.agrees);
    evaluation.shipped = Some((entry, agreement));
    tell(args, &evaluation)?;
    Ok(agrees)
}

fn evaluate(args: &EvalArgs, model: &TrainedModel, mut splits: Splits, device: &Device) -> Result<Evaluation> {
    let TrainedModel { network, recipe, facts, .. } = model;
    splits.batcher.normalizer = facts.normalizer.clone();
    let part = match args.split {
        Part::Test => &splits.test,
        Part::Valid => &splits.valid,
        Part::Train => &splits.train,
    };
    let measured = measure(network, recipe, &splits, part, device, |_| {})?;
    let mirrored = match args.mirrored {
        true => Some(measure_mirrored(network, recipe, &splits, (part, &measured), device, |_| Ok(()))?),
        false => None,
    };
    Ok(Evaluation {
        model: recipe.name.clone(),
        device: args.device.device.name(),
        split: args.split,
        examples: part.len(),
        data: splits.name,
        provenance: splits.provenance,
        class_names: splits.class_names,
        scores: measured.evaluated.scores,
        confusion: measured.evaluated.confusion,
        mirrored,
        shipped: None,
    })
}

fn tell(args: &EvalArgs, evaluation: &Evaluation) -> Result<()> {
    answer(&if args.json { evaluation.to_json() } else { evaluation.to_text() })
}

fn progress(args: &EvalArgs) -> Progress {
    if args.json { Progress::None } else { Progress::Auto }
}
