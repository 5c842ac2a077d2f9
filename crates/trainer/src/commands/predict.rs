//! `predict`: a user's own pictures or table rows, classified.

use super::shared::{check_free, check_kept, check_spared, made_from, model, open_device, write_checked};
use crate::args::{DataArgs, PredictArgs};
use crate::inspect::png_of;
use crate::output::{answer, report, warn};
use crate::trained::TrainedModel;
use anyhow::{Context, Error, Result, anyhow, bail};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zoo_core::{Classification, Images, Inputs, Table, check_not_named_pipe, printable, significant};
use zoo_pictures::PreparedPicture;
use zoo_recipe::DataFormat;
use zoo_table::TableRow;

/// Something to classify, and how the answer names it.
struct Subject {
    name: String,
    inputs: Inputs,
    /// What was done to a picture first, in words.
    steps: Vec<String>,
    /// Why the answer may mean nothing.
    warning: Option<String>,
}

/// A file that cannot be used is reported, and those after it are answered all the same.
pub(crate) fn predict(args: &PredictArgs) -> Result<ExitCode> {
    let saved = args.save_input.as_deref().map(|place| saved_files(place, args)).transpose()?;
    let device = open_device(&args.device)?;
    let (model, _) = model(&args.model, &device)?;
    let mut code = ExitCode::SUCCESS;
    for (index, file) in args.files.iter().enumerate() {
        match classify(file, saved.as_ref().map(|saved| saved[index].as_path()), &model, args) {
            Ok(lines) => lines.iter().try_for_each(|line| answer(line))?,
            Err(error) => code = report(&error),
        }
    }
    Ok(code)
}

/// The answers to a file, one a line.
fn classify(file: &Path, saved: Option<&Path>, model: &TrainedModel, args: &PredictArgs) -> Result<Vec<String>> {
    if file.is_dir() {
        let path = file.display();
        bail!("{path} is a folder; name the files in it, such as {}", file.join("*").display());
    }
    check_not_named_pipe(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut lines = Vec::new();
    for subject in read(file, model).map_err(|error| other_kind(file, model).unwrap_or(error))? {
        if let Some(place) = saved {
            save_input(&subject.inputs, place, args.force)?;
        }
        let logits = model.logits(subject.inputs.clone(), 1)?.concat();
        if !logits.iter().all(|logit| logit.is_finite()) {
            bail!("{}: {}", printable(&subject.name), not_finite(&subject.inputs));
        }
        if let Some(warning) = &subject.warning {
            warn(&format!("warning: {}: {warning}", printable(&subject.name)));
        }
        let value = model.facts.target.as_ref().and_then(|unit| Some(unit.undo(*logits.first()?)));
        let mut answer = Classification::new(&model.facts.class_names, &logits);
        answer.classes.truncate(usize::from(args.top));
        (answer.steps, answer.warning) = (subject.steps, subject.warning);
        lines.push(if args.json { json(&subject.name, &answer, value) } else { text(&subject.name, &answer, value) });
    }
    Ok(lines)
}

/// Where each picture's input goes: the file named, or a file in the folder named. No two go to one, none replaces a picture that is
/// read or that the run was trained on, and another file only with `--force`.
fn saved_files(place: &Path, args: &PredictArgs) -> Result<Vec<PathBuf>> {
    let (files, trained_on) = (&args.files, made_from(&args.model));
    let mut saved: Vec<PathBuf> = Vec::new();
    for file in files {
        let target = picture_file(place, file, files.len())?;
        let (path, shown) = (file.display(), target.display());
        if let Some(index) = saved.iter().position(|earlier| *earlier == target) {
            let other = files[index].display();
            bail!("--save-input: {other} and {path} would both be saved as {shown}; rename one, or save them apart");
        }
        let there = target.canonicalize().ok();
        if there.is_some() && files.iter().any(|file| file.canonicalize().ok() == there) {
            bail!("--save-input: the input of {path} would replace the picture {shown}; save it elsewhere");
        }
        let free = check_free(&target, args.force)
            .and_then(|()| check_spared(&target, &trained_on))
            .and_then(|()| check_kept(&target, args.model.run.as_deref(), &DataArgs::default()));
        free.context("--save-input")?;
        saved.push(target);
    }
    Ok(saved)
}

/// Why finite weights give logits that are not: the numbers of a table are the user's, a picture's are bytes.
fn not_finite(inputs: &Inputs) -> &'static str {
    match inputs {
        Inputs::Table(_) => "the values are too large for the model; check their units",
        Inputs::Images(_) => "the model gives values that are not finite: its weights are too large; train again",
    }
}

