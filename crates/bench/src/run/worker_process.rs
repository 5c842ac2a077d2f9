//! A long-lived process that answers requests.

use super::children::{ChildGuard, watch};
use crate::protocol::{WorkerReply, WorkerRequest};
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// A process that answers requests.
pub(super) struct WorkerProcess {
    name: &'static str,
    child: ChildGuard,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl WorkerProcess {
    /// Starts a process; `name` is how errors call it.
    pub(super) fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (requests, replies) = pipes.with_context(|| format!("{name} was started without pipes"))?;
        Ok(Self { name, child: watch(child), requests, replies: BufReader::new(replies) })
    }

    /// Asks and waits for the answer; the inner error is why this worker has none.
    pub(super) fn ask<T: DeserializeOwned>(&mut self, request: &WorkerRequest) -> Result<Result<T, String>> {
        let (name, request) = (self.name, serde_json::to_string(request)?);
        let sent = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        let mut line = String::new();
        let received = sent.and_then(|()| self.replies.read_line(&mut line));
        if !matches!(received, Ok(1..)) {
            let end = self.child.end();
            bail!("{name} ended ({end}) instead of answering {request}; what it said is above");
        }
        let reply = serde_json::from_str(&line);
        match reply.with_context(|| format!("{name} answered {request} with {:?}", line.trim_end()))? {
            WorkerReply::Answer(answer) => Ok(Ok(answer)),
            WorkerReply::Unsupported(reason) => Ok(Err(reason)),
            WorkerReply::Error(error) => bail!("{name} could not answer {request}: {error}"),
        }
    }

    /// As [`ask`](Self::ask), where the worker must have an answer.
    pub(super) fn demand<T: DeserializeOwned>(&mut self, request: &WorkerRequest) -> Result<T> {
        self.ask(request)?.map_err(|reason| anyhow::anyhow!("{} cannot do {request:?}: {reason}", self.name))
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::cases::BenchFamily;
    use serde_json::{Value, json};

    const DESCRIBE: WorkerRequest = WorkerRequest::Describe;

    fn shell(script: &str) -> WorkerProcess {
        WorkerProcess::start("the shell", Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn answers_come_in_the_order_of_requests() {
        let mut worker = shell(r#"while read line; do echo "{\"answer\": {\"you_said\": $line}}"; done"#);
        for family in BenchFamily::ALL {
            let answer = worker.ask::<Value>(&WorkerRequest::Check { family }).unwrap();
            assert_eq!(answer, Ok(json!({ "you_said": { "request": "check", "family": family } })));
        }
    }

    #[test]
    fn a_worker_that_dies_midway_is_named_with_its_end() {
        let mut worker = shell(r#"read line; echo '{"answer": 1}'; read line; exit 3"#);
        assert_eq!(worker.demand::<u32>(&DESCRIBE).unwrap(), 1);
        let error = worker.ask::<u32>(&DESCRIBE).unwrap_err().to_string();
        assert!(error.starts_with("the shell ended (exit status: 3) instead of answering {\"request\""), "{error}");
    }

    #[test]
    fn errors_and_refusals_are_told_apart() {
        let replies = [r#"{"error": "no"}"#, r#"{"unsupported": "never"}"#, r#"{"answer": "one"}"#, "pardon"];
        let script = replies.map(|reply| format!("echo '{reply}'; ")).concat() + "cat > /dev/null";
        let mut worker = shell(&script);
        let mut ask = || worker.ask::<u32>(&DESCRIBE).map_err(|error| error.to_string());
        assert_eq!(ask(), Err("the shell could not answer {\"request\":\"describe\"}: no".to_string()));
        assert_eq!(ask(), Ok(Err("never".to_string())));
        assert!(ask().unwrap_err().ends_with(r#"with "{\"answer\": \"one\"}""#));
        assert!(ask().unwrap_err().ends_with("with \"pardon\""));
    }

    #[test]
    fn a_program_that_is_not_there_cannot_start() {
        let error = WorkerProcess::start("nobody", &mut Command::new("/no/such/program")).err().unwrap();
        assert_eq!(error.to_string(), "cannot start nobody");
    }
}
