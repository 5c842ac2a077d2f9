//! Examples as every data set of the zoo holds them: bytes or floats at rest, beside them labels, or numbers to predict.

use crate::augment::{Canvas, Padding};
use crate::sources::Sources;

/// Where the bytes came from, as far as their sha256 can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, crate::Explain)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// Every file has the published sha256 (or is compiled into the program).
    Official,
    /// The files parse, but at least one hash or count is not the published one.
    Unverified,
    /// A user's own files, which are those that the recipe names by their digest.
    Own,
}

/// Images of one size, one byte per channel value: `pixels` is `[count, channels, height, width]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// 1 for gray, 3 for red, green and blue.
    pub channels: usize,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// All images one after another, each channel by channel, row by row.
    pub pixels: Vec<u8>,
}

/// Rows of numbers: `values` is `[count, columns.len()]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The columns' names, in order.
    pub columns: Vec<String>,
    /// All rows one after another, in the units of the source.
    pub values: Vec<f32>,
}

/// What a model looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Bytes, `[count, channels, height, width]`.
    Images(Images),
    /// Floats, `[count, columns]`.
    Table(Table),
}

/// Inputs with one class index each, or for regression one number each.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// As many as there are labels.
    pub inputs: Inputs,
    /// Class indices, `0..class_names.len()`; all 0 for regression.
    pub labels: Vec<u8>,
    /// For regression the number to predict, as many as there are labels; else none.
    pub targets: Vec<f32>,
    /// Where each of a user's own examples comes from.
    pub sources: Sources,
}

/// A data set in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The name a recipe uses: `cifar10`.
    pub name: String,
    /// The classes' names, by label.
    pub class_names: Vec<String>,
    /// Whether the bytes are the published ones.
    pub provenance: Provenance,
    /// The split to learn from.
    pub train: Examples,
    /// The data set's own validation split; `None` where it is cut from `train`.
    pub valid: Option<Examples>,
    /// The data set's own test split; `None` where a recipe has to cut one.
    pub test: Option<Examples>,
    /// What its user should know of loading it, a sentence each, such as which files were left out.
    pub notes: Vec<String>,
}

impl Inputs {
    /// The shape of one example: `[channels, height, width]` or `[columns]`.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Inputs::Images(images) => vec![images.channels, images.height, images.width],
            Inputs::Table(table) => vec![table.columns.len()],
        }
    }

    /// The number of values of one example.
    pub fn features(&self) -> usize {
        match self {
            Inputs::Images(images) => images.features(),
            Inputs::Table(table) => table.columns.len(),
        }
    }

    /// The inputs at `indices`, in that order; an index may come more than once.
    fn select(&self, indices: &[u32]) -> Inputs {
        match self {
            Inputs::Images(images) => {
                Inputs::Images(Images { pixels: gather(&images.pixels, images.features(), indices), ..*images })
            }
            Inputs::Table(table) => Inputs::Table(Table {
                columns: table.columns.clone(),
                values: gather(&table.values, table.columns.len(), indices),
            }),
        }
    }
}

impl Images {
    /// The number of bytes of one image.
    pub fn features(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The bytes of one image, `[channels, height, width]`.
    ///
    /// # Panics
    ///
    /// Panics if there is no image `index`.
    pub fn image(&self, index: usize) -> &[u8] {
        chunk(&self.pixels, self.features(), index)
    }

    /// The same images, each in the middle of a black square of that side; where the rest is odd, one pixel more lies below and
    /// to the right.
    ///
    /// # Panics
    ///
    /// Panics if an image is larger than the square.
    #[must_use]
    pub fn padded(&self, side: usize) -> Images {
        assert!(self.height <= side && self.width <= side, "a square of {side} is too small");
        let (top, left) = ((side - self.height) / 2, (side - self.width) / 2);
        let area = (self.height * self.width).max(1);
        let mut pixels = vec![0; self.pixels.len() / area * side * side];
        for (old, new) in self.pixels.chunks_exact(area).zip(pixels.chunks_exact_mut(side * side)) {
            for (y, row) in old.chunks_exact(self.width).enumerate() {
                new[(top + y) * side + left..][..self.width].copy_from_slice(row);
            }
        }
        Images { channels: self.channels, height: side, width: side, pixels }
    }
}

impl Table {
    /// The values of one row, `[columns]`.
    ///
    /// # Panics
    ///
    /// Panics if there is no row `index`.
    pub fn row(&self, index: usize) -> &[f32] {
        chunk(&self.values, self.columns.len(), index)
    }
}

impl Examples {
    /// Inputs with their class indices.
    pub fn of_classes(inputs: Inputs, labels: Vec<u8>) -> Examples {
        Examples { inputs, labels, targets: Vec::new(), sources: Sources::Untold }
    }

