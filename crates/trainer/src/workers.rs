//! Processes that train runs side by side, each told to stop and heard by this one.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// What a process tells, of the run with that number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// An epoch is done.
    Epoch {
        /// The run.
        run: usize,
        /// From 1.
        epoch: usize,
        /// As many as it has.
        epochs: usize,
    },
    /// A model of a cross-validation is done.
    Fold {
        /// The run.
        run: usize,
        /// How many are done.
        done: usize,
        /// As many as it has.
        models: usize,
    },
    /// The process ended.
    Ended {
        /// The run.
        run: usize,
        /// Its exit code, if it was not killed.
        code: Option<i32>,
        /// The last line of standard error.
        said: String,
        /// Whether the folder holds something that it could not go on with.
        cannot_go_on: bool,
    },
}

/// Processes side by side.
#[derive(Debug)]
pub struct Workers {
    /// The input of each process, until it is asked to stop: closing it does that, and so does the end of this process, however it ends.
    running: BTreeMap<usize, Option<ChildStdin>>,
    sender: Sender<News>,
    receiver: Receiver<News>,
}

impl Default for Workers {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { running: BTreeMap::new(), sender, receiver }
    }
}

impl Workers {
    /// The flags by which a trainer's process tells what it does, and stops when it is asked to; any process may take them.
    pub const FLAGS: [&str; 3] = ["--progress", "json", "--stop-with-stdin"];

    /// How many run.
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// Starts the process of a run, whose command has the [`FLAGS`](Self::FLAGS).
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&mut self, run: usize, mut command: Command) -> io::Result<()> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C in the terminal is for this process alone: it tells the others.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        self.running.insert(run, child.stdin.take());
        let sender = self.sender.clone();
        thread::spawn(move || listen(run, child, &sender));
        Ok(())
    }

    /// The next news, if there are any within the time.
    pub fn news(&mut self, within: Duration) -> Option<News> {
        let news = self.receiver.recv_timeout(within).ok();
        if let Some(News::Ended { run, .. }) = &news {
            self.running.remove(run);
        }
        news
    }

    /// Asks all to stop; each still tells its end.
    pub fn stop(&mut self) {
        self.running.values_mut().for_each(|stdin| *stdin = None);
    }
}

/// Passes on what a process says, to its end.
fn listen(run: usize, mut child: Child, sender: &Sender<News>) {
    let stderr = child.stderr.take();
    let errors = thread::spawn(move || {
        let mut text = Vec::new();
        // What cannot be read was not said.
        let _ = stderr.map(|mut stderr| stderr.read_to_end(&mut text));
        String::from_utf8_lossy(&text).trim_end().lines().last().unwrap_or_default().to_string()
    });
    let mut cannot_go_on = false;
    let lines = child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
    for line in lines.into_iter().flatten().map_while(Result::ok) {
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        let number = |key: &str| event[key].as_u64().map(|number| number as usize);
        let news = match event["event"].as_str() {
            Some("epoch") => {
                number("epoch").zip(number("epochs")).map(|(epoch, epochs)| News::Epoch { run, epoch, epochs })
            }
            Some("end") => {
                cannot_go_on = event["cause"] == "cannot_go_on";
                None
            }
            Some("fold") => number("done").zip(number("models")).map(|(done, models)| News::Fold { run, done, models }),
            _ => None,
        };
        // Without a receiver nobody wants to know.
        let _ = news.map(|news| sender.send(news));
    }
    let code = child.wait().ok().and_then(|status| status.code());
    let said = errors.join().unwrap_or_default();
    let _ = sender.send(News::Ended { run, code, said, cannot_go_on });
}
