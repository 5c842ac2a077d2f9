//! What an experiment finds, put together piece by piece.

use crate::text::number;
use std::ops::RangeInclusive;
use zoo_plot::{Chart, Figure};
use zoo_results::outcome::{Drawn, FigureFile, Finding, FindingVerdict, ResultTable};

/// Claims, figures, tables and notes in reading order.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What was checked.
    pub claims: Vec<Finding>,
    /// What was drawn.
    pub figures: Vec<Drawn>,
    /// What was measured.
    pub tables: Vec<ResultTable>,
    /// Paragraphs that explain.
    pub notes: Vec<String>,
}

/// What a measured number is held against.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    /// This very number.
    Exactly(f64),
    /// Near what theory or source gives: expected value and tolerance.
    Near(f64, f64),
    /// Above this, not merely equal: something must have happened.
    Above(f64),
    AtMost(f64),
    AtLeast(f64),
    /// In this range, ends included.
    Within(RangeInclusive<f64>),
}

/// A sentence that waits for what was measured.
#[must_use]
pub(crate) struct Claiming<'a> {
    findings: &'a mut Findings,
    sentence: String,
}

impl Findings {
    /// Claims `sentence`: it holds if `measured` passes the check, and fails otherwise.
    pub(crate) fn claim(&mut self, sentence: impl Into<String>, measured: f64, check: Check) -> &mut Self {
        self.claiming(sentence).is(measured, check)
    }

    /// The same in two steps, for sentences that fill a line.
    pub(crate) fn claiming(&mut self, sentence: impl Into<String>) -> Claiming<'_> {
        Claiming { findings: self, sentence: sentence.into() }
    }

    /// Adds to the last claim's measured value: ` ± 0.1 (95 %, 200 seeds)`.
    ///
    /// # Panics
    ///
    /// If nothing has been claimed yet.
    pub(crate) fn measured_with(&mut self, more: impl AsRef<str>) -> &mut Self {
        let Some(last) = self.claims.last_mut() else { panic!("there is no claim to add {:?} to", more.as_ref()) };
        last.measured.push_str(more.as_ref());
        self
    }

    /// Gives the last claim a name, by which the [errata](crate::errata) call it their evidence.
    ///
    /// # Panics
    ///
    /// If nothing has been claimed yet.
    pub(crate) fn known_as(&mut self, id: &str) -> &mut Self {
        let Some(last) = self.claims.last_mut() else { panic!("there is no claim to call {id}") };
        last.id = Some(id.into());
        self
    }

    /// Adds a figure of one chart; the caption also describes it to readers who cannot see it.
    pub(crate) fn figure(&mut self, name: &str, title: &str, caption: impl Into<String>, chart: Chart) -> &mut Self {
        self.panels(name, title, caption, 1, vec![chart])
    }

    /// Adds a figure of several charts in rows of `columns`.
    pub(crate) fn panels(
        &mut self,
        name: &str,
        title: &str,
        caption: impl Into<String>,
        columns: usize,
        charts: Vec<Chart>,
    ) -> &mut Self {
        let entry = FigureFile { file: format!("{name}.svg"), caption: caption.into() };
        let svg = Figure::panels(title, &entry.caption, columns, charts).svg();
        self.figures.push(Drawn { entry, svg });
        self
    }

    /// Adds a table.
    ///
    /// # Panics
    ///
    /// If a row has not as many cells as the head.
    pub(crate) fn table(&mut self, caption: impl Into<String>, head: &[&str], rows: Vec<Vec<String>>) -> &mut Self {
        let caption = caption.into();
        assert!(rows.iter().all(|row| row.len() == head.len()), "a row of {caption:?} does not match its head");
        self.tables.push(ResultTable { caption, head: head.iter().map(|&cell| cell.into()).collect(), rows });
        self
    }

    /// Adds a paragraph.
    pub(crate) fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }
}

impl<'a> Claiming<'a> {
    /// The claim holds if `measured` passes the check, and fails otherwise.
    pub(crate) fn is(self, measured: f64, check: Check) -> &'a mut Findings {
        self.comes_out(check.text(), number(measured), check.passes(measured))
    }

    /// The same of what is no single number: what is expected and what came out, in words, and whether it holds.
    pub(crate) fn comes_out(
        self,
        expected: impl Into<String>,
        measured: impl Into<String>,
        holds: bool,
    ) -> &'a mut Findings {
        let verdict = if holds { FindingVerdict::Holds } else { FindingVerdict::Fails };
        self.push(expected.into(), measured.into(), verdict)
    }

    /// Of what the source states, where our own theory or measurement may well say otherwise: what does not come out
    /// is reported with the reason. Never in place of a check that can fail; beside one.
    pub(crate) fn should_be(self, measured: f64, check: Check, reason: impl Into<String>) -> &'a mut Findings {
        let holds = check.passes(measured);
        let verdict = if holds { FindingVerdict::Holds } else { FindingVerdict::Differs { reason: reason.into() } };
        self.push(check.text(), number(measured), verdict)
    }

    fn push(self, expected: String, measured: String, verdict: FindingVerdict) -> &'a mut Findings {
        self.findings.claims.push(Finding { id: None, sentence: self.sentence, expected, measured, verdict });
        self.findings
    }
}

impl Check {
    /// Whether `measured` is as it should be; NaN never passes.
    fn passes(&self, measured: f64) -> bool {
        match self {
            Check::Exactly(expected) => measured == *expected,
            Check::Near(expected, tolerance) => (measured - expected).abs() <= *tolerance,
            Check::Above(limit) => measured > *limit,
            Check::AtMost(limit) => measured <= *limit,
            Check::AtLeast(limit) => measured >= *limit,
            Check::Within(range) => range.contains(&measured),
        }
    }

    fn text(&self) -> String {
        match self {
            Check::Exactly(expected) => format!("exactly {}", number(*expected)),
            Check::Near(expected, tolerance) => format!("{} ± {}", number(*expected), number(*tolerance)),
            Check::Above(limit) => format!("above {}", number(*limit)),
            Check::AtMost(limit) => format!("at most {}", number(*limit)),
            Check::AtLeast(limit) => format!("at least {}", number(*limit)),
            Check::Within(range) => crate::text::range((*range.start(), *range.end())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Check::*;
    use super::*;

    #[test]
    fn a_check_passes_and_fails() {
        let near = Near(2.0, 0.1);
        assert!(near.passes(2.05) && !near.passes(2.2) && !near.passes(f64::NAN));
        assert!(Exactly(2.0).passes(2.0) && !Exactly(2.0).passes(2.1) && !Exactly(2.0).passes(f64::NAN));
        assert!(Above(0.0).passes(1e-9) && !Above(0.0).passes(0.0) && !Above(0.0).passes(f64::NAN));
        assert!(AtMost(1.0).passes(1.0) && !AtMost(1.0).passes(1.1) && !AtMost(1.0).passes(f64::NAN));
        assert!(AtLeast(1.0).passes(1.0) && !AtLeast(1.0).passes(f64::NAN));
        assert!(Within(0.0..=1.0).passes(0.5) && !Within(0.0..=1.0).passes(1.5));
    }

    #[test]
    fn a_failed_claim_is_told_from_one_that_differs() {
        let mut findings = Findings::default();
        findings.claim("1 = 2", 1.0, AtLeast(2.0));
        findings.claiming("1 = 2").should_be(1.0, AtLeast(2.0), "a misprint");
        assert_eq!(findings.claims[0].verdict, FindingVerdict::Fails);
        assert_eq!(findings.claims[1].verdict, FindingVerdict::Differs { reason: "a misprint".into() });
    }
}
