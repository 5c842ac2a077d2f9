//! The sections S1 to S16 of SOURCES.md: what shows each, and whether it holds.

use crate::catalog::RecipeEntry;
use crate::outcomes::RecordedOutcome;
use crate::results::is_unverified;
use std::iter::Sum;
use zoo_report::table::{self, left};
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

/// Whether what shows a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// As it should be, where need be with a difference from the source and its reason.
    Holds,
    /// Some of it was not run.
    InPart,
    /// None of it was run.
    NotRun,
    Fails,
}

/// How many claims came out in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) holds: usize,
    /// Not as the source states it, for a stated reason.
    pub(crate) differs: usize,
    pub(crate) fails: usize,
    pub(crate) not_run: usize,
}

/// What an exhibit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExhibitKind {
    Recipe,
    Experiment,
}

/// A recipe, an experiment or a trained model, with the sections it shows.
#[derive(Clone, Debug)]
pub(crate) struct Exhibit {
    pub(crate) name: String,
    pub(crate) kind: ExhibitKind,
    pub(crate) sections: Vec<usize>,
    pub(crate) standing: Standing,
    pub(crate) tally: Tally,
    /// Whether it was measured on other files than the published ones.
    pub(crate) is_unverified: bool,
}

/// One section with everything that shows it.
pub(crate) struct NotesSection<'a> {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) title: &'static str,
    pub(crate) exhibits: Vec<&'a Exhibit>,
    pub(crate) standing: Standing,
    /// Of all its exhibits' claims.
    pub(crate) tally: Tally,
}

impl Standing {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::InPart => "holds, as far as it was run",
            Self::NotRun => "not run",
            Self::Fails => "FAILS",
        }
    }

    /// Of several exhibits together.
    fn all(standings: &[Standing]) -> Standing {
        let are_all = |wanted| standings.iter().all(|standing| *standing == wanted);
        match () {
            () if standings.contains(&Self::Fails) => Self::Fails,
            () if are_all(Self::NotRun) => Self::NotRun,
            () if are_all(Self::Holds) => Self::Holds,
            () => Self::InPart,
        }
    }
}

impl Tally {
    /// Of a single claim.
    fn one(standing: Standing) -> Self {
        let is = |wanted: &[Standing]| usize::from(wanted.contains(&standing));
        let (holds, fails) = (is(&[Standing::Holds, Standing::InPart]), is(&[Standing::Fails]));
        Self { holds, differs: 0, fails, not_run: is(&[Standing::NotRun]) }
    }

    /// How many were put to the test.
    pub(crate) fn measured(self) -> usize {
        self.holds + self.differs + self.fails
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, one| Self {
            holds: sum.holds + one.holds,
            differs: sum.differs + one.differs,
            fails: sum.fails + one.fails,
            not_run: sum.not_run + one.not_run,
        })
    }
}

impl Exhibit {
    /// A recipe, by its record if it was run.
    pub(crate) fn recipe(RecipeEntry { recipe, .. }: &RecipeEntry, record: Option<&Record>) -> Self {
        let judge = |record: &Record| Some(record.summary(recipe)?.verdict);
        let standing = match record.filter(|record| record.is_by(recipe)).and_then(judge) {
            None => Standing::NotRun,
            Some(Verdict::Fails) => Standing::Fails,
            Some(_) => Standing::Holds,
        };
        Self {
            name: recipe.name.clone(),
            kind: ExhibitKind::Recipe,
            sections: sections(&recipe.zoo_claim().source),
            standing,
            tally: Tally::one(standing),
            is_unverified: record.is_some_and(is_unverified),
        }
    }

    /// The same; it fails if its runs are unlike what was recorded.
    pub(crate) fn held_against(self, is_unlike: bool) -> Self {
        match self.standing {
            Standing::Holds if is_unlike => {
                Self { standing: Standing::Fails, tally: Tally::one(Standing::Fails), ..self }
            }
            _ => self,
        }
    }

    /// An experiment with these sources, by its outcome if it was run.
    pub(crate) fn experiment(name: &str, sources: &[String], recorded: Option<&RecordedOutcome>) -> Self {
        let standing = match recorded {
            None => Standing::NotRun,
            Some(RecordedOutcome { outcome, .. }) if outcome.holds() => Standing::Holds,
            Some(_) => Standing::Fails,
        };
        let counted = |[holds, differs, fails]: [usize; 3]| Tally { holds, differs, fails, not_run: 0 };
        Self {
            name: name.to_string(),
            kind: ExhibitKind::Experiment,
            sections: sections(&sources.join(" ")),
            standing,
            tally: recorded.map_or(Tally::one(standing), |recorded| counted(recorded.outcome.counts())),
            is_unverified: false,
        }
    }

