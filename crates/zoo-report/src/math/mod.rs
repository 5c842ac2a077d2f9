//! Formulas: a line of text in, MathML out, which browsers draw without a script.
//!
//! ```
//! use zoo_report::math::formula;
//!
//! let softmax = formula("softmax(z)_i = {e^{z_i}}/{sum_j e^{z_j}}").into_string();
//! assert!(softmax.contains("<mfrac>") && softmax.contains("<msup><mi>e</mi>"));
//! ```
//!
//! Names of one letter are variables, longer ones stand upright; `_` and `^` set below and above, `/` is a fraction, braces group and are
//! not shown. `sqrt{x}`, `hat{y}`, `sum_{i=1}^n`, `"words"`, `cases{a & b ; c & d}` and `matrix{..}` are what they say.

mod tokens;

use self::tokens::{Token, tokens};
use maud::{Markup, PreEscaped, html};

/// A formula in a line of its own; `text` is also what is read out where MathML is not known.
pub fn formula(text: &str) -> Markup {
    html! {
        div.formula { math display="block" alttext=(text) { (parsed(text)) } }
    }
}

/// Whether every brace and every quotation mark has its counterpart, and every script something to stand at.
pub fn is_well_formed(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut can_have_script = false;
    for token in Reader::new(text) {
        depth += match token {
            Token::Symbol('{') => 1,
            Token::Symbol('}') => -1,
            _ => 0,
        };
        let is_script = matches!(token, Token::Symbol('_' | '^' | '/'));
        if depth < 0 || (is_script && !can_have_script) {
            return false;
        }
        can_have_script = !is_script && token != Token::Symbol('{');
    }
    depth == 0 && text.matches('"').count().is_multiple_of(2) && (can_have_script || text.is_empty())
}

fn parsed(text: &str) -> Markup {
    let mut reader = Reader::new(text);
    let mut row = String::new();
    while reader.peek().is_some() {
        row += &reader.row(&[]);
        // A closing brace too many says nothing.
        reader.next();
    }
    PreEscaped(row)
}

/// The tokens that are still to be read.
struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Iterator for Reader {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.tokens.next()
    }
}

impl Reader {
    fn new(text: &str) -> Self {
        Self { tokens: tokens(text).into_iter().peekable() }
    }

    fn peek(&mut self) -> Option<&Token> {
        self.tokens.peek()
    }

    fn is_next(&mut self, symbol: char) -> bool {
        self.peek() == Some(&Token::Symbol(symbol))
    }

    fn takes(&mut self, symbol: char) -> bool {
        self.tokens.next_if_eq(&Token::Symbol(symbol)).is_some()
    }

    /// All up to a closing brace or one of `ends`, which is left.
    fn row(&mut self, ends: &[char]) -> String {
        let mut row = String::new();
        let mut before = None;
        while !self.is_next('}') && !ends.iter().any(|end| self.is_next(*end)) && self.peek().is_some() {
            let first = self.peek().cloned();
            if before.as_ref().zip(first.as_ref()).is_some_and(|(before, first)| are_apart(before, first)) {
                row += "<mspace width=\"0.17em\"></mspace>";
            }
            row += &self.term();
            before = first;
        }
        row
    }

    /// Something with its scripts, over a denominator where there is one.
    fn term(&mut self) -> String {
        let above = self.scripted();
        match self.takes('/') {
            true => format!("<mfrac>{above}{}</mfrac>", self.scripted()),
            false => above,
        }
    }

    fn scripted(&mut self) -> String {
        let has_limits = self.peek().is_some_and(has_limits);
        let base = self.atom();
        let (mut below, mut above) = (None, None);
        loop {
            if self.takes('_') {
                below = Some(self.atom());
            } else if self.takes('^') {
                above = Some(format!("{}{}", above.unwrap_or_default(), self.atom()));
            } else if self.takes('\'') {
                above = Some(format!("{}<mo>′</mo>", above.unwrap_or_default()));
            } else {
                break;
            }
        }
        let above = above.map(|above| format!("<mrow>{above}</mrow>"));
        let [both, under, over] =
            if has_limits { ["munderover", "munder", "mover"] } else { ["msubsup", "msub", "msup"] };
        match (below, above) {
            (Some(below), Some(above)) => format!("<{both}>{base}{below}{above}</{both}>"),
            (Some(below), None) => format!("<{under}>{base}{below}</{under}>"),
            (None, Some(above)) => format!("<{over}>{base}{above}</{over}>"),
            (None, None) => base,
        }
    }

