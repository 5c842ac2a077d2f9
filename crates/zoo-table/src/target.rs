//! The column of a table to predict: whether it holds classes or numbers.

use crate::column::Column;
use crate::decimal::DecimalSign;
use anyhow::Result;
use std::collections::{BTreeMap, HashSet};
use zoo_core::LEAST_OF_A_CLASS;

/// Labels are bytes.
pub(crate) const MOST_CLASSES: usize = 256;

/// Whole numbers that differ more often than this are numbers, not classes.
const MOST_NUMBERED_CLASSES: usize = 20;

/// The column of a table to predict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds; `None` leaves that to its values.
    pub kind: Option<TargetKind>,
}

/// What a column to predict holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// Classes, which are told apart.
    Classes,
    /// Numbers, which are predicted themselves: regression.
    Value,
}

impl TargetKind {
    /// Both.
    pub const ALL: [TargetKind; 2] = [TargetKind::Classes, TargetKind::Value];

    /// As `data.target` of a recipe names it.
    pub fn name(self) -> &'static str {
        match self {
            TargetKind::Classes => "classes",
            TargetKind::Value => "value",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl<'a> From<&'a str> for TargetColumn<'a> {
    fn from(name: &'a str) -> Self {
        TargetColumn { name, kind: None }
    }
}

/// The numbers of the column to predict, unless it is one of texts.
pub(crate) fn target_numbers(
    column: Column<'_>,
    sign: DecimalSign,
    kind: Option<TargetKind>,
) -> Result<Option<Vec<f64>>> {
    match kind {
        None => column.targets(sign),
        // Whatever they are, their names tell them apart.
        Some(TargetKind::Classes) => Ok(None),
        Some(TargetKind::Value) => column.all_targets(sign).map(Some),
    }
}

/// Whether the numbers are predicted themselves: few whole ones that repeat are classes, unless their user says otherwise.
pub(crate) fn is_value(numbers: &[f64], kind: Option<TargetKind>) -> bool {
    let distinct: HashSet<u64> = numbers.iter().map(|number| (number + 0.0).to_bits()).collect();
    let is_few = distinct.len() <= MOST_NUMBERED_CLASSES && distinct.len() * 10 < numbers.len() * 9;
    let is_numbered = is_few && numbers.iter().all(|number| number.fract() == 0.0);
    match kind {
        Some(TargetKind::Value) => distinct.len() > 1,
        _ => !is_numbered && distinct.len() > 2,
    }
}

/// Whether all of them are one number, however each is written.
pub(crate) fn is_one(numbers: &[f64]) -> bool {
    !numbers.is_empty() && numbers.windows(2).all(|pair| pair[0] == pair[1])
}

/// From where to where they go.
pub(crate) fn ends(numbers: &[f64]) -> Option<[f32; 2]> {
    let ends = [numbers.iter().copied().reduce(f64::min)?, numbers.iter().copied().reduce(f64::max)?];
    Some(ends.map(|end| end as f32))
}

/// What numbers may be as well as what they are taken for: as values, whatever but 0 and 1; as classes, if each is there often enough.
pub(crate) fn other_kind(numbers: Option<&[f64]>, is_value: bool) -> Option<TargetKind> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    numbers?.iter().for_each(|number| *counts.entry((number + 0.0).to_bits()).or_default() += 1);
    let is_answer = || counts.keys().copied().eq([0.0, 1.0].map(f64::to_bits));
    match is_value {
        true if counts.len() <= MOST_CLASSES && counts.values().all(|count| *count >= LEAST_OF_A_CLASS) => {
            Some(TargetKind::Classes)
        }
        false if !is_answer() => Some(TargetKind::Value),
        _ => None,
    }
}
