//! What the program says of itself: keys, versions, completions, manual pages, examples.

use crate::{Desk, files_in};
use serde_json::Value;

fn said(desk: &Desk, words: &str) -> String {
    String::from_utf8(desk.trainer(words).assert().success().get_output().stdout.clone()).unwrap()
}

#[test]
fn keys_are_explained_by_whole_or_short_names() {
    let desk = Desk::new();
    for (words, expected) in [
        ("", &["optimizer", "sgd | momentum", "batch_size", "trainer explain settings"][..]),
        ("optimizer", &["adamw", "beta1", "a number of at least 0 and below 1; usually 0.9"]),
        ("optimizer.kind", &["adamw", "beta1"]),
        ("optimizer.beta1", &["optimizer.adam.beta1", "optimizer.muon.beta1"]),
        ("schedule.cosine", &["final_learning_rate", "warmup_steps"]),
        ("data.name", &["cifar10", "digits32"]),
        ("data.augmentation", &["cutout", "pixels", "an integer from 1 to 64"]),
        ("data.augmentation[0].shift.padding", &["reflect"]),
        ("model.hidden", &["model.mlp.hidden", "a list, each an integer from 1 to 65536"]),
        ("training.seeds", &["a list of 1 to 1000 items"]),
        ("training.keep_as", &["  \"f32\" where it is left out; one of these:\n", "Rounded to 16 bits"]),
        ("model.speednet", &["\"first\" where it is left out"]),
        ("settings", &["data_dir", "mirror", "an integer from 1 to 1024"]),
        ("progress", &["start", "recipe_sha256", "seconds_left", "interrupted"]),
    ] {
        let text = said(&desk, &format!("explain {words}"));
        assert!(expected.iter().all(|part| text.contains(part)), "{words}: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let json: Value = serde_json::from_str(&said(&desk, &format!("explain {words} --json"))).unwrap();
        assert!(!json.is_null());
    }
    let refused = desk.refused("explain optimizer.beta");
    assert!(refused.contains("optimizer.adam.beta1"), "{refused}");
    assert!(desk.refused("explain learning_rate").contains("schedule.cosine.learning_rate"));
}

#[test]
fn a_version_is_short_or_everything_that_decides_what_is_computed() {
    let desk = Desk::new();
    assert_eq!(said(&desk, "-V").lines().count(), 1);
    let long = said(&desk, "--version");
    for part in ["commit", "burn 0.22.1", "devices compiled in: flex", "instruction set in use", "portable", "schema"] {
        assert!(long.contains(part), "{long}");
    }
}

#[test]
fn help_completions_and_manual_pages_name_every_command() {
    let desk = Desk::new();
    let help = said(&desk, "help");
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(commands.len() >= 12, "{help}");
    let pages = said(&desk, "man pages");
    assert!(pages.starts_with("pages"), "{pages}");
    let scripts =
        ["bash", "zsh", "fish", "powershell", "elvish"].map(|shell| said(&desk, &format!("completions {shell}")));
    for command in &commands {
        assert!(scripts.iter().all(|script| script.contains(command)), "{command}");
        if *command != "help" {
            assert!(files_in(&desk.path("pages")).contains(&format!("trainer-{command}.1")), "{command}");
            let help = said(&desk, &format!("{command} --help"));
            assert!(help.contains("Example"), "{command}: {help}");
            assert_eq!(said(&desk, &format!("help {command}")), help);
        }
    }
    assert!(desk.refused("completions tcsh").contains("bash"));
}
