//! `predict`: a user's own pictures or table rows, classified.

use super::shared::{model, open_device};
use crate::args::PredictArgs;
use crate::inspect::png_of;
use crate::output::answer;
use crate::pictures::{self, PreparedPicture};
use crate::trained::TrainedModel;
use anyhow::{Context, Result, bail};
use csv::StringRecord;
use serde_json::json;
use std::path::{Path, PathBuf};
use zoo_core::{Flush, Inputs, Table, probabilities, write_atomically};

/// Something to classify, and how the answer names it.
struct Subject {
    name: String,
    inputs: Inputs,
    /// What was done to a picture first.
    steps: Vec<String>,
}

/// What the model said of it.
struct Classified<'a> {
    subject: &'a Subject,
    classes: Vec<(&'a str, f64)>,
    logits: &'a [f32],
}

pub(crate) fn predict(args: &PredictArgs) -> Result<()> {
    let device = open_device(&args.device)?;
    let (model, _) = model(&args.run, &args.pretrained, &device)?;
    for file in &args.files {
        for subject in read(file, &model)? {
            if let Some(place) = &args.save_input {
                save_input(&subject.inputs, &picture_file(place, file, args.files.len())?)?;
            }
            let logits = model.logits(subject.inputs.clone(), 1)?.concat();
            if !logits.iter().all(|logit| logit.is_finite()) {
                bail!("{}: {}", subject.name, not_finite(&subject.inputs));
            }
            let classes = ranked(&model.facts.class_names, &logits, usize::from(args.top));
            let told = Classified { subject: &subject, classes, logits: &logits };
            answer(&if args.json { told.to_json() } else { told.to_text() })?;
        }
    }
    Ok(())
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
fn save_input(inputs: &Inputs, file: &Path) -> Result<()> {
    let Inputs::Images(images) = inputs else {
        bail!("--save-input is for pictures, and this model reads the rows of tables");
    };
    let png = png_of(images, 0)?;
    Ok(write_atomically(file, &png, Flush::ToDisk)?)
}

/// The most probable classes, best first.
fn ranked<'a>(names: &'a [String], logits: &[f32], top: usize) -> Vec<(&'a str, f64)> {
    let mut classes: Vec<_> = names.iter().map(String::as_str).zip(probabilities(logits)).collect();
    classes.sort_by(|left, right| right.1.total_cmp(&left.1));
    classes.truncate(top);
    classes
}

impl Classified<'_> {
    fn to_text(&self) -> String {
        let one = |(class, probability): &(&str, f64)| format!("{class} {:.1} %", 100.0 * probability);
        let classes: Vec<_> = self.classes.iter().map(one).collect();
        format!("{}: {}", self.subject.name, classes.join(", "))
    }

    fn to_json(&self) -> String {
        let one = |(class, probability): &(&str, f64)| json!({ "class": class, "probability": probability });
        let classes: Vec<_> = self.classes.iter().map(one).collect();
        let Subject { name, steps, .. } = self.subject;
        json!({ "input": name, "classes": classes, "logits": self.logits, "preprocessing": steps }).to_string()
    }
}

fn read(file: &Path, model: &TrainedModel) -> Result<Vec<Subject>> {
    match *model.facts.input_shape {
        [channels, height, width] => {
            let PreparedPicture { images, steps } =
                pictures::read(file, model.recipe.data.name, [channels, height, width])?;
            Ok(vec![Subject { name: file.display().to_string(), inputs: Inputs::Images(images), steps }])
        }
        _ => read_rows(file, &model.facts.columns),
    }
}

/// The rows of a CSV file whose header names at least the model's columns, in any order.
fn read_rows(file: &Path, columns: &[String]) -> Result<Vec<Subject>> {
    let path = file.display();
    let mut table = csv::Reader::from_path(file).with_context(|| format!("cannot read the table {path}"))?;
    let header = table.headers().with_context(|| format!("{path} has no header line"))?.clone();
    if header.is_empty() {
        bail!("{path} is empty; its first line should name the columns {}", columns.join(", "));
    }
    let positions = columns
        .iter()
        .map(|column| {
            let position = header.iter().position(|name| name.trim() == column);
            position
                .with_context(|| format!("{path} has no column {column:?}; the model wants: {}", columns.join(", ")))
        })
        .collect::<Result<Vec<_>>>()?;
    let row = |(index, record): (usize, csv::Result<StringRecord>)| {
        // The header is line 1.
        let name = format!("{path}:{}", index + 2);
        let record = record.with_context(|| format!("{name} is no row of a CSV table"))?;
        let values = positions.iter().zip(columns).map(|(position, column)| number(&record[*position], column));
        let values = values.collect::<Result<_>>().with_context(|| name.clone())?;
        Ok(Subject { name, inputs: Inputs::Table(Table { columns: columns.to_vec(), values }), steps: Vec::new() })
    };
    let subjects = table.records().enumerate().map(row).collect::<Result<Vec<_>>>()?;
    if subjects.is_empty() {
        bail!("{path} has no rows below its header");
    }
    Ok(subjects)
}

fn number(text: &str, column: &str) -> Result<f32> {
    let value: f32 = text.trim().parse().with_context(|| format!("{column} is {text:?}, expected a number"))?;
    if !value.is_finite() {
        bail!("{column} is {text:?}, expected a finite number");
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_class_comes_first() {
        let names = ["a", "b", "c"].map(String::from);
        let classes = ranked(&names, &[0.0, 3.0, 1.0], 2);
        assert_eq!(classes.iter().map(|(class, _)| *class).collect::<Vec<_>>(), ["b", "c"]);
    }
}
