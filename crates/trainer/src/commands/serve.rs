//! `serve`: the zoo's page on this machine alone, with a run's own network among those that it shows.

use crate::args::{ModelArgs, ServeArgs};
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::output::answer;
use crate::pretrained;
use crate::run_folder::{self, LONGEST, report_file};
use crate::shell::flag_with;
use crate::trained::finished_weights;
use anyhow::{Context, Result, anyhow, bail};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use zoo_core::weights::{Facts, Weights};
use zoo_core::{Provenance, read_text, sha256_hex};
use zoo_page::{FACTS_FILE, LocalServer, NetworkFacts, OWN_WEIGHTS_FILE, Reliability, file_in, sure_from, with_own};
use zoo_results::Report;

/// How often is looked whether the user wants the end.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until Ctrl-C.
pub(crate) fn serve(args: &ServeArgs) -> Result<ExitCode> {
    let ServeArgs { model, port, page } = args;
    let facts = facts_of_page(page)?;
    let own = OwnNetwork::of(model)?;
    let page = Page {
        facts: with_own(&facts, &own.name, &own.facts).ok_or_else(|| no_facts(page, "it lists no weights"))?,
        weights: own.weights,
        folder: page.clone(),
    };
    let server = LocalServer::open(*port).map_err(|error| {
        anyhow!("cannot serve on port {port}: {error}; name another by --port, such as 0 for any that is free")
    })?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    answer(&server.url())?;
    thread::spawn(move || server.serve(|name| page.file(name)));
    while !stop.is_raised() {
        thread::sleep(PAUSE);
    }
    Ok(ExitCode::from(INTERRUPTED))
}

/// What the page says of its own networks.
fn facts_of_page(page: &Path) -> Result<String> {
    if !page.join("index.html").is_file() {
        let path = page.display();
        bail!(
            "{path} holds no page, as there is no index.html in it; `cargo xtask web` makes it, and --page names another folder"
        );
    }
    read_text(&page.join(FACTS_FILE), LONGEST).map_err(|error| no_facts(page, &error.to_string()))
}

fn no_facts(page: &Path, reason: &str) -> anyhow::Error {
    anyhow!("cannot use {}: {reason}; `cargo xtask web` makes the page anew", page.join(FACTS_FILE).display())
}

/// What is served: a folder's files, and over them those of one's own.
struct Page {
    folder: PathBuf,
    facts: String,
    weights: Cow<'static, [u8]>,
}

impl Page {
    fn file(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match name {
            FACTS_FILE => Some(Cow::Owned(self.facts.clone().into_bytes())),
            OWN_WEIGHTS_FILE => Some(self.weights.clone()),
            name => file_in(&self.folder, name),
        }
    }
}

/// The network that the page shows besides, first.
struct OwnNetwork {
    name: String,
    facts: NetworkFacts,
    weights: Cow<'static, [u8]>,
}

impl OwnNetwork {
    fn of(args: &ModelArgs) -> Result<Self> {
        if let Some(run) = &args.run {
            return Self::of_run(run);
        }
        Self::shipped(args.pretrained.as_deref().context("name a model with --run or --pretrained")?)
    }

    fn of_run(run: &Path) -> Result<Self> {
        let (recipe, _) = run_folder::read(run)?;
        let (Weights { facts, .. }, bytes) = Weights::read_with_bytes(&finished_weights(run)?)?;
        check_shown(&facts, &flag_with("--run", run))?;
        // The report of a run that is made longer is of other weights, until the end.
        let report = Report::read(&report_file(run)).ok().filter(|report| report.weights_sha256 == sha256_hex(&bytes));
        let facts = report.map(|report| of_report(&report)).unwrap_or_default();
        Ok(Self { name: format!("{} in {}", recipe.name, run.display()), facts, weights: Cow::Owned(bytes) })
    }

    fn shipped(name: &str) -> Result<Self> {
        let shipped = pretrained::find(name)?;
        check_shown(&shipped.open()?.facts, &format!("--pretrained {name}"))?;
        let entry = shipped.entry()?;
        let facts = NetworkFacts {
            parameters: Some(entry.parameters as u64),
            accuracy: Some(entry.metrics.accuracy),
            data: Some(entry.data),
            provenance: in_words(entry.provenance),
            sure_from: None,
        };
        Ok(Self { name: format!("{name}, as it ships"), facts, weights: Cow::Borrowed(shipped.bytes()) })
    }
}

fn of_report(report: &Report) -> NetworkFacts {
    let bins = report.calibration.iter();
    let bins: Vec<Reliability> =
        bins.map(|bin| Reliability { from: bin.from, count: bin.count, accuracy: bin.accuracy }).collect();
    NetworkFacts {
        parameters: Some(report.parameters as u64),
        accuracy: Some(report.test.accuracy).filter(|_| report.data.test > 0),
        data: Some(report.data.name.clone()),
        provenance: in_words(report.data.provenance),
        sure_from: (!bins.is_empty()).then(|| sure_from(&bins)),
    }
}

/// As reports have it.
fn in_words(provenance: Provenance) -> Option<String> {
    serde_json::to_value(provenance).ok()?.as_str().map(str::to_string)
}

/// Refuses a model, named by its flag, that names no classes of pictures.
fn check_shown(facts: &Facts, flag: &str) -> Result<()> {
    let reason = match (&facts.picture, &facts.target) {
        (Some(_), None) => return Ok(()),
        (Some(_), Some(_)) => "predicts a number, and the page shows how probable classes are",
        (None, _) if facts.input_shape.len() == 1 => "reads the rows of tables, and the page shows it pictures",
        (None, _) => "does not say how a picture is prepared, as weights of today do",
    };
    bail!("the model of {flag} {reason}; use it by `trainer predict {flag} FILE`")
}
