//! `new`: looks at a user's own data and writes a recipe for it, a comment at each choice.

use crate::args::NewArgs;
use crate::output::answer;
use crate::own;
use crate::registry;
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;
use zoo_core::{Dataset, cache_folder};
use zoo_import::{Found, Import, Look, find, load, look};
use zoo_recipe::{EarlyStopping, Keep, Recipe};
use zoo_table::FoundTable;

/// With fewer training examples a batch of the usual size makes too few steps in an epoch.
const FEW: usize = 4000;

pub(crate) fn new(args: &NewArgs) -> Result<()> {
    let file = PathBuf::from(format!("{}.toml", args.name));
    if file.exists() {
        bail!("{} is there already and is not overwritten; choose another name, or remove it", file.display());
    }
    let found = find(&args.data, None, args.skip_bad, args.label.as_deref())?;
    let import = Import { cache: cache_folder(), progress: args.progress.of_downloads(None).progress };
    let dataset = load(&found.name, &found.files, &import)?;
    let seen = look(&found.files, &dataset)?;
    let of_table = found.table.as_ref().map(FoundTable::sentences).unwrap_or_default();
    let recipe = recipe(&args.name, found, &dataset, &seen);
    recipe.check()?;
    let told = told(&recipe, &dataset, &seen);
    // What a table holds is told in its own words, with the same warnings.
    let told = if of_table.is_empty() { told } else { [of_table.as_slice(), &told[told.len() - 1..]].concat() };
    for line in told {
        answer(&line)?;
    }
    let text = commented(&recipe, &comments(&recipe, &seen));
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&file);
    let written = written.and_then(|mut open| std::io::Write::write_all(&mut open, text.as_bytes()));
    written.map_err(|error| anyhow::anyhow!("cannot write {}: {error}", file.display()))?;
    answer(&format!("train with: trainer --recipe {0}\n{0}", file.display()))?;
    Ok(())
}

/// A sensible recipe for what was seen: the first of the zoo's that fits it.
fn recipe(name: &str, mut found: Found, dataset: &Dataset, seen: &Look) -> Recipe {
    if let Some(table) = found.table.take() {
        return own::table_recipe(name, found, table.rows);
    }
    if let ([channels, _, _], true) = (found.files.shape.as_mut_slice(), seen.is_gray) {
        *channels = 1;
    }
    let templates: &[&str] =
        if found.files.shape.len() == 1 { &["mlp_digits"] } else { &["cnn_cifar10_best", "mlp_digits"] };
    let mut recipes =
        templates.iter().map(|template| from_template(template, name, found.clone(), dataset.train.len()));
    let first = recipes.next().expect("there is a template");
    if first.check().is_ok() { first } else { recipes.find(|recipe| recipe.check().is_ok()).unwrap_or(first) }
}

fn from_template(template: &str, name: &str, found: Found, examples: usize) -> Recipe {
    let template = registry::recipe(template).expect("a recipe of the zoo");
    let made_for = template.data.image_shape();
    let mut recipe = Recipe { name: name.to_owned(), claim: None, ..template };
    recipe.data = own::data(found, recipe.data);
    recipe.training.keep = Keep::BestValidLoss;
    recipe.training.seeds = vec![1, 2, 3, 4, 5];
    recipe.early_stopping = EarlyStopping::None;
    if examples < FEW {
        recipe.training.batch_size = 32;
    }
    own::fit(&mut recipe, made_for);
    recipe
}

/// What was seen, a line each.
fn told(recipe: &Recipe, dataset: &Dataset, seen: &Look) -> Vec<String> {
    let mut lines = Vec::new();
    for (part, counts) in &seen.counts {
        let classes: Vec<String> =
            dataset.class_names.iter().zip(counts).map(|(name, count)| format!("{name} {count}")).collect();
        let all: usize = counts.iter().sum();
        lines.push(format!("{part}: {all} examples: {}", crate::tables::listed(&classes, 20)));
    }
    if let Some([smallest, middle, largest]) = seen.sides {
        let gray = if seen.is_gray { ", all gray" } else { "" };
        lines.push(format!("shorter sides from {smallest} to {largest} pixels, half of them up to {middle}{gray}"));
    }
    lines.extend(warnings(seen));
    lines.extend(dataset.notes.iter().cloned());
    lines.push(format!("recipe {}: {}, {}", recipe.name, recipe.summary(), own::cut_in_words(&recipe.data)));
    lines
}

fn warnings(seen: &Look) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(ratio) = imbalance(seen).filter(|ratio| *ratio >= 3.0) {
        lines.push(format!(
            "warning: the largest class has {ratio:.0} times the examples of the smallest: look at balanced figures per class, not \
             at accuracy alone"
        ));
    }
    if seen.repeated > 0 {
        lines.push(format!(
            "warning: {} training examples equal an earlier one: where splits are cut, copies may land on both sides",
            seen.repeated
        ));
    }
    if seen.in_training > 0 {
        lines.push(format!("warning: {} validation or test examples are also in the training split", seen.in_training));
    }
    lines
}

