//! The workers of one thread count.

use super::cases::Case;
use super::machine;
use super::peers::{Peer, Staff};
use super::results::{FamilyFacts, Peak};
use super::tables;
use super::worker::{Answer, Worker};
use crate::workspace::root;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Forces an instruction set on the zoo's kernels. Whoever calls us may have set it: only the peer held back shall see it.
pub(crate) const KERNELS_VARIABLE: &str = "ZOO_KERNELS_ISA";

/// Which programs to start.
pub(crate) struct Programs {
    pub(crate) zoo_bench: PathBuf,
    pub(crate) zoo_bench_stock: PathBuf,
    pub(crate) python: Option<PathBuf>,
}

/// The workers of one thread count: they wait on their input while others work.
pub(crate) struct Crew {
    pub(crate) threads: usize,
    zoo: Worker,
    zoo_avx2: Option<Worker>,
    stock: Worker,
    python: Option<Worker>,
    /// To start it again.
    python_program: Option<PathBuf>,
    scratch: PathBuf,
}

impl Crew {
    /// Starts them; `scratch` is where they leave files for each other.
    ///
    /// # Errors
    /// If one cannot be started.
    pub(crate) fn start(programs: &Programs, threads: usize, scratch: &Path) -> Result<Self> {
        let zoo = start_rust(&programs.zoo_bench, "zoo-bench", threads, None)?;
        let stock = start_rust(&programs.zoo_bench_stock, "zoo-bench-stock", threads, None)?;
        let held_back = || start_rust(&programs.zoo_bench, "zoo-bench with AVX2", threads, Some("avx2"));
        Ok(Self {
            threads,
            zoo,
            zoo_avx2: machine::has_avx2().then(held_back).transpose()?,
            stock,
            python: programs.python.as_deref().map(|python| start_python(python, threads)).transpose()?,
            python_program: programs.python.clone(),
            scratch: scratch.to_path_buf(),
        })
    }

    /// Gives a peer of PyTorch a new process, whose memory nothing has used yet.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn renew(&mut self, peer: Peer) -> Result<()> {
        if let (Staff::Python, Some(python)) = (peer.staff(), &self.python_program) {
            self.python = Some(start_python(python, self.threads)?);
        }
        Ok(())
    }

    /// The worker that answers for a peer, if it was started.
    fn worker(&mut self, peer: Peer) -> Option<&mut Worker> {
        match peer.staff() {
            Staff::Zoo => Some(&mut self.zoo),
            Staff::ZooAvx2 => self.zoo_avx2.as_mut(),
            Staff::Stock => Some(&mut self.stock),
            Staff::Python => self.python.as_mut(),
        }
    }

    /// Whether a peer can be asked at all.
    pub(crate) fn has(&self, peer: Peer) -> bool {
        match peer.staff() {
            Staff::Zoo | Staff::Stock => true,
            Staff::ZooAvx2 => self.zoo_avx2.is_some(),
            Staff::Python => self.python.is_some(),
        }
    }

    /// Asks a peer's worker, telling it the case, the peer and the folder besides `question`.
    ///
    /// # Errors
    /// If the worker was not started, has ended, or failed.
    pub(crate) fn ask(&mut self, peer: Peer, case: Case, mut question: Value) -> Result<Answer> {
        question["family"] = json!(case.family);
        question["variant"] = json!(peer.variant());
        question["batch"] = json!(case.batch);
        if peer.staff() == Staff::Python {
            question["folder"] = json!(self.scratch);
        }
        self.worker(peer).with_context(|| format!("nobody answers for {}", peer.label()))?.ask(&question)
    }

    /// Has all variants of a family compared, and says how they compared.
    ///
    /// # Errors
    /// If they disagree: then there is nothing worth timing.
    pub(crate) fn check(&mut self, facts: &FamilyFacts) -> Result<Vec<String>> {
        let question = json!({ "request": "check", "family": facts.family, "folder": self.scratch });
        let mut agreement = Vec::new();
        let (recipe, threads) = (&facts.recipe, tables::threads(self.threads));
        for worker in [Some(&mut self.zoo), self.zoo_avx2.as_mut(), self.python.as_mut()].into_iter().flatten() {
            let answer = worker.demand(&question)?;
            let done = answer["done"].as_str().unwrap_or("no difference stated");
            agreement.push(format!("{recipe} on {threads}, {}: {done}", worker.name()));
        }
        Ok(agreement)
    }

    /// Writes a family's data for the peers that do not read the zoo's formats, unless that is done.
    ///
    /// # Errors
    /// If the data is not there.
    pub(crate) fn export(&mut self, facts: &FamilyFacts, data_dir: Option<&Path>) -> Result<()> {
        // The last file that is written.
        if self.scratch.join(format!("{}.data.json", facts.recipe)).exists() {
            return Ok(());
        }
        let question =
            json!({ "request": "export", "family": facts.family, "data_dir": data_dir, "folder": self.scratch });
        self.zoo.demand(&question).map(|_| ())
    }

    /// The networks.
    ///
    /// # Errors
    /// If the worker speaks another language.
    pub(crate) fn families(&mut self) -> Result<Vec<FamilyFacts>> {
        let question = json!({ "request": "describe" });
        if let Some(worker) = &mut self.zoo_avx2 {
            let kernels = worker.demand(&question)?["kernels"].clone();
            ensure!(kernels == "avx2", "{} was told to use AVX2 and uses {kernels}", worker.name());
        }
        let answer = self.zoo.demand(&question)?;
        serde_json::from_value(answer["families"].clone()).context("zoo-bench describes its networks in another form")
    }

    /// The peak on this crew's threads.
    ///
    /// # Errors
    /// If the worker fails.
    pub(crate) fn peak(&mut self) -> Result<Peak> {
        let answer = self.zoo.demand(&json!({ "request": "peak" }))?;
        let rate = answer["multiply_adds_per_second"].as_f64().context("zoo-bench found no peak")?;
        let instructions = answer["instructions"].as_str().unwrap_or("unknown").to_string();
        Ok(Peak { threads: self.threads, instructions, multiply_adds_per_second: rate })
    }

    /// The version of torch, if Python is there.
    ///
    /// # Errors
    /// If Python has none.
    pub(crate) fn torch(&mut self) -> Result<Option<String>> {
        let Some(python) = &mut self.python else {
            return Ok(None);
        };
        let answer = python.demand(&json!({ "request": "describe" }))?;
        Ok(answer["torch"].as_str().map(str::to_string))
    }
}

fn start_rust(program: &Path, name: &str, threads: usize, instructions: Option<&str>) -> Result<Worker> {
    let threads = threads.to_string();
    let mut command = Command::new(program);
    // matrixmultiply, which ndarray multiplies with, keeps threads of its own.
    command.env("RAYON_NUM_THREADS", &threads).env("MATMUL_NUM_THREADS", &threads).env_remove(KERNELS_VARIABLE);
    command.envs(instructions.map(|name| (KERNELS_VARIABLE, name)));
    Worker::start(name, &mut command)
}

fn start_python(python: &Path, threads: usize) -> Result<Worker> {
    let mut command = Command::new(python);
    command
        .arg(root().join("crates/bench/pytorch_peer.py"))
        .env("OMP_NUM_THREADS", threads.to_string())
        // Compiling in the worker itself leaves no pool of processes behind that would take time from the others.
        .env("TORCHINDUCTOR_COMPILE_THREADS", "1");
    Worker::start("pytorch_peer.py", &mut command)
}
