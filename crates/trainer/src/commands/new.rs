//! `new`: looks at a user's own data and writes a recipe for it, a comment at each choice.

use crate::args::{NewArgs, target_column};
use crate::data;
use crate::output::answer;
use crate::own;
use crate::registry;
use anyhow::{Context, Result, anyhow, bail};
use std::io::ErrorKind;
use std::path::PathBuf;
use zoo_core::{Dataset, Flush, Normalization, cache_folder, create_atomically, joined, shortened};
use zoo_import::{Found, Import, Look, find, load, look};
use zoo_recipe::{EarlyStopping, Keep, Pad, Recipe};
use zoo_report::table::counted;
use zoo_table::FoundTable;

/// With fewer training examples a batch of the usual size makes too few steps in an epoch.
const FEW: usize = 4000;

pub(crate) fn new(args: &NewArgs) -> Result<()> {
    let plain = own::plain(&args.name);
    if plain != args.name {
        bail!("the name {:?} may only have lowercase letters, digits and `_`; choose {plain}, or another", args.name);
    }
    let file = PathBuf::from(format!("{}.toml", args.name));
    let taken =
        || anyhow!("{} is there already and is not overwritten; choose another name, or remove it", file.display());
    if file.symlink_metadata().is_ok() {
        return Err(taken());
    }
    let found = find(&args.data, None, args.skip_bad, target_column(args.label.as_deref(), args.target))?;
    let import = Import { cache: cache_folder(), progress: args.progress.of_downloads(None).progress };
    let dataset = load(&found.name, &found.files, &import)?;
    let seen = look(&found.files, &dataset)?;
    let of_table = found.table.as_ref().map(FoundTable::sentences).unwrap_or_default();
    let recipe = recipe(&args.name, found, &dataset, &seen);
    recipe.check()?;
    let told = told(&recipe, &dataset, &seen);
    // What a table holds is told in its own words, with the same warnings.
    let told = if of_table.is_empty() {
        told
    } else {
        [of_table.as_slice(), &dataset.notes, &told[told.len() - 1..]].concat()
    };
    // As every training by the recipe will: what it would refuse is refused now.
    let seed = recipe.training.seeds.first().copied().context("the recipe names no seed")?;
    data::cut(&recipe, dataset, seed)?;
    for line in told {
        answer(&line)?;
    }
    let text = commented(&recipe, &comments(&recipe, &seen));
    match create_atomically(&file, text.as_bytes(), Flush::ToDisk) {
        // Looking at the data takes a while, in which another may have written it.
        Err(error) if error.source.kind() == ErrorKind::AlreadyExists => return Err(taken()),
        written => written?,
    }
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
    let mut recipes = templates.iter().map(|template| from_template(template, name, found.clone(), dataset));
    let first = recipes.next().expect("there is a template");
    if first.check().is_ok() { first } else { recipes.find(|recipe| recipe.check().is_ok()).unwrap_or(first) }
}

fn from_template(template: &str, name: &str, found: Found, dataset: &Dataset) -> Recipe {
    let template = registry::recipe(template).expect("a recipe of the zoo");
    let made_for = template.data.image_shape();
    let mut recipe = Recipe { name: name.to_owned(), claim: None, ..template };
    recipe.data = own::data(found, recipe.data);
    let (examples, given) = (dataset.train.len(), dataset.valid.as_ref().map_or(0, |valid| valid.len()));
    recipe.training.keep = own::keep(own::valid_count(&recipe.data, examples, given));
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
        let count = |(name, count): (&String, &usize)| format!("{} {count}", shortened(name));
        let classes: Vec<String> = dataset.class_names.iter().zip(counts).map(count).collect();
        let all: usize = counts.iter().sum();
        lines.push(format!("{part}: {}: {}", counted(all, "example"), joined(&classes, 20)));
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
            "warning: {} an earlier one: where splits are cut, copies may land on both sides",
            match seen.repeated {
                1 => "1 training example equals".to_string(),
                many => format!("{many} training examples equal"),
            }
        ));
    }
    if seen.in_training > 0 {
        let are = if seen.in_training == 1 { "is" } else { "are" };
        let examples = counted(seen.in_training, "validation or test example");
        lines.push(format!("warning: {examples} {are} also in the training split"));
    }
    lines
}

fn imbalance(seen: &Look) -> Option<f64> {
    let (_, counts) = seen.counts.first()?;
    Some(*counts.iter().max()? as f64 / *counts.iter().min()? as f64)
}

