//! The processes that train a sweep's runs.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// What a process tells, of the run with that number.
pub(crate) enum News {
    /// An epoch is done.
    Epoch { run: usize, epoch: usize, epochs: usize },
    /// The process ended: its exit code, if it was not killed, and the last line of standard error.
    Ended { run: usize, code: Option<i32>, said: String },
}

/// Processes side by side.
pub(crate) struct Workers {
    program: PathBuf,
    threads: usize,
    /// The input of each process, until it is asked to stop: closing it does that, and so does the end of this process, however it ends.
    running: BTreeMap<usize, Option<ChildStdin>>,
    sender: Sender<News>,
    receiver: Receiver<News>,
}

impl Workers {
    /// Each with so many threads.
    pub(crate) fn new(threads: usize) -> io::Result<Self> {
        let (sender, receiver) = channel();
        Ok(Self { program: std::env::current_exe()?, threads, running: BTreeMap::new(), sender, receiver })
    }

    /// How many train.
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }

    /// Goes on with the run in that folder.
    pub(crate) fn start(&mut self, run: usize, folder: &Path) -> io::Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("--resume").arg(folder).args(["--threads", &self.threads.to_string()]);
        command.args(["--progress", "json", "--stop-with-stdin"]);
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
    pub(crate) fn news(&mut self, within: Duration) -> Option<News> {
        let news = self.receiver.recv_timeout(within).ok();
        if let Some(News::Ended { run, .. }) = &news {
            self.running.remove(run);
        }
        news
    }

    /// Asks all to stop; each still tells its end.
    pub(crate) fn stop(&mut self) {
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
    let lines = child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
    for line in lines.into_iter().flatten().map_while(Result::ok) {
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        let number = |key: &str| event[key].as_u64().map(|number| number as usize);
        if event["event"] == "epoch"
            && let (Some(epoch), Some(epochs)) = (number("epoch"), number("epochs"))
        {
            // Without a receiver nobody wants to know.
            let _ = sender.send(News::Epoch { run, epoch, epochs });
        }
    }
    let code = child.wait().ok().and_then(|status| status.code());
    let said = errors.join().unwrap_or_default();
    let _ = sender.send(News::Ended { run, code, said });
}