    /// Inputs with the numbers to predict of them.
    pub fn of_numbers(inputs: Inputs, targets: Vec<f32>) -> Examples {
        Examples { inputs, labels: vec![0; targets.len()], targets, sources: Sources::Untold }
    }

    /// The same examples with where each comes from.
    ///
    /// # Panics
    ///
    /// Panics if there are not as many sources as examples.
    #[must_use]
    pub fn with_sources(self, sources: Sources) -> Examples {
        assert!(sources.fit(self.len()), "one source per example");
        Examples { sources, ..self }
    }

    /// The file that an example was read from, where it has one of its own.
    pub fn file(&self, index: usize) -> Option<&str> {
        match &self.sources {
            Sources::Files(files) => files.get(index).map(String::as_str),
            _ => None,
        }
    }

    /// The number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// A copy of the examples at `indices`, in that order.
    ///
    /// ```
    /// use zoo_core::{Examples, Inputs, Table};
    ///
    /// let table = Table { columns: vec!["x".into()], values: vec![0.0, 10.0, 20.0] };
    /// let examples = Examples::of_classes(Inputs::Table(table), vec![0, 1, 2]);
    /// assert_eq!(examples.select(&[2, 0]).labels, [2, 0]);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if an index is not below [`len`](Self::len).
    pub fn select(&self, indices: &[u32]) -> Examples {
        let targets = if self.targets.is_empty() { Vec::new() } else { gather(&self.targets, 1, indices) };
        let sources = self.sources.select(indices);
        Examples { inputs: self.inputs.select(indices), labels: gather(&self.labels, 1, indices), targets, sources }
    }

    /// So many of them, evenly spaced from the first on, or all if they are fewer.
    #[must_use]
    pub fn spread(&self, count: usize) -> Examples {
        let count = count.min(self.len());
        let indices: Vec<u32> = (0..count).map(|index| (index * self.len() / count) as u32).collect();
        self.select(&indices)
    }

    /// The same examples, images in the middle of a black square of that side; tables stay as they are.
    ///
    /// # Panics
    ///
    /// Panics if an image is larger than the square.
    #[must_use]
    pub fn padded(mut self, side: usize) -> Examples {
        if let Inputs::Images(images) = &self.inputs {
            self.inputs = Inputs::Images(images.padded(side));
        }
        self
    }

    /// The same with every image mirrored left and right; tables stay as they are.
    #[must_use]
    pub fn mirrored(mut self) -> Examples {
        if let Inputs::Images(images) = &mut self.inputs {
            images.pixels.chunks_exact_mut(images.width.max(1)).for_each(<[u8]>::reverse);
        }
        self
    }

    /// The same with every image moved down and right by so many pixels; tables stay as they are.
    #[must_use]
    pub fn moved(mut self, down: i64, right: i64, padding: Padding) -> Examples {
        if let Inputs::Images(Images { channels, height, width, pixels }) = &mut self.inputs {
            let mut canvas = Canvas::default();
            for image in pixels.chunks_exact_mut((*channels * *height * *width).max(1)) {
                canvas.load(*height, *width, image);
                canvas.shift(down, right, padding);
                image.copy_from_slice(canvas.pixels());
            }
        }
        self
    }

    /// The same inputs with two classes: label 1 for `class`, 0 for every other ("cat or not").
    #[must_use]
    pub fn one_vs_rest(mut self, class: u8) -> Examples {
        for label in &mut self.labels {
            *label = u8::from(*label == class);
        }
        self
    }

