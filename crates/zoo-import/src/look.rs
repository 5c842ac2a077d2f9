//! What is worth knowing of data before a recipe is chosen for it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;
use zoo_core::{Dataset, Examples, Inputs, printable};
use zoo_pictures::image::ImageReader;
use zoo_recipe::{DataFiles, DataFormat};

use crate::error::{ImportError, counted};
use crate::folders;

/// What data looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Examples per class of each split: training, validation and test, where the data has them.
    pub counts: Vec<(&'static str, Vec<usize>)>,
    /// Of pictures the smallest, the middle and the largest shorter side, in pixels.
    pub sides: Option<[u32; 3]>,
    /// Whether all images are gray, though they may be stored in color.
    pub is_gray: bool,
    /// Examples that equal an earlier one of the training split.
    pub repeated: usize,
    /// Examples of the other splits that equal one of the training split.
    pub in_training: usize,
}

/// Looks at data that was found and loaded.
///
/// # Errors
/// If the folders cannot be read any more.
pub fn look(files: &DataFiles, dataset: &Dataset) -> Result<Look, ImportError> {
    let classes = dataset.class_names.len().max(1); // numbers are counted as one
    let parts =
        [("training", Some(&dataset.train)), ("validation", dataset.valid.as_ref()), ("test", dataset.test.as_ref())];
    let others = || parts.iter().skip(1).filter_map(|(_, examples)| *examples);
    let sides = match files.format {
        DataFormat::Pictures { .. } => sides(&files.path)?,
        _ => None,
    };
    Ok(Look {
        counts: parts.iter().filter_map(|(name, part)| Some((*name, (*part)?.class_counts(classes)))).collect(),
        sides,
        is_gray: std::iter::once(&dataset.train).chain(others()).all(is_gray),
        repeated: dataset.train.len() - distinct(&dataset.train).len(),
        in_training: others().map(|other| repeated(&dataset.train, other)).sum(),
    })
}

/// How many of the `others` equal one of the `train` examples, value by value.
pub fn repeated(train: &Examples, others: &Examples) -> usize {
    let known = distinct(train);
    rows(&others.inputs).filter(|row| known.contains(row)).count()
}

fn distinct(examples: &Examples) -> HashSet<Row<'_>> {
    rows(&examples.inputs).collect()
}

/// One example: bytes, or the bits of numbers.
#[derive(PartialEq, Eq, Hash)]
enum Row<'a> {
    Pixels(&'a [u8]),
    Numbers(Vec<u32>),
}

fn rows(inputs: &Inputs) -> Box<dyn Iterator<Item = Row<'_>> + '_> {
    let features = inputs.features().max(1);
    match inputs {
        Inputs::Images(images) => Box::new(images.pixels.chunks_exact(features).map(Row::Pixels)),
        Inputs::Table(table) => {
            let bits = |row: &[f32]| Row::Numbers(row.iter().map(|value| value.to_bits()).collect());
            Box::new(table.values.chunks_exact(features).map(bits))
        }
    }
}

/// That some pictures are in several classes, value by value, in a sentence. Rows of a table may well be alike and differ in their class.
pub(crate) fn in_several_classes(dataset: &Dataset) -> Option<String> {
    let mut known: HashMap<&[u8], (&Examples, usize)> = HashMap::new();
    let (mut several, mut first) = (HashSet::new(), None);
    for part in [Some(&dataset.train), dataset.valid.as_ref(), dataset.test.as_ref()].into_iter().flatten() {
        let Inputs::Images(images) = &part.inputs else { return None };
        for (index, image) in images.pixels.chunks_exact(images.features().max(1)).enumerate() {
            let (other, at) = *known.entry(image).or_insert((part, index));
            if other.labels[at] != part.labels[index] {
                several.insert(image);
                first.get_or_insert(((other, at), (part, index)));
            }
        }
    }
    let (one, other) = first?;
    let [one, other] = [one, other].map(|(part, index)| match part.file(index) {
        Some(file) => printable(file),
        None => {
            let class = &dataset.class_names[usize::from(part.labels[index])];
            format!("{} {} ({class})", part.sources.kind(), part.sources.name(index))
        }
    });
    let (count, are) = (counted(several.len(), "picture"), if several.len() == 1 { "is" } else { "are" });
    Some(format!(
        "warning: {count} {are} in several classes, value by value, such as {one} and {other}: no model can get all of them right; keep each \
         in one class alone"
    ))
}

fn is_gray(examples: &Examples) -> bool {
    let Inputs::Images(images) = &examples.inputs else { return false };
    let area = images.height * images.width;
    images.pixels.chunks_exact(images.features().max(1)).all(|image| {
        let mut planes = image.chunks_exact(area);
        let first = planes.next();
        planes.all(|plane| Some(plane) == first)
    })
}

/// Of the shorter sides of all pictures that say theirs.
fn sides(folder: &Path) -> Result<Option<[u32; 3]>, ImportError> {
    let listed = folders::list(folder, None)?;
    let side = |file: &Path| {
        // A pipe may have nothing to say.
        let opened = file.is_file().then(|| ImageReader::open(file));
        let (width, height) = opened?.ok()?.with_guessed_format().ok()?.into_dimensions().ok()?;
        Some(width.min(height))
    };
    let mut sides: Vec<u32> = listed.pictures.par_iter().filter_map(|picture| side(&picture.path)).collect();
    sides.sort_unstable();
    Ok(match sides.as_slice() {
        [] => None,
        [first, .., last] => Some([*first, sides[sides.len() / 2], *last]),
        [one] => Some([*one; 3]),
    })
}
