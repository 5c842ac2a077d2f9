//! An outcome as files, and as text for a terminal.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use zoo_recipe::outcome::{Outcome, Verdict};

use crate::findings::Drawn;

/// Writes `outcome.json` and the figures into `folder`, which is made if need be.
pub(crate) fn write(folder: &Path, outcome: &Outcome, figures: &[Drawn]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for figure in figures {
        let path = folder.join(figure.figure().file);
        fs::write(&path, &figure.svg).with_context(|| format!("cannot write the figure {}", path.display()))?;
    }
    Ok(outcome.write(&folder.join("outcome.json"))?)
}

/// The claims of an outcome, a few lines each.
pub(crate) fn text(outcome: &Outcome) -> String {
    let mut text = format!(
        "{} ({}): {}, {:.1} s\n",
        outcome.experiment,
        outcome.sources.join(", "),
        outcome.title,
        outcome.seconds
    );
    for claim in &outcome.claims {
        let (word, reason) = match &claim.verdict {
            Verdict::Holds => ("holds", None),
            Verdict::Fails => ("FAILS", None),
            Verdict::Differs { reason } => ("differs", Some(reason)),
        };
        text += &format!("  {word:<8}{}\n", claim.sentence);
        text += &format!("          expected {}, measured {}\n", claim.expected, claim.measured);
        if let Some(reason) = reason {
            text += &format!("          {reason}\n");
        }
    }
    text
}
