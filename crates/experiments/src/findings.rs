//! What an experiment finds, put together piece by piece.

use std::ops::RangeInclusive;

use zoo_results::outcome::{FigureFile, Finding, FindingVerdict, ResultTable};

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

/// A figure before it is written to a file.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its name in the experiment's folder, without `.svg`.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The figure itself.
    pub svg: String,
}

/// What a measured number is held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// Near `expected`, within `tolerance` of it.
    Near {
        /// What theory or source gives.
        expected: f64,
        /// The largest difference accepted.
        tolerance: f64,
    },
    /// Above this, not merely equal: something must have happened.
    Above(f64),
    /// Not above this.
    AtMost(f64),
    /// Not below this.
    AtLeast(f64),
    /// In this range, ends included.
    Within(RangeInclusive<f64>),
}

impl Findings {
    /// Claims `sentence`: it holds if `measured` passes the check, and fails otherwise.
    pub fn claim(&mut self, sentence: &str, measured: f64, check: Check) -> &mut Self {
        self.state(sentence, check.text(), number(measured), check.passes(measured))
    }

    /// Claims `sentence` of something that is no single number.
    pub fn state(
        &mut self,
        sentence: &str,
        expected: impl Into<String>,
        measured: impl Into<String>,
        holds: bool,
    ) -> &mut Self {
        let verdict = if holds { FindingVerdict::Holds } else { FindingVerdict::Fails };
        self.push(sentence, expected.into(), measured.into(), verdict)
    }

    /// Claims what the source states, where our own theory or measurement may well say otherwise: what does not come
    /// out is reported with the reason. Never in place of a check that can fail; beside one.
    pub fn source_says(&mut self, sentence: &str, measured: f64, check: Check, reason: &str) -> &mut Self {
        let holds = check.passes(measured);
        let verdict = if holds { FindingVerdict::Holds } else { FindingVerdict::Differs { reason: reason.into() } };
        self.push(sentence, check.text(), number(measured), verdict)
    }

    fn push(&mut self, sentence: &str, expected: String, measured: String, verdict: FindingVerdict) -> &mut Self {
        self.claims.push(Finding { sentence: sentence.into(), expected, measured, verdict });
        self
    }

    /// Adds to the last claim's measured value: ` ± 0.1 (95 %, 200 seeds)`.
    ///
    /// # Panics
    ///
    /// If nothing has been claimed yet.
    pub fn measured_with(&mut self, more: &str) -> &mut Self {
        let Some(last) = self.claims.last_mut() else { panic!("there is no claim to add {more:?} to") };
        last.measured.push_str(more);
        self
    }

    /// Adds a figure.
    pub fn figure(&mut self, name: &str, caption: &str, svg: String) -> &mut Self {
        self.figures.push(Drawn { name: name.into(), caption: caption.into(), svg });
        self
    }

    /// Adds a table.
    ///
    /// # Panics
    ///
    /// If a row has not as many cells as the head.
    pub fn table(&mut self, caption: &str, head: &[&str], rows: Vec<Vec<String>>) -> &mut Self {
        for row in &rows {
            assert_eq!(row.len(), head.len(), "a row of the table {caption:?} does not match its head");
        }
        let head = head.iter().map(|&cell| cell.into()).collect();
        self.tables.push(ResultTable { caption: caption.into(), head, rows });
        self
    }

    /// Adds a paragraph.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }
}

impl Drawn {
    /// The figure's entry in an outcome.
    pub fn figure(&self) -> FigureFile {
        FigureFile { file: format!("{}.svg", self.name), caption: self.caption.clone() }
    }
}

impl Check {
    /// Whether `measured` is as it should be; what is not a number never is.
    pub fn passes(&self, measured: f64) -> bool {
        match self {
            Check::Near { expected, tolerance } => (measured - expected).abs() <= *tolerance,
            Check::Above(limit) => measured > *limit,
            Check::AtMost(limit) => measured <= *limit,
            Check::AtLeast(limit) => measured >= *limit,
            Check::Within(range) => range.contains(&measured),
        }
    }

    fn text(&self) -> String {
        match self {
            Check::Near { expected, tolerance } => match *tolerance {
                0.0 => format!("exactly {}", number(*expected)),
                tolerance => format!("{} ± {}", number(*expected), number(tolerance)),
            },
            Check::Above(limit) => format!("above {}", number(*limit)),
            Check::AtMost(limit) => format!("at most {}", number(*limit)),
            Check::AtLeast(limit) => format!("at least {}", number(*limit)),
            Check::Within(range) => format!("{} to {}", number(*range.start()), number(*range.end())),
        }
    }
}

/// A number with four significant digits, as a person would write it: `0.7312`, `1.2e-9`, `1000000`.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into(); // Of either sign.
    }
    if !value.is_finite() || (value.fract() == 0.0 && value.abs() < 1e9) {
        return format!("{value}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-4..6).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let decimals = (3 - magnitude).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_passes_and_fails() {
        let near = Check::Near { expected: 2.0, tolerance: 0.1 };
        assert!(near.passes(2.05) && !near.passes(2.2) && !near.passes(f64::NAN));
        assert!(
            Check::Above(0.0).passes(1e-9) && !Check::Above(0.0).passes(0.0) && !Check::Above(0.0).passes(f64::NAN)
        );
        assert!(Check::AtMost(1.0).passes(1.0) && !Check::AtMost(1.0).passes(1.1));
        assert!(Check::AtLeast(1.0).passes(1.0) && !Check::AtLeast(1.0).passes(f64::NAN));
        assert!(Check::Within(0.0..=1.0).passes(0.5) && !Check::Within(0.0..=1.0).passes(1.5));
    }

    #[test]
    fn a_failed_claim_is_told_from_one_that_differs() {
        let mut findings = Findings::default();
        findings.claim("1 = 2", 1.0, Check::AtLeast(2.0));
        findings.source_says("1 = 2", 1.0, Check::AtLeast(2.0), "a misprint");
        assert_eq!(findings.claims[0].verdict, FindingVerdict::Fails);
        assert_eq!(findings.claims[1].verdict, FindingVerdict::Differs { reason: "a misprint".into() });
    }

    #[test]
    fn numbers_read_well() {
        let texts = [-0.0, 1.0, 0.5, 0.731_249, 1.234e-9, 123_456.7, 1e12, -0.25, 1e6].map(number);
        assert_eq!(texts, ["0", "1", "0.5", "0.7312", "1.23e-9", "123457", "1.00e12", "-0.25", "1000000"]);
    }
}
