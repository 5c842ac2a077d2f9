//! What the notes get wrong: the page after the overview.

use super::pages::{ExperimentPage, ModelPage};
use super::site::{ERRATA_FILE, ERRATA_NAME, SitePage, lesson_file, link, model_file};
use crate::errata::{ErratumStanding, JudgedErratum, Recorded, UnlistedFinding, judge, unlisted};
use experiments::errata::{Erratum, Evidence};
use maud::{Markup, html};
use zoo_report::elements::{besides, colored};
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

    /// How many there are.
    pub(crate) fn places(&self) -> usize {
        self.count(ErratumStanding::Shown) + self.count(ErratumStanding::ByReading) + self.unlisted.len()
    }

    /// How many there are, and how they are known: `the notes are wrong in 29 places, 23 shown by a check, 6 by reading alone`.
    pub(crate) fn headline(&self) -> String {
        let [shown, by_reading, not_run, refuted] =
            [ErratumStanding::Shown, ErratumStanding::ByReading, ErratumStanding::NotRun, ErratumStanding::Refuted]
                .map(|standing| self.count(standing));
        let shown = shown + self.unlisted.len();
        format!(
            "the notes are wrong in {} places: {shown} shown by a check, {by_reading} by reading alone{}{}",
            self.places(),
            besides(not_run, "more not checked, as that was not run"),
            besides(refuted, "more NOT shown by their checks"),
        )
    }

    /// The whole page.
    pub(crate) fn page(&self) -> SitePage {
        let listed = self.judged.iter().map(erratum_row);
        let rows: Vec<Vec<Markup>> = listed.chain(self.unlisted.iter().map(unlisted_row)).collect();
        let content = html! {
            section #errata {
                h2 { "What is printed, and what is right" }
                p {
                    "Some are slips of the pen, others are claims that do not come out as stated. Where a check knows, what is printed \
                     was put to the test and is held against what came out; the lesson has the figures. What follows by reading \
                     alone says so."
                }
                (markup(&["where", "printed", "right", "how we know"], &rows))
            }
        };
        SitePage {
            file: ERRATA_FILE.into(),
            name: ERRATA_NAME.into(),
            title: "What the notes get wrong".into(),
            intro: html! { strong { (sentence(&self.headline())) "." } },
            content,
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
        Evidence::Claim { experiment: name, .. } => {
            checked(*standing, &link(&lesson_file(name), name), finding.as_ref())
        }
        Evidence::Curves { recipe: name } => checked(*standing, &link(&model_file(name), name), finding.as_ref()),
    };
    vec![html! { (erratum.cited()) br; small { (section) } }, text(printed), text(right), known]
}

/// What shows it, and what came out there.
fn checked(standing: ErratumStanding, shown_by: &Markup, finding: Option<&Finding>) -> Markup {
    html! {
        (mark(standing)) " " (shown_by)
        @if let Some(finding) = finding { br; (measured(finding)) }
    }
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
    let lesson = link(&lesson_file(experiment), experiment);
    let known = checked(ErratumStanding::Shown, &lesson, Some(finding));
    vec![text(format!("what {experiment} follows")), text(&finding.sentence), text(reason), known]
}
