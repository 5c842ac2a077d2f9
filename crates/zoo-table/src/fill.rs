//! Missing values: what stands for one in a table, and what stands in for it.

use zoo_core::Table;
use zoo_recipe::Missing;

/// What stands for a value that is not there, in columns of numbers and of categories alike.
const MISSING: [&str; 12] = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "?", "-"];

/// Whether a field holds no value.
pub(crate) fn is_missing(field: &str) -> bool {
    MISSING.contains(&field)
}

/// What stands in for a missing value, one per column, by the values of `train`; none where no value may be missing.
///
/// ```
/// use zoo_core::Table;
/// use zoo_recipe::Missing;
///
/// let mut table = Table { columns: vec!["x".into()], values: vec![1.0, f32::NAN, 9.0, 2.0] };
/// let fill = zoo_table::fill_values(&table, Missing::Median);
/// zoo_table::fill(&mut table.values, &fill);
/// assert_eq!(table.values, [1.0, 2.0, 9.0, 2.0]);
/// assert_eq!(zoo_table::fill_values(&table, Missing::Mean), [3.5]);
/// assert!(zoo_table::fill_values(&table, Missing::Refuse).is_empty());
/// ```
pub fn fill_values(train: &Table, missing: Missing) -> Vec<f32> {
    let columns = train.columns.len();
    let known = |column: usize| -> Vec<f32> {
        train.values.iter().skip(column).step_by(columns).copied().filter(|value| !value.is_nan()).collect()
    };
    match missing {
        Missing::Refuse => Vec::new(),
        Missing::Mean => (0..columns).map(known).map(|values| mean(&values)).collect(),
        Missing::Median => (0..columns).map(known).map(median).collect(),
    }
}

/// Puts in what stands in for each missing value of the rows; nothing where there is nothing to stand in.
pub fn fill(rows: &mut [f32], fill: &[f32]) {
    for row in rows.chunks_exact_mut(fill.len().max(1)) {
        row.iter_mut().zip(fill).filter(|(value, _)| value.is_nan()).for_each(|(value, fill)| *value = *fill);
    }
}

/// 0 where there is no value at all.
fn mean(values: &[f32]) -> f32 {
    (values.iter().copied().map(f64::from).sum::<f64>() / values.len().max(1) as f64) as f32
}

/// The lower of the two middle values, so that of ones and zeros it is one of them.
fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}
