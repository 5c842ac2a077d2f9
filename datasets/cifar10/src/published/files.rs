//! The files of CIFAR-10: names, addresses, checksums.

use zoo_core::DataFile;

/// The folder in the archive, and below the data folder.
pub(crate) const FOLDER: &str = "cifar-10-batches-bin";

/// Size of an official batch: 10,000 records.
pub(crate) const BATCH_BYTES: u64 = 30_730_000;

/// The archive at its home is slow at times, and the mirror is checked by the same sha256: so the mirror comes first.
pub(crate) const ARCHIVE: DataFile<'static> = DataFile {
    name: "cifar-10-binary.tar.gz",
    origins: &[
        "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/cifar-10-binary.tar.gz",
        "https://cave.cs.toronto.edu/kriz/cifar-10-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    ],
    bytes: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};

/// The archive when something uncompressed it on its way.
pub(crate) const TAR: &str = "cifar-10-binary.tar";

/// For Python and Matlab: the same pictures in formats that only those programs should read.
pub(crate) const OTHER_VERSIONS: [&str; 4] =
    ["cifar-10-python.tar.gz", "cifar-10-batches-py", "cifar-10-matlab.tar.gz", "cifar-10-batches-mat"];

/// An official batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchFile {
    pub(crate) name: &'static str,
    pub(crate) sha256: &'static str,
}

/// The five training batches, then the test batch.
pub(crate) const BATCHES: [BatchFile; 6] = [
    BatchFile { name: "data_batch_1.bin", sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5" },
    BatchFile { name: "data_batch_2.bin", sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed" },
    BatchFile { name: "data_batch_3.bin", sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67" },
    BatchFile { name: "data_batch_4.bin", sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48" },
    BatchFile { name: "data_batch_5.bin", sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add" },
    BatchFile { name: "test_batch.bin", sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b" },
];
