//! Plans that any scheduler may run, and stores of several machines put together.
#![allow(missing_docs, clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::SystemTime;
use tempfile::TempDir;
use zoo_results::{FoldsReport, Record, Report};

/// One machine's store of runs.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn reproduce(&self, words: &str) -> Output {
        let mut command = Command::cargo_bin("reproduce").unwrap();
        command.arg("run").args(words.split(' ')).args(["--offline", "--runs"]).arg(self.0.path());
        command.output().unwrap()
    }

    fn plan(&self, words: &str) -> Vec<String> {
        let planned = self.reproduce(&format!("{words} --plan --threads 1"));
        assert!(planned.status.success() && planned.stderr.is_empty(), "{}", said(&planned));
        String::from_utf8(planned.stdout).unwrap().lines().map(String::from).collect()
    }

    /// The folder of its commit and device.
    fn store(&self) -> PathBuf {
        let commits: Vec<PathBuf> = self.0.path().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(commits.len(), 1, "{commits:?}");
        commits[0].join("flex")
    }

    fn run(&self, name: &str) -> PathBuf {
        self.store().join(name)
    }

    fn report(&self, run: &str) -> Report {
        Report::read(&self.run(run).join("report.json")).unwrap()
    }

    fn record(&self, recipe: &str) -> Record {
        Record::read(&self.store().join(format!("results/{recipe}.json"))).unwrap()
    }
}

