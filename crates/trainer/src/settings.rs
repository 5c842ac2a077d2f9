//! Settings of a machine: from flags over the environment over a file, in that order.
//!
//! The file is `zoo.toml`: one in the working folder, and one in `burn-zoo` in the platform's folder for settings; what the first does
//! not say, the second may. What is found becomes the default of the flag of that name, on whatever command has it.

use crate::device::DeviceName;
use crate::places;
use crate::progress::ProgressMode;
use crate::run_folder::{LONGEST, MOST_THREADS};
use anyhow::{Context, Result, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use zoo_core::explain::{Accepts, Explain};
use zoo_core::{env_variable, nearest, range, read_text};

const FILE: &str = "zoo.toml";
const FOLDER: &str = "burn-zoo";

/// The keys of `zoo.toml`; each is a flag too, and in capitals behind `ZOO_` a variable of the environment: `ZOO_DATA_DIR`.
#[derive(Debug, Deserialize, Explain)]
#[expect(dead_code, reason = "what is read is handed to the flags of the same names")]
pub(crate) struct Settings {
    /// CPU threads of a command: fewer than all where runs share a machine.
    #[serde(default, deserialize_with = "threads")]
    threads: u64,
    /// What to compute on.
    #[serde(default)]
    device: DeviceName,
    /// The folder with data files; from the file's own folder if it is relative.
    #[serde(default)]
    data_dir: PathBuf,
    /// The folder that run folders are made in; likewise.
    #[serde(default)]
    runs: PathBuf,
    /// How to show progress.
    #[serde(default)]
    progress: ProgressMode,
    /// An address that is asked for data files before those who publish them.
    #[serde(default)]
    mirror: String,
    /// Whether the network is never used.
    #[serde(default)]
    offline: bool,
}

/// Those that name folders.
const PATHS: [&str; 2] = ["data_dir", "runs"];

/// Those that continue to count when a run goes on: all others are the run's own.
const OF_A_SESSION: [&str; 3] = ["progress", "mirror", "offline"];

/// What was set, and where: `ZOO_THREADS`, `zoo.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found(BTreeMap<String, (String, String)>);

impl Found {
    /// What the environment and the files say.
    ///
    /// # Errors
    /// If a file cannot be read, names a key that there is not, or a value is none of its key.
    pub(crate) fn here() -> Result<Found> {
        let mut found = Found::default();
        let accepts = Settings::accepts();
        for key in accepts.keys() {
            let variable = format!("ZOO_{}", key.name.to_uppercase());
            if let Some(text) = env_variable(&variable).and_then(|text| text.into_string().ok()) {
                found.add(&key.name, &from_text(&key.accepts, &text), &variable, &variable)?;
            }
        }
        for file in files() {
            found.add_file(&file, &accepts)?;
        }
        Ok(found)
    }

    fn add_file(&mut self, file: &Path, accepts: &Accepts) -> Result<()> {
        let path = file.display();
        let text = match read_text(file, LONGEST) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("cannot read the settings {path}")),
        };
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => bail!("{path}: this is not TOML: {}", toml::de::Error::message(&error).replace('\n', ", ")),
        };
        for (key, value) in table {
            let names = || accepts.keys().iter().map(|key| key.name.as_str());
            if !names().any(|name| name == key) {
                let close = nearest(&key, names());
                let hint = close.first().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                bail!("{path}: unknown key `{key}`{hint} Known are {}", names().collect::<Vec<_>>().join(", "));
            }
            let is_path = PATHS.contains(&key.as_str());
            let value = match (value, file.parent()) {
                (Value::String(text), Some(folder)) if is_path => folder.join(text).display().to_string().into(),
                (value, _) => value,
            };
            self.add(&key, &value, &format!("{path}: `{key}`"), &path.to_string())?;
        }
        Ok(())
    }

    /// Unless it is set already.
    fn add(&mut self, key: &str, value: &Value, said: &str, place: &str) -> Result<()> {
        if PATHS.contains(&key) && value.as_str() == Some(places::DASH) {
            bail!("{said} is \"-\", which names no folder here; ./- names what is called so");
        }
        let table = Table::from_iter([(key.to_owned(), value.clone())]);
        if table.try_into::<Settings>().is_err() {
            let accepts = Settings::accepts();
            let expected = accepts.key(key).map(|key| in_words(&key.accepts)).unwrap_or_default();
            bail!("{said} is {value}, expected {expected}");
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.0.entry(key.to_owned()).or_insert((text, place.to_owned()));
        Ok(())
    }

    /// Those alone that count when a run goes on.
    pub(crate) fn of_a_session(&self) -> Found {
        let counts = |(key, _): &(&String, &(String, String))| OF_A_SESSION.contains(&key.as_str());
        Found(self.0.iter().filter(counts).map(|(key, set)| (key.clone(), set.clone())).collect())
    }

    /// The command with what was found as the defaults of its flags, and of those of its subcommands.
    pub(crate) fn apply(&self, command: clap::Command) -> clap::Command {
        let with_default = |arg: clap::Arg| match self.0.get(arg.get_id().as_str()) {
            // Once a process, so that it may as well live as long.
            Some((value, _)) if arg.get_long().is_some() => {
                arg.default_value(&*Box::leak(value.clone().into_boxed_str()))
            }
            _ => arg,
        };
        command.mut_args(with_default).mut_subcommands(|command| self.apply(command))
    }

    /// Where each setting of a command came from: the flag, the variable or the file. What is usual is not told.
    pub(crate) fn sources(&self, matches: &ArgMatches) -> BTreeMap<String, String> {
        let accepts = Settings::accepts();
        let source = |key: &str| match matches.try_contains_id(key).ok().and_then(|_| matches.value_source(key))? {
            ValueSource::DefaultValue => self.0.get(key).map(|(_, place)| place.clone()),
            _ => Some(format!("--{}", key.replace('_', "-"))),
        };
        accepts.keys().iter().filter_map(|key| Some((key.name.clone(), source(&key.name)?))).collect()
    }
}

/// Where settings are looked for: what the first file does not say, the second may.
pub(crate) fn files() -> Vec<PathBuf> {
    let of_the_user = dirs::config_dir().map(|folder| folder.join(FOLDER).join(FILE));
    std::iter::once(PathBuf::from(FILE)).chain(of_the_user).collect()
}

/// The value that a variable of the environment means.
fn from_text(accepts: &Accepts, text: &str) -> Value {
    match accepts {
        Accepts::Value(words) if words == "true or false" => match text {
            "1" | "true" | "yes" | "on" => true.into(),
            "0" | "false" | "no" | "off" => false.into(),
            other => other.into(),
        },
        Accepts::Value(words) if words.starts_with("an integer") => {
            text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
        }
        _ => text.into(),
    }
}

fn in_words(accepts: &Accepts) -> String {
    match accepts {
        Accepts::Choice(choices) => {
            let names: Vec<String> = choices.iter().map(|choice| format!("\"{}\"", choice.name)).collect();
            format!("one of {}", names.join(", "))
        }
        Accepts::Value(words) => words.clone(),
        _ => String::new(),
    }
}

fn threads<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    range::integer(deserializer, 1..=MOST_THREADS as u64)
}
