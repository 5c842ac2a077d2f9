//! What the notes get wrong: the first section.

use super::pages::{ExperimentPage, ModelPage};
use crate::errata::{ErratumStanding, JudgedErratum, Recorded, UnlistedFinding, judge, unlisted};
use experiments::errata::{Erratum, Evidence};
use maud::{Markup, html};
use zoo_report::elements::{besides, colored, link_to};
use zoo_report::table::{markup, text};
use zoo_results::outcome::{Finding, FindingVerdict};

/// What is known of the notes' mistakes.
pub(crate) struct ErrataPage {
    judged: Vec<JudgedErratum>,
    unlisted: Vec<UnlistedFinding>,
}

impl ErrataPage {
    pub(crate) fn new(models: &[ModelPage], experiments: &[ExperimentPage]) -> Self {
        let outcomes = || experiments.iter().filter_map(|one| Some(&one.recorded.as_ref()?.outcome));
        let records = || models.iter().filter_map(|model| model.record.as_ref());
        let judged = judge(&Recorded {
            outcome: &|name| outcomes().find(|outcome| outcome.experiment == name),
            record: &|name| records().find(|record| record.recipe == name),
        });
        Self { judged, unlisted: unlisted(outcomes()) }
    }

    fn count(&self, standing: ErratumStanding) -> usize {
        self.judged.iter().filter(|one| one.standing == standing).count()
    }

    /// How many there are, and how they are known: `the notes are wrong in 29 places, 23 shown by a check, 6 by reading alone`.
    pub(crate) fn headline(&self) -> String {
        let [shown, by_reading, not_run, refuted] =
            [ErratumStanding::Shown, ErratumStanding::ByReading, ErratumStanding::NotRun, ErratumStanding::Refuted]
                .map(|standing| self.count(standing));
        let shown = shown + self.unlisted.len();
        format!(
            "the notes are wrong in {} places: {shown} shown by a check, {by_reading} by reading alone{}{}",
            shown + by_reading,
            besides(not_run, "more not checked, as that was not run"),
            besides(refuted, "more NOT shown by their checks"),
        )
    }

    /// The whole section.
    pub(crate) fn section(&self) -> Markup {
        let listed = self.judged.iter().map(erratum_row);
        let rows: Vec<Vec<Markup>> = listed.chain(self.unlisted.iter().map(unlisted_row)).collect();
        html! {
            section #errata {
                h2 { "What the notes get wrong" }
                p.verdict { strong { (sentence(&self.headline())) "." } }
                p {
                    "Some are slips of the pen, others are claims that do not come out as stated. Where a check knows, what is printed \
                     was put to the test and is held against what came out; the lesson has the figures. What follows by reading \
                     alone says so."
                }
                (markup(&["where", "printed", "right", "how we know"], &rows))
            }
        }
    }
}

/// With a capital.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn erratum_row(JudgedErratum { erratum, standing, finding }: &JudgedErratum) -> Vec<Markup> {
    let Erratum { printed, right, evidence, section, .. } = erratum;
    let known = match evidence {
        Evidence::Reading { because } => html! { (colored("holds", "✓ by reading alone")) br; small { (because) } },
        Evidence::Claim { experiment: name, .. } | Evidence::Curves { recipe: name } => html! {
            (mark(*standing)) " " (link_to(name))
            @if let Some(finding) = finding { br; (measured(finding)) }
        },
    };
    vec![html! { (erratum.cited()) br; small { (section) } }, text(printed), text(right), known]
}

fn mark(standing: ErratumStanding) -> Markup {
    match standing {
        ErratumStanding::Shown | ErratumStanding::ByReading => colored("holds", "✓ shown by"),
        ErratumStanding::NotRun => colored("open", "not run:"),
        ErratumStanding::Refuted => colored("fails", "✗ not shown by"),
    }
}

/// What is printed against what came out.
fn measured(Finding { sentence, expected, measured, .. }: &Finding) -> Markup {
    html! { small { (sentence) ": " (measured) ", not " (expected) } }
}

fn unlisted_row(UnlistedFinding { experiment, finding }: &UnlistedFinding) -> Vec<Markup> {
    let reason = match &finding.verdict {
        FindingVerdict::Differs { reason } => reason.as_str(),
        FindingVerdict::Holds | FindingVerdict::Fails => "",
    };
    let known = html! { (mark(ErratumStanding::Shown)) " " (link_to(experiment)) br; (measured(finding)) };
    vec![text(format!("what {experiment} follows")), text(&finding.sentence), text(reason), known]
}
