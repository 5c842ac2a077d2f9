//! `runs`: what lies in the folder of runs, and what of it can go.

use crate::error::TrainError;
use crate::output::{FAILED, answer, warn};
use crate::run_args::{RemoveArgs, RunsAction, RunsArgs, RunsPlace};
use crate::run_folder::{CrossValidation, RunFolder};
use crate::runs::{FoundRun, FoundState, Listed, Reached, RunProgress, list};
use crate::tables::aligned;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::io::{IsTerminal, stderr, stdin};
use std::path::Path;
use std::process::ExitCode;
use zoo_core::{Metric, Scores, printable, score_text};

/// `is_named` is whether the command line names the folder: it has to be there then.
pub(crate) fn runs(args: &RunsArgs, is_named: bool) -> Result<ExitCode> {
    let (RunsAction::Ls(place)
    | RunsAction::Prune(RemoveArgs { place, .. })
    | RunsAction::Clean(RemoveArgs { place, .. })) = &args.action;
    let folder = place.folder.display();
    let listed = match place.folder.try_exists() {
        Ok(false) if is_named => bail!("there is no folder {folder}; name one that holds runs with --in"),
        Ok(false) if place.json => Vec::new(),
        Ok(false) => {
            answer(&format!("no runs yet in {folder}"))?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => list(&place.folder)?,
    };
    match &args.action {
        RunsAction::Ls(place) => ls(place, &listed).map(|()| ExitCode::SUCCESS),
        RunsAction::Prune(remove) => prune(remove, &listed),
        RunsAction::Clean(remove) => clean(remove, &listed),
    }
}

fn ls(place: &RunsPlace, listed: &[Listed]) -> Result<()> {
    if place.json {
        let all: Vec<Value> = listed.iter().map(to_json).collect();
        return Ok(answer(&serde_json::to_string_pretty(&all)?)?);
    }
    if listed.is_empty() {
        return Ok(answer(&format!("no runs in {}", place.folder.display()))?);
    }
    let head = ["run", "recipe", "seed", "state", "test", "age", "size"].map(String::from).to_vec();
    let rows = listed.iter().map(|one| row(one, &place.folder).map(|cell| printable(&cell)).to_vec());
    Ok(answer(&aligned(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), 5))?)
}

fn row(listed: &Listed, root: &Path) -> [String; 7] {
    let within = |path: &Path| {
        let short = path.strip_prefix(root).unwrap_or(path).display().to_string();
        if short.is_empty() { path.display().to_string() } else { short }
    };
    let dash = || "-".to_string();
    match listed {
        Listed::Run(run) => row_of_run(run, within(&run.path)),
        Listed::Sweep { path, runs } => {
            let count = |is: fn(&FoundState) -> bool, what: &str| match runs.iter().filter(|run| is(&run.state)).count()
            {
                0 => String::new(),
                many => format!(", {many} {what}"),
            };
            let finished = runs.iter().filter(|run| matches!(run.state, FoundState::Finished(_))).count();
            let running = count(|state| matches!(state, FoundState::Running(_)), "running");
            let broken =
                count(|state| matches!(state, FoundState::Unreadable(_) | FoundState::Inaccessible(_)), "unreadable");
            let state = format!("sweep: {finished} of {} runs finished{running}{broken}", runs.len());
            let age = runs.first().map_or(dash(), age);
            let bytes = runs.iter().map(FoundRun::bytes).sum();
            [within(path), dash(), dash(), state, dash(), age, readable_bytes(bytes)]
        }
        Listed::Link { path, target, run } => {
            let shown = target.display();
            let [name, recipe, seeds, state, score, age, _] = match run {
                Some(run) => row_of_run(run, within(path)),
                None => [within(path), dash(), dash(), elsewhere(path).to_string(), dash(), dash(), dash()],
            };
            [name, recipe, seeds, format!("link to {shown}: {state}"), score, age, dash()]
        }
    }
}

/// What a link leads to that is no run.
fn elsewhere(link: &Path) -> &'static str {
    if link.exists() { "not followed; list it with --in" } else { "it leads nowhere" }
}

fn row_of_run(run: &FoundRun, path: String) -> [String; 7] {
    let settings = run.started_with.as_ref();
    let name = settings.map_or("-".to_string(), |(recipe, _)| recipe.name.clone());
    let seeds = settings.map_or("-".to_string(), |(_, settings)| match &settings.cross_validation {
        Some(CrossValidation::All(all)) => all.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
        _ => settings.seed.to_string(),
    });
    let score = headline(run)
        .map_or("-".to_string(), |(metric, value)| format!("{} {}", metric.label(), score_text(Some(metric), value)));
    [path, name, seeds, state_in_words(&run.state), score, age(run), readable_bytes(run.bytes())]
}

