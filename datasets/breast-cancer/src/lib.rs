//! Breast Cancer Wisconsin (Diagnostic): 569 tumors, 30 measurements each, benign or malignant.
//!
//! The data is compiled into the crate, so [`load`] needs neither file nor network and cannot fail.
//!
//! ```
//! let dataset = zoo_breast_cancer::load();
//! assert_eq!(dataset.train.len(), 569);
//! assert_eq!(dataset.class_names, ["benign", "malignant"]);
//! ```
//!
//! There is no test split of its own. Cut one with a fixed rule, or cross-validate; fit the normalization on the rest alone:
//!
//! ```
//! use zoo_core::{Normalizer, stratified_k_fold};
//!
//! let examples = zoo_breast_cancer::load().train;
//! for held in stratified_k_fold(&examples.labels, 10, 1)? {
//!     let is_kept = |index: &u32| held.binary_search(index).is_err();
//!     let kept: Vec<u32> = (0..examples.len() as u32).filter(is_kept).collect();
//!     let train = examples.select(&kept);
//!     let normalizer = Normalizer::fit_columns(&train)?;
//!     assert_eq!(normalizer.mean.len(), 30);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use zoo_core::{Dataset, DatasetFacts, Examples, Inputs, Provenance, Table};

/// What a recipe calls this data set.
pub const NAME: &str = "breast_cancer";

/// The classes by label. Malignant is 1, the positive class, so that sensitivity is the fraction of malignant tumors found; the
/// file (and scikit-learn) has it the other way round.
pub const CLASS_NAMES: [&str; 2] = ["benign", "malignant"];

/// The measurements in the order of the file, in scikit-learn's names: ten properties of the cell nuclei in one image, each as
/// mean, as standard error and as the mean of the three largest ("worst").
pub const COLUMNS: [&str; 30] = [
    "mean radius",
    "mean texture",
    "mean perimeter",
    "mean area",
    "mean smoothness",
    "mean compactness",
    "mean concavity",
    "mean concave points",
    "mean symmetry",
    "mean fractal dimension",
    "radius error",
    "texture error",
    "perimeter error",
    "area error",
    "smoothness error",
    "compactness error",
    "concavity error",
    "concave points error",
    "symmetry error",
    "fractal dimension error",
    "worst radius",
    "worst texture",
    "worst perimeter",
    "worst area",
    "worst smoothness",
    "worst compactness",
    "worst concavity",
    "worst concave points",
    "worst symmetry",
    "worst fractal dimension",
];

/// The data set as recipes know it.
pub const FACTS: &[DatasetFacts] = &[DatasetFacts {
    name: NAME,
    title: "Breast Cancer Wisconsin (Diagnostic)",
    task: "benign or malignant, from 30 measurements of the cell nuclei of a breast mass",
    license: "CC BY 4.0",
    citation: "W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning \
               Repository, 1993",
    url: "https://doi.org/10.24432/C5DW2B",
    limits: "Measurements of one hospital's pictures from around 1990, outlined by hand. A teaching example: not a medical device, \
             and no basis for a decision about a person.",
    shape: &[COLUMNS.len()],
    columns: &COLUMNS,
    class_names: &CLASS_NAMES,
    has_test_split: false,
    folder: "breast-cancer",
    load: |_| Ok(load()),
    fetch: None,
    picture: None,
    column_named,
}];

/// The column that `name` means: scikit-learn's, or `radius_mean`, `radius_se`, `radius_worst` as at Kaggle, or `radius1`, `radius2`,
/// `radius3` as UCI's own package has them, in any case.
///
/// ```
/// use zoo_breast_cancer::column_named;
///
/// assert_eq!(column_named("concave points_mean"), Some("mean concave points"));
/// assert_eq!(column_named("diagnosis"), None);
/// ```
pub fn column_named(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase().replace(['_', '.', '-'], " ");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    COLUMNS.into_iter().find(|column| *column == name || other_names(column).contains(&name))
}

/// At Kaggle, and in UCI's package.
fn other_names(column: &str) -> [String; 2] {
    let mean = column.strip_prefix("mean ").map(|property| (property, "mean", 1));
    let error = column.strip_suffix(" error").map(|property| (property, "se", 2));
    let worst = column.strip_prefix("worst ").map(|property| (property, "worst", 3));
    let (property, statistic, number) = mean.or(error).or(worst).expect("every column is one of the three");
    [format!("{property} {statistic}"), format!("{property}{number}")]
}

