//! `explain`: what may stand in a recipe, in the settings and in the lines for programs, as their types say it.

use crate::args::ExplainArgs;
use crate::output::answer;
use crate::progress::Event;
use crate::settings::Settings;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use zoo_core::explain::{Accepts, Explain, Key};
use zoo_core::nearest;
use zoo_recipe::Recipe;

/// Lines end before this column.
const WIDTH: usize = 100;

/// Instead of a choice's name: all of them.
const KIND: &str = "kind";

pub(crate) fn explain(args: &ExplainArgs) -> Result<()> {
    let topics = topics();
    let Some(asked) = &args.key else {
        let recipe = Recipe::accepts();
        return Ok(answer(&if args.json {
            serde_json::to_string_pretty(&recipe)?
        } else {
            overview(&recipe, &topics)
        })?);
    };
    let roots = Accepts::Table([Recipe::accepts().keys(), &topics].concat());
    let path: Vec<&str> = asked.split('.').map(|key| key.split('[').next().unwrap_or(key)).collect();
    let found = find(&roots, &path, "");
    if found.is_empty() {
        bail!("{}", unknown(&roots, asked, &path));
    }
    if args.json {
        let keys: Vec<&Key> = found.iter().map(|(_, key)| *key).collect();
        return Ok(answer(&serde_json::to_string_pretty(&keys)?)?);
    }
    let told: Vec<String> = found.iter().map(|(path, key)| told(path, key)).collect();
    Ok(answer(told.join("\n\n").trim_end())?)
}

/// What is no key of a recipe.
fn topics() -> Vec<Key> {
    vec![
        Key::new(
            "settings",
            &[
                "The keys of zoo.toml, a file in the working folder or in burn-zoo in the platform's folder for settings. A flag \
               counts first, then the variable in the environment, then the file.",
            ],
            Settings::accepts(),
        ),
        Key::new(
            "progress",
            &[
                "The lines of `--progress json`: each is one JSON object, whose `event` says which; the first is `start`, the last \
               `end`, whatever happens. A program ignores keys that it does not know: new ones may come.",
            ],
            Event::accepts(),
        ),
    ]
}

/// Every key at that path, with the whole of it: the name of a choice may be left out, so that there can be several.
fn find<'a>(accepts: &'a Accepts, path: &[&str], before: &str) -> Vec<(String, &'a Key)> {
    let Some((first, rest)) = path.split_first() else {
        return Vec::new();
    };
    let join = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
    let below = |key: &'a Key, rest: &[&str]| match rest {
        [] | [KIND] => vec![(join(&key.name), key)],
        rest => find(&key.accepts, rest, &join(&key.name)),
    };
    match (accepts.key(first), choices(accepts)) {
        (Some(key), _) => below(key, rest),
        (None, Some(choices)) => {
            choices.iter().flat_map(|choice| find(&choice.accepts, path, &join(&choice.name))).collect()
        }
        (None, None) => Vec::new(),
    }
}

fn choices(accepts: &Accepts) -> Option<&[Key]> {
    match accepts {
        Accepts::Choice(choices) => Some(choices),
        Accepts::List { items, .. } => choices(items),
        _ => None,
    }
}

/// With the nearest of the whole keys.
fn unknown(roots: &Accepts, asked: &str, path: &[&str]) -> String {
    let mut all = Vec::new();
    every_path(roots, "", &mut all);
    let last = path.last().copied().unwrap_or_default();
    // The same or a similar key elsewhere, below the same section first.
    let end = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let ends: BTreeSet<String> = all.iter().map(|path| end(path)).collect();
    let ends = nearest(last, ends.iter().map(String::as_str));
    let mut close: Vec<&str> =
        all.iter().map(String::as_str).filter(|path| ends.contains(&end(path).as_str())).collect();
    close.sort_by_key(|close| (!close.starts_with(path[0]), end(close) != last));
    close.truncate(4);
    let hint = match close.as_slice() {
        [] => ";".to_owned(),
        close => format!("; did you mean {}?", close.join(", ")),
    };
    format!("there is no key {asked:?}{hint} `trainer explain` lists all of them")
}

