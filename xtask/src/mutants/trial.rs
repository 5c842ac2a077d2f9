//! Builds a mutant, runs its lesson, and says what became of it.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::env::consts::EXE_SUFFIX;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::copy;
use super::list::Mutant;

/// Where mutants are built and run.
pub(super) struct Laboratory {
    /// The copy of the workspace.
    workspace: PathBuf,
    target: PathBuf,
    /// Where outcomes go.
    runs: PathBuf,
    /// What of the workspace cargo chooses features for: with the target folder of others, what they were built with.
    scope: &'static [&'static str],
}

/// What became of a mutant.
pub(super) enum MutantVerdict {
    /// By which claims, or why the run broke off.
    Caught(String),
    /// What fails instead, if anything.
    Survived(String),
    /// What the compiler says.
    DoesNotCompile(String),
}

/// How a quick run ended.
enum QuickRun {
    Ended(Vec<Claim>),
    /// What it said.
    BrokeOff(String),
}

struct Claim {
    sentence: String,
    fails: bool,
}

impl Laboratory {
    /// With a new copy, and no outcomes.
    pub(super) fn new(root: &Path, target: Option<&Path>) -> Result<Self> {
        let folder = root.join("target/mutants");
        let (workspace, runs) = (folder.join("workspace"), folder.join("runs"));
        copy::renew(root, &workspace)?;
        match fs::remove_dir_all(&runs) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", runs.display()));
            }
            _ => {}
        }
        let scope: &'static [&'static str] =
            if target.is_some() { &["--workspace"] } else { &["--package", "experiments"] };
        Ok(Self { workspace, target: target.map_or_else(|| folder.join("target"), Path::to_path_buf), runs, scope })
    }

    /// Builds the lessons without a mistake, which takes longest: cargo shows how far it is.
    pub(super) fn build_unchanged(&self) -> Result<()> {
        let status = self.build().status().context("cannot start cargo")?;
        if !status.success() {
            bail!(
                "cargo could not build the lessons as they are, from the files that git tracks; its messages are above"
            );
        }
        Ok(())
    }

    /// A lesson in which something fails without any mistake shows nothing by failing with one; nor can a claim that is not there.
    pub(super) fn check_unchanged<'a>(&self, lesson: &str, mutants: impl Iterator<Item = &'a Mutant>) -> Result<()> {
        let claims = match self.run(lesson)? {
            QuickRun::Ended(claims) => claims,
            QuickRun::BrokeOff(said) => bail!("the quick run of {lesson} breaks off as it is: {said}"),
        };
        if let Some(claim) = claims.iter().find(|claim| claim.fails) {
            bail!("a claim of {lesson} fails as it is, so its mutants would show nothing: {}", claim.sentence);
        }
        for mutant in mutants {
            if !claims.iter().any(|claim| mutant.is_caught_by(&claim.sentence)) {
                bail!("{mutant}: no claim says {:?}, which `fails` has to be a part of", mutant.fails());
            }
        }
        Ok(())
    }

    /// Whether each lesson notices the mistake in it: of one mutant, or of one in each of several lessons. The copy is without them
    /// afterwards.
    pub(super) fn try_out(&self, mutants: &[&Mutant]) -> Result<Vec<MutantVerdict>> {
        let mut originals = Vec::with_capacity(mutants.len());
        for mutant in mutants {
            let file = self.workspace.join(&mutant.file);
            let right = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            copy::write(&file, mutant.made_in(&right)?.as_bytes())?;
            originals.push((file, right));
        }
        let verdicts = self.verdicts(mutants);
        originals.iter().try_for_each(|(file, right)| copy::write(file, right.as_bytes()))?;
        match (verdicts?, mutants) {
            (Ok(verdicts), _) => Ok(verdicts),
            (Err(said), [_]) => Ok(vec![MutantVerdict::DoesNotCompile(said)]),
            (Err(_), several) => several.iter().map(|mutant| Ok(self.try_out(&[mutant])?.remove(0))).collect(),
        }
    }

    /// What becomes of those in the copy, or what the compiler says.
    fn verdicts(&self, mutants: &[&Mutant]) -> Result<Result<Vec<MutantVerdict>, String>> {
        let built = self.build().arg("--quiet").output().context("cannot start cargo")?;
        if !built.status.success() {
            return Ok(Err(String::from_utf8_lossy(&built.stderr).trim().to_string()));
        }
        mutants.iter().map(|mutant| Ok(judge(mutant, self.run(&mutant.lesson)?))).collect::<Result<_>>().map(Ok)
    }

    fn build(&self) -> Command {
        let mut command = zoo_cargo::command("build");
        command.arg("--manifest-path").arg(self.workspace.join("Cargo.toml"));
        command.args(self.scope).args(["--bin", "experiments", "--target-dir"]).arg(&self.target);
        command
    }

    fn run(&self, lesson: &str) -> Result<QuickRun> {
        let program = self.target.join("debug").join(format!("experiments{EXE_SUFFIX}"));
        let mut command = Command::new(&program);
        command.args(["run", lesson, "--quick", "--force", "--out"]).arg(&self.runs);
        let output = command.output().with_context(|| format!("cannot start {}", program.display()))?;
        if let Some(0 | 1) = output.status.code() {
            return claims(&self.runs.join(lesson).join("outcome.json")).map(QuickRun::Ended);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Ok(QuickRun::BrokeOff(format!("{}: {}", output.status, said.trim())))
    }
}

