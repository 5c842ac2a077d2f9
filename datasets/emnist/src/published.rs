//! What is published about EMNIST's files: names, addresses, sizes, checksums.

use zoo_core::DataFile;

use crate::{Split, idx};

/// One zip of gzipped idx files holds all splits.
pub(crate) const ARCHIVE: DataFile<'static> = DataFile {
    name: "gzip.zip",
    origins: &[
        "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
    ],
    bytes: 561_753_746,
    sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
};

/// One of the four files of a split.
#[derive(Clone, Debug)]
pub(crate) struct SplitFile {
    /// `emnist-letters-train-images-idx3-ubyte`.
    pub(crate) name: String,
    pub(crate) gzip: Option<Gzip>,
    /// The most bytes it may have, gzipped or not: twice what the official one unpacks to. More is not unpacked.
    pub(crate) limit: u64,
}

/// Published facts of a file as it is in the archive, gzipped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gzip {
    pub(crate) bytes: u64,
    pub(crate) sha256: &'static str,
}

/// Published for Letters alone; the members of other splits are covered by the sha256 of the whole archive.
const LETTERS: [Gzip; 4] = [
    Gzip { bytes: 30_804_864, sha256: "6288f418a917e007bf5fddb823a2dc7a5c6a35031401b93292a539cb12bd881f" },
    Gzip { bytes: 79_283, sha256: "9759af91ea6bccdf07a6040fd085861f2ec88e37f7c3f5760f6feb57106fbe5c" },
    Gzip { bytes: 5_039_157, sha256: "50f0e93d75b99b463e9760b8345866f22587fa2c2fba472730a5ba09c693412d" },
    Gzip { bytes: 144, sha256: "924955c31fe7fd809b7303b5c0141282955f4b8390c74cdfd5d80435e0f4b4cb" },
];

/// Training images, training labels, test images, test labels.
pub(crate) fn files(split: Split) -> [SplitFile; 4] {
    let (train, test) = split.counts();
    let kinds = [
        ("train-images-idx3", idx::length_of_images(train)),
        ("train-labels-idx1", idx::length_of_labels(train)),
        ("test-images-idx3", idx::length_of_images(test)),
        ("test-labels-idx1", idx::length_of_labels(test)),
    ];
    std::array::from_fn(|index| SplitFile {
        name: format!("emnist-{}-{}-ubyte", split.name(), kinds[index].0),
        gzip: (split == Split::Letters).then(|| LETTERS[index]),
        limit: 2 * kinds[index].1 as u64,
    })
}

/// The folder of a split below the data folder.
pub(crate) fn folder(split: Split) -> String {
    format!("emnist-{}", split.name())
}