    fn atom(&mut self) -> String {
        match self.next() {
            None => "<mrow></mrow>".to_string(),
            Some(Token::Number(digits)) => format!("<mn>{digits}</mn>"),
            // Spaces at the ends of words would not be drawn.
            Some(Token::Words(words)) => html! { mtext { (words.replace(' ', "\u{a0}")) } }.into_string(),
            Some(Token::Symbol('{')) => {
                let row = self.row(&[]);
                self.takes('}');
                format!("<mrow>{row}</mrow>")
            }
            Some(Token::Symbol(symbol)) => operator(symbol),
            Some(Token::Name(name)) => match name.as_str() {
                "sum" => "<mo>∑</mo>".to_string(),
                "prod" => "<mo>∏</mo>".to_string(),
                "int" => "<mo>∫</mo>".to_string(),
                "sqrt" => format!("<msqrt>{}</msqrt>", self.atom()),
                "hat" => format!("<mover>{}<mo stretchy=\"false\">^</mo></mover>", self.atom()),
                "bar" => format!("<mover>{}<mo stretchy=\"false\">¯</mo></mover>", self.atom()),
                "cases" => format!("<mrow><mo>{{</mo>{}</mrow>", self.lines("left")),
                "matrix" => format!("<mrow><mo>(</mo>{}<mo>)</mo></mrow>", self.lines("center")),
                name => format!("<mi>{name}</mi>"),
            },
        }
    }

    /// Cells parted by `&` in lines parted by `;`.
    fn lines(&mut self, side: &str) -> String {
        self.takes('{');
        let mut lines = String::new();
        while !self.is_next('}') && self.peek().is_some() {
            lines += "<mtr>";
            loop {
                lines += &format!("<mtd style=\"text-align:{side}\">{}</mtd>", self.row(&['&', ';']));
                if !self.takes('&') {
                    break;
                }
            }
            lines += "</mtr>";
            self.takes(';');
        }
        self.takes('}');
        format!("<mtable>{lines}</mtable>")
    }
}

/// Whether a space belongs between the terms that begin like this: between a word and a factor.
fn are_apart(left: &Token, right: &Token) -> bool {
    let is_word = |token: &Token| matches!(token, Token::Name(name) if name.len() > 1);
    let is_factor = |token: &Token| match token {
        Token::Name(_) | Token::Number(_) => true,
        Token::Words(_) => false,
        Token::Symbol(symbol) => *symbol == '{' || symbol.is_alphabetic(),
    };
    (is_word(left) || is_word(right)) && is_factor(left) && is_factor(right)
}

/// Whether scripts stand right below and above.
fn has_limits(token: &Token) -> bool {
    matches!(token, Token::Name(name) if ["sum", "prod", "max", "min", "sup", "argmin", "argmax"].contains(&name.as_str()))
}

fn operator(symbol: char) -> String {
    match symbol {
        'α'..='ω' | 'Α'..='Ω' | 'ℓ' | '∞' => format!("<mi>{symbol}</mi>"),
        '<' => "<mo>&lt;</mo>".to_string(),
        '>' => "<mo>&gt;</mo>".to_string(),
        '&' => "<mo>&amp;</mo>".to_string(),
        '-' => "<mo>−</mo>".to_string(),
        // Brackets would stretch to the deepest script of their row, and bars do not say whether they open or close.
        '(' | ')' | '[' | ']' => format!("<mo stretchy=\"false\">{symbol}</mo>"),
        '|' | '‖' => format!("<mo stretchy=\"false\" lspace=\"0\" rspace=\"0\">{symbol}</mo>"),
        symbol => format!("<mo>{symbol}</mo>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_fractions_and_names() {
        for (text, wanted) in [
            ("W_l^⊤", "<msubsup><mi>W</mi><mi>l</mi><mrow><mo>⊤</mo></mrow></msubsup>"),
            ("σ' + 1", "<msup><mi>σ</mi><mrow><mo>′</mo></mrow></msup><mo>+</mo><mn>1</mn>"),
            ("{a + 1}/2", "<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>"),
            (
                "sum_{i=1}^n",
                "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mrow><mi>n</mi></mrow></munderover>",
            ),
            ("log x", "<mi>log</mi><mspace width=\"0.17em\"></mspace><mi>x</mi>"),
            ("hat{y}", "<mover><mrow><mi>y</mi></mrow><mo stretchy=\"false\">^</mo></mover>"),
            ("\"if a < b\"", "<mtext>if\u{a0}a\u{a0}&lt;\u{a0}b</mtext>"),
        ] {
            assert_eq!(parsed(text).into_string(), wanted);
            assert!(is_well_formed(text), "{text}");
        }
    }

    #[test]
    fn cases_are_lines() {
        let text = "cases{x & x > 0 ; 0 & \"else\"}";
        let lines = parsed(text).into_string();
        assert_eq!(lines.matches("<mtr>").count(), 2);
        assert!(
            lines.contains("\"><mi>x</mi></mtd>") && lines.contains("\"><mtext>else</mtext></mtd></mtr>"),
            "{lines}"
        );
        assert_eq!(parsed("matrix{1 & 2 & 3 ; 4 & 5 & 6}").into_string().matches("<mtd").count(), 6);
        assert!(is_well_formed(text));
    }

    #[test]
    fn what_is_not_well_formed_is_drawn_and_told() {
        for text in ["{a", "a}", "a}b", "_a", "a^", "a/", "\"a", "{_a}"] {
            assert!(!is_well_formed(text), "{text}");
            assert!(formula(text).into_string().ends_with("</math></div>"), "{text}");
        }
        assert!(parsed("a}b").into_string().contains("<mi>b</mi>"));
    }
}