fn every_path(accepts: &Accepts, before: &str, all: &mut Vec<String>) {
    for key in accepts.keys() {
        let path = if before.is_empty() { key.name.clone() } else { format!("{before}.{}", key.name) };
        every_path(&key.accepts, &path, all);
        all.push(path);
    }
}

/// All keys of a recipe, one a line.
fn overview(recipe: &Accepts, topics: &[Key]) -> String {
    let mut text =
        String::from("A recipe's keys; `trainer explain KEY` says more of one, as of optimizer or schedule.cosine.\n");
    table(recipe.keys(), 0, &mut text);
    text.push('\n');
    for topic in topics {
        let first = topic.meaning.split(". ").next().unwrap_or_default();
        text += &wrapped("", &format!("`trainer explain {}`: {first}", topic.name), 0);
    }
    text.trim_end().to_owned()
}

fn table(keys: &[Key], depth: usize, text: &mut String) {
    for key in keys {
        let name = format!("{:depth$}{}", "", key.name, depth = 2 * depth);
        match &key.accepts {
            Accepts::Table(inner) => {
                *text += &format!("\n{name}\n");
                table(inner, depth + 1, text);
            }
            accepts => *text += &wrapped(&format!("{name:22}"), &short(accepts), 22),
        }
    }
}

/// A key in one line.
fn short(accepts: &Accepts) -> String {
    match accepts {
        Accepts::Value(words) => words.clone(),
        Accepts::List { words, items } => format!("{words}: {}", short(items)),
        Accepts::Table(keys) => format!("{{ {} }}", names(keys).join(", ")),
        Accepts::Choice(choices) => names(choices).join(" | "),
    }
}

fn names(keys: &[Key]) -> Vec<&str> {
    keys.iter().map(|key| key.name.as_str()).collect()
}

/// A key with everything below it.
fn told(path: &str, key: &Key) -> String {
    let mut text = format!("{path}\n");
    text += &wrapped("  ", &plain(&key.meaning), 2);
    text += &wrapped("  ", &value(key), 2);
    below(&key.accepts, 2, &mut text);
    text
}

/// What a value may be and usually is; nothing of what follows line by line.
fn value(key: &Key) -> String {
    let words = match &key.accepts {
        Accepts::Value(words) => words.clone(),
        Accepts::List { words, items } => match items.as_ref() {
            Accepts::Value(item) => format!("{words}, each {item}"),
            _ => format!("{words}, each of these:"),
        },
        Accepts::Choice(_) => "one of these:".to_owned(),
        Accepts::Table(_) => String::new(),
    };
    let without = match (&key.usual, key.optional) {
        (Some(usual), true) => Some(format!("{usual} where it is left out")),
        (Some(usual), false) => Some(format!("usually {usual}")),
        (None, true) => Some("may be left out".to_owned()),
        (None, false) => None,
    };
    let parts = [Some(words).filter(|words| !words.is_empty()), without];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    // What introduces the lines that follow stands right before them.
    parts.sort_by_key(|part| part.ends_with(':'));
    parts.join("; ")
}

fn below(accepts: &Accepts, depth: usize, text: &mut String) {
    for key in accepts.keys() {
        let head = format!("{:depth$}{:<19} ", "", key.name);
        let said = match (value(key).trim_end_matches(':'), plain(&key.meaning)) {
            ("", meaning) => meaning,
            (value, meaning) => format!("{value}. {meaning}"),
        };
        *text += &wrapped(&head, &said, depth + 20);
        below(&key.accepts, depth + 2, text);
    }
}

/// Without the marks of a link in documentation.
fn plain(meaning: &str) -> String {
    meaning.replace("[`", "`").replace("`]", "`")
}

/// The text behind `head`, in lines that begin `indent` columns in.
fn wrapped(head: &str, text: &str, indent: usize) -> String {
    if text.is_empty() {
        return if head.trim().is_empty() { String::new() } else { format!("{}\n", head.trim_end()) };
    }
    let (mut lines, mut line) = (String::new(), head.to_owned());
    for word in text.split_whitespace() {
        let is_start = line.ends_with(' ') || line.is_empty();
        if !is_start && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &format!("{line}\n");
            line = " ".repeat(indent);
        } else if !is_start {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("{}\n", line.trim_end())
}
