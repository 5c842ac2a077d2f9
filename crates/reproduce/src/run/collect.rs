//! What other machines have finished, taken over into the store.

use super::step::{Left, RunStep};
use super::store::RunStore;
use super::task::RunTask;
use anyhow::{Result, bail};
use std::path::Path;
use trainer::output::warn;
use trainer::run::Ended;
use trainer::run_folder;

/// Copies what is wanting here and finished in one of the stores. What is finished in several has to be the same.
///
/// # Errors
/// If one of the folders holds no store of this commit, a run is of another commit, or two runs by one seed and instruction set have other
/// weights.
pub(crate) fn collect(store: &RunStore, runs: &[impl AsRef<Path>], tasks: &[(RunTask, Vec<RunStep>)]) -> Result<()> {
    let others = runs.iter().map(|runs| store.beside(runs.as_ref())).collect::<Result<Vec<_>>>()?;
    let mut taken = 0;
    for (task, step) in tasks.iter().flat_map(|(task, steps)| steps.iter().map(move |step| (task, step))) {
        let mut known = bits(task, step)?;
        for other in &others {
            let there = RunStep { folder: store.counterpart(other, &step.folder), ..step.clone() };
            let Some(found) = bits(task, &there)? else { continue };
            match &known {
                Some(known) if known.instruction_set == found.instruction_set && known.sha256 != found.sha256 => bail!(
                    "{} has other weights in {} than elsewhere under the same instruction set; one of the machines calculates wrongly, or \
                     a file was changed: run it anew there",
                    step.name,
                    there.folder.display()
                ),
                Some(_) => {}
                None => {
                    run_folder::copy(&there.folder, &step.folder)?;
                    (known, taken) = (Some(found), taken + 1);
                }
            }
        }
    }
    warn(&format!("{taken} runs were taken over from {} stores", others.len()));
    Ok(())
}

/// What is compared of a run.
struct RunBits {
    instruction_set: Option<String>,
    sha256: Vec<String>,
}

/// Of a finished run; experiments are each machine's own.
fn bits(task: &RunTask, step: &RunStep) -> Result<Option<RunBits>> {
    let (commit, instruction_set, sha256) = match step.left(task)? {
        Some(Left::Ended(Ended::Finished(report))) => {
            (report.commit, report.instruction_set, vec![report.weights_sha256])
        }
        // Its models' weights are in as many reports; their scores are enough to tell bits apart.
        Some(Left::Ended(Ended::CrossValidated(report))) => {
            let scores = report.runs.iter().map(|run| format!("{:?}", run.test)).collect();
            (report.commit, report.instruction_set, scores)
        }
        _ => return Ok(None),
    };
    if commit.as_deref() != trainer::commit() {
        let (then, now) = (commit.unwrap_or_default(), trainer::commit().unwrap_or("none"));
        bail!("{} was made by commit {then}, and this program is of commit {now}; move it away", step.folder.display());
    }
    Ok(Some(RunBits { instruction_set, sha256 }))
}
