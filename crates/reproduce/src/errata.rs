//! What the notes get wrong, held against what was recorded.

use crate::outcomes::{self, RecordedOutcome};
use crate::workspace::Workspace;
use experiments::errata::{ERRATA, Erratum, Evidence};
use zoo_report::table::{left, markdown};
use zoo_results::outcome::{Finding, FindingVerdict, Outcome};
use zoo_results::{Record, Report};

/// An erratum with what was recorded of it.
#[derive(Clone, Debug)]
pub(crate) struct JudgedErratum {
    pub(crate) erratum: &'static Erratum,
    pub(crate) standing: ErratumStanding,
    /// What came of the claim that puts it to the test, first of all one that differs.
    pub(crate) finding: Option<Finding>,
}

/// Whether what is printed is known to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErratumStanding {
    /// It follows by reading alone.
    ByReading,
    /// What is printed was put to the test and did not come out.
    Shown,
    NotRun,
    /// It did come out, or something failed: then the erratum is the error.
    Refuted,
}

/// A claim that differs from its source and belongs to no erratum: of another seed, say.
#[derive(Clone, Debug)]
pub(crate) struct UnlistedFinding {
    pub(crate) experiment: String,
    pub(crate) finding: Finding,
}

/// What was recorded, by name.
pub(crate) struct Recorded<'a> {
    pub(crate) outcome: &'a dyn Fn(&str) -> Option<&'a Outcome>,
    pub(crate) record: &'a dyn Fn(&str) -> Option<&'a Record>,
}

/// Every erratum, in the order of the list.
pub(crate) fn judge(recorded: &Recorded<'_>) -> Vec<JudgedErratum> {
    ERRATA.iter().map(|erratum| JudgedErratum::of(erratum, recorded)).collect()
}

/// What differs from its source besides.
pub(crate) fn unlisted<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Vec<UnlistedFinding> {
    let of_one = |outcome: &'a Outcome| {
        let experiment = outcome.experiment.clone();
        let differing = outcome.claims.iter().filter(|claim| claim.verdict.differs());
        let unlisted = differing.filter(move |claim| !is_listed(&outcome.experiment, claim));
        unlisted.map(move |finding| UnlistedFinding { experiment: experiment.clone(), finding: finding.clone() })
    };
    outcomes.into_iter().flat_map(of_one).collect()
}

/// Whether an erratum names this claim of this experiment.
fn is_listed(of: &str, claim: &Finding) -> bool {
    ERRATA.iter().any(|erratum| match erratum.evidence {
        Evidence::Claim { experiment, id } => experiment == of && claim.id.as_deref() == Some(id),
        Evidence::Reading { .. } | Evidence::Curves { .. } => false,
    })
}

impl JudgedErratum {
    fn of(erratum: &'static Erratum, recorded: &Recorded<'_>) -> Self {
        let findings: Vec<Finding> = match erratum.evidence {
            Evidence::Reading { .. } => {
                return Self { erratum, standing: ErratumStanding::ByReading, finding: None };
            }
            Evidence::Claim { experiment, id } => {
                let outcome = (recorded.outcome)(experiment);
                outcome.map(|outcome| outcome.claims_named(id).cloned().collect()).unwrap_or_default()
            }
            Evidence::Curves { recipe } => (recorded.record)(recipe).map(together).into_iter().collect(),
        };
        let differing = findings.iter().find(|finding| finding.verdict.differs());
        let fails = findings.iter().any(|finding| finding.verdict == FindingVerdict::Fails);
        let standing = match (findings.is_empty(), differing) {
            (true, _) => ErratumStanding::NotRun,
            (false, Some(_)) if !fails => ErratumStanding::Shown,
            (false, _) => ErratumStanding::Refuted,
        };
        Self { erratum, standing, finding: differing.or(findings.first()).cloned() }
    }
}

/// By how much accuracy in training may lie above that in validation for curves that count as together.
const TOGETHER: f64 = 0.02;

/// Whether a network's curves in training and validation stay together to the last epoch, as the thesis reads its Fig. 4.9.
fn together(record: &Record) -> Finding {
    let gaps: Vec<f64> = record.runs.iter().filter_map(gap_at_the_end).collect();
    let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let turned = record.runs.iter().filter(|run| is_past_its_least(run)).count();
    let (mean, count) = (gaps.iter().sum::<f64>() / gaps.len() as f64, record.runs.len());
    // The mean over an epoch in which the network still learns is below what it would have at the end, so the gap is larger still.
    let overfits = least > TOGETHER && turned == count && count > 0;
    let reason = "The validation loss turns before the last epoch while the training loss goes on falling: from there on \
                  the network learns its training images by heart.";
    Finding {
        id: None,
        sentence: "Training accuracy stays together with validation accuracy to the last epoch: least difference over the seeds"
            .into(),
        expected: format!("at most {TOGETHER}"),
        measured: format!(
            "{least:.3} (mean {mean:.3}, {count} seeds; the validation loss was past its least in {turned} of them)"
        ),
        verdict: if overfits { FindingVerdict::Differs { reason: reason.into() } } else { FindingVerdict::Holds },
    }
}

