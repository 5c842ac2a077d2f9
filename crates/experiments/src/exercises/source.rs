//! What stands between an exercise's markers: an answer, and mistakes with the hint that each has to get.
//!
//! ```text
//! // answer: what is to be written
//! a * (1.0 - a)
//! // mistake: a part of the hint
//! // | z * (1.0 - z)
//! // end of answer
//! ```

use super::Exercise;

const ANSWER: &str = "// answer: ";
const MISTAKE: &str = "// mistake: ";
const LINE: &str = "// | ";
const END: &str = "// end of answer";

/// A wrong answer.
#[derive(Debug)]
pub struct Mistake {
    /// A part of the hint that a failed test has to give for it.
    pub hint: &'static str,
    /// The exercise's `src/lib.rs` with this answer, and with the right ones in the other gaps.
    pub lib: String,
}

impl Exercise {
    /// Its `src/lib.rs` as it is handed out: `todo!()` in the gaps.
    pub fn with_gaps(&self) -> String {
        filled(self.text, |gap| vec![format!("{}todo!(\"{}\")", gap.indent, gap.task)])
    }

    /// Its `src/lib.rs` with the answers.
    pub fn answer(&self) -> String {
        filled(self.text, Gap::answer)
    }

    /// The usual mistakes, each alone.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let gaps: Vec<Gap> = pieces(self.text).into_iter().filter_map(Piece::gap).collect();
        let places = gaps.iter().enumerate().flat_map(|(place, gap)| gap.mistakes.iter().map(move |one| (place, one)));
        places.map(|(place, (hint, lines))| Mistake { hint, lib: self.mistaken(place, lines) }).collect()
    }

    /// Its `src/lib.rs` with `lines` in the gap at `place`.
    fn mistaken(&self, place: usize, lines: &[&'static str]) -> String {
        let mut gaps = 0..;
        let wrong = |gap: &Gap| lines.iter().map(|line| format!("{}{line}", gap.indent)).collect();
        filled(self.text, |gap| if gaps.next() == Some(place) { wrong(gap) } else { gap.answer() })
    }
}

/// A line outside the markers, or what stands between them.
enum Piece {
    Line(&'static str),
    Gap(Gap),
}

struct Gap {
    indent: &'static str,
    task: &'static str,
    answer: Vec<&'static str>,
    mistakes: Vec<(&'static str, Vec<&'static str>)>,
}

impl Piece {
    fn gap(self) -> Option<Gap> {
        if let Self::Gap(gap) = self { Some(gap) } else { None }
    }
}

impl Gap {
    fn answer(&self) -> Vec<String> {
        self.answer.iter().map(|line| (*line).into()).collect()
    }
}

fn filled(text: &'static str, mut lines: impl FnMut(&Gap) -> Vec<String>) -> String {
    let piece = |piece: Piece| match piece {
        Piece::Line(line) => vec![line.into()],
        Piece::Gap(gap) => lines(&gap),
    };
    pieces(text).into_iter().flat_map(piece).map(|line| line + "\n").collect()
}

fn pieces(text: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Option<Gap> = None;
    for line in text.lines() {
        let marker = line.trim_start();
        open = match open {
            None => match marker.strip_prefix(ANSWER) {
                Some(task) => {
                    let indent = &line[..line.len() - marker.len()];
                    Some(Gap { indent, task, answer: Vec::new(), mistakes: Vec::new() })
                }
                None => {
                    pieces.push(Piece::Line(line));
                    None
                }
            },
            Some(gap) if marker == END => {
                pieces.push(Piece::Gap(gap));
                None
            }
            Some(mut gap) => {
                gap.take(line, marker);
                Some(gap)
            }
        };
    }
    pieces
}

impl Gap {
    /// A line between the markers.
    fn take(&mut self, line: &'static str, marker: &'static str) {
        if let Some(hint) = marker.strip_prefix(MISTAKE) {
            self.mistakes.push((hint, Vec::new()));
        } else if let Some((_, lines)) = self.mistakes.last_mut() {
            lines.push(marker.strip_prefix(LINE).unwrap_or(marker));
        } else {
            self.answer.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::EXERCISES;

    const TEXT: &str = "fn a() {\n    // answer: a\n    1\n    // mistake: two\n    // | 2\n    // | + 0\n    // end of answer\n}\n\
                        // answer: b\nb();\n// end of answer\n";

    #[test]
    fn a_text_has_its_gaps_its_answers_and_one_mistake_at_a_time() {
        let exercise = Exercise { text: TEXT, ..EXERCISES[0] };
        assert_eq!(exercise.with_gaps(), "fn a() {\n    todo!(\"a\")\n}\ntodo!(\"b\")\n");
        assert_eq!(exercise.answer(), "fn a() {\n    1\n}\nb();\n");
        let mistakes = exercise.mistakes();
        assert_eq!((mistakes.len(), mistakes[0].hint), (1, "two"));
        assert_eq!(mistakes[0].lib, "fn a() {\n    2\n    + 0\n}\nb();\n");
    }

    #[test]
    fn nothing_of_an_answer_is_handed_out() {
        for exercise in EXERCISES {
            let (gaps, answer) = (exercise.with_gaps(), exercise.answer());
            assert!(gaps.contains("todo!(") && !answer.contains("todo!("), "{}", exercise.name);
            for text in [&gaps, &answer] {
                assert!(![ANSWER, MISTAKE, LINE, END].iter().any(|marker| text.contains(marker)), "{text}");
            }
            assert!(exercise.mistakes().len() >= 2, "{}", exercise.name);
        }
    }
}