/// scikit-learn's file, byte for byte: a heading, then 30 measurements and the class a row.
const FILE: &str = include_str!("../data/breast_cancer.csv");

/// All 569 examples as `train`, in the order of the file, in the units of the source.
pub fn load() -> Dataset {
    let mut values = Vec::new();
    let mut labels = Vec::new();
    for row in FILE.lines().skip(1) {
        let (measurements, class) = row.rsplit_once(',').expect("a row has commas");
        values.extend(measurements.split(',').map(number));
        labels.push(label(class));
    }
    let columns = COLUMNS.map(String::from).to_vec();
    Dataset {
        name: NAME.to_owned(),
        class_names: CLASS_NAMES.map(String::from).to_vec(),
        provenance: Provenance::Official,
        train: Examples::of_classes(Inputs::Table(Table { columns, values }), labels),
        valid: None,
        test: None,
        notes: Vec::new(),
    }
}

fn number(text: &str) -> f32 {
    text.parse().expect("the file holds numbers alone")
}

/// The file has 0 for malignant and 1 for benign.
fn label(class: &str) -> u8 {
    u8::from(class == "0")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use zoo_core::{Normalizer, Progress, Store};

    use super::*;

    fn table() -> Table {
        let Inputs::Table(table) = load().train.inputs else {
            panic!("the measurements are a table");
        };
        table
    }

    fn mean(table: &Table, column: &str) -> f64 {
        let column = table.columns.iter().position(|name| name == column).unwrap();
        let values = table.values.iter().skip(column).step_by(table.columns.len());
        values.map(|&value| f64::from(value)).sum::<f64>() / 569.0
    }

    #[test]
    fn the_file_is_scikit_learns() {
        assert_eq!(
            zoo_core::sha256_hex(FILE.as_bytes()), // of sklearn/datasets/data/breast_cancer.csv in scikit-learn 1.9.1
            "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
        );
    }

    #[test]
    fn the_classes_are_357_benign_and_212_malignant() {
        let examples = load().train;
        assert_eq!(examples.class_counts(2), [357, 212]); // UCI's own counts
        assert_eq!(examples.labels[0], 1); // UCI's first row, id 842302, is "M"
        assert_eq!(examples.labels[568], 0); // its last, id 92751, is "B"
    }

    #[test]
    fn the_first_and_last_rows_are_in_place() {
        let table = table();
        assert_eq!(table.values.len(), 569 * 30);
        assert_eq!(table.row(0)[..3], [17.99, 10.38, 122.8]);
        assert_eq!(table.row(568)[27..], [0.0, 0.2871, 0.07039]);
    }

    #[test]
    fn the_means_are_scikit_learns() {
        // load_breast_cancer().data.mean(axis=0) in scikit-learn 1.9.1.
        for (column, expected) in [
            ("mean radius", 14.127291739894563),
            ("mean area", 654.8891036906857),
            ("worst fractal dimension", 0.08394581722319855),
        ] {
            let found = mean(&table(), column);
            assert!((found - expected).abs() < 1e-6 * expected, "{column}: {found}");
        }
    }

    #[test]
    fn normalization_is_scikit_learns() {
        let normalizer = Normalizer::fit_columns(&load().train).unwrap();
        // StandardScaler().fit(load_breast_cancer().data) in scikit-learn 1.9.1: mean_ and scale_ of columns 0, 3 and 29.
        for (column, mean, std) in [
            (0, 14.127291743072348, 3.5209507474778245),
            (3, 654.889103814043, 351.6047537432559),
            (29, 0.08394581713895387, 0.018045389236518636),
        ] {
            let found = (f64::from(normalizer.mean[column]), f64::from(normalizer.std[column]));
            assert!((found.0 - mean).abs() < 1e-7 * mean && (found.1 - std).abs() < 1e-7 * std, "{column}: {found:?}");
        }
    }

    #[test]
    fn the_facts_are_those_of_the_data() {
        let store = Store::new(Some(std::env::temp_dir()), true, Progress::Hidden).unwrap();
        for facts in FACTS {
            facts.assert_true_of(&(facts.load)(&store).unwrap());
        }
    }
}