    /// How many examples have each label, `[classes]`.
    ///
    /// # Panics
    ///
    /// Panics if a label is not below `classes`.
    pub fn class_counts(&self, classes: usize) -> Vec<usize> {
        let mut counts = vec![0; classes];
        for &label in &self.labels {
            counts[usize::from(label)] += 1;
        }
        counts
    }
}

fn chunk<T>(values: &[T], size: usize, index: usize) -> &[T] {
    &values[index * size..(index + 1) * size]
}

fn gather<T: Copy>(values: &[T], size: usize, indices: &[u32]) -> Vec<T> {
    let mut gathered = Vec::with_capacity(indices.len() * size);
    for &index in indices {
        gathered.extend_from_slice(chunk(values, size, index as usize));
    }
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_images() -> Examples {
        let images = Images { channels: 1, height: 1, width: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
        Examples::of_classes(Inputs::Images(images), vec![0, 1, 2])
    }

    #[test]
    fn selecting_keeps_order_and_repeats() {
        let selected = three_images().select(&[2, 0, 2]);
        let Inputs::Images(images) = &selected.inputs else {
            panic!("images stay images");
        };
        assert_eq!(images.pixels, [5, 6, 1, 2, 5, 6]);
        assert_eq!(selected.labels, [2, 0, 2]);
    }

    #[test]
    fn numbers_go_with_their_rows() {
        let table = Table { columns: vec!["x".into()], values: vec![0.0, 10.0, 20.0] };
        let selected = Examples::of_numbers(Inputs::Table(table), vec![0.5, 1.5, 2.5]).select(&[2, 0]);
        assert_eq!((selected.targets, selected.labels), (vec![2.5, 0.5], vec![0, 0]));
    }

    #[test]
    fn sources_go_with_their_examples() {
        let files = Sources::Files(["a.png", "b.png", "c.png"].map(String::from).to_vec());
        let selected = three_images().with_sources(files).select(&[2, 0]).mirrored().padded(3).one_vs_rest(2);
        assert_eq!((selected.file(0), selected.file(1), selected.file(2)), (Some("c.png"), Some("a.png"), None));
        let named = |sources| three_images().with_sources(sources).select(&[2, 0]).sources.name(0);
        assert_eq!([Sources::Lines(vec![2, 3, 7]), Sources::Places(vec![0, 1, 2])].map(named), ["7", "2"]);
        assert_eq!(three_images().select(&[1]).sources, Sources::Untold);
    }

    #[test]
    fn padding_surrounds_every_channel() {
        let images = Images { channels: 2, height: 1, width: 2, pixels: vec![1, 2, 3, 4] };
        let padded = images.padded(3);
        assert_eq!((padded.channels, padded.height, padded.width), (2, 3, 3));
        assert_eq!(padded.pixels, [0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0]);
    }

    #[test]
    fn one_class_against_the_rest() {
        let examples = three_images().one_vs_rest(1);
        assert_eq!(examples.labels, [0, 1, 0]);
        assert_eq!(examples.class_counts(2), [2, 1]);
    }

    #[test]
    fn mirrored_images_swap_left_and_right() {
        let mirrored = three_images().mirrored();
        assert!(matches!(&mirrored.inputs, Inputs::Images(images) if images.pixels == [2, 1, 4, 3, 6, 5]));
        assert_eq!(mirrored.labels, [0, 1, 2]);
    }

    #[test]
    fn moved_images_show_what_the_padding_puts_beside_them() {
        let images = || Inputs::Images(Images { channels: 1, height: 2, width: 3, pixels: (1..=12).collect() });
        let moved = |down, right, padding| match Examples::of_classes(images(), vec![0, 1])
            .moved(down, right, padding)
            .inputs
        {
            Inputs::Images(images) => images.pixels,
            Inputs::Table(_) => Vec::new(),
        };
        assert_eq!(moved(1, 1, Padding::Zero), [0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 7, 8]);
        assert_eq!(moved(-1, -1, Padding::Reflect), [5, 6, 5, 2, 3, 2, 11, 12, 11, 8, 9, 8]);
    }

    #[test]
    fn the_shape_is_one_examples() {
        let inputs = three_images().inputs;
        assert_eq!(inputs.shape(), [1, 1, 2]);
        assert_eq!(inputs.features(), 2);
    }
}
