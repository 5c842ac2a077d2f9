//! The report, which is the zoo's book: everything that was measured, and how things are done, as a small site of which every page is one
//! file that needs no network.

mod site;

mod errata;
mod overview;

mod how_to;
mod lesson;
mod model;

mod claim;
mod pages;

use crate::notes::{Exhibit, LOOKING, Standing};
use crate::outcomes;
use crate::workspace::{Workspace, check_folder, record_in};
use anyhow::{Context, Result, bail};
use claim::JudgedClaim;
use clap::Args;
use errata::ErrataPage;
use experiments::Experiment;
use how_to::HowTo;
use overview::Overview;
use pages::{ExperimentPage, ModelPage, exhibits, set_of};
use site::{OVERVIEW, SitePage};
use std::fs;
use std::path::{Path, PathBuf};
use trainer::device::{DeviceName, all_threads, use_threads};
use trainer::inspect::inspect;
use trainer::output::{say, warn};
use trainer::places::{check_no_file_instead, place};
use trainer::trained::TrainedModel;
use zoo_bench::Headline;
use zoo_core::{Flush, Progress, Store, write_atomically};
use zoo_report::figures::figures;
use zoo_results::outcome::Drawn;
use zoo_results::{Inspection, Record};

/// Where the report goes and what it is made from.
#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    /// The folder to write [default: target/report]
    #[arg(long, value_name = "DIR", value_parser = place())]
    out: Option<PathBuf>,
    /// The folder with records and, below it, the experiments' outcomes [default: results]
    #[arg(long, value_name = "DIR", value_parser = place())]
    results: Option<PathBuf>,
    /// The folder with data files, for test images [default: the trainer's]
    #[arg(long, value_name = "DIR", value_parser = place())]
    data_dir: Option<PathBuf>,
    /// Download data for test images that is not here; without it the report says which is missing
    #[arg(long)]
    download: bool,
}

/// The folder of a recipe's run by a seed.
type RunOf<'a> = &'a dyn Fn(&str, u64) -> PathBuf;

/// What a report is made from.
pub(crate) struct ReportSources<'a> {
    pub(crate) workspace: &'a Workspace,
    /// The folder of the records.
    pub(crate) results: PathBuf,
    /// The folder of the experiments' outcomes.
    pub(crate) outcomes: PathBuf,
    /// Whether all that there is was asked for: what is missing is then told.
    pub(crate) is_of_all: bool,
    /// Where runs are; without it the weights that ship are shown.
    pub(crate) run: Option<RunOf<'a>>,
    /// With the data for test images.
    pub(crate) store: Store,
}

/// Writes the report.
pub(crate) fn report(workspace: &Workspace, options: &ReportOptions) -> Result<()> {
    if let Some(results) = &options.results {
        check_folder("--results", results, "records and the experiments' outcomes")?;
    }
    let results = options.results.clone().unwrap_or_else(|| workspace.results());
    let out = options.out.clone().unwrap_or_else(|| workspace.root().join("target/report"));
    check_no_file_instead(&out)?;
    let store = Store::new(options.data_dir.clone(), !options.download, Progress::Hidden)?;
    use_threads(all_threads())?;
    let outcomes = results.join("experiments");
    write(&ReportSources { workspace, results, outcomes, is_of_all: true, run: None, store }, &out).map(drop)
}

