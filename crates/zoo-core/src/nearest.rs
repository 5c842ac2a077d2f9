//! Names that are close to each other: "did you mean" for one that was mistyped, and those that look like one.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// The names of `known` that `name` may have been meant for, best first, at most three.
///
/// A name qualifies when at most a third of its letters differ, or when it contains `name`, or is contained in it.
///
/// ```
/// let known = ["cnn_cifar10", "cnn_digits", "mlp_digits"];
/// assert_eq!(zoo_core::nearest("cnn_digit", known), ["cnn_digits"]);
/// assert_eq!(zoo_core::nearest("cifar10", known), ["cnn_cifar10"]);
/// assert!(zoo_core::nearest("resnet", known).is_empty());
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 3;
    let name = name.to_lowercase();
    let mut ranked: Vec<_> = known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, candidate), candidate))
        .filter(|(distance, candidate)| qualifies(&name, candidate, *distance))
        .collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().map(|(_, candidate)| candidate).take(MOST).collect()
}

/// Names that all differ, and may have been meant as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Where each of them stands, two at least.
    pub places: Vec<usize>,
    /// They in quotation marks, so that a reader sees how they differ.
    pub names: Vec<String>,
    /// What they have in common or not, with them as its subject: `differ in case or spaces alone`.
    pub likeness: &'static str,
}

/// The names that differ only in case, white space, the Unicode form of their letters (an accent that is part of its letter or behind it) or
/// the way that a number is written, a group each.
///
/// ```
/// let alike = |names: &[&'static str]| zoo_core::alike(names.iter().copied()).pop().map(|one| (one.places, one.likeness));
/// assert_eq!(alike(&["Cat", "dog", "cat "]), Some((vec![0, 2], "differ in case or spaces alone")));
/// assert_eq!(alike(&["caf\u{e9}", "cafe\u{301}"]), Some((vec![0, 1], "differ in the Unicode form of their letters alone")));
/// assert_eq!(alike(&["0", "1", "0.0"]), Some((vec![0, 2], "are the same number")));
/// assert_eq!(alike(&["cat", "cats", "1", "10"]), None);
/// ```
pub fn alike<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Alike> {
    let mut groups: BTreeMap<NameKey, Vec<(usize, &str)>> = BTreeMap::new();
    for (place, name) in names.into_iter().enumerate() {
        groups.entry(NameKey::of(name)).or_default().push((place, name));
    }
    let group = |(key, members): (NameKey, Vec<(usize, &str)>)| {
        let (places, names): (Vec<usize>, Vec<&str>) = members.into_iter().unzip();
        Alike { places, likeness: likeness(&key, &names), names: names.into_iter().map(quoted).collect() }
    };
    groups.into_iter().filter(|(_, members)| members.len() > 1).map(group).collect()
}

/// The one of the `known` names that `name`, which is none of them, may have been meant for, in a clause that says how they differ.
///
/// ```
/// let said = zoo_core::look_alike("Cat", ["cat", "dog"]);
/// assert_eq!(said.as_deref(), Some("\"cat\" and \"Cat\" differ in case or spaces alone"));
/// assert_eq!(zoo_core::look_alike("cats", ["cat", "dog"]), None);
/// ```
pub fn look_alike<'a>(name: &'a str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known = known.into_iter().find(|known| NameKey::of(known) == NameKey::of(name))?;
    let Alike { names, likeness, .. } = alike([known, name]).pop()?;
    Some(format!("{} {likeness}", names.join(" and ")))
}

/// What is the same of names that look alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum NameKey {
    /// As Rust writes it.
    Number(String),
    Text(String),
}

impl NameKey {
    fn of(name: &str) -> Self {
        match name.trim().parse::<f64>().ok().filter(|number| number.is_finite()) {
            // Zero has a sign of its own.
            Some(number) => Self::Number((number + 0.0).to_string()),
            None => Self::Text(plain(name).nfc().collect()),
        }
    }
}

/// In lower case and without spaces.
fn plain(name: &str) -> String {
    name.chars().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn likeness(key: &NameKey, names: &[&str]) -> &'static str {
    let is_same = |form: fn(&str) -> String| names.iter().all(|name| form(name) == form(names[0]));
    match key {
        NameKey::Number(_) => "are the same number",
        NameKey::Text(_) if is_same(plain) => "differ in case or spaces alone",
        NameKey::Text(_) if is_same(|name| name.nfc().collect()) => "differ in the Unicode form of their letters alone",
        NameKey::Text(_) => "differ in case, spaces or the Unicode form of their letters alone",
    }
}

/// In quotation marks; an accent behind its letter, which looks as one that is part of it, becomes an escape.
fn quoted(name: &str) -> String {
    format!("{name:?}")
}

fn qualifies(name: &str, candidate: &str, distance: usize) -> bool {
    const SHORTEST_PART: usize = 3;
    let contained = name.len() >= SHORTEST_PART && candidate.contains(name);
    let contains = candidate.len() >= SHORTEST_PART && name.contains(candidate);
    contained || contains || distance * 3 <= name.len().max(candidate.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&'static str]) -> Vec<String> {
        alike(names.iter().copied())
            .into_iter()
            .map(|one| format!("{} {}", one.names.join(" and "), one.likeness))
            .collect()
    }

    #[test]
    fn names_that_look_the_same_are_spelled_out() {
        assert_eq!(
            said(&["caf\u{e9}", "cafe\u{301}", "tea"]),
            ["\"caf\u{e9}\" and \"cafe\\u{301}\" differ in the Unicode form of their letters alone"]
        );
        assert_eq!(
            said(&["Caf\u{e9}", "cafe\u{301}"]),
            ["\"Caf\u{e9}\" and \"cafe\\u{301}\" differ in case, spaces or the Unicode form of their letters alone"]
        );
        assert!(said(&["cafe", "caf\u{e9}", "thé", "the"]).is_empty(), "an accent is a difference");
    }

    #[test]
    fn numbers_are_alike_by_their_value() {
        assert_eq!(said(&["0", "0.0", "-0", "1"]), ["\"0\" and \"0.0\" and \"-0\" are the same number"]);
        assert_eq!(said(&["01", "1", "1e0"]), ["\"01\" and \"1\" and \"1e0\" are the same number"]);
        assert_eq!(said(&["nan", "NaN"]), ["\"nan\" and \"NaN\" differ in case or spaces alone"]);
        assert!(said(&["1", "-1", "0.1", "10", "inf", "nan"]).is_empty());
    }
}
