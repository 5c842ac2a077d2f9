//! `list`, `show`, `devices` and `fetch`: what there is.

use crate::cli::{FetchArgs, ListArgs, ShowArgs};
use crate::device::DeviceName;
use crate::output::answer;
use crate::registry;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use zoo_core::Store;
use zoo_core::nearest;
use zoo_recipe::{DataName, Measured, Recipe};

pub(crate) fn list(args: &ListArgs) -> Result<()> {
    let recipes = registry::names().map(registry::recipe).collect::<Result<Vec<_>>>()?;
    if args.json {
        let entries: Vec<Value> = recipes.iter().map(entry).collect();
        return answer(&serde_json::to_string_pretty(&entries)?);
    }
    let width = recipes.iter().map(|recipe| recipe.name.len()).max().unwrap_or(0);
    let entry =
        |recipe: &Recipe| format!("{:width$}  {}\n{:width$}  {}", recipe.name, recipe.claim.summary, "", claim(recipe));
    answer(&recipes.iter().map(entry).collect::<Vec<_>>().join("\n"))
}

fn claim(recipe: &Recipe) -> String {
    let claim = &recipe.claim;
    let measured = match claim.measured {
        Measured::Test => String::new(),
        Measured::Folds { folds } => format!(" over {folds} folds"),
    };
    format!(
        "{} {} ± {} on {}{measured}, {} parameters, about {} s on two CPU cores",
        claim.metric.label(),
        claim.expected,
        claim.tolerance,
        recipe.data.name,
        claim.parameters,
        claim.seconds
    )
}

fn entry(recipe: &Recipe) -> Value {
    json!({ "name": recipe.name, "claim": recipe.claim, "data": recipe.data.name, "recipe_sha256": recipe.sha256() })
}

pub(crate) fn show(args: &ShowArgs) -> Result<()> {
    answer(registry::recipe(&args.name)?.to_toml().trim_end())
}

pub(crate) fn devices() -> Result<()> {
    for device in DeviceName::ALL {
        let standing = match (device.is_compiled_in(), device) {
            (false, _) => format!("not compiled in; add --features {device} to cargo run"),
            (true, device) => device.open().map_or_else(|error| error.to_string(), |_| "works".to_string()),
        };
        answer(&format!("{:8} {:50} {standing}", device.name(), device.description()))?;
    }
    Ok(())
}

pub(crate) fn fetch(args: &FetchArgs) -> Result<()> {
    let store = super::store(&args.data, args.progress)?;
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
