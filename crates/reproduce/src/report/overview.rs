//! The first page: what the notes ask for, what models and lessons claim, how fast it is, and what was run.

use super::claim::JudgedClaim;
use super::errata::ErrataPage;
use super::how_to::HowTo;
use super::pages::{ExperimentPage, ModelPage};
use super::site::{ERRATA_FILE, OVERVIEW, SitePage, lesson_file, link, link_to, model_file};
use crate::figure;
use crate::notes::{Exhibit, ExhibitKind, LOOKING, NotesSection, Standing, Tally, overview};
use crate::results::{is_unverified, measured_with, run_with};
use maud::{Markup, html};
use zoo_bench::Headline;
use zoo_report::elements::{besides, chart, command, thousands};
use zoo_report::table::{markup_of, text};
use zoo_results::outcome::{Drawn, FigureFile};
use zoo_results::{Record, Report};

/// What the overview is made from.
pub(crate) struct Overview<'a> {
    pub(crate) exhibits: &'a [Exhibit],
    pub(crate) errata: &'a ErrataPage,
    pub(crate) models: &'a [ModelPage],
    pub(crate) claims: &'a [JudgedClaim<'a>],
    pub(crate) experiments: &'a [ExperimentPage],
    pub(crate) how_tos: &'a [HowTo],
    pub(crate) speed: Option<&'a Headline>,
}

impl<'a> Overview<'a> {
    pub(crate) fn page(&self) -> SitePage {
        let intro = html! {
            strong { (headline(self.exhibits)) "; " (self.errata.headline()) "." }
            " Every number here was written by " code { "cargo xtask reproduce" } " from runs of the zoo's own trainer and \
             experiments. The test split was read once per run, at its end."
        };
        let content = html! {
            (self.tiles())
            (self.sections())
            (self.models())
            (self.lessons())
            (self.how_tos())
            @if let Some(headline) = self.speed { (speed(headline)) }
            (self.provenance())
        };
        let title = "The zoo: what it claims and what was measured".to_string();
        SitePage { file: OVERVIEW.into(), name: "Overview".into(), title, intro, content }
    }

    /// What holds, what differs and what fails, one as visible as the other.
    fn tiles(&self) -> Markup {
        let of = |kind| claimed(self.exhibits, kind);
        let (lessons, models) = (of(ExhibitKind::Experiment), of(ExhibitKind::Recipe));
        let unverified = self.models.iter().filter(|model| model.record.as_ref().is_some_and(is_unverified)).count();
        let tile = |class: &str, words: &str, count: fn(Tally) -> usize| {
            let (lessons, models) = (count(lessons), count(models));
            html! {
                li class=(class) {
                    strong { (lessons + models) } " " (words)
                    small { (lessons) " in lessons, " (models) " of models" }
                }
            }
        };
        html! {
            ul.tiles aria-label="In short" {
                li.differs { strong { (self.errata.places()) } " " (link(ERRATA_FILE, "places where the notes are wrong")) }
                (tile("holds", "claims hold", |tally| tally.holds))
                (tile("differs", "differ from the source", |tally| tally.differs))
                (tile("fails", "fail", |tally| tally.fails))
                li.open { strong { (unverified) } " of models on unverified data" small { "files other than the published ones" } }
            }
        }
    }

    /// Every section of the notes, with links to what shows it.
    fn sections(&self) -> Markup {
        let rows: Vec<Vec<Markup>> = overview(self.exhibits).iter().map(section_row).collect();
        html! {
            section #sections {
                h2 { "What the notes ask for" }
                p {
                    "Each line is a section of the sources with how many claims of the models and lessons that show it hold, differ \
                     from the source for a stated reason, or fail. What shows two sections counts in both."
                }
                (markup_of("counts", &["", "hold", "differ", "fail", "section"], &rows))
            }
        }
    }

    fn models(&self) -> Markup {
        let holding = self.claims.iter().filter(|claim| claim.holds()).count();
        let measured = self.claims.iter().filter(|claim| claim.summary().is_some()).count();
        let not_run = besides(self.claims.len() - measured, "not run");
        let rows: Vec<Vec<Markup>> =
            self.models.iter().zip(self.claims).map(|(model, claim)| model_row(model, claim)).collect();
        html! {
            section #models {
                h2 { "Models" }
                p.verdict {
                    strong { (holding) " of " (measured) " claims hold" (not_run) "." }
                    " A recipe states its seeds and what it expects before any of them is run; where test scores of other seeds or \
                     settings were known by then, that stands with the band."
                }
                (markup_of("verdicts", &["verdict", "model", "measured on test", "expected", "parameters", "training"], &rows))
                div.charts.large { (chart(&self.claims_figure())) }
            }
        }
    }

    fn claims_figure(&self) -> Drawn {
        let row = |(model, claim): (&'a ModelPage, &'a JudgedClaim<'a>)| (&model.entry.recipe, claim.summary());
        let rows: Vec<_> = self.models.iter().zip(self.claims).map(row).collect();
        let entry = FigureFile { file: "claims.svg".into(), caption: figure::CLAIMS.into() };
        Drawn { entry, svg: figure::claims(&rows) }
    }

    fn lessons(&self) -> Markup {
        let outcomes = || self.experiments.iter().filter_map(|one| Some(&one.recorded.as_ref()?.outcome));
        let (holds, measured) = (outcomes().filter(|outcome| outcome.holds()).count(), outcomes().count());
        let not_run = besides(self.experiments.len() - measured, "not run");
        let rows: Vec<Vec<Markup>> = self.experiments.iter().map(lesson_row).collect();
        html! {
            section #lessons {
                h2 { "Lessons" }
                p.verdict {
                    strong { (holds) " of " (measured) " experiments hold" (not_run) "." }
                    " An experiment holds if none of its claims fails."
                }
                (markup_of("counts", &["hold", "differ", "fail", "lesson", "seconds"], &rows))
            }
        }
    }

    /// What the zoo is used for, and where that is told.
    fn how_tos(&self) -> Markup {
        html! {
            section.article id="how-to" {
                h2 { "How to" }
                ul { @for HowTo { goal, page } in self.how_tos { li { (link(&page.file, &page.title)) ": " (goal) } } }
            }
        }
    }

    /// On what, when, and how to do it again.
    fn provenance(&self) -> Markup {
        let records: Vec<&Record> = self.models.iter().filter_map(|model| model.record.as_ref()).collect();
        let outcomes: Vec<_> =
            self.experiments.iter().filter_map(|one| Some(&one.recorded.as_ref()?.outcome)).collect();
        html! {
            section #run {
                h2 { "What was run, and on what" }
                dl.card {
                    dt { "models" } dd { @if records.is_empty() { "None was run." } @else { (measured_with(&records)) } }
                    dt { "lessons" } dd { @if outcomes.is_empty() { "None was run." } @else { (run_with(&outcomes)) } }
                    dt { "all of it again" } dd { (command("cargo xtask reproduce")) }
                    dt { "one of them" }
                    dd { (command("cargo xtask reproduce NAME")) ", " (command("cargo run -p experiments -- run NAME")) }
                    dt { "this book" } dd { (command("cargo xtask book")) }
                }
            }
        }
    }
}

