//! Command lines for shells to read.

use std::path::Path;

/// Words as a line that a POSIX shell reads as just these.
pub fn shell_line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A flag with its value: as one word where the value would be taken for a flag itself.
pub fn flag_words(flag: &str, value: &str) -> Vec<String> {
    match value.starts_with('-') {
        true => vec![format!("{flag}={value}")],
        false => vec![flag.to_string(), value.to_string()],
    }
}

/// A flag with a path, as a sentence proposes it and a shell takes it.
pub(crate) fn flag_with(flag: &str, path: &Path) -> String {
    shell_line(&flag_words(flag, &path.display().to_string()))
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_@%+=:,./-".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_flag_is_bound_to_its_own() {
        assert_eq!(flag_words("--data", "d.csv"), ["--data", "d.csv"]);
        assert_eq!(flag_words("--data", "-d.csv"), ["--data=-d.csv"]);
        assert_eq!(flag_with("--resume", Path::new("runs/1")), "--resume runs/1");
        assert_eq!(flag_with("--resume", Path::new("-my run")), "'--resume=-my run'");
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them_otherwise() {
        assert_eq!(quoted("model.dropout=0.1"), "model.dropout=0.1");
        assert_eq!(quoted("model.hidden=[64, 32]"), "'model.hidden=[64, 32]'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
