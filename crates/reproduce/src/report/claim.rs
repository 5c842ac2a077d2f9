//! A recipe's claim, what was measured of it, and what follows.

use super::pages::ModelPage;
use super::site::unverified;
use crate::replication::{holds, lines, unlike};
use crate::results::{is_unverified, origin, over};
use crate::spreads::{mean_and_deviation, range};
use maud::{Markup, html};
use zoo_report::elements::{colored, command};
use zoo_report::table::text;
use zoo_results::{Record, Replication, Summary, Verdict};

/// A claim held against what was measured, and fresh runs against what was recorded.
pub(crate) struct JudgedClaim<'a> {
    model: &'a ModelPage,
    state: ClaimState<'a>,
    /// Where there are both.
    replication: Option<Result<Replication, &'static str>>,
}

/// Whether a claim was measured, and what came out.
enum ClaimState<'a> {
    NotMeasured,
    /// By another recipe than the present one.
    Outdated,
    Measured(Summary, &'a Record),
}

impl<'a> JudgedClaim<'a> {
    /// The claims of all models.
    pub(crate) fn all(models: &'a [ModelPage]) -> Vec<Self> {
        let tests = ModelPage::tests(models);
        let judge = |model: &'a ModelPage| {
            let recipe = &model.entry.recipe;
            let state = match &model.record {
                None => ClaimState::NotMeasured,
                Some(record) if !record.is_by(recipe) => ClaimState::Outdated,
                Some(record) => match record.summary(recipe) {
                    None => ClaimState::NotMeasured,
                    Some(summary) => ClaimState::Measured(summary, record),
                },
            };
            Self { model, state, replication: model.replication(tests) }
        };
        models.iter().map(judge).collect()
    }

    pub(crate) fn summary(&self) -> Option<&Summary> {
        match &self.state {
            ClaimState::Measured(summary, _) => Some(summary),
            ClaimState::NotMeasured | ClaimState::Outdated => None,
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.summary().is_some_and(|summary| holds(summary, self.replication.iter().flatten().next()))
    }

    pub(crate) fn verdict(&self) -> Markup {
        let (class, words) = match &self.state {
            ClaimState::NotMeasured => ("open", "not measured"),
            ClaimState::Outdated => ("open", "measured by another recipe than the present one"),
            ClaimState::Measured(summary, _) => match summary.verdict {
                Verdict::Holds => match self.replication.iter().flatten().find_map(unlike) {
                    Some(unlike) => ("fails", unlike),
                    None => ("holds", "✓ holds"),
                },
                Verdict::AboveBand => ("differs", "above its band: too good is usually a leak"),
                Verdict::Fails => ("fails", "✗ fails"),
            },
        };
        colored(class, words)
    }

    /// `accuracy 0.72 ± 0.02`, and where the band comes from.
    pub(crate) fn expected(&self) -> Markup {
        let claim = self.model.entry.recipe.zoo_claim();
        text(format!("{} {} ± {}{}", claim.metric.label(), claim.expected, claim.tolerance, origin(claim.band())))
    }

    /// Mean and deviation of what the claim is about, over what, and whether on unverified data.
    pub(crate) fn measured(&self) -> Markup {
        let ClaimState::Measured(summary, record) = &self.state else {
            return text("not measured");
        };
        html! {
            strong { (mean_and_deviation(&summary.measured)) } " "
            small { (over(record, &self.model.entry.recipe)) }
            @if is_unverified(record) { " " (unverified()) }
        }
    }

    /// All that there is to say of it, as terms and what they are.
    pub(crate) fn card(&self) -> Vec<(&'static str, Markup)> {
        let recipe = &self.model.entry.recipe;
        let claim = recipe.zoo_claim();
        let floors = html! {
            @for floor in &claim.floors { br; (floor.metric.label()) " at least " (floor.least) }
        };
        let mut card = vec![
            ("verdict", self.verdict()),
            ("source", text(format!("{}: {}", claim.source, claim.stated))),
            ("expected on test", html! { (self.expected()) (floors) }),
            ("measured on test", html! { (self.measured()) (self.besides()) }),
        ];
        let against = self.replication.iter().flat_map(lines).map(|line| ("against its record", text(line)));
        card.extend(against);
        card.push(("how the recipe was found", text(&claim.found)));
        card.push(("to make it again", command(&format!("cargo xtask reproduce {}", recipe.name))));
        card
    }

    /// The range, and what else was claimed.
    fn besides(&self) -> Markup {
        let Some(summary) = self.summary() else {
            return html! {};
        };
        let claimed = self.model.entry.recipe.zoo_claim().metric;
        let others = summary.floors.iter().filter(|(metric, ..)| *metric != claimed);
        html! {
            @if summary.measured.count > 1 { ", " (range(&summary.measured)) }
            @for (metric, _, mean) in others { br; (metric.label()) (format!(" {mean:.4}")) }
        }
    }
}
