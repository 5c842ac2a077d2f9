//! Runs an exercise's tests, without cargo and so without a network.

use super::folder::LIB;
use super::results::{TestResult, begun, results};
use super::{Exercise, HINTS};
use anyhow::{Context, Result, bail};
use std::env::{self, consts::EXE_SUFFIX};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What became of an exercise.
#[derive(Debug)]
pub(super) enum Verdict {
    /// What the compiler says.
    DoesNotCompile(String),
    /// A test that goes on and on.
    DoesNotEnd(String),
    /// The test in which the program ended, and what it printed then.
    BrokeOff(String, String),
    /// Every test was run.
    Ran(Vec<TestResult>),
}

/// Compiles `folder`'s `src/lib.rs` and runs the tests on it: the exercise's own, whatever was done to the copy in `folder`.
pub(super) fn judge(exercise: &Exercise, folder: &Path, limit: Duration) -> Result<Verdict> {
    let build = copy(exercise, folder)?;
    let program = build.join(format!("tests{EXE_SUFFIX}"));
    if let Some(errors) = compile(exercise, &build, &program)? {
        return Ok(Verdict::DoesNotCompile(errors));
    }
    let path = build.join("tests.txt");
    let ended = run(&program, &path, limit)?;
    let log = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let log = String::from_utf8_lossy(&log);
    let (last, rest) = begun(&log).last().unwrap_or_default();
    Ok(match ended {
        false => Verdict::DoesNotEnd(last.into()),
        true if log.contains("\ntest result: ") => Verdict::Ran(results(&log, exercise.tests)),
        true => Verdict::BrokeOff(last.into(), rest.trim().into()),
    })
}

/// Copies the user's files into the build folder, and the exercise's tests beside them.
fn copy(exercise: &Exercise, folder: &Path) -> Result<PathBuf> {
    let (from, build) = (folder.join("src"), folder.join("target").join("check"));
    let to = build.join("src");
    if to.exists() {
        fs::remove_dir_all(&to).with_context(|| format!("cannot replace {}", to.display()))?;
    }
    crate::files::make(&to)?;
    for entry in from.read_dir().with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry.with_context(|| format!("cannot read {}", from.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            fs::copy(&path, to.join(path.file_name().unwrap_or_default()))
                .with_context(|| format!("cannot copy {} to {}", path.display(), to.display()))?;
        }
    }
    for (path, text) in [(to.join("tests.rs"), exercise.tests), (build.join("hints.rs"), HINTS)] {
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(build)
}

/// Compiles the tests; what the compiler says if it does not succeed.
fn compile(exercise: &Exercise, build: &Path, program: &Path) -> Result<Option<String>> {
    let _ = fs::remove_file(program);
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&compiler)
        .current_dir(build)
        .args([
            "--test",
            "--edition=2024",
            "--cap-lints=allow",
            "-Cdebuginfo=0",
            "--crate-name",
            &exercise.package(),
            LIB,
            "-o",
        ])
        .arg(program.file_name().unwrap_or_default())
        .output()
        .with_context(|| format!("cannot start the compiler {}; it comes with Rust", compiler.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true if program.exists() => Ok(None),
        true => bail!("the compiler {} has made no {}", compiler.display(), program.display()),
        false => Ok(Some(said.trim_end().into())),
    }
}

/// Runs the tests one after another, what they print into `log`; whether they ended within `limit`.
fn run(program: &Path, log: &Path, limit: Duration) -> Result<bool> {
    const PAUSE: Duration = Duration::from_millis(10);
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let errors = file.try_clone().with_context(|| format!("cannot write {}", log.display()))?;
    let mut tests = Command::new(program)
        .args(["--test-threads=1", "--color=never", "--format=pretty"])
        .env("RUST_BACKTRACE", "0")
        .env_remove("RUST_TEST_NOCAPTURE")
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let started = Instant::now();
    while tests.try_wait()?.is_none() {
        if started.elapsed() > limit {
            tests.kill().and_then(|()| tests.wait()).with_context(|| format!("cannot end {}", program.display()))?;
            return Ok(false);
        }
        thread::sleep(PAUSE);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::EXERCISES;

    /// What becomes of sigmoid where `body` computes its derivative.
    fn verdict(body: &str) -> Verdict {
        let folder = tempfile::tempdir().unwrap();
        let exercise = EXERCISES.iter().find(|one| one.name == "sigmoid").unwrap();
        super::super::folder::write(exercise, folder.path()).unwrap();
        let text = exercise.with_gaps().replacen("todo!(\"sigma'(z)\")", body, 1);
        fs::write(folder.path().join(LIB), text).unwrap();
        judge(exercise, folder.path(), Duration::from_secs(2)).unwrap()
    }

    #[test]
    fn a_loop_without_an_end_is_ended_and_named() {
        let verdict = verdict("loop { std::thread::yield_now() }");
        assert!(matches!(&verdict, Verdict::DoesNotEnd(name) if name.starts_with("tests::")), "{verdict:?}");
    }

    #[test]
    fn a_recursion_without_an_end_breaks_off() {
        let verdict = verdict("derivative(z + 1.0) + 1.0");
        assert!(matches!(&verdict, Verdict::BrokeOff(_, said) if said.contains("overflow")), "{verdict:?}");
    }

    #[test]
    fn what_the_compiler_says_is_kept() {
        let verdict = verdict("sigmoid(z) * true");
        assert!(matches!(&verdict, Verdict::DoesNotCompile(said) if said.contains("src/lib.rs:")), "{verdict:?}");
    }
}