/// How many sections hold: `16 of 16 sections hold`.
fn headline(exhibits: &[Exhibit]) -> String {
    let sections = overview(exhibits);
    let count = |standing| sections.iter().filter(|section| section.standing == standing).count();
    let (holds, not_run) = (count(Standing::Holds), count(Standing::NotRun));
    let in_part = besides(count(Standing::InPart), "as far as they were run");
    format!("{holds} of {} sections hold{in_part}{}", sections.len() - not_run, besides(not_run, "not run"))
}

/// What exhibits of a kind claim; that a model was looked at is no claim.
fn claimed(exhibits: &[Exhibit], kind: ExhibitKind) -> Tally {
    let claiming = exhibits.iter().filter(|one| one.kind == kind && one.sections != [LOOKING]);
    claiming.map(|one| one.tally).sum()
}

fn section_row(section: &NotesSection<'_>) -> Vec<Markup> {
    let standing = match section.standing {
        Standing::Holds => "",
        standing => standing.text(),
    };
    let what = html! {
        (section.title) @if !standing.is_empty() { " (" (standing) ")" }
        br;
        small {
            @if section.number == LOOKING && !section.exhibits.is_empty() {
                "curves, confusion matrix, scores by class and test images of "
            }
            @for (index, exhibit) in section.exhibits.iter().enumerate() {
                @if index > 0 { ", " }
                (link_to(exhibit))
            }
        }
    };
    let [holds, differs, fails] = counts(section.tally);
    vec![text(format!("S{}", section.number)), holds, differs, fails, what]
}

/// How many hold, differ and fail; nothing where nothing was measured.
fn counts(tally: Tally) -> [Markup; 3] {
    let Tally { holds, differs, fails, .. } = tally;
    [("holds", holds), ("differs", differs), ("fails", fails)].map(|(class, count)| match (tally.measured(), count) {
        (0, _) => text("–"),
        (_, 0) => html! { span.none { "0" } },
        _ => html! { span class=(class) { (count) } },
    })
}

fn model_row(model: &ModelPage, claim: &JudgedClaim<'_>) -> Vec<Markup> {
    let first: Option<&Report> = model.record.as_ref().and_then(|record| record.runs.first());
    let seconds = model.record.as_ref().map(|record| {
        let runs = &record.runs;
        format!("{:.1} s", runs.iter().map(|run| run.train_seconds).sum::<f64>() / runs.len() as f64)
    });
    let command = command(&format!("cargo xtask reproduce {}", model.name()));
    vec![
        claim.verdict(),
        html! {
            (link(&model_file(model.name()), model.name()))
            br; small { @match first { Some(first) => { (first.data.name) } None => { (command) } } }
        },
        claim.measured(),
        claim.expected(),
        text(first.map_or("–".to_string(), |first| thousands(first.parameters as u64))),
        text(seconds.unwrap_or("–".to_string())),
    ]
}

fn lesson_row(experiment: &ExperimentPage) -> Vec<Markup> {
    let outcome = experiment.recorded.as_ref().map(|recorded| &recorded.outcome);
    let [holds, differs, fails] = counts(experiment.exhibit().tally);
    let lesson = html! {
        (link(&lesson_file(&experiment.name), &experiment.title)) " " small { (experiment.sources.join(", ")) }
        br; small { (experiment.lesson.question) }
        @if outcome.is_none() { br; small { "not run: " (command(&format!("cargo xtask reproduce {}", experiment.name))) } }
    };
    let seconds = outcome.map_or("–".to_string(), |outcome| format!("{:.1}", outcome.seconds));
    vec![holds, differs, fails, lesson, text(seconds)]
}

fn speed(headline: &Headline) -> Markup {
    let entry = FigureFile { file: "speed.svg".into(), caption: headline.sentence.clone() };
    html! {
        section #speed {
            h2 { "Speed" }
            div.charts.large { (chart(&Drawn { entry, svg: figure::speed(headline) })) }
            p { "Every figure stands in " code { "results/bench.md" } "." }
        }
    }
}