fn imbalance(seen: &Look) -> Option<f64> {
    let (_, counts) = seen.counts.first()?;
    Some(*counts.iter().max()? as f64 / *counts.iter().min()? as f64)
}

/// A comment for a key, or for a section in brackets.
fn comments(recipe: &Recipe, seen: &Look) -> Vec<(&'static str, String)> {
    let has = |split| {
        if split {
            "The data comes with it."
        } else {
            "The data comes without it: cut by this seed, the same fraction of every class."
        }
    };
    let is_table = recipe.data.image_shape().is_none();
    let rate = recipe.schedule.learning_rate();
    vec![
        ("name", "The name of the runs' folder.".to_string()),
        ("data.name", "What reports call the data.".to_string()),
        ("data.test", format!("Read once, at the end. {}", has(recipe.data.has_test_split()))),
        ("[data.valid]", format!("Chooses the epoch that is kept. {}", has(recipe.data.has_valid_split()))),
        ("data.valid", format!("Chooses the epoch that is kept. {}", has(recipe.data.has_valid_split()))),
        ("data.pad", "Images that are smaller than the model wants lie in the middle of a black square.".to_string()),
        (
            "data.normalization",
            match is_table {
                true => "Every column to mean 0 and deviation 1 of the training split.",
                false => "Every channel to mean 0 and deviation 1 of the training split.",
            }
            .to_string(),
        ),
        (
            "data.augmentation",
            match is_table {
                true => "None is for tables.",
                false => {
                    "Training images are mirrored and moved a little. Take the flip out where left and right differ in meaning, \
                     as in letters and digits."
                }
            }
            .to_string(),
        ),
        ("data.files.path", "From everywhere; one that is not absolute starts from this file's folder.".to_string()),
        ("data.files.sha256", "Of the contents: changed data is refused. `trainer new` again looks at it anew.".to_string()),
        (
            "data.files.shape",
            match (seen.sides, is_table) {
                (_, true) => "Columns.".to_string(),
                (None, _) => "Channels, height, width: the arrays have it.".to_string(),
                (Some([smallest, _, largest]), _) => format!(
                    "Channels (1 is gray), height, width. The pictures' shorter sides are {smallest} to {largest} pixels; their middle \
                     is scaled to this, the size that the model takes."
                ),
            },
        ),
        ("data.files.class_names", "In the order of the labels.".to_string()),
        ("[model.cnn]", "Five blocks, 145,578 parameters in color with ten classes: small enough for a CPU.".to_string()),
        ("[model.mlp]", "Hidden layers by their widths; `hidden = []` is a linear model, which is the better guess where rows are few.".to_string()),
        (
            "training.epochs",
            format!("The schedule falls over this many epochs; more of them want no other rate than {rate}."),
        ),
        ("training.batch_size", "Small data wants small batches, so that an epoch has enough steps.".to_string()),
        (
            "training.keep",
            match recipe.training.keep {
                Keep::Last => "So few validation examples would choose an epoch by chance.",
                _ => "The weights of the epoch with the lowest validation loss.",
            }
            .to_string(),
        ),
        ("[data.files.format.table]", "How the table is read, for training and prediction alike.".to_string()),
        (
            "data.files.format.table.missing",
            "\"refuse\" names the line; \"mean\" and \"median\" of the training split stand in.".to_string(),
        ),
        ("data.files.format.table.left_out", "Ids, texts and columns that never vary.".to_string()),
        ("training.seeds", "A run takes the first, or `--seed N`.".to_string()),
        ("early_stopping", "All epochs are run: the rate falls to its end.".to_string()),
    ]
}

/// The recipe in its canonical form, with the comments above their keys.
fn commented(recipe: &Recipe, comments: &[(&str, String)]) -> String {
    let mut text = format!(
        "# Written by `trainer new` for {}. Every key is stated, no default stands behind it; change what you like.\n\n",
        recipe.data.name
    );
    let mut section = String::new();
    for line in recipe.to_toml().lines() {
        let key = match (line.strip_prefix('['), line.split_once(" = ")) {
            (Some(header), _) => {
                section = format!("{}.", header.trim_end_matches(']'));
                line.to_owned()
            }
            (None, Some((key, _))) => format!("{section}{key}"),
            (None, None) => String::new(),
        };
        for (_, comment) in comments.iter().filter(|(place, _)| *place == key) {
            text += &wrapped(comment);
        }
        text += &format!("{line}\n");
    }
    text
}

/// In comment lines of at most a hundred characters.
fn wrapped(comment: &str) -> String {
    let mut lines = vec!["#".to_string()];
    for word in comment.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 100 => *line += &format!(" {word}"),
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}
