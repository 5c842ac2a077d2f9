//! Settings of a machine, flags over the environment over files, and those of a recipe, each given once.

use crate::{Desk, files_in};
use serde_json::Value;
use std::fs;

const WORDS: &str = "--model softmax_digits --epochs 1 --offline --out run";

fn run_json(desk: &Desk, run: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(run).join("run.json")).unwrap()).unwrap()
}

#[test]
fn a_flag_counts_before_the_environment_before_the_files() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("config/burn-zoo")).unwrap();
    fs::write(desk.path("config/burn-zoo/zoo.toml"), "threads = 7\nruns = \"mine\"\n").unwrap();
    let threads = |desk: &Desk, words: &str, variable: Option<&str>| {
        let mut command = desk.trainer(&format!("{WORDS} {words}"));
        variable.map(|value| command.env("ZOO_THREADS", value));
        command.assert().success();
        let run = run_json(desk, "run");
        fs::remove_dir_all(desk.path("run")).unwrap();
        (run["threads"].as_u64().unwrap(), run["settings_from"]["threads"].as_str().unwrap_or("").to_owned())
    };
    assert_eq!(threads(&desk, "", None).0, 7);
    fs::write(desk.path("zoo.toml"), "threads = 1\n").unwrap();
    assert_eq!(threads(&desk, "", None), (1, "zoo.toml".into()));
    assert_eq!(threads(&desk, "", Some("2")), (2, "ZOO_THREADS".into()));
    assert_eq!(threads(&desk, "--threads 3", Some("2")), (3, "--threads".into()));
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let desk = Desk::new();
    fs::write(desk.path("zoo.toml"), "threads = 1\n").unwrap();
    let mut command = desk.trainer(WORDS);
    for variable in ["THREADS", "DEVICE", "DATA_DIR", "RUNS", "PROGRESS", "MIRROR", "OFFLINE", "KERNELS_ISA"] {
        command.env(format!("ZOO_{variable}"), "");
    }
    command.assert().success();
    let run = run_json(&desk, "run");
    assert_eq!((&run["threads"], &run["data_dir"]), (&1.into(), &Value::Null));
}

#[test]
fn every_setting_reaches_its_flag() {
    let desk = Desk::new();
    let text = "threads = 1\ndevice = \"flex\"\ndata_dir = \"data\"\nruns = \"elsewhere\"\nprogress = \"none\"\noffline = true\n\
                mirror = \"http://127.0.0.1:9\"\n";
    fs::write(desk.path("zoo.toml"), text).unwrap();
    let output = desk.trainer("train --model softmax_digits --epochs 1").assert().success();
    let folder = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(folder.starts_with("elsewhere/softmax_digits/"), "{folder}");
    let run = run_json(&desk, folder.trim());
    assert_eq!((&run["offline"], &run["threads"]), (&true.into(), &1.into()));
    assert!(run["data_dir"].as_str().unwrap().ends_with("data"));
    let all = ["data_dir", "device", "mirror", "offline", "progress", "runs", "threads"];
    assert_eq!(run["settings_from"].as_object().unwrap().keys().collect::<Vec<_>>(), all);

    // A run that goes on has its own; how it is shown is its user's.
    fs::write(desk.path("zoo.toml"), "threads = 2\ndevice = \"cuda\"\nprogress = \"json\"\n").unwrap();
    let again = desk.trainer(&format!("--resume {}", folder.trim())).assert().success();
    assert!(again.get_output().stdout.starts_with(b"{\"event\":\"end\""));
    desk.trainer("eval --help").assert().success();
}

