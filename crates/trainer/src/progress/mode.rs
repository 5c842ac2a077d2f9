//! How the user wants to see progress.

use crate::output::{harmless, say, warn};
use crate::run::Downloads;
use clap::ValueEnum;
use serde::Deserialize;
use std::io::IsTerminal;
use zoo_core::Explain;

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Explain)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProgressMode {
    /// A bar on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// Burn's dashboard: live curves, full screen
    Tui,
    /// One line that moves, and one that stays for each epoch; plain lines where there is no terminal
    Bar,
    /// One line for each epoch
    Plain,
    /// One JSON object a line, for programs: `trainer explain progress`
    Json,
    /// Nothing
    None,
}

/// What comes of it where the output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Dashboard,
    Bar,
    Lines,
    Json,
    Nothing,
}

impl ProgressMode {
    /// What is shown; without a terminal a bar would draw nothing.
    pub(super) fn shown(self) -> Result<Shown, &'static str> {
        let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        Ok(match self {
            Self::Tui if terminal => Shown::Dashboard,
            Self::Tui => {
                return Err(
                    "--progress tui needs a terminal; use --progress plain or json when output goes to a file or pipe",
                );
            }
            Self::Auto | Self::Bar if terminal => Shown::Bar,
            Self::Auto | Self::Bar | Self::Plain => Shown::Lines,
            Self::Json => Shown::Json,
            Self::None => Shown::Nothing,
        })
    }

    /// A line for people; programs and those who asked for silence do not get it.
    pub(crate) fn say(self, line: &str) {
        if self.is_for_people() {
            say(&harmless(line));
        }
    }

    /// A line that nobody may miss: programs and those who asked for silence get it on standard error.
    pub(crate) fn warn(self, line: &str) {
        if self.is_for_people() { say(&harmless(line)) } else { warn(line) }
    }

    fn is_for_people(self) -> bool {
        !matches!(self, Self::Json | Self::None)
    }

    /// How downloads report themselves.
    pub(crate) fn of_downloads(self, mirror: Option<&str>) -> Downloads {
        let terminal = std::io::stderr().is_terminal();
        let progress = match self {
            Self::Auto | Self::Tui | Self::Bar if terminal => zoo_core::Progress::Bar,
            Self::Auto | Self::Plain => zoo_core::Progress::Lines,
            _ => zoo_core::Progress::Hidden,
        };
        Downloads { progress, mirror: mirror.map(str::to_string) }
    }
}
