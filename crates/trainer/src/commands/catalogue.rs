//! `list`, `show`, `devices` and `fetch`: what there is.

use crate::cli::{FetchArgs, ListArgs, ShowArgs};
use crate::device::DeviceName;
use crate::registry;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use zoo_data::Store;
use zoo_recipe::{Metric, Recipe, nearest};

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn list(args: &ListArgs) -> Result<()> {
    let recipes = registry::names().map(registry::recipe).collect::<Result<Vec<_>>>()?;
    if args.json {
        let entries: Vec<Value> = recipes.iter().map(entry).collect();
        println!("{}", serde_json::to_string_pretty(&entries)?);
        return Ok(());
    }
    let width = recipes.iter().map(|recipe| recipe.name.len()).max().unwrap_or(0);
    for recipe in &recipes {
        println!("{:width$}  {}", recipe.name, recipe.claim.summary);
        println!("{:width$}  {}", "", claim(recipe));
    }
    Ok(())
}

fn claim(recipe: &Recipe) -> String {
    let claim = &recipe.claim;
    format!(
        "{} {} ± {} on {}, {} parameters, about {} s on two CPU cores",
        metric_name(claim.metric),
        claim.expected,
        claim.tolerance,
        data_name(recipe),
        claim.parameters,
        claim.seconds
    )
}

fn entry(recipe: &Recipe) -> Value {
    json!({ "name": recipe.name, "claim": recipe.claim, "data": recipe.data.name, "recipe_sha256": recipe.sha256() })
}

fn data_name(recipe: &Recipe) -> String {
    json!(recipe.data.name).as_str().unwrap_or_default().to_string()
}

/// A metric as people write it.
pub(crate) fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Loss => "loss",
        Metric::Accuracy => "accuracy",
        Metric::BalancedAccuracy => "balanced accuracy",
        Metric::Auroc => "AUROC",
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn show(args: &ShowArgs) -> Result<()> {
    print!("{}", registry::recipe(&args.name)?.to_toml());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn devices() {
    for device in DeviceName::ALL {
        let standing = match (device.is_compiled_in(), device) {
            (false, _) => format!("not compiled in; add --features {device} to cargo run"),
            (true, device) => device.open().map_or_else(|error| error.to_string(), |_| "works".to_string()),
        };
        println!("{:8} {:50} {standing}", device.name(), device.description());
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn fetch(args: &FetchArgs) -> Result<()> {
    let store = super::store(&args.data, args.progress)?;
    for name in &args.datasets {
        println!("{name}: {}", fetch_one(name, &store)?);
    }
    Ok(())
}

const EMBEDDED: &str = "compiled into the program, nothing to fetch";

fn fetch_one(name: &str, store: &Store) -> Result<String> {
    let known = || ["breast_cancer", "digits", "digits32", "cifar10"].into_iter().chain(emnist_names());
    Ok(match name {
        "breast_cancer" | "digits" | "digits32" => EMBEDDED.to_string(),
        "cifar10" => zoo_cifar10::fetch(store)?.display().to_string(),
        name => match emnist_split(name) {
            Some(split) => zoo_emnist::fetch(store, split)?.display().to_string(),
            None => {
                let known: Vec<_> = known().collect();
                let close = nearest(name, known.iter().copied());
                let hint = close.first().map(|name| format!("; did you mean {name}?")).unwrap_or_default();
                bail!("unknown data set {name:?}{hint} Known are {}", known.join(", "));
            }
        },
    })
}

fn emnist_names() -> impl Iterator<Item = &'static str> {
    zoo_emnist::Split::ALL.into_iter().map(zoo_emnist::Split::dataset_name)
}

fn emnist_split(name: &str) -> Option<zoo_emnist::Split> {
    zoo_emnist::Split::ALL.into_iter().find(|split| split.dataset_name() == name)
}
