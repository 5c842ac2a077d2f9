//! Names that are close to each other: "did you mean" for one that was mistyped, and those that look like one.

use std::collections::BTreeMap;

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

/// The places of names that differ only in case or white space, a group each, of two at least.
///
/// ```
/// assert_eq!(zoo_core::alike(["Cat", "dog", "cat "]), [[0, 2]]);
/// assert!(zoo_core::alike(["cat", "cats"]).is_empty());
/// ```
pub fn alike<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, name) in names.into_iter().enumerate() {
        let plain = name.chars().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect();
        groups.entry(plain).or_default().push(place);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn qualifies(name: &str, candidate: &str, distance: usize) -> bool {
    const SHORTEST_PART: usize = 3;
    let contained = name.len() >= SHORTEST_PART && candidate.contains(name);
    let contains = candidate.len() >= SHORTEST_PART && name.contains(candidate);
    contained || contains || distance * 3 <= name.len().max(candidate.len())
}
