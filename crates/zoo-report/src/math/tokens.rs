//! The parts of a formula's text.

/// A part of a formula's text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(String),
    Words(String),
    Symbol(char),
}

/// All parts of a formula's text, without the spaces between them.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            'a'..='z' | 'A'..='Z' => {
                let name = leading(rest, |one| one.is_ascii_alphabetic());
                (Token::Name(name.to_string()), name.len())
            }
            '0'..='9' => {
                let digits = leading(rest, |one| one.is_ascii_digit() || one == '.').trim_end_matches('.');
                (Token::Number(digits.to_string()), digits.len())
            }
            '"' => {
                let words = leading(&rest[1..], |one| one != '"');
                (Token::Words(words.to_string()), (words.len() + 2).min(rest.len()))
            }
            symbol => (Token::Symbol(symbol), symbol.len_utf8()),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The longest beginning of which each character `is_part`.
fn leading(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    text.find(|one| !is_part(one)).map_or(text, |end| &text[..end])
}