/// Where a picture's input goes: the file named, or in the folder named a file for each.
fn picture_file(place: &Path, file: &Path, files: usize) -> Result<PathBuf> {
    if place.is_dir() {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        return Ok(place.join(format!("{name}-input.png")));
    }
    if files > 1 {
        bail!(
            "--save-input {} is no folder; name one that is there to save the inputs of several pictures",
            place.display()
        );
    }
    Ok(place.to_path_buf())
}

/// What the model sees, as a PNG.
fn save_input(inputs: &Inputs, file: &Path, force: bool) -> Result<()> {
    let Inputs::Images(images) = inputs else {
        bail!("--save-input is for pictures, and this model reads the rows of tables");
    };
    let png = png_of(images, 0)?;
    write_checked(file, &png, force)
}

/// `value` is a regression's number, in its own unit.
fn text(name: &str, answer: &Classification, value: Option<f64>) -> String {
    let name = printable(name);
    if let Some(value) = value {
        // f32 has some seven digits.
        return format!("{name}: {}", significant(value, 6));
    }
    let classes: Vec<String> = answer.classes.iter().map(ToString::to_string).collect();
    format!("{name}: {}", classes.join(", "))
}

fn json(name: &str, answer: &Classification, value: Option<f64>) -> String {
    let mut told = serde_json::to_value(answer).expect("an answer is texts and numbers");
    told["input"] = name.into();
    if let Some(value) = value {
        told["value"] = value.into();
    }
    told.to_string()
}

fn read(file: &Path, model: &TrainedModel) -> Result<Vec<Subject>> {
    if model.facts.picture.is_none() {
        return read_rows(file, model);
    }
    let PreparedPicture { shape: [channels, height, width], pixels, steps, warning } =
        model.facts.read_picture(file)?;
    let inputs = Inputs::Images(Images { channels, height, width, pixels });
    Ok(vec![Subject { name: file.display().to_string(), inputs, steps, warning }])
}

/// What is wrong with a file that could not be read, if it is a table for a model of pictures or the other way around.
fn other_kind(file: &Path, model: &TrainedModel) -> Option<Error> {
    let path = file.display();
    match model.facts.picture {
        None if is_picture(file) => {
            Some(anyhow!("{path} is a picture, and this model reads the rows of tables; name CSV files"))
        }
        Some(_) if is_table(file) => {
            Some(anyhow!("{path} is a table, and this model reads pictures; name PNG, JPEG, WebP, GIF or BMP files"))
        }
        _ => None,
    }
}

/// Whether a file begins as pictures do. A text may, too, but it holds no zero bytes.
fn is_picture(file: &Path) -> bool {
    let mut head = Vec::new();
    let is_read = file.is_file() && File::open(file).is_ok_and(|file| file.take(64).read_to_end(&mut head).is_ok());
    is_read && head.contains(&0) && image::guess_format(&head).is_ok()
}

fn is_table(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    file.is_file() && ["csv", "tsv"].contains(&extension.as_str())
}

/// The rows of a table whose header names at least the model's columns, in any order.
fn read_rows(file: &Path, model: &TrainedModel) -> Result<Vec<Subject>> {
    let columns = &model.facts.columns;
    let rows = match model.recipe.data.files.as_ref().map(|files| &files.format) {
        Some(DataFormat::Table(format)) => {
            let found = zoo_table::rows(file, format)?;
            found.notes().iter().for_each(|note| warn(&format!("{}: {note}", printable(&file.display().to_string()))));
            found.rows
        }
        _ => zoo_table::read(file, columns, model.recipe.data.column_named())?,
    };
    let subject = |TableRow { line, values }| Subject {
        name: format!("{}:{line}", file.display()),
        inputs: Inputs::Table(Table { columns: columns.clone(), values }),
        steps: Vec::new(),
        warning: None,
    };
    Ok(rows.into_iter().map(subject).collect())
}