fn state_in_words(state: &FoundState) -> String {
    let so_far = |RunProgress { done, of, unit }: &RunProgress| format!("{done} of {of} {unit}");
    match state {
        FoundState::Finished(_) => "finished".to_string(),
        FoundState::Stopped(progress) => format!("stopped after {}", so_far(progress)),
        FoundState::Running(RunProgress { of: 0, .. }) => "running".to_string(),
        FoundState::Running(progress) => format!("running, {}", so_far(progress)),
        FoundState::NeverStarted => "never started".to_string(),
        FoundState::Unreadable(reason) | FoundState::Inaccessible(reason) => format!("unreadable: {reason}"),
    }
}

fn test_scores(run: &FoundRun) -> Option<&Scores> {
    match &run.state {
        FoundState::Finished(Reached::Run(report)) => Some(&report.test),
        FoundState::Finished(Reached::Folds(report)) => Some(&report.mean),
        _ => None,
    }
}

/// The score that the recipe is judged by.
fn headline(run: &FoundRun) -> Option<(Metric, f64)> {
    let (recipe, _) = run.started_with.as_ref()?;
    let metric = recipe.metric();
    Some((metric, test_scores(run)?.value(metric)?))
}

/// Since the run was started: `5 min`.
fn age(run: &FoundRun) -> String {
    let started = run.started_with.as_ref().and_then(|(_, settings)| settings.started.parse::<jiff::Timestamp>().ok());
    started.map_or("-".to_string(), |started| readable_age(jiff::Timestamp::now().duration_since(started).as_secs()))
}

