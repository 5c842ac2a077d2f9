//! `inspect`: what can be seen in a trained model, as pictures in a folder or as JSON with the pictures in it.

use super::shared::{check_no_checkpoint, check_spared, made_from, of_settings, open_device, store};
use crate::args::InspectArgs;
use crate::files;
use crate::inspect::{inspect, inspect_run};
use crate::output::answer;
use crate::progress::ProgressMode;
use crate::run_folder;
use crate::trained::TrainedModel;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use image::imageops::{FilterType, resize};
use image::{ImageFormat, load_from_memory};
use serde_json::{Value, json};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use zoo_core::{Flush, write_atomically};
use zoo_results::{Gallery, Inspection, Seen};

/// The least a picture's longer side has, in pixels; smaller ones are enlarged without smoothing.
const SIDE: u32 = 128;

/// What the folder's list of pictures is called.
const LIST: &str = "inspection.json";

pub(crate) fn inspect_model(args: &InspectArgs) -> Result<()> {
    match &args.out {
        Some(folder) => {
            check_unused(folder)?;
            check_no_checkpoint(folder)?;
            check_spared(folder, &made_from(&args.model))?;
        }
        None if args.json => {}
        None => bail!("name --out DIR for pictures in a folder, or --json for one JSON object"),
    }
    let device = open_device(&args.device)?;
    let inspection = match (&args.model.run, &args.model.pretrained) {
        (Some(run), _) => {
            let (_, settings) = run_folder::read(run)?;
            let source = of_settings(&args.data, &settings);
            inspect_run(run, &store(&source, ProgressMode::None)?, &device)?
        }
        (None, name) => {
            let name = name.as_deref().context("name a model with --run or --pretrained")?;
            inspect(&TrainedModel::pretrained(name, &device)?, &store(&args.data, ProgressMode::None)?, 0, &device)?
        }
    };
    match &args.out {
        Some(folder) => Ok(answer(&write(&inspection, folder)?)?),
        None => Ok(answer(&serde_json::to_string(&inspection)?)?),
    }
}

/// A folder of something else is left alone; one of an earlier inspection is written again.
fn check_unused(folder: &Path) -> Result<()> {
    let is_empty = fs::read_dir(folder).map_or(!folder.exists(), |mut entries| entries.next().is_none());
    if is_empty || folder.join(LIST).is_file() {
        return Ok(());
    }
    bail!("--out {} is not an empty folder; name another one", folder.display())
}

/// Writes the pictures and their list: what was written, in words.
fn write(inspection: &Inspection, folder: &Path) -> Result<String> {
    let Inspection { model, images, reason, first_layer, coefficients, class_coefficients, .. } = inspection;
    let layer = first_layer.iter().enumerate().map(|(place, unit)| {
        let file = format!("first_layer/{:03}-{}.png", place + 1, in_file_name(&unit.name));
        put(folder, &file, &unit.png)?;
        Ok(json!({ "file": file, "unit": unit.name }))
    });
    let layer = layer.collect::<Result<Vec<Value>>>()?;
    let (grid, errors) = images.clone().map(|Gallery { grid, errors, .. }| (grid, errors)).unwrap_or_default();
    let right: Vec<Seen> = grid.into_iter().filter(|seen| seen.label == seen.predicted).collect();
    let (right, wrong) = (write_seen(&right, "right", folder)?, write_seen(&errors, "wrong", folder)?);
    let weights = coefficients.len() + class_coefficients.iter().map(|class| class.coefficients.len()).sum::<usize>();
    let seen = counts([
        (layer.len(), "of the first layer's units drawn"),
        (right.len(), "test pictures right"),
        (wrong.len(), "test pictures wrong"),
        (weights, "coefficients"),
    ]);
    let words = format!("{}: {seen}; listed in {LIST}", folder.display());
    let words = reason.as_ref().map_or(words.clone(), |reason| format!("{words}\nno test pictures: {reason}"));
    let list = json!({
        "model": model, "first_layer": layer, "right": right, "wrong": wrong, "reason": reason, "coefficients": coefficients,
        "class_coefficients": class_coefficients,
    });
    files::make(folder)?;
    let list = serde_json::to_string_pretty(&list)? + "\n";
    write_atomically(&folder.join(LIST), list.as_bytes(), Flush::ToDisk)?;
    Ok(words)
}

/// What there is to see, without what there is none of.
fn counts(all: [(usize, &str); 4]) -> String {
    let some: Vec<String> =
        all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if some.is_empty() { "nothing to see".to_string() } else { some.join(", ") }
}

fn write_seen(pictures: &[Seen], kind: &str, folder: &Path) -> Result<Vec<Value>> {
    let entry = |Seen { index, source, png, label, predicted, probability }: &Seen| {
        let [label_word, predicted_word] = [label, predicted].map(|name| in_file_name(name));
        let said = if label == predicted { String::new() } else { format!("-predicted-{predicted_word}") };
        let file = format!("{kind}/{index:05}-{label_word}{said}.png");
        put(folder, &file, png)?;
        let mut entry = json!({
            "file": file, "index": index, "label": label, "predicted": predicted, "probability": probability,
        });
        if let Some(source) = source {
            entry["source"] = json!(source);
        }
        Ok(entry)
    };
    pictures.iter().map(entry).collect()
}

/// Writes a picture, large enough to be looked at.
fn put(folder: &Path, file: &str, png: &str) -> Result<()> {
    let picture = load_from_memory(&STANDARD.decode(png)?)?;
    let factor = (SIDE / picture.width().max(picture.height())).max(1);
    let [width, height] = [picture.width() * factor, picture.height() * factor];
    let mut bytes = Cursor::new(Vec::new());
    // Gray stays gray.
    let is_gray = !picture.color().has_color();
    match is_gray {
        true => {
            resize(&picture.to_luma8(), width, height, FilterType::Nearest).write_to(&mut bytes, ImageFormat::Png)?
        }
        false => {
            resize(&picture.to_rgb8(), width, height, FilterType::Nearest).write_to(&mut bytes, ImageFormat::Png)?
        }
    }
    let path = folder.join(file);
    files::make(path.parent().unwrap_or(folder))?;
    Ok(write_atomically(&path, bytes.get_ref(), Flush::Later)?)
}

/// A class name as part of a file's name.
fn in_file_name(name: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || one == '-' || one == '_' || one == '.';
    name.chars().map(|one| if is_plain(one) { one } else { '_' }).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_is_counted() {
        let words = counts([(0, "units"), (3, "right"), (1, "wrong"), (0, "coefficients")]);
        assert_eq!(words, "3 right, 1 wrong");
        assert_eq!(counts([(0, "units"), (0, "right"), (0, "wrong"), (0, "coefficients")]), "nothing to see");
    }

    #[test]
    fn names_of_classes_lead_to_no_other_folder() {
        assert_eq!(in_file_name("../a b/ä\\c"), ".._a_b_ä_c");
    }
}
