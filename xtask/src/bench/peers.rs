//! Who is measured.

use super::cases::{Case, Family, Workload};
use serde::{Deserialize, Serialize};

/// A program and the way it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Peer {
    /// The zoo as it is.
    Zoo,
    /// The zoo held back to AVX2.
    ZooAvx2,
    /// The same networks of Burn's own layers, on flex.
    Flex,
    /// The zoo's models on Burn's ndarray backend.
    Ndarray,
    Pytorch,
    PytorchChannelsLast,
    PytorchFused,
    PytorchCompile,
}

/// The process that answers for a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Staff {
    Zoo,
    ZooAvx2,
    Stock,
    Python,
}

impl Peer {
    pub(crate) const ALL: [Self; 8] = [
        Self::Zoo,
        Self::ZooAvx2,
        Self::Flex,
        Self::Ndarray,
        Self::Pytorch,
        Self::PytorchChannelsLast,
        Self::PytorchFused,
        Self::PytorchCompile,
    ];

    /// As in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Zoo => "zoo",
            Self::ZooAvx2 => "zoo, AVX2 only",
            Self::Flex => "Burn flex",
            Self::Ndarray => "Burn ndarray",
            Self::Pytorch => "PyTorch",
            Self::PytorchChannelsLast => "PyTorch channels-last",
            Self::PytorchFused => "PyTorch fused Adam",
            Self::PytorchCompile => "torch.compile",
        }
    }

    pub(crate) fn staff(self) -> Staff {
        match self {
            Self::Zoo => Staff::Zoo,
            Self::ZooAvx2 => Staff::ZooAvx2,
            Self::Flex | Self::Ndarray => Staff::Stock,
            _ => Staff::Python,
        }
    }

    /// The worker's name for it.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Zoo | Self::ZooAvx2 => "zoo",
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Pytorch => "pytorch",
            Self::PytorchChannelsLast => "pytorch_channels_last",
            Self::PytorchFused => "pytorch_fused",
            Self::PytorchCompile => "pytorch_compile",
        }
    }

    /// Whether the case means something for it, and not the same as another peer.
    pub(crate) fn takes_part(self, case: Case) -> bool {
        let loading = matches!(case.workload, Workload::Batches | Workload::AugmentedBatches);
        let images = matches!(case.family, Family::Cnn);
        match self {
            Self::Zoo => true,
            // Minutes each: the run is compared with the faster ways alone.
            Self::Pytorch => case.workload != Workload::Run,
            Self::ZooAvx2 => {
                cfg!(target_arch = "x86_64")
                    && images
                    && matches!(case.workload, Workload::TrainStep | Workload::Inference)
            }
            Self::Flex | Self::Ndarray => !loading && !case.needs_data(),
            // For the others an image is a row of numbers.
            Self::PytorchChannelsLast => images,
            Self::PytorchFused => !loading && case.workload != Workload::Inference,
            Self::PytorchCompile => !loading && !case.needs_data(),
        }
    }
}
