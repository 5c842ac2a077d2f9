//! The workers of one thread count.

use super::programs::Programs;
use super::worker_process::WorkerProcess;
use crate::cases::NetworkSize;
use crate::layers::BenchLayer;
use crate::peers::{Peer, WorkerKind};
use crate::protocol::{LayerDistance, WorkerDescription, WorkerRequest};
use crate::tables;
use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use zoo_kernels::{ISA_VARIABLE, instruction_sets};

/// The workers of one thread count: they wait on their input while others work.
pub(super) struct Workers<'a> {
    threads: usize,
    programs: &'a Programs,
    running: BTreeMap<WorkerKind, WorkerProcess>,
}

impl<'a> Workers<'a> {
    /// Starts all that this machine has.
    pub(super) fn start(programs: &'a Programs, threads: usize) -> Result<Self> {
        let mut workers = Self { threads, programs, running: BTreeMap::new() };
        for kind in WorkerKind::ALL {
            let exists = match kind {
                WorkerKind::Zoo | WorkerKind::Stock => true,
                WorkerKind::ZooAvx2 => instruction_sets().contains(&"avx2"),
                WorkerKind::Python | WorkerKind::Runtimes | WorkerKind::Frameworks => programs.python.is_some(),
            };
            if exists {
                workers.renew(kind)?;
            }
        }
        Ok(workers)
    }

    /// Gives a worker a new process, whose memory nothing has used yet.
    pub(super) fn renew(&mut self, kind: WorkerKind) -> Result<()> {
        let program = match kind {
            WorkerKind::Zoo | WorkerKind::ZooAvx2 => &self.programs.zoo,
            WorkerKind::Stock => &self.programs.stock,
            WorkerKind::Python | WorkerKind::Runtimes | WorkerKind::Frameworks => {
                self.programs.python.as_ref().context("no Python was named")?
            }
        };
        let mut command = Command::new(program);
        // matrixmultiply, which ndarray multiplies with, keeps threads of its own.
        for variable in ["RAYON_NUM_THREADS", "MATMUL_NUM_THREADS", "OMP_NUM_THREADS"] {
            command.env(variable, self.threads.to_string());
        }
        // Compiling in the worker itself leaves no pool of processes behind that would take time from the others.
        command.env("TORCHINDUCTOR_COMPILE_THREADS", "1");
        // Whoever calls us may have set it: only the peer restricted to an instruction set shall see it.
        command.env_remove(ISA_VARIABLE);
        match kind {
            WorkerKind::Python | WorkerKind::Runtimes | WorkerKind::Frameworks => {
                command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(kind.label()))
            }
            WorkerKind::ZooAvx2 => command.arg("--worker").env(ISA_VARIABLE, "avx2"),
            WorkerKind::Zoo | WorkerKind::Stock => command.arg("--worker"),
        };
        let worker = WorkerProcess::start(kind.label(), command.arg(&self.programs.scratch))?;
        self.running.insert(kind, worker);
        Ok(())
    }

    /// Whether a peer can be asked at all.
    pub(super) fn has(&self, peer: Peer) -> bool {
        self.running.contains_key(&peer.worker())
    }

    /// Asks a peer's worker; the inner error is why this peer cannot do it.
    pub(super) fn ask<T: DeserializeOwned>(
        &mut self,
        peer: Peer,
        request: &WorkerRequest,
    ) -> Result<Result<T, String>> {
        let worker = self.running.get_mut(&peer.worker());
        worker.with_context(|| format!("nobody answers for {}", peer.label()))?.ask(request)
    }

    /// Has all workers prove that they are what they were started as, and returns the versions of PyTorch and of what else takes part.
    pub(super) fn versions(&mut self) -> Result<(Option<String>, Vec<String>)> {
        let (mut torch, mut others) = (None, Vec::new());
        for (kind, worker) in &mut self.running {
            let found: WorkerDescription = worker.demand(&WorkerRequest::Describe)?;
            let (name, wanted) = (kind.label(), self.threads);
            ensure!(found.threads == wanted, "{name} was told to use {wanted} threads and uses {}", found.threads);
            let kernels = found.kernels.unwrap_or_default();
            ensure!(*kind != WorkerKind::ZooAvx2 || kernels == "avx2", "{name} uses {kernels}");
            torch = torch.or(found.torch);
            others.extend(found.others);
        }
        Ok((torch, others))
    }

    /// Has all peers of a family compared, and says how they compared; if they disagree, there is nothing worth timing.
    pub(super) fn check(&mut self, network: &NetworkSize) -> Result<Vec<String>> {
        let (recipe, threads) = (&network.recipe, tables::threads(self.threads));
        let check = |(kind, worker): (&WorkerKind, &mut WorkerProcess)| {
            let done: String = worker.demand(&WorkerRequest::Check { family: network.family })?;
            Ok(format!("{recipe} on {threads}, {}: {done}", kind.label()))
        };
        // The stock worker is the same program as the zoo's, which compares stock Burn, too.
        self.running.iter_mut().filter(|(kind, _)| **kind != WorkerKind::Stock).map(check).collect()
    }

    /// Has a peer's layer compared with the zoo's; the inner error is why this peer cannot do it.
    pub(super) fn check_layer(&mut self, layer: &BenchLayer, peer: Peer) -> Result<Result<LayerDistance, String>> {
        // As above.
        let asked = if peer.worker() == WorkerKind::Stock { Peer::Zoo } else { peer };
        self.ask(asked, &WorkerRequest::CheckLayer { layer: layer.clone(), peer })
    }
}
