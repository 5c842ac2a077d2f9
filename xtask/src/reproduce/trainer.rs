//! The program `trainer`, run as a user runs it, one run at a time.

use super::options::Options;
use anyhow::{Context, Result};
use serde_json::Value;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// What a process returns that the user stopped.
pub(super) const INTERRUPTED: u8 = 130;

/// Between two looks at whether the user wants to stop.
const MOMENT: Duration = Duration::from_millis(50);

/// How to start it.
pub(super) struct Trainer {
    program: PathBuf,
    /// Device, threads and data, as every run has them.
    settings: Vec<String>,
    /// Where data comes from, as fetching has it.
    data: Vec<String>,
    /// The CPU threads asked for.
    threads: Option<u16>,
    stop: Arc<AtomicBool>,
}

/// How a process ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    /// By the user; its checkpoint is on disk.
    Interrupted,
    /// With this last word.
    Badly(String),
}

impl Trainer {
    /// Ctrl-C from now on stops the run in progress; a second one ends this program at once.
    ///
    /// # Errors
    /// If signals cannot be listened to, or the data folder has gone.
    pub(super) fn new(program: PathBuf, options: &Options) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&stop))
                .and_then(|_| flag::register(signal, Arc::clone(&stop)))
                .context("cannot listen for Ctrl-C")?;
        }
        let mut data = Vec::new();
        if let Some(folder) = &options.data_dir {
            data.extend(["--data-dir".to_string(), fs::canonicalize(folder)?.to_string_lossy().into_owned()]);
        }
        data.extend(options.offline.then(|| "--offline".to_string()));
        let mut settings = vec!["--device".to_string(), options.device.clone()];
        settings.extend(options.threads.iter().flat_map(|threads| ["--threads".to_string(), threads.to_string()]));
        settings.extend(data.clone());
        Ok(Self { program, settings, data, threads: options.threads, stop })
    }

    /// The program itself.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Whether the user has asked to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Sees that a data set is at hand.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub(super) fn fetch(&self, dataset: &str) -> Result<Ended> {
        let mut command = Command::new(&self.program);
        command.args(["fetch", dataset, "--progress", "none"]).args(&self.data);
        self.carry_out(command, |_| {})
    }

    /// Runs what `words` say into `folder`, or goes on there; `hear` gets what the run says of its progress.
    ///
    /// # Errors
    /// If the program cannot be started, or the folder not be cleared of what cannot be gone on with.
    pub(super) fn run(&self, words: &[String], folder: &Path, mut hear: impl FnMut(&Value)) -> Result<Ended> {
        if folder.join("run.json").exists() {
            let mut command = Command::new(&self.program);
            command.arg("--resume").arg(folder).args(["--progress", "json"]);
            match self.carry_out(command, &mut hear)? {
                Ended::Badly(_) => {} // What cannot be gone on with is done again.
                ended => return Ok(ended),
            }
        }
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        let mut command = Command::new(&self.program);
        command.args(words).args(&self.settings).args(["--progress", "json", "--out"]).arg(folder);
        self.carry_out(command, hear)
    }

    /// Runs a command to its end; `hear` gets every line of its output that is JSON.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn carry_out(&self, mut command: Command, mut hear: impl FnMut(&Value)) -> Result<Ended> {
        // The trainer is told by an option, too; other programs have none.
        command.envs(self.threads.map(|threads| ("RAYON_NUM_THREADS", threads.to_string())));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        apart(&mut command);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let last_word = child.stderr.take().map(|stream| thread::spawn(move || last_line(stream)));
        let lines = child.stdout.take().map(lines_of);
        let mut is_told = false;
        if let Some(lines) = lines {
            loop {
                match lines.recv_timeout(MOMENT) {
                    Ok(line) => serde_json::from_str(&line).iter().for_each(&mut hear),
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {}
                }
                if self.is_stopped() && !is_told {
                    tell_to_stop(&mut child);
                    is_told = true;
                }
            }
        }
        let status = child.wait().context("cannot wait for a program")?;
        let last_word = last_word.and_then(|thread| thread.join().ok()).unwrap_or_default();
        Ok(match status.code() {
            Some(0) => Ended::Well,
            _ if is_told || status.code() == Some(INTERRUPTED.into()) => Ended::Interrupted,
            _ if last_word.is_empty() => Ended::Badly(format!("it ended with {status}")),
            _ => Ended::Badly(last_word),
        })
    }
}

/// A terminal's Ctrl-C goes to all processes of a group; a trainer that hears it twice stops without a checkpoint.
#[cfg(unix)]
fn apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}

/// Asks for a checkpoint and an end; where a process cannot be asked, its last checkpoint will do.
fn tell_to_stop(child: &mut Child) {
    let asked =
        cfg!(unix) && Command::new("kill").arg(child.id().to_string()).status().is_ok_and(|status| status.success());
    if !asked {
        let _ = child.kill();
    }
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(stream).lines();
        lines.map_while(std::io::Result::ok).try_for_each(|line| sender.send(line))
    });
    receiver
}

/// The last line that says something, without the word that it is an error.
fn last_line(stream: impl Read) -> String {
    let lines = BufReader::new(stream).lines().map_while(std::io::Result::ok);
    let last = lines.filter(|line| !line.trim().is_empty()).last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(&last).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_error() {
        assert_eq!(last_line("warning: a\nerror: no such file\n\n".as_bytes()), "no such file");
        assert_eq!(last_line("".as_bytes()), "");
    }
}
