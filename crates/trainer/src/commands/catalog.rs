//! `list`, `show`, `devices` and `fetch`: what there is.

use super::shared::store;
use crate::args::{FetchArgs, ListArgs, ShowArgs};
use crate::device::DeviceName;
use crate::output::answer;
use crate::pretrained;
use crate::registry::{self, RegistryError};
use crate::tables::aligned;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use zoo_core::{Store, nearest};
use zoo_recipe::{DataName, Measured, Recipe};

pub(crate) fn list(args: &ListArgs) -> Result<()> {
    let (recipes, faults) = sorted(registry::names().map(registry::recipe));
    if args.json {
        let entries: Vec<Value> = recipes.iter().map(entry).collect();
        answer(&serde_json::to_string_pretty(&entries)?)?;
        return refused(&faults);
    }
    let rows = |recipe: &Recipe| {
        [[recipe.name.clone(), recipe.summary()], [String::new(), claim(recipe)]].map(|row| row.to_vec())
    };
    answer(&aligned(&recipes.iter().flat_map(rows).collect::<Vec<_>>(), 2))?;
    refused(&faults)
}

/// Those that can be used, and what is wrong with the others: one bad file hides none of them.
fn sorted(recipes: impl Iterator<Item = Result<Recipe, RegistryError>>) -> (Vec<Recipe>, Vec<String>) {
    let (mut usable, mut faults) = (Vec::new(), Vec::new());
    for recipe in recipes {
        match recipe {
            Ok(recipe) => usable.push(recipe),
            Err(error) => faults.push(zoo_core::sentence(&error)),
        }
    }
    (usable, faults)
}

fn refused(faults: &[String]) -> Result<()> {
    match faults {
        [] => Ok(()),
        faults => bail!(
            "{} cannot be used: {}",
            if faults.len() == 1 { "a recipe" } else { "some recipes" },
            faults.join("; ")
        ),
    }
}

fn claim(recipe: &Recipe) -> String {
    let claim = recipe.zoo_claim();
    let measured = match claim.measured {
        Measured::Test => String::new(),
        Measured::Folds { folds } => format!(" over {folds} folds"),
    };
    let weights = if ships(recipe) { "; trained weights ship" } else { "" };
    let parameters = claim.parameters.map(|count| format!(", {count} parameters")).unwrap_or_default();
    format!(
        "{} {} ± {} on {}{measured}{parameters}, about {} s on two CPU cores{weights}",
        claim.metric.label(),
        claim.expected,
        claim.tolerance,
        recipe.data.name,
        claim.seconds
    )
}

/// Whether trained weights of that name are in this program.
fn ships(recipe: &Recipe) -> bool {
    pretrained::find(&recipe.name).is_ok()
}

fn entry(recipe: &Recipe) -> Value {
    json!({
        "name": recipe.name,
        "claim": recipe.claim,
        "data": recipe.data.name,
        "recipe_sha256": recipe.sha256(),
        "weights": ships(recipe),
    })
}

pub(crate) fn show(args: &ShowArgs) -> Result<()> {
    Ok(answer(registry::recipe(&args.name)?.to_toml().trim_end())?)
}

pub(crate) fn devices(args: &ListArgs) -> Result<()> {
    let tried = DeviceName::ALL.map(|device| (device, why_not(device)));
    if args.json {
        let entry = |(device, why_not): &(DeviceName, Option<String>)| {
            let (name, description) = (device.to_string(), device.description());
            json!({ "name": name, "description": description, "works": why_not.is_none(), "why_not": why_not })
        };
        return Ok(answer(&serde_json::to_string_pretty(&tried.iter().map(entry).collect::<Vec<_>>())?)?);
    }
    let row = |(device, why_not): (DeviceName, Option<String>)| {
        vec![device.to_string(), device.description().to_string(), why_not.unwrap_or_else(|| "works".to_string())]
    };
    Ok(answer(&aligned(&tried.map(row), 3))?)
}

/// Why a device cannot be used here, if it cannot.
fn why_not(device: DeviceName) -> Option<String> {
    match device.is_compiled_in() {
        false => Some(format!("not compiled in; add --features {device} to cargo run")),
        true => device.open().err().map(|error| error.to_string()),
    }
}

pub(crate) fn fetch(args: &FetchArgs) -> Result<()> {
    let store = store(&args.data, args.progress)?;
    for name in &args.datasets {
        answer(&format!("{name}: {}", fetch_one(name, &store)?))?;
    }
    Ok(())
}

/// Fetches a data set and says where it is.
fn fetch_one(name: &str, store: &Store) -> Result<String> {
    let Some(data) = DataName::find(name) else {
        let known: Vec<_> = DataName::all().map(DataName::name).collect();
        let close = nearest(name, known.iter().copied());
        let hint = close.first().map(|name| format!("did you mean {name}? ")).unwrap_or_default();
        bail!("unknown data set {name:?}; {hint}Known are {}", known.join(", "));
    };
    Ok(match data.facts().fetch {
        Some(fetch) => fetch(store)?.display().to_string(),
        None => "compiled into the program, nothing to fetch".to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_recipe_hides_no_other_and_is_told_with_file_line_and_key() {
        let good = registry::recipe("mlp_digits").expect("a recipe");
        let text = good.to_toml().replace("batch_size = 32", "batch_size = 0");
        let bad = Recipe::parse(&text, "bad.toml").map_err(RegistryError::from);
        let (usable, faults) = sorted([bad, Ok(good.clone())].into_iter());
        assert_eq!(usable, [good]);
        let said = refused(&faults).expect_err("one is bad").to_string();
        assert!(
            said.starts_with("a recipe cannot be used: bad.toml:") && said.contains("`training.batch_size` is 0"),
            "{said}"
        );
    }
}