/// Writes a report into the folder `out`, and gives what shows each section of the notes.
pub(crate) fn write(sources: &ReportSources<'_>, out: &Path) -> Result<Vec<Exhibit>> {
    let (models, experiments) = (sources.models()?, sources.experiments()?);
    let is_empty =
        models.iter().all(|model| model.record.is_none()) && experiments.iter().all(|one| one.recorded.is_none());
    if sources.run.is_none() && is_empty {
        let results = sources.results.display();
        bail!(
            "{results} holds neither records nor outcomes of experiments; name the folder that holds them with --results"
        );
    }
    let figures: Vec<Vec<Drawn>> = models.iter().map(figures_of).collect();
    let exhibits = exhibits(&models, &experiments);
    let is_missing = |one: &&Exhibit| one.standing == Standing::NotRun && one.sections != [LOOKING];
    let missing: Vec<&str> = exhibits.iter().filter(is_missing).map(|one| one.name.as_str()).collect();
    if sources.is_of_all && !missing.is_empty() {
        warn(&format!("not run, so not in the report: {}", missing.join(", ")));
    }
    let speed = zoo_bench::headline(&sources.workspace.bench())?;
    let how_tos = how_to::read(sources.workspace)?;
    let pages = site_pages(&exhibits, &models, &figures, &experiments, how_tos, speed.as_ref());
    let folder = out.join("figures");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let put = |file: PathBuf, text: &str| write_atomically(&file, text.as_bytes(), Flush::ToDisk);
    for Drawn { entry, svg } in figures.iter().flatten() {
        put(folder.join(&entry.file), svg)?;
    }
    for experiment in &experiments {
        for Drawn { entry, svg } in experiment.recorded.iter().flat_map(|recorded| &recorded.figures) {
            put(folder.join(format!("{}-{}", experiment.name, entry.file)), svg)?;
        }
    }
    for (file, html) in site::render(pages) {
        put(out.join(file), &html)?;
    }
    say(&format!("report: {}", out.join(OVERVIEW).display()));
    Ok(exhibits)
}

fn figures_of(model: &ModelPage) -> Vec<Drawn> {
    let record = model.record.as_ref();
    record.map(|record| figures(&set_of(record), model.inspection.as_ref())).unwrap_or_default()
}

/// The overview, what the notes get wrong, then a page per model and per lesson, and those on how things are done.
fn site_pages(
    exhibits: &[Exhibit],
    models: &[ModelPage],
    figures: &[Vec<Drawn>],
    experiments: &[ExperimentPage],
    how_tos: Vec<HowTo>,
    speed: Option<&Headline>,
) -> Vec<SitePage> {
    let claims = JudgedClaim::all(models);
    let errata = ErrataPage::new(models, experiments);
    let overview =
        Overview { exhibits, errata: &errata, models, claims: &claims, experiments, how_tos: &how_tos, speed };
    let mut pages = vec![overview.page(), errata.page()];
    let models = models.iter().zip(&claims).zip(figures);
    pages.extend(models.map(|((model, claim), figures)| model::page(model, claim, figures)));
    pages.extend(experiments.iter().map(lesson::page));
    pages.extend(how_tos.into_iter().map(|how_to| how_to.page));
    pages
}

impl ReportSources<'_> {
    fn models(&self) -> Result<Vec<ModelPage>> {
        let model = |entry: crate::catalog::RecipeEntry| {
            let record = record_in(&self.results, &entry.recipe.name)?;
            let inspection = match &record {
                Some(record) => self.inspect(record).with_context(|| format!("cannot inspect {}", record.recipe))?,
                None => None,
            };
            // What is reported without runs is the record itself.
            let recorded = self.run.map(|_| self.workspace.record(&entry.recipe.name)).transpose()?.flatten();
            Ok(ModelPage { entry, record, recorded, inspection })
        };
        self.workspace.recipes()?.into_iter().map(model).collect()
    }

    /// Inspects the weights of a record's first seed; `None` where there are none.
    fn inspect(&self, record: &Record) -> Result<Option<Inspection>> {
        let device = DeviceName::default().open()?;
        let ships = || trainer::pretrained::all().iter().any(|shipped| shipped.name() == record.recipe);
        let (model, seed) = match (self.run, record.runs.first()) {
            (Some(run), Some(first)) => (TrainedModel::of_run(&run(&record.recipe, first.seed), &device)?, first.seed),
            (_, Some(first)) if ships() => (TrainedModel::pretrained(&record.recipe, &device)?, first.seed),
            _ => return Ok(None),
        };
        Ok(Some(inspect(&model, &self.store, seed, &device)?))
    }

    /// All experiments, in the order of the notes.
    fn experiments(&self) -> Result<Vec<ExperimentPage>> {
        let page = |experiment: &Experiment| {
            Ok(ExperimentPage::new(experiment, outcomes::read(&self.outcomes, experiment.name)?))
        };
        let mut all = outcomes::all().into_iter().map(page).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|one| one.exhibit().sections.first().copied());
        Ok(all)
    }
}

#[cfg(test)]
mod tests;
