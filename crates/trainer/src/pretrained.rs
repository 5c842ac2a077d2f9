//! The weights that ship with the zoo, of all models, by name.

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
    let hint = match nearest(name, names.iter().copied()).as_slice() {
        [] => format!("there are {}", names.join(", ")),
        close => format!("did you mean {}?", close.join(", ")),
    };
    Err(NotShipped { name: name.to_string(), hint })
}

#[cfg(test)]
mod tests;
