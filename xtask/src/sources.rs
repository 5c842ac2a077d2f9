//! The sections S1 to S16 of SOURCES.md: what shows each, and what came of it.

use crate::experiments::{Recorded, Shipped};
use zoo_recipe::Recipe;
use zoo_results::{Record, Verdict};

/// What each section is about, from S1 on.
pub(crate) const TITLES: [&str; 16] = [
    "Linear classifiers on CIFAR-10",
    "Breast Cancer Wisconsin (Diagnostic)",
    "A perceptron on EMNIST Letters",
    "The five-block CNN on CIFAR-10",
    "Back-propagation from scratch",
    "Activations",
    "Losses",
    "Optimizers",
    "Initializers",
    "Back-propagation, checked",
    "Regularization and validation",
    "Linear regression",
    "Shallow networks and what they can represent",
    "The Gabor model",
    "Convolution by hand",
    "Looking at a trained classifier",
];

/// The last section, which no recipe and no experiment names: the report shows it, for every model.
pub(crate) const LOOKING: usize = 16;

/// What came of a claim, an experiment or a whole section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// As it should be, where need be with a difference from the source and its reason.
    Holds,
    /// Some of it was not run.
    InPart,
    /// None of it was run.
    NotRun,
    Fails,
}

/// One recipe or experiment with the sections it shows.
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) sections: Vec<usize>,
    pub(crate) state: State,
}

/// One section with all that shows it.
pub(crate) struct Section<'a> {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) title: &'static str,
    pub(crate) shown: Vec<&'a Shown>,
    pub(crate) state: State,
}

impl State {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::InPart => "holds, as far as it was run",
            Self::NotRun => "not run",
            Self::Fails => "FAILS",
        }
    }

    /// Of several things together.
    fn all(states: impl Iterator<Item = State> + Clone) -> State {
        if states.clone().any(|state| state == Self::Fails) {
            return Self::Fails;
        }
        match (states.clone().any(is_run), states.clone().all(|state| state == Self::Holds)) {
            (false, _) => Self::NotRun,
            (true, true) => Self::Holds,
            (true, false) => Self::InPart,
        }
    }
}

fn is_run(state: State) -> bool {
    state != State::NotRun
}

impl Shown {
    /// A recipe, by its record if it was run.
    pub(crate) fn recipe(recipe: &Recipe, record: Option<&Record>) -> Shown {
        let state = match record.filter(|record| record.is_of(recipe)).and_then(|record| record.summary(recipe)) {
            None => State::NotRun,
            Some(summary) if summary.verdict == Verdict::Fails => State::Fails,
            Some(_) => State::Holds,
        };
        Shown { name: recipe.name.clone(), sections: sections(&recipe.claim.source), state }
    }

    /// An experiment, by its outcome if it was run.
    pub(crate) fn experiment(shipped: &Shipped, recorded: Option<&Recorded>) -> Shown {
        let state = match recorded {
            None => State::NotRun,
            Some(Recorded { outcome, .. }) if outcome.holds() => State::Holds,
            Some(_) => State::Fails,
        };
        Shown { name: shipped.name.clone(), sections: sections(&shipped.sources.join(" ")), state }
    }

    /// A model that was looked at: its curves, confusion matrix, scores by class and, for two classes, its ROC; and a
    /// grid of test images, if there is one.
    pub(crate) fn looking(recipe: &Recipe, record: Option<&Record>, has_grid: bool) -> Shown {
        let shown = |state| Shown { name: recipe.name.clone(), sections: vec![LOOKING], state };
        let Some(record) = record.filter(|record| record.is_of(recipe) && !record.runs.is_empty()) else {
            return shown(State::NotRun);
        };
        let is_whole = record.runs.iter().all(|run| {
            let classes = run.class_names.len();
            let drawn = run.curves.len() >= run.epochs_run && run.confusion.len() == classes;
            drawn
                && run.per_class.len() == classes
                && !run.calibration.is_empty()
                && (classes > 2 || !run.roc.is_empty())
        });
        shown(match (is_whole, has_grid) {
            (true, true) => State::Holds,
            (true, false) => State::InPart,
            (false, _) => State::Fails,
        })
    }
}

