//! `eval`: a finished run's weights, or those that ship with the zoo, measured again.

use super::shared::{check_free, check_kept, check_spared, made_from, of_settings, open_device, store, write_checked};
use crate::TrainError;
use crate::args::{DataArgs, EvalArgs};
use crate::evaluate::TtaScores;
use crate::evaluation::{EvalOptions, Evaluation};
use crate::output::answer;
use crate::progress::ProgressMode;
use crate::tables::{class_table, confusion_table, score_line, standing};
use crate::{pretrained, run_folder};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use zoo_core::{ClassScores, DataError};
use zoo_results::Int8Scores;

/// Instead of a name: every weights file that ships.
const ALL: &str = "all";

/// Measures: 0, or 1 if shipped weights do not give what was recorded.
pub(crate) fn eval(args: &EvalArgs) -> Result<ExitCode> {
    if let Some(file) = &args.list {
        check_list(file, args)?;
    }
    open_device(&args.device)?;
    let progress = if args.json { ProgressMode::None } else { ProgressMode::Auto };
    let options = EvalOptions {
        split: args.split,
        tta: args.tta,
        int8: args.int8,
        list: args.list.is_some(),
        device: args.device.device,
    };
    let agrees = match (&args.model.run, args.model.pretrained.as_deref()) {
        (Some(run), _) => {
            let (_, settings) = run_folder::read(run)?;
            let source = of_settings(&args.data, &settings);
            tell(args, &Evaluation::of_run(run, &store(&source, progress)?, options)?)?
        }
        (None, Some(ALL)) => eval_all(args, options, progress)?,
        (None, name) => {
            let shipped = pretrained::find(name.context("eval wants --run or --pretrained")?)?;
            tell(args, &Evaluation::of_shipped(shipped, &store(&args.data, progress)?, options)?)?
        }
    };
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether all weights whose data is on disk agree. Data that is not here is never downloaded for this.
fn eval_all(args: &EvalArgs, options: EvalOptions, progress: ProgressMode) -> Result<bool> {
    let store = store(&DataArgs { offline: true, ..args.data.clone() }, progress)?;
    let mut agrees = true;
    for shipped in pretrained::all() {
        match Evaluation::of_shipped(shipped, &store, options) {
            Ok(evaluation) => agrees &= tell(args, &evaluation)?,
            Err(TrainError::Data(DataError::Offline { name, folder, wanted })) => {
                let folder = folder.display();
                let reason = format!("{name} is not in {folder}: put there {wanted}, or run `trainer fetch {name}`");
                let name = shipped.name();
                answer(&match args.json {
                    true => json!({ "model": name, "skipped": reason }).to_string(),
                    false => format!("{name}: skipped: {reason}\n"),
                })?;
            }
            Err(error) => return Err(error).context(shipped.name()),
        }
    }
    Ok(agrees)
}

/// Whether the scores agree with what was recorded of them, if anything was.
fn tell(args: &EvalArgs, evaluation: &Evaluation) -> Result<bool> {
    answer(&if args.json { to_json(evaluation) } else { to_text(evaluation) })?;
    if let (Some(file), Some(list)) = (&args.list, &evaluation.list) {
        write_checked(file, list.as_bytes(), args.force)?;
    }
    Ok(evaluation.agrees())
}

/// Before anything is measured.
fn check_list(file: &Path, args: &EvalArgs) -> Result<()> {
    if args.model.pretrained.as_deref() == Some(ALL) {
        bail!("--list takes the examples of one model, not of --pretrained all; name one model");
    }
    check_free(file, args.force)
        .and_then(|()| check_spared(file, &made_from(&args.model)))
        .and_then(|()| check_kept(file, args.model.run.as_deref(), &args.data))
        .context("--list")
}

fn to_json(evaluation: &Evaluation) -> String {
    let Evaluation { model, options, examples, data, provenance, class_names, scores, confusion, .. } = evaluation;
    let mut object = json!({
        "model": model, "split": options.split, "examples": examples, "device": options.device.name(),
        "instruction_set": options.device.instruction_set(),
        "data": { "name": data, "provenance": provenance }, "scores": scores,
        "per_class": ClassScores::of_all(class_names, confusion), "class_names": class_names, "confusion": confusion,
    });
    if let Some(tta) = &evaluation.tta {
        object["tta"] = json!(tta.as_ref().map(|tta| &tta.mirrored));
        object["tta_six_views"] = json!(tta.as_ref().and_then(|tta| tta.six_views.as_ref()));
        if tta.is_none() {
            object["tta_reason"] = json!(NOT_MIRRORED);
        }
    }
    if let Some(int8) = &evaluation.int8 {
        object["int8"] = json!(int8);
    }
    if let Some((entry, agreement)) = &evaluation.shipped {
        object["weights_sha256"] = json!(entry.sha256);
        object["recorded"] = agreement.map_or(Value::Null, |_| json!(entry.metrics));
        object["agrees"] = json!(agreement.map(|agreement| agreement.agrees));
    }
    object.to_string()
}

fn to_text(evaluation: &Evaluation) -> String {
    let Evaluation { model, examples, data, provenance, class_names, scores, confusion, .. } = evaluation;
    let (standing, line) = (standing(*provenance), score_line(scores));
    let mut text = format!("{model}: {examples} examples of {data} ({standing}): {line}\n");
    text += &evaluation.tta.as_ref().map_or_else(String::new, |tta| tta_lines(tta.as_ref()));
    text += &evaluation.int8.as_ref().map_or_else(String::new, int8_line);
    if let Some((entry, Some(agreement))) = &evaluation.shipped {
        text += &format!("{}\n", agreement.sentence(entry));
    }
    if class_names.is_empty() {
        return text;
    }
    let classes = ClassScores::of_all(class_names, confusion);
    text + &class_table(&classes) + "\n" + &confusion_table(class_names, confusion)
}

/// Why there is no figure with mirror images.
const NOT_MIRRORED: &str = "not measured, training did not mirror images";

fn tta_lines(tta: Option<&TtaScores>) -> String {
    let Some(TtaScores { mirrored, six_views }) = tta else {
        return format!("with mirror images: {NOT_MIRRORED}\n");
    };
    let six_views = six_views.as_ref().map(|scores| format!("over six views: {}\n", score_line(scores)));
    format!("with mirror images: {}\n{}", score_line(mirrored), six_views.unwrap_or_default())
}

fn int8_line(int8: &Int8Scores) -> String {
    let changed = int8.changed.map_or_else(String::new, |changed| format!("{changed} answers changed, "));
    format!(
        "in 8-bit integers: {}; {changed}logits of up to {:.3} differ by at most {:.4}; {} bytes as ONNX instead of {}\n",
        score_line(&int8.scores),
        int8.largest_logit,
        int8.largest_difference,
        int8.bytes,
        int8.f32_bytes
    )
}
