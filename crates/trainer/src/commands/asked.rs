//! What the command line asks for: a recipe, and how it is changed.

use super::shared::recipe_text;
use crate::args::target_column;
use crate::device::{all_threads, use_threads};
use crate::extension::EpochCount;
use crate::own;
use crate::registry;
use crate::run::Request;
use crate::run_folder::Repeats;
use crate::train_args::TrainArgs;
use crate::warm_start;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use zoo_core::{DATA_DIR_VARIABLE, env_variable};
use zoo_import::find;
use zoo_recipe::{Recipe, parse_override};
use zoo_table::FoundTable;

/// What the command line asks for; of a table, what was found in it is said.
pub(super) fn fresh(args: &TrainArgs) -> Result<Request> {
    asked_for(args, |table| {
        table.facts().iter().for_each(|fact| args.progress.say(fact));
        table.warnings().iter().for_each(|warning| args.progress.warn(warning));
    })
}

/// What the command line asks for.
pub(super) fn asked_for(args: &TrainArgs, told: impl Fn(&FoundTable)) -> Result<Request> {
    let original = match (&args.model, &args.recipe) {
        (Some(name), _) => Some(registry::recipe(name)?),
        (None, Some(file)) => Some(read_recipe(file)?),
        // Own data that names no recipe is learned by that of the weights to start from.
        (None, None) if args.own.data.is_some() => args.init.as_deref().map(warm_start::recipe).transpose()?,
        (None, None) => bail!(
            "name a model with --model, a recipe file with --recipe, your own data with --data or a run to go on with by --resume; the models \
             are {}",
            registry::names().collect::<Vec<_>>().join(", ")
        ),
    };
    let (original, adopted) = match (original, &args.own.data) {
        (original, Some(path)) => {
            let shape = original.as_ref().and_then(|recipe| recipe.data.image_shape());
            // Before anything is read on several threads, which would start as many as there are.
            use_threads(args.threads.map_or_else(all_threads, usize::from))?;
            let target = target_column(args.own.label.as_deref(), args.own.target);
            let found = find(path, shape, args.own.skip_bad, target)?;
            if let Some(table) = &found.table {
                told(table);
            }
            let adopted = own::adopted(original.as_ref(), found)?;
            // With other data, nobody claims what the recipe does of its own.
            (Recipe { claim: None, ..original.unwrap_or_else(|| adopted.clone()) }, adopted)
        }
        (Some(original), None) => (original.clone(), original),
        (None, None) => unreachable!("without data there is a recipe"),
    };
    let mut recipe = overridden(args, adopted)?;
    let overrides = changes(&original, &recipe);
    if let Some(claim) = recipe.claim.as_mut().filter(|_| !overrides.is_empty()) {
        // It was made for the network as it was.
        claim.parameters = None;
    }
    Ok(Request {
        overrides,
        seed: args.seed.or(recipe.training.seeds.first().copied()).context("the recipe names no seed")?,
        device: args.device.unwrap_or_default(),
        threads: args.threads.map_or_else(all_threads, usize::from),
        data_dir: absolute(args.data.data_dir.as_deref())?,
        offline: args.data.offline,
        folds: args.folds.map(|folds| repeats(folds, args, &recipe)).transpose()?,
        folds_from: args.folds_from.clone(),
        logs: args.logs(),
        recipe,
    })
}

/// The recipe as the command line changes it.
fn overridden(args: &TrainArgs, mut recipe: Recipe) -> Result<Recipe> {
    let overrides = overrides(args, &recipe)?;
    if args.init.is_some()
        && let Some(init) = &mut recipe.init
    {
        // It is the one of other weights.
        init.sha256 = None;
    }
    changed(&recipe, overrides, args.overrides.len())
}

/// The recipe with what is said to change it, of which the first ones stand in an order that counts; each key may be set once.
pub(super) fn changed(recipe: &Recipe, overrides: Vec<SaidOverride>, ordered: usize) -> Result<Recipe> {
    let (said, overrides): (Vec<String>, Vec<(String, String)>) = overrides.into_iter().unzip();
    if let Some((first, second)) = recipe.conflicting_overrides(&overrides) {
        let ((key, _), (around, _)) = (&overrides[first], &overrides[second]);
        let may_swap = second < ordered && key.starts_with(&format!("{around}."));
        let (first, second) = (&said[first], &said[second]);
        let order = if may_swap { format!(", or give {second} first") } else { String::new() };
        bail!("{first} does not count beside {second}, which sets the same again; leave one of the two out{order}");
    }
    let changed = recipe.with_overrides_said(said.iter().map(String::as_str).zip(&overrides));
    Ok(changed.map_err(|error| own::refused(recipe, &overrides, error))?)
}