/// All sections, none left out.
pub(crate) fn overview(shown: &[Shown]) -> Vec<Section<'_>> {
    let section = |(place, title): (usize, &&'static str)| {
        let number = place + 1;
        let shown: Vec<&Shown> = shown.iter().filter(|one| one.sections.contains(&number)).collect();
        let state = State::all(shown.iter().map(|one| one.state));
        Section { number, title, shown, state }
    };
    TITLES.iter().enumerate().map(section).collect()
}

/// The overview as text, a line a section.
pub(crate) fn text(shown: &[Shown]) -> String {
    let line = |section: Section<'_>| {
        let name = |one: &&Shown| match one.state {
            State::Holds => one.name.clone(),
            state => format!("{} ({})", one.name, state.text()),
        };
        let by = match section.number {
            LOOKING => {
                let seen = section.shown.iter().filter(|one| is_run(one.state)).count();
                format!("the report's sections of {seen} of {} models", section.shown.len())
            }
            _ => section.shown.iter().map(name).collect::<Vec<_>>().join(", "),
        };
        let number = format!("S{}", section.number);
        format!("{number:4} {:46} {:28} {by}", section.title, section.state.text())
    };
    overview(shown).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The sections a source names: `S3, S4 [Thesis 3.3, 4.3]` names 3 and 4.
fn sections(source: &str) -> Vec<usize> {
    let words = source.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter_map(|word| word.strip_prefix('S')?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn shown(name: &str, sections: &[usize], state: State) -> Shown {
        Shown { name: name.into(), sections: sections.to_vec(), state }
    }

    #[test]
    fn a_source_names_its_sections() {
        assert_eq!(sections("S3, S4 [Thesis 3.3, 4.3]"), [3, 4]);
        assert_eq!(sections("S10 S5"), [10, 5]);
        assert!(sections("[Thesis 4.3] Some").is_empty());
    }

    #[test]
    fn every_section_is_listed_and_judged() {
        let all = [
            shown("a", &[1], State::Holds),
            shown("b", &[1, 2], State::Fails),
            shown("c", &[3], State::Holds),
            shown("d", &[3], State::NotRun),
            shown("e", &[4], State::Holds),
            shown("f", &[5], State::NotRun),
        ];
        let states: Vec<State> = overview(&all).iter().map(|section| section.state).collect();
        assert_eq!(states.len(), 16);
        assert_eq!(
            states[..6],
            [State::Fails, State::Fails, State::InPart, State::Holds, State::NotRun, State::NotRun]
        );
        assert_eq!(text(&all).lines().count(), 16);
    }

    #[test]
    fn an_experiment_that_was_not_run_is_missed_in_its_section() {
        let shipped = |name: &str| Shipped { name: name.into(), sources: vec!["S13".into()] };
        let all = [shown("shallow", &[13], State::Holds), Shown::experiment(&shipped("approximation"), None)];
        let section = &overview(&all)[12];
        assert_eq!((section.number, section.shown.len(), section.state), (13, 2, State::InPart));
        assert!(text(&all).contains("shallow, approximation (not run)"));
    }

    #[test]
    fn a_model_that_was_not_recorded_was_not_looked_at() {
        let recipes = crate::recipes::all().unwrap();
        let looking = |has_record: bool| {
            let record = crate::reproduce::recorded(&recipes[0].recipe.name).unwrap().filter(|_| has_record);
            Shown::looking(&recipes[0].recipe, record.as_ref(), true).state
        };
        assert_eq!((looking(false), looking(true)), (State::NotRun, State::Holds));
        let record = crate::reproduce::recorded(&recipes[0].recipe.name).unwrap();
        assert_eq!(Shown::looking(&recipes[1].recipe, record.as_ref(), true).state, State::NotRun);
    }

    #[test]
    fn every_recipe_names_a_section() {
        for shipped in crate::recipes::all().unwrap() {
            let shown = Shown::recipe(&shipped.recipe, None);
            assert!(!shown.sections.is_empty() && shown.state == State::NotRun, "{}", shown.name);
            assert!(shown.sections.iter().all(|section| (1..LOOKING).contains(section)), "{}", shown.name);
        }
    }
}
