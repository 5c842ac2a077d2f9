//! What a table that nobody has described holds, in words.

use crate::encode::{IS_WINDOWS_1252, comment_warning};
use crate::target::TargetKind;
use crate::text::MOST_LISTED;
use crate::underflow::Underflow;
use zoo_core::{Alike, alike, and_more, joined, listed, shortened};
use zoo_recipe::{CategoryColumn, TableFormat};

/// A table, and what was found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTable {
    /// As its user has named it.
    pub file: String,
    /// For the recipe.
    pub format: TableFormat,
    /// The classes in order with the examples of each; none where the target is a number.
    pub classes: Vec<(String, usize)>,
    /// The smallest and the largest target, where it is a number.
    pub range: Option<[f32; 2]>,
    /// What the target, numbers whose user has not said what they are, may be instead.
    pub may_be: Option<TargetKind>,
    /// Lines above the header that are comments.
    pub comments: usize,
    /// The lines of rows that begin as comments do.
    pub(crate) like_comments: Vec<usize>,
    /// Rows below the header.
    pub rows: usize,
    /// Columns left out, and why; one without a name by its number, such as `column 1`.
    pub left_out: Vec<(String, String)>,
    /// Rows that are there before, label and all.
    pub duplicates: usize,
    /// Values that are missing.
    pub missing: usize,
    /// What stands for them, but for nothing at all: `NA`, `?`.
    pub missing_marks: Vec<String>,
    /// Columns of texts that may have been meant as numbers, each with the reason, as a clause.
    pub like_numbers: Vec<(String, String)>,
    /// Of the columns of numbers those with some that are 0 in single precision alone.
    pub(crate) underflows: Vec<Underflow>,
    /// Whether columns that are used are not UTF-8, and so were read as Windows-1252.
    pub is_windows_1252: bool,
}

impl FoundTable {
    /// What was found, a sentence each, and then the [`warnings`](Self::warnings).
    pub fn sentences(&self) -> Vec<String> {
        [self.facts(), self.warnings()].concat()
    }

    /// What was found, but for what its user may have to change, a sentence each.
    pub fn facts(&self) -> Vec<String> {
        [vec![self.sentence_on_target()], self.sentences_on_columns()].concat()
    }

    /// The rows, and what is to be predicted of them.
    fn sentence_on_target(&self) -> String {
        let FoundTable { file, format, classes, range, rows, .. } = self;
        let label = &format.label;
        match range {
            Some([least, most]) => {
                let instead = match self.may_be {
                    Some(TargetKind::Classes) => "; --target classes tells its different values apart instead",
                    _ => "",
                };
                format!(
                    "{file}: {rows} rows; {label} is a number from {least} to {most}, so this is regression{instead}"
                )
            }
            None => {
                let count = |(name, examples): &(String, usize)| format!("{} {examples}", shortened(name));
                let counts: Vec<String> = classes.iter().map(count).collect();
                let instead = match self.may_be {
                    Some(TargetKind::Value) => {
                        ", as its numbers are few; --target value predicts the numbers themselves instead (regression)"
                    }
                    _ => "",
                };
                let shown = joined(&counts, MOST_LISTED);
                format!("{file}: {rows} rows; {label} has {} classes ({shown}){instead}", classes.len())
            }
        }
    }

    /// What there is to learn from, and what is not.
    fn sentences_on_columns(&self) -> Vec<String> {
        let FoundTable { format, left_out, missing, is_windows_1252, .. } = self;
        let mut said = Vec::new();
        let of_categories = match categories(&format.categories) {
            none if none.is_empty() => none,
            some => format!("; of categories: {some}"),
        };
        let numbers = if format.numbers.is_empty() { "none".to_string() } else { listed(&format.numbers, MOST_LISTED) };
        said.push(format!("columns of numbers: {numbers}{of_categories}"));
        if !left_out.is_empty() {
            said.push(format!("left out: {}", reasons(left_out)));
        }
        if self.comments > 0 {
            let lines = counted(self.comments, "line", "lines");
            said.push(format!("read past {lines} of comments above the header"));
        }
        if *is_windows_1252 {
            said.push(IS_WINDOWS_1252.to_string());
        }
        if *missing > 0 {
            said.push(format!(
                "{} missing{}: the training split's median stands in",
                counted(*missing, "value is", "values are"),
                if self.missing_marks.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", self.missing_marks.join(", "))
                }
            ));
        }
        said
    }

    /// What its user may have to change, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let FoundTable { format, classes, duplicates, like_comments, .. } = self;
        let mut said: Vec<String> = comment_warning(like_comments).into_iter().collect();
        if *duplicates > 0 {
            let rows = counted(*duplicates, "row repeats", "rows repeat");
            said.push(format!("warning: {rows} an earlier one, so test may hold what training has seen"));
        }
        said.extend(self.like_numbers.iter().map(|(column, why)| self.sentence_on_like_numbers(column, why)));
        said.extend(format.categories.iter().flat_map(alike_categories));
        said.extend(self.underflows.iter().map(Underflow::warning));
        let counts = || classes.iter().map(|(_, examples)| *examples);
        if let (Some(least), Some(most)) = (counts().min(), counts().max())
            && most >= 10 * least
        {
            said.push(format!("warning: the largest class has {most} examples and the smallest {least}: look at balanced accuracy or recall"));
        }
        said
    }

    /// Of a column of texts: what it is read as, why that may be wrong, and what to do.
    fn sentence_on_like_numbers(&self, column: &str, why: &str) -> String {
        let read = match () {
            () if *column == self.format.label => "is read as classes",
            () if self.format.categories.iter().any(|of| of.column == column) => "is read as categories",
            () => "is left out",
        };
        format!(
            "warning: {column} {read}, {why}; for numbers write them alone, without units or signs between digits, and nothing where one is \
             missing"
        )
    }
}

/// Categories that may have been meant as one, a sentence for each group of them.
fn alike_categories(CategoryColumn { column, values }: &CategoryColumn) -> Vec<String> {
    let sentence = |Alike { names, likeness, .. }: Alike| {
        format!(
            "warning: the values {} of {column} {likeness}, and are told apart; write them alike if they are one",
            names.join(" and ")
        )
    };
    alike(values.iter().map(String::as_str)).into_iter().map(sentence).collect()
}

/// What is left out, and why.
pub(crate) fn reasons(left_out: &[(String, String)]) -> String {
    let shown = left_out.iter().take(MOST_LISTED).map(|(name, why)| format!("{} ({why})", shortened(name)));
    let shown = shown.collect::<Vec<_>>().join(", ");
    shown + &and_more(left_out.len(), MOST_LISTED)
}

/// The columns of categories with their values.
fn categories(columns: &[CategoryColumn]) -> String {
    let shown = columns.iter().take(MOST_LISTED);
    let shown = shown.map(|of| format!("{} ({})", shortened(&of.column), listed(&of.values, MOST_LISTED)));
    let shown = shown.collect::<Vec<_>>().join("; ");
    shown + &and_more(columns.len(), MOST_LISTED)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
