//! A long-lived process that answers questions, one JSON object a line.

use super::children;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// A process that answers questions.
pub(crate) struct Worker {
    name: String,
    child: children::Guard,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// What was asked for.
    Given(Value),
    /// There is no such thing here, and why.
    Unsupported(String),
}

impl Worker {
    /// Starts a process; `name` is how errors call it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (questions, answers) = pipes.with_context(|| format!("{name} was started without pipes"))?;
        Ok(Self { name: name.to_string(), child: children::watch(child), questions, answers: BufReader::new(answers) })
    }

    /// How errors call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// If the process has ended, says something that is no answer, or says that it failed.
    pub(crate) fn ask(&mut self, question: &Value) -> Result<Answer> {
        let sent = writeln!(self.questions, "{question}").and_then(|()| self.questions.flush());
        let mut line = String::new();
        let received = sent.and_then(|()| self.answers.read_line(&mut line));
        if !matches!(received, Ok(1..)) {
            let end = self.child.end();
            bail!("{} ended ({end}) instead of answering {question}; what it said is above", self.name);
        }
        let answer: Value = serde_json::from_str(&line).with_context(|| {
            format!("{} answered {question} with {:?}, which is no JSON", self.name, line.trim_end())
        })?;
        if let Some(error) = answer["error"].as_str() {
            bail!("{} could not answer {question}: {error}", self.name);
        }
        match answer["unsupported"].as_str() {
            Some(reason) => Ok(Answer::Unsupported(reason.to_string())),
            None => Ok(Answer::Given(answer)),
        }
    }

    /// As [`ask`](Self::ask), where every worker must have an answer.
    ///
    /// # Errors
    /// Also if it has none.
    pub(crate) fn demand(&mut self, question: &Value) -> Result<Value> {
        match self.ask(question)? {
            Answer::Given(answer) => Ok(answer),
            Answer::Unsupported(reason) => bail!("{} cannot do {question}: {reason}", self.name),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use serde_json::json;

    fn shell(script: &str) -> Worker {
        Worker::start("the shell", Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn answers_come_in_the_order_of_questions() {
        let mut worker = shell(r#"while read line; do echo "{\"you_said\": $line}"; done"#);
        for number in 0..3 {
            let answer = worker.ask(&json!({ "number": number })).unwrap();
            assert_eq!(answer, Answer::Given(json!({ "you_said": { "number": number } })));
        }
    }

    #[test]
    fn a_worker_that_dies_midway_is_named_with_its_end() {
        let mut worker = shell(r#"read line; echo '{"seconds": [1]}'; read line; exit 3"#);
        worker.ask(&json!({})).unwrap();
        let error = worker.ask(&json!({ "request": "measure" })).unwrap_err().to_string();
        assert!(error.starts_with("the shell ended (exit status: 3) instead of answering"), "{error}");
    }

    #[test]
    fn errors_and_refusals_are_told_apart() {
        let mut worker =
            shell(r#"echo '{"error": "no"}'; echo '{"unsupported": "never"}'; echo pardon; cat > /dev/null"#);
        let error = worker.ask(&json!(1)).unwrap_err().to_string();
        assert_eq!(error, "the shell could not answer 1: no");
        assert_eq!(worker.ask(&json!(2)).unwrap(), Answer::Unsupported("never".to_string()));
        assert!(worker.ask(&json!(3)).unwrap_err().to_string().contains("with \"pardon\", which is no JSON"));
    }

    #[test]
    fn a_program_that_is_not_there_cannot_start() {
        let error = Worker::start("nobody", &mut Command::new("/no/such/program")).err().unwrap();
        assert_eq!(error.to_string(), "cannot start nobody");
    }
}
