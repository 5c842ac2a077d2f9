//! What `eval` measured, as text and as JSON.

use super::agreement::Agreement;
use super::session::{score_line, standing};
use super::tables::{class_table, confusion_table};
use crate::cli::Part;
use crate::results::instruction_set_of;
use serde_json::{Value, json};
use zoo_core::{ClassScores, Provenance, Scores};
use zoo_core::weights::Entry;

/// A model measured on a part of its data.
pub(super) struct Evaluation {
    pub(super) model: String,
    pub(super) device: &'static str,
    pub(super) split: Part,
    pub(super) examples: usize,
    pub(super) data: String,
    pub(super) provenance: Provenance,
    pub(super) class_names: Vec<String>,
    pub(super) scores: Scores,
    /// Examples by true class (row) and predicted class (column).
    pub(super) confusion: Vec<Vec<u64>>,
    /// If asked for: with mirror images; none for models that were not trained on these.
    pub(super) mirrored: Option<Option<Scores>>,
    /// For shipped weights: the index's entry, and how the test scores compare.
    pub(super) shipped: Option<(Entry, Option<Agreement>)>,
}

impl Evaluation {
    pub(super) fn to_json(&self) -> String {
        let mut object = json!({
            "model": self.model, "split": self.split, "examples": self.examples, "device": self.device,
            "instruction_set": instruction_set_of(self.device),
            "data": { "name": self.data, "provenance": self.provenance }, "scores": self.scores,
            "per_class": self.classes(), "class_names": self.class_names, "confusion": self.confusion,
        });
        if let Some(mirrored) = &self.mirrored {
            object["mirrored"] = json!(mirrored);
        }
        if let Some((entry, agreement)) = &self.shipped {
            object["weights_sha256"] = json!(entry.sha256);
            object["recorded"] = agreement.map_or(Value::Null, |_| json!(entry.metrics));
            object["agrees"] = json!(agreement.map(|agreement| agreement.agrees));
        }
        object.to_string()
    }

    pub(super) fn to_text(&self) -> String {
        let Self { model, examples, data, .. } = self;
        let (standing, line) = (standing(self.provenance), score_line(&self.scores));
        let mut text = format!("{model}: {examples} examples of {data} ({standing}): {line}\n");
        text += &match &self.mirrored {
            None => String::new(),
            Some(None) => "with mirror images: not measured, training did not mirror images\n".to_string(),
            Some(Some(scores)) => format!("with mirror images: {}\n", score_line(scores)),
        };
        if let Some((entry, Some(agreement))) = &self.shipped {
            text += &format!("{}\n", agreement.sentence(entry));
        }
        text + &class_table(&self.classes()) + "\n" + &confusion_table(&self.class_names, &self.confusion)
    }

    fn classes(&self) -> Vec<ClassScores> {
        ClassScores::of_all(&self.class_names, &self.confusion)
    }
}
