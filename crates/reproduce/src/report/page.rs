//! The page around the sections.

use super::errata::ErrataPage;
use super::pages::{ExperimentPage, ModelPage};
use super::{claims, overview};
use crate::notes::Exhibit;
use maud::{Markup, html};
use zoo_report::elements::link_to;
use zoo_report::page::Page;

/// All of it, in one file that fetches nothing.
pub(crate) fn page(
    exhibits: &[Exhibit],
    models: &[ModelPage],
    experiments: &[ExperimentPage],
    sections: &[Markup],
) -> String {
    let errata = ErrataPage::new(models, experiments);
    let intro = html! {
        strong { (overview::headline(exhibits)) "; " (errata.headline()) "." }
        " Every number here was written by " code { "cargo xtask reproduce" } " from runs of the zoo's own trainer and \
         experiments. The test split was read once per run, at its end."
    };
    let links = |first: (&str, &str), names: &mut dyn Iterator<Item = &str>| {
        let first = html! { a href={ "#" (first.0) } { (first.1) } };
        std::iter::once(first).chain(names.map(link_to)).collect::<Vec<_>>()
    };
    let nav = [
        vec![html! { a href="#errata" { "Wrong in the notes" } }],
        vec![html! { a href="#sections" { "The notes" } }],
        links(("claims", "Recipes"), &mut models.iter().map(ModelPage::name)),
        links(("experiments", "Experiments"), &mut experiments.iter().map(|one| one.name.as_str())),
    ];
    let content = html! {
        (errata.section())
        (overview::section(exhibits))
        (claims::recipes(models))
        (claims::experiments(experiments))
        @for section in sections { (section) }
    };
    Page { title: "The zoo: what it claims and what was measured", intro, nav: &nav, content }.render()
}
