//! The splits as recipes, reports and model cards know them.

use std::path::PathBuf;

use zoo_core::{DataError, Dataset, DatasetFacts, PictureKind, Store};

use crate::{SIDE, Split, fetch, load};

/// One record per split.
pub const FACTS: &[DatasetFacts] = &[
    of(
        Split::Letters,
        "EMNIST Letters",
        "the letters A to Z, upper and lower case together, from 28x28 gray pixels",
        |store| load(store, Split::Letters),
        |store| fetch(store, Split::Letters),
    ),
    of(
        Split::Balanced,
        "EMNIST Balanced",
        "47 digits and letters, the same number of each, from 28x28 gray pixels",
        |store| load(store, Split::Balanced),
        |store| fetch(store, Split::Balanced),
    ),
    of(
        Split::ByMerge,
        "EMNIST ByMerge",
        "47 digits and letters as they occur, from 28x28 gray pixels",
        |store| load(store, Split::ByMerge),
        |store| fetch(store, Split::ByMerge),
    ),
    of(
        Split::ByClass,
        "EMNIST ByClass",
        "62 digits, capitals and small letters as they occur, from 28x28 gray pixels",
        |store| load(store, Split::ByClass),
        |store| fetch(store, Split::ByClass),
    ),
    of(
        Split::Digits,
        "EMNIST Digits",
        "the digits 0 to 9, the same number of each, from 28x28 gray pixels",
        |store| load(store, Split::Digits),
        |store| fetch(store, Split::Digits),
    ),
    of(
        Split::Mnist,
        "EMNIST MNIST",
        "the digits 0 to 9, as many as in MNIST, from 28x28 gray pixels",
        |store| load(store, Split::Mnist),
        |store| fetch(store, Split::Mnist),
    ),
];

const fn of(
    split: Split,
    title: &'static str,
    task: &'static str,
    load: fn(&Store) -> Result<Dataset, DataError>,
    fetch: fn(&Store) -> Result<PathBuf, DataError>,
) -> DatasetFacts {
    DatasetFacts {
        name: split.dataset_name(),
        title,
        task,
        shape: &[1, SIDE, SIDE],
        columns: &[],
        class_names: split.class_names(),
        has_test_split: true,
        license: "none stated; made from NIST Special Database 19, a work of the United States government; the pictures are not part of \
                  this repository",
        citation: "G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST: an extension of MNIST to handwritten letters, 2017, \
                   arXiv:1702.05373",
        url: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
        limits: "Single characters from forms that were filled in by hand in the United States. Words and other scripts get a \
                 character's name, too; I and L are often written alike.",
        folder: "emnist",
        load,
        fetch: Some(fetch),
        picture: Some(PictureKind::Letter),
        column_named: |_| None,
    }
}