    /// A trained model that was looked at: its curves, confusion matrix, scores per class and, for two classes, its ROC; and a
    /// grid of test images, if there is one.
    pub(crate) fn looking(RecipeEntry { recipe, .. }: &RecipeEntry, record: Option<&Record>, has_grid: bool) -> Self {
        let exhibit = |standing| Self {
            name: recipe.name.clone(),
            kind: ExhibitKind::Recipe,
            sections: vec![LOOKING],
            standing,
            tally: Tally::one(standing),
            is_unverified: record.is_some_and(is_unverified),
        };
        let Some(record) = record.filter(|record| record.is_by(recipe)) else {
            return exhibit(Standing::NotRun);
        };
        let is_whole = record.runs.iter().all(|run| {
            let classes = run.class_names.len();
            let has_curves = run.curves.len() >= run.epochs_run && !run.calibration.is_empty();
            let has_classes = run.confusion.len() == classes && run.per_class.len() == classes;
            has_curves && has_classes && (classes > 2 || !run.roc.is_empty())
        });
        exhibit(match (is_whole, has_grid) {
            (true, true) => Standing::Holds,
            (true, false) => Standing::InPart,
            (false, _) => Standing::Fails,
        })
    }
}

/// All sections, none left out.
pub(crate) fn overview(exhibits: &[Exhibit]) -> Vec<NotesSection<'_>> {
    let section = |(index, title): (usize, &&'static str)| {
        let number = index + 1;
        let exhibits: Vec<&Exhibit> = exhibits.iter().filter(|one| one.sections.contains(&number)).collect();
        let standings: Vec<Standing> = exhibits.iter().map(|one| one.standing).collect();
        let tally = exhibits.iter().map(|one| one.tally).sum();
        NotesSection { number, title, exhibits, standing: Standing::all(&standings), tally }
    };
    TITLES.iter().enumerate().map(section).collect()
}

/// The overview as text, a line per section.
pub(crate) fn text(exhibits: &[Exhibit]) -> String {
    let columns = [left("").width(4), left("").width(46), left("").width(28), left("")];
    let name = |one: &&Exhibit| match one.standing {
        Standing::Holds => one.name.clone(),
        standing => format!("{} ({})", one.name, standing.text()),
    };
    let line = |section: NotesSection<'_>| {
        let by = match section.number {
            LOOKING => {
                let seen = section.exhibits.iter().filter(|one| one.standing != Standing::NotRun).count();
                format!("the report's pages of {seen} of {} models", section.exhibits.len())
            }
            _ => section.exhibits.iter().map(name).collect::<Vec<_>>().join(", "),
        };
        let number = format!("S{}", section.number);
        table::line(&columns, &[number, section.title.to_string(), section.standing.text().to_string(), by])
    };
    overview(exhibits).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The sections a source names: `S3, S4 [Thesis 3.3, 4.3]` names 3 and 4.
pub(crate) fn sections(source: &str) -> Vec<usize> {
    let words = source.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter_map(|word| word.strip_prefix('S')?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::workspace::Workspace;

    fn exhibit(name: &str, section: usize, standing: Standing) -> Exhibit {
        let (kind, tally) = (ExhibitKind::Recipe, Tally::one(standing));
        Exhibit { name: name.into(), kind, sections: vec![section], standing, tally, is_unverified: false }
    }

    #[test]
    fn a_source_names_its_sections() {
        let found = ["S3, S4 [Thesis 3.3, 4.3]", "S10 S5", "[Thesis 4.3] Some"].map(sections);
        assert_eq!(found, [vec![3, 4], vec![10, 5], vec![]]);
    }

    #[test]
    fn every_section_is_listed_and_judged() {
        use Standing::{Fails, Holds, InPart, NotRun};
        let not_run = Exhibit::experiment("approximation", &["S3".into()], None);
        let pairs = [
            ("a", 1, Holds),
            ("a", 1, Fails),
            ("b", 2, Fails),
            ("shallow", 3, Holds),
            ("c", 4, Holds),
            ("d", 5, NotRun),
        ];
        let mut all: Vec<Exhibit> = pairs.map(|(name, section, standing)| exhibit(name, section, standing)).into();
        all.push(not_run);
        let standings: Vec<Standing> = overview(&all).iter().map(|section| section.standing).collect();
        assert_eq!(standings.len(), 16);
        assert_eq!(standings[..6], [Fails, Fails, InPart, Holds, NotRun, NotRun]);
        let tallies: Vec<Tally> = overview(&all).iter().map(|section| section.tally).collect();
        assert_eq!(tallies[0], Tally { holds: 1, fails: 1, ..Tally::default() });
        assert_eq!(tallies[2], Tally { holds: 1, not_run: 1, ..Tally::default() });
        assert_eq!(tallies.iter().map(|tally| tally.measured()).sum::<usize>(), 5);
        assert_eq!(text(&all).lines().count(), 16);
        assert!(text(&all).contains("shallow, approximation (not run)"));
    }

    #[test]
    fn a_model_that_was_not_recorded_was_not_looked_at() {
        let workspace = Workspace::here();
        let recipes = workspace.recipes().unwrap();
        let record = workspace.record(&recipes[0].recipe.name).unwrap();
        let looking = |index: usize, record| Exhibit::looking(&recipes[index], record, true).standing;
        let found = [looking(0, None), looking(0, record.as_ref()), looking(1, record.as_ref())];
        assert_eq!(found, [Standing::NotRun, Standing::Holds, Standing::NotRun]);
    }

    #[test]
    fn every_recipe_names_a_section() {
        for entry in Workspace::here().recipes().unwrap() {
            let Exhibit { name, sections, standing, .. } = Exhibit::recipe(&entry, None);
            assert!(!sections.is_empty() && standing == Standing::NotRun, "{name}");
            assert!(sections.iter().all(|section| (1..LOOKING).contains(section)), "{name}");
        }
    }
}