#[test]
fn what_is_wrong_with_them_is_one_sentence() {
    let desk = Desk::new();
    for (text, expected) in [
        ("thread = 2", ["zoo.toml: unknown key `thread`", "did you mean `threads`"]),
        ("threads = 0", ["zoo.toml: `threads` is 0", "an integer from 1 to 1024"]),
        ("threads = \"all\"", ["zoo.toml: `threads` is \"all\"", "an integer"]),
        ("device = \"gpu\"", ["zoo.toml: `device` is \"gpu\"", "\"wgpu\""]),
        ("progress = \"loud\"", ["zoo.toml: `progress` is \"loud\"", "\"json\""]),
        ("offline = 1", ["zoo.toml: `offline` is 1", "true or false"]),
        ("threads =", ["zoo.toml: this is not TOML", ""]),
    ] {
        fs::write(desk.path("zoo.toml"), text).unwrap();
        let refused = desk.refused(WORDS);
        assert!(
            expected.iter().all(|part| refused.contains(part)) && refused.lines().count() == 1,
            "{text}: {refused}"
        );
        desk.trainer("explain settings").assert().success();
    }
    fs::remove_file(desk.path("zoo.toml")).unwrap();
    for (variable, value) in [("ZOO_THREADS", "many"), ("ZOO_DEVICE", "gpu"), ("ZOO_OFFLINE", "maybe")] {
        let output = desk.trainer(WORDS).env(variable, value).assert().code(2);
        let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(said.contains(variable) && said.contains(value) && said.contains("expected"), "{said}");
    }
    assert_eq!(files_in(&desk.path("")), [""; 0]);
}

#[test]
fn a_dash_is_no_folder_in_a_setting_either() {
    let desk = Desk::new();
    let expected = "is \"-\", which names no folder here; ./- names what is called so";
    for variable in ["ZOO_DATA_DIR", "ZOO_RUNS"] {
        let output = desk.trainer(WORDS).env(variable, "-").assert().code(2);
        let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(said.contains(&format!("{variable} {expected}")), "{said}");
    }
    fs::write(desk.path("zoo.toml"), "runs = \"-\"\n").unwrap();
    assert!(desk.refused(WORDS).contains(&format!("zoo.toml: `runs` {expected}")));
}

#[test]
fn a_key_of_the_recipe_is_set_once() {
    let desk = Desk::new();
    for (words, one, other) in [
        ("--set training.epochs=4", "--set training.epochs=4", "--epochs"),
        ("--set training.epochs=abc", "--set training.epochs=abc", "--epochs"),
        ("--set training.batch_size=8 --batch-size 8", "--set training.batch_size=8", "--batch-size"),
        ("--set loss=hinge --set loss=cross_entropy", "--set loss=hinge", "--set loss=cross_entropy"),
        ("--set optimizer=sgd --set optimizer.adam.beta1=0.5", "--set optimizer=sgd", "--set optimizer.adam.beta1=0.5"),
    ] {
        let refused = desk.refused(&format!("{WORDS} {words}"));
        assert!(refused.contains(&format!("{one} does not count beside {other}, ")), "{words}: {refused}");
        assert!(refused.contains("leave one of the two out") && refused.trim_end().lines().count() == 1, "{refused}");
    }
    // A value is refused by the flag that gave it.
    let refused = desk.refused(&format!("{WORDS} --batch-size 8 --learning-rate=-1"));
    assert!(refused.contains("--learning-rate: `schedule.") && !refused.contains("--set"), "{refused}");
    let refused = desk.refused(&format!("{WORDS} --freeze output --rates output=0.1"));
    assert!(refused.contains("--rates: `init.rates.output` is 0.1, ") && !refused.contains("--set"), "{refused}");
    let refused = desk.refused(&format!("{WORDS} --rates output=0.1,output=0.2"));
    assert!(refused.contains("the layer output twice"), "{refused}");
    assert!(!desk.path("run").exists());
}

#[test]
fn a_choice_may_be_given_before_its_keys_and_a_section_by_several_flags() {
    let desk = Desk::new();
    let words = "--set optimizer=adam --set optimizer.beta1=0.8 --set schedule=constant --learning-rate 0.1 \
                 --set init.freeze=[\"output.bias\"] --rates output.weight=0.5";
    desk.trainer(&format!("{WORDS} {words}")).assert().success();
    let recipe = fs::read_to_string(desk.path("run/recipe.toml")).unwrap();
    for part in ["beta1 = 0.8", "learning_rate = 0.1", "freeze = [\"output.bias\"]", "\"output.weight\" = 0.5"] {
        assert!(recipe.contains(part), "{part}: {recipe}");
    }
}