/// The recipe's seeds in turn, or those from `--seed` on.
fn repeats(folds: u32, args: &TrainArgs, recipe: &Recipe) -> Result<Repeats> {
    let (wanted, known) = (args.repeats.unwrap_or(1) as usize, &recipe.training.seeds);
    let seeds = match args.seed {
        Some(first) => (0..wanted as u64).map(|number| first.wrapping_add(number)).collect(),
        None if wanted <= known.len() => known[..wanted].to_vec(),
        None => bail!(
            "--repeats is {wanted}, and the recipe {} has {} seeds; repeat at most as often, or name the first seed with --seed",
            recipe.name,
            known.len()
        ),
    };
    Ok(Repeats { folds: folds as usize, seeds })
}

/// What the command line changed, a line a key.
fn changes(original: &Recipe, recipe: &Recipe) -> Vec<String> {
    let changes = original.diff(recipe).into_iter();
    changes.map(|(key, before, after)| format!("{key}: {before} -> {after}")).collect()
}

/// The data folder as every later command will find it, from wherever it is started.
pub(super) fn absolute(named: Option<&Path>) -> Result<Option<PathBuf>> {
    let folder = named.map(Path::to_path_buf).or_else(|| env_variable(DATA_DIR_VARIABLE).map(PathBuf::from));
    let absolute = folder.map(std::path::absolute).transpose();
    absolute.context("cannot tell the current folder, which --data-dir starts from")
}

pub(super) fn read_recipe(file: &Path) -> Result<Recipe> {
    let text = recipe_text(file)?;
    let mut recipe = Recipe::parse(&text, &file.display().to_string())?;
    if let Some(files) = &mut recipe.data.files {
        let folder = file.parent().unwrap_or(Path::new(""));
        let absolute = std::path::absolute(folder.join(&files.path));
        let absolute = absolute.context("cannot tell the current folder, which data.files.path starts from")?;
        // `pets/` is `pets`: one folder, one recipe.
        files.path = absolute.components().collect();
    }
    Ok(recipe)
}

/// What stands on the command line, with the key and the value that it sets.
type SaidOverride = (String, (String, String));

/// What `--set` says.
pub(super) fn set(text: &str) -> Result<SaidOverride> {
    Ok((format!("--set {text}").replace('\n', "\\n"), parse_override(text)?))
}

/// `--set` in the order given, then the short forms, which stand in none.
fn overrides(args: &TrainArgs, recipe: &Recipe) -> Result<Vec<SaidOverride>> {
    let epochs = match args.epochs {
        Some(EpochCount::More(more)) => {
            bail!("--epochs +{more} makes a run longer, which --resume RUN names; a new run wants --epochs N")
        }
        Some(EpochCount::Total(epochs)) => Some(epochs),
        None => None,
    };
    let mut overrides = args.overrides.iter().map(|text| set(text)).collect::<Result<Vec<_>>>()?;
    let freeze = (!args.freeze.is_empty())
        .then(|| Value::from(args.freeze.iter().map(|layer| layer.trim()).collect::<Vec<_>>()));
    let short = [
        ("--epochs", "training.epochs", epochs.map(|value| value.to_string())),
        ("--batch-size", "training.batch_size", args.batch_size.map(|value| value.to_string())),
        ("--learning-rate", "schedule.learning_rate", args.learning_rate.map(|value| format!("{value:?}"))),
        ("--init", "init.weights", args.init.clone().map(|value| Value::String(value).to_string())),
        ("--freeze", "init.freeze", freeze.map(|value| value.to_string())),
        ("--rates", "init.rates", rates(args, recipe)?.map(|value| value.to_string())),
    ];
    let given = |(flag, key, value): (&str, &str, Option<String>)| Some((flag.to_string(), (key.to_string(), value?)));
    overrides.extend(short.into_iter().filter_map(given));
    Ok(overrides)
}

/// The recipe's factors of the learning rate with those of `--rates`, if there are any.
fn rates(args: &TrainArgs, recipe: &Recipe) -> Result<Option<Value>> {
    let mut given = Table::new();
    for text in &args.rates {
        let pair = text.split_once('=').and_then(|(layer, factor)| Some((layer.trim(), factor.trim().parse().ok()?)));
        let (layer, factor) = pair.with_context(|| format!("--rates {text}: write LAYER=FACTOR, such as conv1=0.1"))?;
        if given.insert(layer.to_string(), Value::Float(factor)).is_some() {
            bail!("--rates has the layer {layer} twice; give each layer one factor");
        }
    }
    if given.is_empty() {
        return Ok(None);
    }
    let known = recipe.init.iter().flat_map(|init| &init.rates);
    let mut rates: Table = known.map(|(layer, factor)| (layer.clone(), Value::Float(factor.0))).collect();
    rates.extend(given);
    Ok(Some(Value::Table(rates)))
}
