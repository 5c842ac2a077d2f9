//! What the trainer shows of trained weights: test images, filters, coefficients.

use super::html::{escape, figure};
use crate::recipes::Shipped;
use crate::reproduce::weights_file;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use zoo_results::Record;

/// How to ask the trainer.
pub(super) struct Inspector {
    pub(super) program: PathBuf,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) offline: bool,
    /// The runs of a reproduction; without them the weights that ship are shown.
    pub(super) runs: Option<PathBuf>,
}

/// What `trainer inspect` says.
#[derive(Debug, Deserialize)]
pub(super) struct Inspection {
    images: Option<Gallery>,
    reason: Option<String>,
    first_layer: Vec<Picture>,
    pub(super) coefficients: Vec<Coefficient>,
}

#[derive(Debug, Deserialize)]
struct Gallery {
    grid: Vec<Seen>,
    errors: Vec<Seen>,
}

#[derive(Debug, Deserialize)]
struct Seen {
    index: usize,
    png: String,
    label: String,
    predicted: String,
    probability: f64,
}

#[derive(Debug, Deserialize)]
struct Picture {
    name: String,
    png: String,
}

/// A table's column and its weight.
#[derive(Debug, Deserialize)]
pub(super) struct Coefficient {
    pub(super) column: String,
    pub(super) weight: f64,
}

impl Inspector {
    /// Inspects the weights of a record's first seed; `None` where there are none.
    pub(super) fn inspect(&self, shipped: &Shipped, record: &Record) -> Result<Option<Inspection>> {
        let name = &record.recipe;
        let mut command = Command::new(&self.program);
        command.arg("inspect").stdin(Stdio::null());
        match (&self.runs, record.runs.first()) {
            (Some(runs), Some(first)) => command.arg("--run").arg(runs.join(name).join(format!("seed{}", first.seed))),
            _ if weights_file(&shipped.family, name).exists() => command.args(["--pretrained", name]),
            _ => return Ok(None),
        };
        if let Some(folder) = &self.data_dir {
            command.arg("--data-dir").arg(folder);
        }
        if self.offline {
            command.arg("--offline");
        }
        let output = command.output().with_context(|| format!("cannot start {}", self.program.display()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("cannot inspect {name}: {}", said.trim().lines().next_back().unwrap_or("it gave no reason"));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let inspection = serde_json::from_str(text.trim()).with_context(|| format!("trainer inspect, of {name}"))?;
        Ok(Some(inspection))
    }
}

impl Inspection {
    /// Whether nothing is missing: there are test images, or the data has none.
    pub(super) fn is_whole(&self) -> bool {
        self.images.is_some() || self.reason.is_none()
    }

    /// The grid of test images and the most confident errors, or why there is none.
    pub(super) fn gallery(&self, test: usize) -> String {
        let Some(Gallery { grid, errors }) = &self.images else {
            let why = self
                .reason
                .as_ref()
                .map(|reason| format!("<p class=\"note\">No test images here: {}.</p>\n", escape(reason)));
            return why.unwrap_or_default();
        };
        let step = test / grid.len().max(1);
        let right = grid.iter().filter(|seen| seen.label == seen.predicted).count();
        let caption = format!(
            "Every {step}th test image: true class, and what the model says with which probability. {right} of {} are right; the others have a mark.",
            grid.len()
        );
        let mut html = figure("grid", &grid.iter().map(Seen::html).collect::<String>(), &caption);
        if !errors.is_empty() {
            let caption = format!("The {} errors made with the highest probability.", errors.len());
            html += &figure("grid", &errors.iter().map(Seen::html).collect::<String>(), &caption);
        }
        html
    }

    /// The first layer's weights as pictures.
    pub(super) fn first_layer(&self, caption: &str) -> String {
        if self.first_layer.is_empty() {
            return String::new();
        }
        let one = |picture: &Picture| {
            let name = escape(&picture.name);
            format!(
                "<div class=\"filter\"><img alt=\"weights of {name}\" src=\"data:image/png;base64,{}\"><span>{name}</span></div>",
                picture.png
            )
        };
        figure("filters", &self.first_layer.iter().map(one).collect::<String>(), caption)
    }
}

impl Seen {
    fn html(&self) -> String {
        let (label, predicted) = (escape(&self.label), escape(&self.predicted));
        let (class, verdict) = match self.label == self.predicted {
            true => ("right", format!("{label} <b>{:.0} %</b>", 100.0 * self.probability)),
            false => ("wrong", format!("{label}, <b>✗ {predicted} {:.0} %</b>", 100.0 * self.probability)),
        };
        format!(
            "<div class=\"{class}\"><img alt=\"test image {} of class {label}, predicted {predicted}\" src=\"data:image/png;base64,{}\"><span>{verdict}</span></div>",
            self.index, self.png
        )
    }
}
