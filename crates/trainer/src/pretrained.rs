//! The weights that ship with the zoo, of all models, by name.

use crate::run_folder;
use crate::shell::flag_with;
use std::path::Path;
use zoo_core::nearest;
use zoo_core::weights::Shipped;
use zoo_recipe::Model;

/// No weights ship under a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no weights ship as {name:?}; {hint}")]
pub struct NotShipped {
    name: String,
    hint: String,
}

/// All of them, in alphabetical order of their recipes' names.
pub fn all() -> Vec<&'static Shipped> {
    let mut all = Model::shipped();
    all.sort_by_key(|shipped| shipped.name());
    all
}

/// The weights of that name.
///
/// # Errors
/// If there are none: the error names the nearest ones.
pub fn find(name: &str) -> Result<&'static Shipped, NotShipped> {
    let all = all();
    if let Some(shipped) = all.iter().find(|shipped| shipped.name() == name) {
        return Ok(*shipped);
    }
    let names: Vec<&str> = all.iter().map(|shipped| shipped.name()).collect();
    Err(NotShipped { name: name.to_string(), hint: what_instead(name, &names) })
}

/// What to name in place of a name that none of the weights has, as a clause.
fn what_instead(name: &str, names: &[&str]) -> String {
    let path = Path::new(name);
    match (nearest(name, names.iter().copied()).as_slice(), run_folder::run_within(path)) {
        _ if run_folder::exists(path) => format!("it is a run folder: name it by {}", flag_with("--run", path)),
        (_, Some(run)) => {
            format!("it is a folder of runs: name one of them by --run, such as {}", flag_with("--run", &run))
        }
        ([], None) => format!("there are {}", names.join(", ")),
        (close, None) => format!("did you mean {}?", close.join(", ")),
    }
}

#[cfg(test)]
mod tests;
