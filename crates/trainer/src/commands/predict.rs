//! `predict`: a user's own pictures or table rows, classified.

use crate::cli::PredictArgs;
use crate::metrics::probabilities;
use crate::output::answer;
use crate::trained::TrainedModel;
use anyhow::{Context, Result, bail};
use csv::StringRecord;
use image::imageops::{FilterType, overlay};
use image::{DynamicImage, ImageDecoder, ImageReader, ImageResult, Rgba, RgbaImage};
use serde_json::json;
use std::path::Path;
use zoo_data::{Images, Inputs, Table};

/// Something to classify, and how the answer names it.
struct Subject {
    name: String,
    inputs: Inputs,
}

pub(crate) fn predict(args: &PredictArgs) -> Result<()> {
    let device = super::open_device(&args.device)?;
    let model = TrainedModel::of_run(&args.run, &device)?;
    for file in &args.files {
        for Subject { name, inputs } in read(file, &model)? {
            for logits in model.logits(inputs, 1)? {
                if !logits.iter().all(|logit| logit.is_finite()) {
                    bail!("{name}: the values are too large for the model; check their units");
                }
                let classes = ranked(&model.facts.class_names, &logits, usize::from(args.top));
                answer(&if args.json { as_json(&name, &classes) } else { as_text(&name, &classes) })?;
            }
        }
    }
    Ok(())
}

/// The most probable classes, best first.
fn ranked<'a>(names: &'a [String], logits: &[f32], top: usize) -> Vec<(&'a str, f64)> {
    let mut classes: Vec<_> = names.iter().map(String::as_str).zip(probabilities(logits)).collect();
    classes.sort_by(|left, right| right.1.total_cmp(&left.1));
    classes.truncate(top);
    classes
}

fn as_text(name: &str, classes: &[(&str, f64)]) -> String {
    let classes: Vec<_> =
        classes.iter().map(|(class, probability)| format!("{class} {:.1} %", 100.0 * probability)).collect();
    format!("{name}: {}", classes.join(", "))
}

fn as_json(name: &str, classes: &[(&str, f64)]) -> String {
    let classes: Vec<_> =
        classes.iter().map(|(class, probability)| json!({ "class": class, "probability": probability })).collect();
    json!({ "input": name, "classes": classes }).to_string()
}

fn read(file: &Path, model: &TrainedModel) -> Result<Vec<Subject>> {
    match *model.facts.input_shape {
        [channels, height, width] => Ok(vec![read_picture(file, channels, height, width)?]),
        _ => read_rows(file, &model.facts.columns),
    }
}

/// A picture of any size: its middle, scaled so that the shorter side fits, in grey or colour as the model wants it.
fn read_picture(file: &Path, channels: usize, height: usize, width: usize) -> Result<Subject> {
    let picture = on_white(decode(file)?);
    let scaled = picture.resize_to_fill(width as u32, height as u32, FilterType::Triangle);
    let pixels = match channels {
        1 => scaled.into_luma8().into_raw(),
        3 => planes(&scaled.into_rgb8().into_raw()),
        other => bail!("pictures have 1 or 3 channels, the model wants {other}"),
    };
    let inputs = Inputs::Images(Images { channels, height, width, pixels });
    Ok(Subject { name: file.display().to_string(), inputs })
}

/// The picture the right way up, as the camera noted it.
fn decode(file: &Path) -> Result<DynamicImage> {
    let opened = ImageReader::open(file).and_then(ImageReader::with_guessed_format);
    let reader = opened.with_context(|| format!("cannot read the picture {}", file.display()))?;
    let upright = || -> ImageResult<DynamicImage> {
        let mut decoder = reader.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture)
    };
    upright().with_context(|| format!("{} is not a PNG or JPEG picture", file.display()))
}

/// What shows through transparent places is white paper.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    paper.into()
}

/// From red, green, blue by pixel to one plane a colour.
fn planes(interleaved: &[u8]) -> Vec<u8> {
    (0..3).flat_map(|channel| interleaved.iter().skip(channel).step_by(3)).copied().collect()
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
        Ok(Subject { name, inputs: Inputs::Table(Table { columns: columns.to_vec(), values }) })
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
    fn planes_keep_every_colour_together() {
        assert_eq!(planes(&[1, 2, 3, 4, 5, 6]), [1, 4, 2, 5, 3, 6]);
    }

    #[test]
    fn the_most_probable_class_comes_first() {
        let names = ["a", "b", "c"].map(String::from);
        let classes = ranked(&names, &[0.0, 3.0, 1.0], 2);
        assert_eq!(classes.iter().map(|(class, _)| *class).collect::<Vec<_>>(), ["b", "c"]);
    }
}