/// A comment for a key, or for a section in brackets.
type Comment = (&'static str, String);

/// What each choice means, by the value that it has.
fn comments(recipe: &Recipe, seen: &Look) -> Vec<Comment> {
    let training = comments_on_training(recipe).map(|(key, comment)| (key, comment.to_string()));
    let data = comments_on_data(recipe).map(|(key, comment)| (key, comment.to_string()));
    let rate = recipe.schedule.learning_rate();
    let mut comments = vec![
        (
            "training.epochs",
            format!("The schedule falls over this many epochs; more of them want no other rate than {rate}."),
        ),
        ("data.files.shape", comment_on_shape(recipe, seen)),
    ];
    comments.extend(training);
    comments.extend(data);
    comments.extend(comments_on_splits(recipe));
    comments
}

fn comment_on_shape(recipe: &Recipe, seen: &Look) -> String {
    match (seen.sides, recipe.data.image_shape()) {
        (_, None) => "Columns.".to_string(),
        (None, _) => "Channels, height, width: the arrays have it.".to_string(),
        (Some([smallest, _, largest]), _) => format!(
            "Channels (1 is gray), height, width. The pictures' shorter sides are {smallest} to {largest} pixels; their middle is \
             scaled to this, the size that the model takes."
        ),
    }
}

fn comments_on_splits(recipe: &Recipe) -> [Comment; 3] {
    let has = |split| match split {
        true => "The data comes with it.",
        false if recipe.is_regression() => "The data comes without it: cut by this seed.",
        false => "The data comes without it: cut by this seed, the same fraction of every class.",
    };
    let use_of_it = match (recipe.training.keep, &recipe.early_stopping) {
        (Keep::Last, EarlyStopping::None) => "Measured after every epoch; chooses nothing, as the last epoch is kept.",
        (Keep::Last, _) => "Tells when to stop.",
        _ => "Chooses the epoch that is kept.",
    };
    let valid = format!("{use_of_it} {}", has(recipe.data.has_valid_split()));
    [
        ("data.test", format!("Read once, at the end. {}", has(recipe.data.has_test_split()))),
        ("[data.valid]", valid.clone()),
        ("data.valid", valid),
    ]
}

fn comments_on_data(recipe: &Recipe) -> [(&'static str, &'static str); 12] {
    let is_table = recipe.data.image_shape().is_none();
    let pad = match recipe.data.pad {
        Pad::Black { .. } => "Images that are smaller than the model wants lie in the middle of a black square.",
        Pad::None if is_table => "Only images are padded.",
        Pad::None => "Images have the size that the model takes: no border is added.",
    };
    let normalization = match recipe.data.normalization {
        Normalization::None => "Values as they are.",
        Normalization::Unit => "Bytes divided by 255.",
        Normalization::Channels => "Every channel to mean 0 and deviation 1 of the training split.",
        Normalization::Standardize => "Every column to mean 0 and deviation 1 of the training split.",
    };
    let augmentation = match recipe.data.augmentation.as_slice() {
        [] if is_table => "None is for tables.",
        [] => "Training images are shown as they are.",
        _ => {
            "Training images are mirrored and moved a little. Take the flip out where left and right differ in meaning, as in letters \
             and digits."
        }
    };
    let class_names = match recipe.is_regression() {
        true => "None: a number is predicted.",
        false => "In the order of the labels.",
    };
    [
        ("data.name", "What reports call the data."),
        ("data.pad", pad),
        ("[data.pad.black]", pad),
        ("data.normalization", normalization),
        ("data.augmentation", augmentation),
        ("[data.augmentation]", augmentation),
        ("data.files.path", "From everywhere; one that is not absolute starts from this file's folder."),
        ("data.files.sha256", "Of the contents: changed data is refused. `trainer new` again looks at it anew."),
        ("data.files.class_names", class_names),
        ("[data.files.format.table]", "How the table is read, for training and prediction alike."),
        (
            "data.files.format.table.missing",
            "\"refuse\" names the line; \"mean\" and \"median\" of the training split stand in.",
        ),
        ("data.files.format.table.left_out", "Ids, texts and columns that never vary."),
    ]
}

fn comments_on_training(recipe: &Recipe) -> [(&'static str, &'static str); 8] {
    [
        ("name", "The name of the runs' folder."),
        ("[model.cnn]", "Five blocks, 145,578 parameters in color with ten classes: small enough for a CPU."),
        (
            "[model.mlp]",
            "Hidden layers by their widths; `hidden = []` is a linear model, which is the better guess where rows are few.",
        ),
        (
            "training.batch_size",
            match recipe.training.batch_size {
                ..=32 => "Small data wants small batches, so that an epoch has enough steps.",
                _ => "With so many examples an epoch has enough steps; smaller batches make more of them.",
            },
        ),
        (
            "training.keep",
            match recipe.training.keep {
                Keep::Last => "So few validation examples would choose an epoch by chance.",
                Keep::BestValidLoss => "The weights of the epoch with the lowest validation loss.",
                Keep::BestValidAccuracy => "The weights of the epoch with the highest validation accuracy.",
            },
        ),
        ("training.seeds", "A run takes the first, or `--seed N`."),
        ("early_stopping", "All epochs are run: the rate falls to its end."),
        ("[early_stopping.patience]", "Training stops when so many epochs brought no lower validation loss."),
    ]
}

/// The recipe in its canonical form, with the comments above their keys.
fn commented(recipe: &Recipe, comments: &[(&str, String)]) -> String {
    let mut text = format!(
        "# Written by `trainer new` for {}. Every key that decides something is stated; change what you like.\n\n",
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
