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
    pub hint: String,
    /// The exercise's `src/lib.rs` with this answer, and with the right ones in the other gaps.
    pub lib: String,
}

impl Exercise {
    /// Its `src/lib.rs` as it is handed out: `todo!()` in the gaps.
    pub fn with_gaps(&self) -> String {
        self.lines(|part| matches!(part, Part::Always | Part::Gap))
    }

    /// Its `src/lib.rs` with the answers.
    pub fn answer(&self) -> String {
        self.lines(|part| matches!(part, Part::Always | Part::Answer(_)))
    }

    /// The usual mistakes, each alone.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mistake = |(part, hint): (Part, String)| {
            let Part::Hint(gap, mistake) = part else { return None };
            let lib = self.lines(|part| match part {
                Part::Always => true,
                Part::Answer(of) => of != gap,
                Part::Wrong(of) => of == mistake,
                Part::Gap | Part::Hint(..) => false,
            });
            Some(Mistake { hint, lib })
        };
        parts(self.text).into_iter().filter_map(mistake).collect()
    }

    /// The lines of these parts.
    fn lines(&self, is_kept: impl Fn(Part) -> bool) -> String {
        let kept = parts(self.text).into_iter().filter(|(part, _)| is_kept(*part));
        kept.map(|(_, line)| line + "\n").collect()
    }
}

/// What a line is for; gaps and mistakes are counted through the text.
#[derive(Clone, Copy)]
enum Part {
    Always,
    /// What stands in a gap when it is handed out.
    Gap,
    /// Of the gap with this number.
    Answer(usize),
    /// Of the gap and the mistake with these numbers.
    Hint(usize, usize),
    /// Of the mistake with this number.
    Wrong(usize),
}

/// The lines of a text without its markers.
fn parts(text: &str) -> Vec<(Part, String)> {
    let (mut gap, mut mistake, mut indent, mut part) = (0, 0, "", Part::Always);
    let mut parts = Vec::new();
    for line in text.lines() {
        let marker = line.trim_start();
        if let Some(task) = marker.strip_prefix(ANSWER) {
            gap += 1;
            indent = &line[..line.len() - marker.len()];
            parts.push((Part::Gap, format!("{indent}todo!(\"{task}\")")));
            part = Part::Answer(gap);
        } else if let Some(hint) = marker.strip_prefix(MISTAKE) {
            mistake += 1;
            parts.push((Part::Hint(gap, mistake), hint.to_owned()));
            part = Part::Wrong(mistake);
        } else if marker == END {
            part = Part::Always;
        } else if let Part::Wrong(_) = part {
            parts.push((part, format!("{indent}{}", marker.strip_prefix(LINE).unwrap_or(marker))));
        } else {
            parts.push((part, line.to_owned()));
        }
    }
    parts
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
        assert_eq!((mistakes.len(), mistakes[0].hint.as_str()), (1, "two"));
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
