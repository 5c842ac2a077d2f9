//! Who is measured.

use crate::cases::{BenchCase, BenchFamily, Workload};
use crate::layers::LayerPass;
use serde::{Deserialize, Serialize};

/// A network and the way it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Peer {
    /// The zoo's models and optimizers on Burn's flex backend, with the zoo's kernels.
    Zoo,
    /// The zoo's models made ready to answer: `prepare`.
    ZooPrepared,
    /// The same, its kernels restricted to AVX2.
    ZooAvx2,
    /// The same networks from Burn's own layers, losses and optimizers, on flex.
    Flex,
    /// The zoo's models on Burn's ndarray backend.
    Ndarray,
    Pytorch,
    PytorchChannelsLast,
    PytorchFused,
    PytorchCompile,
    Jax,
    /// On TensorFlow.
    Keras,
    /// The zoo's own export, as all runtimes.
    OnnxRuntime,
    Openvino,
    /// Where the processor multiplies bf16.
    OpenvinoBf16,
}

/// The process that answers for a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WorkerKind {
    Zoo,
    ZooAvx2,
    Python,
    Runtimes,
    Frameworks,
    Stock,
}

impl WorkerKind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Zoo, Self::ZooAvx2, Self::Stock, Self::Python, Self::Runtimes, Self::Frameworks];

    /// How messages call it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Zoo => "zoo-bench",
            Self::ZooAvx2 => "zoo-bench with AVX2",
            Self::Python => "pytorch_peer.py",
            Self::Runtimes => "runtimes_peer.py",
            Self::Frameworks => "frameworks_peer.py",
            Self::Stock => "zoo-bench-stock",
        }
    }
}

impl Peer {
    pub(crate) const ALL: [Self; 14] = [
        Self::Zoo,
        Self::ZooPrepared,
        Self::ZooAvx2,
        Self::Flex,
        Self::Ndarray,
        Self::Pytorch,
        Self::PytorchChannelsLast,
        Self::PytorchFused,
        Self::PytorchCompile,
        Self::Jax,
        Self::Keras,
        Self::OnnxRuntime,
        Self::Openvino,
        Self::OpenvinoBf16,
    ];

    /// As in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Zoo => "zoo",
            Self::ZooPrepared => "zoo, prepared",
            Self::ZooAvx2 => "zoo, AVX2 only",
            Self::Flex => "Burn flex",
            Self::Ndarray => "Burn ndarray",
            Self::Pytorch => "PyTorch",
            Self::PytorchChannelsLast => "PyTorch channels-last",
            Self::PytorchFused => "PyTorch fused Adam",
            Self::PytorchCompile => "torch.compile",
            Self::Jax => "JAX",
            Self::Keras => "Keras, TensorFlow",
            Self::OnnxRuntime => "ONNX Runtime",
            Self::Openvino => "OpenVINO",
            Self::OpenvinoBf16 => "OpenVINO bf16",
        }
    }

    pub(crate) fn worker(self) -> WorkerKind {
        match self {
            Self::Zoo | Self::ZooPrepared => WorkerKind::Zoo,
            Self::ZooAvx2 => WorkerKind::ZooAvx2,
            Self::Flex | Self::Ndarray => WorkerKind::Stock,
            Self::OnnxRuntime | Self::Openvino | Self::OpenvinoBf16 => WorkerKind::Runtimes,
            Self::Jax | Self::Keras => WorkerKind::Frameworks,
            _ => WorkerKind::Python,
        }
    }

    /// Whether the case means something for it, and not the same as another peer.
    pub(crate) fn takes_part(self, case: BenchCase) -> bool {
        let loading = matches!(case.workload, Workload::Batches | Workload::AugmentedBatches);
        let computing = matches!(case.workload, Workload::TrainStep | Workload::Inference);
        let images = matches!(case.family, BenchFamily::Cnn | BenchFamily::Speednet);
        // Which nobody else has for convolutions.
        let muon = case.family == BenchFamily::Speednet;
        match self {
            Self::Zoo => true,
            Self::ZooPrepared | Self::OnnxRuntime | Self::Openvino | Self::OpenvinoBf16 => {
                case.workload == Workload::Inference
            }
            // Minutes each: the run is compared with the faster ways alone.
            Self::Pytorch => case.workload != Workload::Run,
            Self::ZooAvx2 => cfg!(target_arch = "x86_64") && images && computing,
            Self::PytorchCompile => computing,
            Self::Flex | Self::Jax | Self::Keras => computing && !muon,
            // A larger training step of the CNN takes it half a minute.
            Self::Ndarray => computing && !muon && (case.batch <= 32 || !images),
            // For the others an image is a row of numbers.
            Self::PytorchChannelsLast => images,
            Self::PytorchFused => !loading && case.workload != Workload::Inference,
        }
    }

    /// Whether single layers are measured by it, too.
    pub(crate) fn runs_layers(self, pass: LayerPass) -> bool {
        match self {
            Self::Zoo | Self::Flex | Self::PytorchChannelsLast => true,
            Self::OnnxRuntime => pass == LayerPass::Forward,
            _ => false,
        }
    }
}
