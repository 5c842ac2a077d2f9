//! A user's own table in a recipe: what its columns are.

use serde::{Deserialize, Serialize};
use zoo_core::Explain;

/// What the columns of a table are: all that is needed to read another table the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct TableFormat {
    /// The column to predict: text or whole numbers for classes, a number for regression.
    pub label: String,
    /// What happens where a value is missing.
    pub missing: Missing,
    /// Columns that are there and not used, such as ids.
    pub left_out: Vec<String>,
    /// Columns of numbers, in the order in which the model takes them.
    pub numbers: Vec<String>,
    /// Columns of categories. After the numbers the model takes one column for each category, which is 1 or 0.
    pub categories: Vec<CategoryColumn>,
}

/// A column of categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct CategoryColumn {
    /// Its name.
    pub column: String,
    /// The categories, in the order in which the model takes them.
    pub values: Vec<String>,
}

/// What happens where a value is missing: empty, `NA`, `N/A`, `NaN`, `null`, `?` or `-`, which beside `+` is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The row is refused.
    Refuse,
    /// The mean of the training split stands in for it; of categories their frequencies.
    Mean,
    /// The median of the training split stands in for it.
    Median,
}

impl TableFormat {
    /// The columns as the model takes them: `alcohol`, `color=red`.
    pub fn columns(&self) -> Vec<String> {
        let encoded = |CategoryColumn { column, values }: &CategoryColumn| {
            values.iter().map(|value| format!("{column}={value}")).collect::<Vec<_>>()
        };
        self.numbers.iter().cloned().chain(self.categories.iter().flat_map(encoded)).collect()
    }

    /// The columns of the table that the model's are made of.
    pub fn sources(&self) -> Vec<String> {
        self.numbers.iter().chain(self.categories.iter().map(|categories| &categories.column)).cloned().collect()
    }
}