/// Of an outcome, as zoo-results has it, to which this program is not linked: with it would come Burn.
fn claims(file: &Path) -> Result<Vec<Claim>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let outcome: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
    let claim = |claim: &Value| {
        let (sentence, kind) = (claim["sentence"].as_str()?, claim["verdict"]["kind"].as_str()?);
        Some(Claim { sentence: sentence.to_string(), fails: kind == "fails" })
    };
    let claims = outcome["claims"].as_array().and_then(|claims| claims.iter().map(claim).collect::<Option<Vec<_>>>());
    claims.with_context(|| format!("{} has no claims with sentence and verdict", file.display()))
}

/// The claim that has to fail must, or the run break off.
fn judge(mutant: &Mutant, run: QuickRun) -> MutantVerdict {
    let claims = match run {
        QuickRun::Ended(claims) => claims,
        QuickRun::BrokeOff(said) => return MutantVerdict::Caught(said),
    };
    let failed: Vec<String> = claims.into_iter().filter(|claim| claim.fails).map(|claim| claim.sentence).collect();
    let is_caught = failed.iter().any(|sentence| mutant.is_caught_by(sentence));
    let failed = failed.join("\n  ");
    match (is_caught, failed.is_empty()) {
        (true, _) => MutantVerdict::Caught(failed),
        (false, true) => MutantVerdict::Survived("every claim holds".into()),
        (false, false) => MutantVerdict::Survived(format!("not by {:?}, but by\n  {failed}", mutant.fails())),
    }
}

impl fmt::Display for MutantVerdict {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, said) = match self {
            Self::Caught(said) => ("caught", said),
            Self::Survived(said) => ("SURVIVED", said),
            Self::DoesNotCompile(said) => ("does not compile", said),
        };
        write!(text, "{word}\n  {said}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    const OUTCOME: &str = r#"{"claims": [
        {"sentence": "The sum is 5", "expected": "exactly 5", "verdict": {"kind": "fails"}},
        {"sentence": "The product is 6", "expected": "exactly 6", "verdict": {"kind": "differs", "reason": "a misprint"}}
    ]}"#;

    fn read(outcome: &str) -> Result<Vec<Claim>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outcome.json");
        fs::write(&file, outcome).unwrap();
        claims(&file)
    }

    #[test]
    fn the_claim_that_has_to_fail_must() {
        let word = |claim: &str, run| judge(&Mutant::made_up("sums", "mod.rs", claim), run).to_string();
        let of = |outcome: &str| QuickRun::Ended(read(outcome).unwrap());
        assert_eq!(word("sum is", of(OUTCOME)), "caught\n  The sum is 5");
        assert!(
            word("product is", of(OUTCOME)).starts_with("SURVIVED\n  not by \"product is\", but by\n  The sum is 5")
        );
        assert_eq!(word("sum is", of(&OUTCOME.replace("fails", "holds"))), "SURVIVED\n  every claim holds");
        assert_eq!(
            word("sum is", QuickRun::BrokeOff("exit status: 2: error".into())),
            "caught\n  exit status: 2: error"
        );
    }

    #[test]
    fn an_outcome_without_claims_is_an_error_and_not_one_that_holds() {
        for wrong in ["", "{}", r#"{"claims": 3}"#, r#"{"claims": [{"sentence": "The sum is 5"}]}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
