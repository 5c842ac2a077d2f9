//! One example at a time, through `burn_dataset::Dataset`, for Burn projects with loaders of their own.

use burn_dataset::DatasetError;

use crate::{Examples, Inputs};

/// One input, as it is at rest; [`Inputs::shape`] gives its shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Bytes, `[channels, height, width]`.
    Image(Vec<u8>),
    /// Numbers, `[columns]`.
    Row(Vec<f32>),
}

/// One input with its class index: what a Burn `Batcher` receives.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The image or row.
    pub input: Input,
    /// The class index; 0 for regression.
    pub label: u8,
    /// For regression the number to predict.
    pub target: Option<f32>,
}

/// Any Burn data loader or transform can read [`Examples`].
///
/// ```
/// use burn_dataset::{Dataset, transform::PartialDataset};
/// use zoo_core::{Example, Examples, Input, Inputs, Table};
///
/// let table = Table { columns: vec!["x".into()], values: vec![0.0, 10.0, 20.0] };
/// let examples = Examples::of_classes(Inputs::Table(table), vec![0, 1, 2]);
/// let last_two = PartialDataset::<_, Example>::new(examples, 1, 3);
/// let example = last_two.get(0)?;
/// assert_eq!((example.input, example.label), (Input::Row(vec![10.0]), 1));
/// # Ok::<(), burn_dataset::DatasetError>(())
/// ```
impl burn_dataset::Dataset<Example> for Examples {
    fn get(&self, index: usize) -> Result<Example, DatasetError> {
        let input = match &self.inputs {
            Inputs::Images(images) => Input::Image(images.image(index).to_vec()),
            Inputs::Table(table) => Input::Row(table.row(index).to_vec()),
        };
        Ok(Example { input, label: self.labels[index], target: self.targets.get(index).copied() })
    }

    fn len(&self) -> usize {
        self.labels.len()
    }
}