/// Carries a line of a plan out as a scheduler does.
fn shell(line: &str) -> Output {
    std::process::Command::new("sh").args(["-c", line]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn written(file: &Path) -> SystemTime {
    fs::metadata(file).unwrap().modified().unwrap()
}

#[track_caller]
fn assert_refused(line: &str, code: i32, wanted: &str) {
    let refused = shell(line);
    assert_eq!(refused.status.code(), Some(code), "{}", said(&refused));
    assert!(said(&refused).contains(wanted), "{}", said(&refused));
    assert_eq!(said(&refused).trim_end().lines().count(), 1, "{}", said(&refused));
}

#[test]
fn a_plan_has_a_line_a_run_trains_nothing_and_is_the_same_each_time() {
    let machine = Machine::new();
    let plan = machine.plan("softmax_digits logistic_breast_cancer netbp --seeds recorded");
    assert_eq!(plan, machine.plan("softmax_digits logistic_breast_cancer netbp --seeds recorded"));
    let count = |wanted: &str| plan.iter().filter(|line| line.contains(wanted)).count();
    // Twenty seeds of each, and twenty repeats of ten folds; an experiment is the reproduction's own.
    assert_eq!((plan.len(), count("softmax_digits"), count("--folds 10"), count("netbp")), (60, 20, 20, 0));
    assert_eq!(machine.0.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_line_that_is_done_does_nothing_and_a_reproduction_adopts_it() {
    let machine = Machine::new();
    let plan = machine.plan("softmax_digits --seeds 11..12");
    let [first, second] = &plan[..] else { panic!("{plan:?}") };
    assert!(shell(first).status.success());
    let report = machine.run("softmax_digits/seed11/report.json");
    let (then, sha256) = (written(&report), machine.report("softmax_digits/seed11").weights_sha256);
    assert!(shell(first).status.success());
    assert_eq!(written(&report), then);
    assert!(shell(second).status.success());
    let reproduced = machine.reproduce("softmax_digits --seeds 11..12");
    assert_eq!(said(&reproduced), "", "no run was made");
    assert!(reproduced.status.success());
    let record = machine.record("softmax_digits");
    assert_eq!((record.runs.len(), &record.runs[0].weights_sha256), (2, &sha256));
    // As all at once, and side by side.
    let other = Machine::new();
    assert!(other.reproduce("softmax_digits --seeds 11..12 --jobs 2").status.success());
    let bits = |machine: &Machine| {
        machine.record("softmax_digits").runs.iter().map(|run| run.weights_sha256.clone()).collect::<Vec<_>>()
    };
    assert_eq!(bits(&other), bits(&machine));
}

#[test]
fn a_line_whose_folder_is_in_use_or_holds_something_else_says_so() {
    let machine = Machine::new();
    let line = machine.plan("softmax_digits --seeds 11..11").remove(0);
    assert!(shell(&line).status.success());
    let folder = machine.run("softmax_digits/seed11");
    assert_refused(
        &line.replace("--seed 11", "--seed 12"),
        2,
        "was trained by another seed (11) than is asked for (12)",
    );
    assert_refused(&format!("{line} --set training.epochs=2"), 2, "was trained by another recipe");
    let settings = fs::read_to_string(folder.join("run.json")).unwrap();
    let commit = machine.report("softmax_digits/seed11").commit.unwrap();
    fs::write(folder.join("run.json"), settings.replace(&commit, "0123456")).unwrap();
    assert_refused(&line, 2, "was trained by another commit (0123456) than is asked for");
    fs::write(folder.join("run.json"), settings).unwrap();
    // As while it trains: no report yet.
    fs::remove_file(folder.join("report.json")).unwrap();
    let lock = File::open(folder.join("run.lock")).unwrap();
    lock.lock().unwrap();
    assert_refused(&line, 75, "another process is training in");
    drop(lock);
    assert!(shell(&line).status.success());
}

#[test]
fn repeats_of_a_cross_validation_made_one_by_one_are_put_together() {
    let machine = Machine::new();
    let plan = machine.plan("logistic_breast_cancer --seeds 11..12");
    assert_eq!(plan.len(), 4);
    plan.iter().for_each(|line| assert!(shell(line).status.success()));
    let reproduced = machine.reproduce("logistic_breast_cancer --seeds 11..12");
    assert_eq!(said(&reproduced), "logistic_breast_cancer in 10 folds\n", "the models were there");
    let whole = tempfile::tempdir().unwrap();
    let mut trainer = Command::cargo_bin("reproduce").unwrap();
    let words =
        "train --model logistic_breast_cancer --folds 10 --repeats 2 --threads 1 --offline --progress none --out run";
    assert!(trainer.current_dir(whole.path()).args(words.split(' ')).output().unwrap().status.success());
    let at_once = FoldsReport::read(&whole.path().join("run/folds.json")).unwrap();
    let put_together = machine.record("logistic_breast_cancer").folds.unwrap();
    assert_eq!(put_together.runs, at_once.runs);
    assert_eq!((&put_together.confusion, &put_together.roc), (&at_once.confusion, &at_once.roc));
}

#[test]
fn repeats_of_another_instruction_set_are_refused_once() {
    let machine = Machine::new();
    let plan = machine.plan("logistic_breast_cancer --seeds 11..12");
    plan.iter().for_each(|line| assert!(shell(&format!("ZOO_KERNELS_ISA=portable {line}")).status.success()));
    let refused = || {
        let mut command = Command::cargo_bin("reproduce").unwrap();
        command.args(["run", "logistic_breast_cancer", "--seeds", "11..12", "--offline", "--runs"]);
        command.arg(machine.0.path()).env("ZOO_KERNELS_ISA", "off").timeout(std::time::Duration::from_secs(60));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let said = said(&output);
        assert_eq!(said.matches("was trained by another instruction set (portable)").count(), 1, "{said}");
        said
    };
    let all = machine.run("logistic_breast_cancer/10folds-11-12");
    let said = refused();
    assert!(!said.contains("is run anew") && !all.exists(), "nothing is made of them: {said}");
    // A folder that cannot be gone on with is cleared once, and not again.
    fs::create_dir(&all).unwrap();
    fs::copy(machine.run("logistic_breast_cancer/10folds-11/recipe.toml"), all.join("recipe.toml")).unwrap();
    fs::write(all.join("run.json"), "{").unwrap();
    let said = refused();
    assert_eq!(said.matches("is run anew").count(), 1, "{said}");
}

#[test]
fn stores_of_several_machines_are_one_record() {
    let [one, other, here] = [(); 3].map(|()| Machine::new());
    assert!(shell(&one.plan("softmax_digits --seeds 11..12")[0]).status.success());
    let elsewhere = other.plan("softmax_digits --seeds 11..12")[1].clone();
    assert!(shell(&format!("ZOO_KERNELS_ISA=portable {elsewhere}")).status.success());
    let collect = format!(
        "softmax_digits --seeds 11..12 --collect {} --collect {}",
        one.0.path().display(),
        other.0.path().display()
    );
    let collected = here.reproduce(&collect);
    assert!(collected.status.success(), "{}", said(&collected));
    assert_eq!(said(&collected).lines().next(), Some("2 runs were taken over from 2 stores"), "{}", said(&collected));
    assert!(!said(&collected).contains("seed"), "none was made: {}", said(&collected));
    let record = here.record("softmax_digits");
    assert_eq!(record.runs[1].instruction_set.as_deref(), Some("portable"));
    assert!(record.runs.iter().all(|run| run.cpu.is_some() == zoo_core::cpu_name().is_some()));
    let answered = String::from_utf8(collected.stdout).unwrap();
    assert!(answered.contains("portable"), "the kinds of machines are told: {answered}");
    // What is there already stays, and what differs under one instruction set is refused.
    assert!(said(&here.reproduce(&collect)).starts_with("0 runs were taken over"));
    let weights = one.run("softmax_digits/seed11/model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, &bytes).unwrap();
    let report = one.run("softmax_digits/seed11/report.json");
    let text = fs::read_to_string(&report).unwrap();
    let sha256 = one.report("softmax_digits/seed11").weights_sha256;
    fs::write(&report, text.replace(&sha256, &zoo_core::sha256_hex(&bytes))).unwrap();
    let refused = here.reproduce(&collect);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("seed 11 has other weights in"), "{}", said(&refused));
}

#[test]
fn runs_of_another_commit_are_refused_by_name() {
    let [there, here] = [(); 2].map(|()| Machine::new());
    assert!(shell(&there.plan("softmax_digits --seeds 11..11")[0]).status.success());
    let report = there.run("softmax_digits/seed11/report.json");
    let text = fs::read_to_string(&report).unwrap();
    let commit = there.report("softmax_digits/seed11").commit.unwrap();
    fs::write(&report, text.replace(&commit, "0123456")).unwrap();
    let collect = format!("softmax_digits --seeds 11..11 --collect {}", there.0.path().display());
    let refused = here.reproduce(&collect);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("was made by commit 0123456, and this program is of commit"), "{}", said(&refused));
    fs::rename(there.store().parent().unwrap(), there.0.path().join("0123456789ab")).unwrap();
    let refused = here.reproduce(&collect);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("holds runs of 0123456789ab, and this program is "), "{}", said(&refused));
}

#[test]
fn fresh_runs_are_held_against_the_record() {
    let machine = Machine::new();
    let reproduced = machine.reproduce("softmax_digits --seeds 2");
    let answered = String::from_utf8(reproduced.stdout).unwrap();
    assert!(reproduced.status.success() && answered.contains("holds (2 fresh seeds)"), "{answered}");
    assert!(
        answered.contains(" seeds; these differ by ") && answered.contains("validation accuracy 0.9"),
        "{answered}"
    );
    // Within the band, and yet not what the recipe reaches.
    for run in machine.store().join("softmax_digits").read_dir().unwrap() {
        let file = run.unwrap().path().join("report.json");
        let mut report = Report::read(&file).unwrap();
        report.test.accuracy = 0.9763;
        report.write(&file).unwrap();
    }
    let unlike = machine.reproduce("softmax_digits --seeds 2");
    let answered = String::from_utf8(unlike.stdout).unwrap();
    assert_eq!(unlike.status.code(), Some(1), "{answered}");
    assert!(answered.contains("DIFFERS FROM ITS RECORD (2 fresh seeds)"), "{answered}");
    let recorded = machine.reproduce("softmax_digits --seeds 11..12");
    let answered = String::from_utf8(recorded.stdout).unwrap();
    assert!(answered.contains("not held against its record: these are seeds of the record"), "{answered}");
}
