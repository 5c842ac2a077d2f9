//! The page around the sections.

use super::elements::link_to;
use super::pages::{ExperimentPage, ModelPage};
use super::{claims, overview};
use crate::notes::Exhibit;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// All of it, in one file that fetches nothing.
pub(crate) fn page(
    exhibits: &[Exhibit],
    models: &[ModelPage],
    experiments: &[ExperimentPage],
    sections: &[Markup],
) -> Markup {
    let title = "The zoo: what it claims and what was measured";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        "Every number here was written by " code { "cargo xtask reproduce" } " from runs of the zoo's own trainer and \
                         experiments. The test split was read once per run, at its end."
                    }
                }
                nav aria-label="Sections" {
                    ul {
                        li { a href="#sections" { "The notes" } }
                        li { a href="#claims" { "Recipes" } }
                        @for model in models { li { (link_to(model.name())) } }
                    }
                    ul {
                        li { a href="#experiments" { "Experiments" } }
                        @for experiment in experiments { li { (link_to(&experiment.name)) } }
                    }
                }
                main {
                    (overview::section(exhibits))
                    (claims::recipes(models))
                    (claims::experiments(experiments))
                    @for section in sections { (section) }
                }
            }
        }
    }
}
