//! The errata for a terminal, and for programs.

use super::{Erratum, Evidence};
use serde_json::{Error, to_string_pretty};

/// A few lines each.
pub(crate) fn as_text(errata: &[Erratum]) -> String {
    errata.iter().map(lines).collect::<Vec<_>>().join("\n\n")
}

/// The same as an array of objects.
pub(crate) fn as_json(errata: &[Erratum]) -> Result<String, Error> {
    to_string_pretty(errata)
}

fn lines(erratum: &Erratum) -> String {
    let known = match erratum.evidence {
        Evidence::Reading { because } => format!("by reading alone: {because}"),
        Evidence::Claim { experiment, id } => format!("put to the test: `experiments run {experiment}`, claim {id}"),
        Evidence::Curves { recipe } => format!("the recorded curves of {recipe} lie apart"),
    };
    let Erratum { section, printed, right, .. } = erratum;
    format!("{} ({section})\n  printed  {printed}\n  right    {right}\n  known    {known}", erratum.cited())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errata::ERRATA;

    #[test]
    fn both_forms_have_every_erratum() {
        let (text, json) = (as_text(ERRATA), as_json(ERRATA).unwrap());
        assert_eq!(text.split("\n\n").count(), ERRATA.len());
        assert_eq!(json.matches("\"printed\"").count(), ERRATA.len());
        assert!(text.contains("Thesis, Table 2.1 (S6)") && text.contains("claim elu"), "{text}");
        assert!(json.contains("\"section\": \"S6\"") && json.contains("\"kind\": \"reading\""), "{json}");
    }
}