fn readable_age(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn readable_bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

fn to_json(listed: &Listed) -> Value {
    match listed {
        Listed::Run(run) => run_to_json(run),
        Listed::Sweep { path, runs } => {
            let runs: Vec<Value> = runs.iter().map(run_to_json).collect();
            json!({ "kind": "sweep", "path": text(path), "runs": runs })
        }
        Listed::Link { path, target, run } => {
            let run = run.as_deref().map(run_to_json);
            let reason = run.is_none().then(|| elsewhere(path));
            json!({ "kind": "link", "path": text(path), "target": text(target), "run": run, "reason": reason })
        }
    }
}

/// A path as JSON has it, which is Unicode.
fn text(path: &Path) -> String {
    path.display().to_string()
}

fn run_to_json(run: &FoundRun) -> Value {
    let settings = run.started_with.as_ref();
    let is_folds = settings.is_some_and(|(_, one)| matches!(one.cross_validation, Some(CrossValidation::All(_))));
    let (state, progress, reason) = match &run.state {
        FoundState::Finished(_) => ("finished", None, None),
        FoundState::Stopped(progress) => ("stopped", Some(progress), None),
        FoundState::Running(progress) => ("running", Some(progress), None),
        FoundState::NeverStarted => ("never_started", None, None),
        FoundState::Unreadable(reason) => ("unreadable", None, Some(reason)),
        FoundState::Inaccessible(reason) => ("inaccessible", None, Some(reason)),
    };
    json!({
        "kind": if is_folds { "cross_validation" } else { "run" },
        "path": text(&run.path),
        "recipe": settings.map(|(recipe, _)| &recipe.name),
        "seed": settings.map(|(_, settings)| settings.seed),
        "started": settings.map(|(_, settings)| &settings.started),
        "state": state,
        "done": progress.map(|progress| progress.done),
        "of": progress.map(|progress| progress.of),
        "unit": progress.map(|progress| progress.unit),
        "reason": reason,
        "test": test_scores(run),
        "bytes": run.bytes(),
        "checkpoint_bytes": run.checkpoint_bytes(),
    })
}

/// What can go, and what stays though one might think it could.
#[derive(Default)]
struct Removal<'a> {
    runs: Vec<(&'a FoundRun, u64)>,
    kept: Vec<(&'a FoundRun, String)>,
}

fn prune(args: &RemoveArgs, listed: &[Listed]) -> Result<ExitCode> {
    let finished = listed.iter().flat_map(Listed::runs).filter(|run| matches!(run.state, FoundState::Finished(_)));
    let mut removal = Removal::default();
    for (run, bytes) in finished.map(|run| (run, run.checkpoint_bytes())).filter(|(_, bytes)| *bytes > 0) {
        match run.check_droppable() {
            Ok(()) => removal.runs.push((run, bytes)),
            Err(error) => removal.keep(run, &error),
        }
    }
    carry_out(args, removal, "checkpoints of finished runs", FoundRun::drop_checkpoints)
}

fn clean(args: &RemoveArgs, listed: &[Listed]) -> Result<ExitCode> {
    let mut removal = Removal::default();
    for run in listed.iter().flat_map(Listed::runs) {
        match &run.state {
            FoundState::NeverStarted | FoundState::Unreadable(_) => match run.is_worth_keeping() {
                Some(reason) => removal.kept.push((run, format!("kept, as {reason}"))),
                None => match run.check_removable() {
                    Ok(()) => removal.runs.push((run, run.bytes())),
                    Err(error) => removal.keep(run, &error),
                },
            },
            _ => {}
        }
    }
    carry_out(args, removal, "runs that never started or cannot be read", |run| {
        RunFolder::remove(&run.path)?;
        // The folder of a recipe that has no other run.
        if let Some(above) = run.path.parent().filter(|above| *above != args.place.folder) {
            let _ = fs::remove_dir(above);
        }
        Ok(())
    })
}

impl<'a> Removal<'a> {
    /// Notes that the system, or what lies there, keeps it.
    fn keep(&mut self, run: &'a FoundRun, error: &TrainError) {
        self.kept.push((run, format!("kept: {}", zoo_core::sentence(error))));
    }
}

/// Shows what would go, asks, and removes it. What cannot be removed is kept, and those after it go all the same; the command has failed
/// if that was tried, and not if it was clear before.
fn carry_out(
    args: &RemoveArgs,
    Removal { runs, kept }: Removal<'_>,
    what: &str,
    remove: impl Fn(&FoundRun) -> Result<(), TrainError>,
) -> Result<ExitCode> {
    let bytes: u64 = runs.iter().map(|(_, bytes)| bytes).sum();
    if !args.place.json {
        for (run, bytes) in &runs {
            answer(&format!("{}: {}", printable(&text(&run.path)), readable_bytes(*bytes)))?;
        }
        kept.iter().for_each(|(run, reason)| warn_of_kept(run, reason));
    }
    let is_wanted = !runs.is_empty() && (args.yes || !args.place.json && asked(runs.len(), bytes));
    let mut removal = Removal { runs: Vec::new(), kept };
    let mut code = ExitCode::SUCCESS;
    for (run, bytes) in runs {
        let removed = if is_wanted { remove(run) } else { Ok(()) };
        match removed {
            Ok(()) => removal.runs.push((run, bytes)),
            Err(error) => {
                code = ExitCode::from(FAILED);
                removal.keep(run, &error);
                if let Some((run, reason)) = removal.kept.last() {
                    warn_of_kept(run, reason);
                }
            }
        }
    }
    let Removal { runs, kept } = removal;
    let (bytes, is_removed): (u64, bool) = (runs.iter().map(|(_, bytes)| bytes).sum(), is_wanted && !runs.is_empty());
    if args.place.json {
        let entry = |run: &FoundRun, bytes: u64| json!({ "path": text(&run.path), "bytes": bytes });
        let kept: Vec<_> =
            kept.iter().map(|(run, reason)| json!({ "path": text(&run.path), "reason": reason })).collect();
        let runs: Vec<_> = runs.iter().map(|(run, bytes)| entry(run, *bytes)).collect();
        answer(&json!({ "removed": is_removed, "bytes": bytes, "runs": runs, "kept": kept }).to_string())?;
        return Ok(code);
    }
    let (size, folder) = (readable_bytes(bytes), args.place.folder.display());
    answer(&match (runs.len(), is_wanted) {
        (0, true) => "nothing could be removed".to_string(),
        (0, false) if kept.is_empty() => format!("no {what} in {folder}"),
        (0, false) => format!("all {what} in {folder} are kept"),
        (count, true) => format!("removed: {size} in {count} folders"),
        (count, false) => format!("nothing was removed; --yes frees {size} in {count} folders: {what}"),
    })?;
    Ok(code)
}

fn warn_of_kept(run: &FoundRun, reason: &str) {
    warn(&printable(&format!("{}: {reason}", run.path.display())));
}

/// Whether a person at a terminal says yes.
fn asked(count: usize, bytes: u64) -> bool {
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        return false;
    }
    warn(&format!("remove {} in {count} folders? [y/N]", readable_bytes(bytes)));
    let mut line = String::new();
    stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_read_naturally() {
        assert_eq!(
            [-5, 59, 60, 3600, 86_400, 172_800].map(readable_age),
            ["0 s", "59 s", "1 min", "1 h", "24 h", "2 days"]
        );
        assert_eq!([0, 1_500, 2_340_000, 7_000_000_000].map(readable_bytes), ["0.0 kB", "1.5 kB", "2.3 MB", "7.0 GB"]);
    }
}