fn gap_at_the_end(run: &Report) -> Option<f64> {
    run.curves.last().map(|last| last.train_accuracy - last.valid_accuracy)
}

/// Whether the validation loss of the last epoch is above that of an earlier one, and the training loss below all earlier ones.
fn is_past_its_least(run: &Report) -> bool {
    let Some((last, earlier)) = run.curves.split_last() else { return false };
    earlier.iter().any(|one| one.valid_loss < last.valid_loss)
        && earlier.iter().all(|one| one.train_loss > last.train_loss)
}

/// The errata as a table of SOURCES.md, with links to what shows them.
pub(crate) fn table() -> String {
    let known = |evidence: &Evidence| match evidence {
        Evidence::Reading { because } => format!("by reading alone: {because}"),
        Evidence::Claim { experiment, id } => {
            format!("[`{experiment}`](results/experiments/{experiment}), claim `{id}`")
        }
        Evidence::Curves { recipe } => format!("the recorded curves of [`{recipe}`](results/{recipe}.json)"),
    };
    let row = |one: &Erratum| {
        [&one.cited(), one.printed, one.right, &known(&one.evidence)].map(|cell| cell.replace('|', "\\|"))
    };
    let rows: Vec<Vec<String>> = ERRATA.iter().map(|erratum| row(erratum).to_vec()).collect();
    markdown(&["where", "printed", "right", "how we know"].map(left), &rows)
}

/// What is wrong with the errata as the workspace has them recorded: one sentence each.
pub(crate) fn faults(workspace: &Workspace) -> Vec<String> {
    let all = outcomes::all().into_iter().map(|one| outcomes::read(&workspace.outcomes(), one.name));
    let all: Vec<RecordedOutcome> = all.filter_map(|one| one.ok().flatten()).collect();
    let records: Vec<Record> =
        ERRATA.iter().filter_map(curves_of).filter_map(|one| workspace.record(one).ok().flatten()).collect();
    let judged = judge(&Recorded {
        outcome: &|name| all.iter().map(|one| &one.outcome).find(|outcome| outcome.experiment == name),
        record: &|name| records.iter().find(|record| record.recipe == name),
    });
    let unlisted = unlisted(all.iter().map(|one| &one.outcome));
    let unlisted = unlisted.iter().map(|UnlistedFinding { experiment, finding }| {
        format!("a claim of {experiment} differs from its source and is no erratum: {:?}; list it", finding.sentence)
    });
    judged.iter().filter_map(fault).chain(unlisted).collect()
}

fn curves_of(erratum: &Erratum) -> Option<&'static str> {
    match erratum.evidence {
        Evidence::Curves { recipe } => Some(recipe),
        Evidence::Reading { .. } | Evidence::Claim { .. } => None,
    }
}

fn fault(JudgedErratum { erratum, standing, .. }: &JudgedErratum) -> Option<String> {
    let name = match erratum.evidence {
        Evidence::Claim { experiment, .. } => experiment,
        Evidence::Curves { recipe } => recipe,
        Evidence::Reading { .. } => return None,
    };
    let fault = match standing {
        ErratumStanding::NotRun => "nothing is recorded",
        ErratumStanding::Refuted => "what is recorded does not show it",
        ErratumStanding::ByReading | ErratumStanding::Shown => return None,
    };
    let printed = format!("{}: {:?}", erratum.cited(), erratum.printed);
    Some(format!("of the erratum {printed} {fault}; run `cargo xtask reproduce {name} --record`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn of_curves(record: &Record) -> JudgedErratum {
        let erratum = ERRATA.iter().find(|erratum| curves_of(erratum).is_some()).unwrap();
        JudgedErratum::of(erratum, &Recorded { outcome: &|_| None, record: &|_| Some(record) })
    }

    #[test]
    fn without_records_reading_alone_is_left() {
        let standings: Vec<_> =
            judge(&Recorded { outcome: &|_| None, record: &|_| None }).iter().map(|one| one.standing).collect();
        let by_reading = ERRATA.iter().filter(|one| matches!(one.evidence, Evidence::Reading { .. })).count();
        assert!(by_reading > 0 && by_reading < standings.len());
        assert_eq!(standings.iter().filter(|one| **one == ErratumStanding::ByReading).count(), by_reading);
        assert_eq!(
            standings.iter().filter(|one| **one == ErratumStanding::NotRun).count(),
            standings.len() - by_reading
        );
    }

    #[test]
    fn the_recorded_curves_lie_apart_and_others_would_not() {
        let mut record = Workspace::here().record("cnn_cifar10").unwrap().unwrap();
        assert_eq!(of_curves(&record).standing, ErratumStanding::Shown);
        // One seed whose validation loss never turns is enough.
        record.runs[0].curves.last_mut().unwrap().valid_loss = 0.0;
        assert_eq!(of_curves(&record).standing, ErratumStanding::Refuted);
        let mut close = Workspace::here().record("cnn_cifar10").unwrap().unwrap();
        let last = close.runs[1].curves.last_mut().unwrap();
        last.valid_accuracy = last.train_accuracy;
        assert_eq!(of_curves(&close).standing, ErratumStanding::Refuted);
    }
}
