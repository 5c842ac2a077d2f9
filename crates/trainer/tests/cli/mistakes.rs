//! What users get wrong: each one clear sentence, exit code 2, no panic, nothing lost.

use crate::Desk;
use std::fs;

/// Refused with a text that names all of `expected`.
fn assert_refused(desk: &Desk, words: &str, expected: &[&str]) {
    let text = desk.refused(words);
    for part in expected {
        assert!(text.contains(part), "{words}\nsaid: {text}\nwithout: {part}");
    }
}

#[test]
fn names_that_do_not_exist_bring_the_nearest() {
    let desk = Desk::new();
    assert_refused(&desk, "--model cnn_cifar", &["cnn_cifar", "cnn_cifar10", "trainer list"]);
    assert_refused(&desk, "show mlp_digit", &["mlp_digits"]);
    assert_refused(&desk, "fetch cifar", &["cifar10"]);
    assert_refused(&desk, "--model mlp_digits --device gpu", &["\"gpu\"", "compiled into this program: flex"]);
    if !cfg!(feature = "wgpu") {
        assert_refused(&desk, "--model mlp_digits --device gpu", &["--features", "wgpu", "cuda"]);
    }
    assert_refused(&desk, "--model mlp_digits --progress loud", &["loud", "plain"]);
    assert_refused(&desk, "trian", &["trian"]);
    assert_refused(&desk, "", &["--model", "--recipe", "--resume"]);
}

#[test]
fn words_that_belong_behind_a_flag_bring_it() {
    let desk = Desk::new();
    for (words, call) in [
        ("cnn_digits", "trainer --model cnn_digits"),
        ("pets.toml", "trainer --recipe pets.toml"),
        ("train cnn_digits", "trainer train --model cnn_digits"),
        ("eval cnn_digits", "trainer eval --pretrained cnn_digits"),
    ] {
        let text = desk.refused(words);
        assert!(text.contains(call) && !text.contains("similar"), "{words}\nsaid: {text}");
    }
    assert_refused(&desk, "trian", &["a similar subcommand exists: 'train'"]);
}

#[test]
fn values_out_of_range_are_refused_before_any_work() {
    let desk = Desk::new();
    assert_refused(
        &desk,
        "--model mlp_digits --learning-rate -0.1",
        &["--learning-rate: `schedule.cosine.learning_rate` is -0.1, ", "above 0"],
    );
    assert_refused(&desk, "--model mlp_digits --epochs 0", &["--epochs: `training.epochs` is 0, "]);
    for (flag, value, expected) in [
        ("batch-size", "0", "a whole number from 1 to 65536"),
        ("threads", "0", "a whole number from 1 to 1024"),
        ("folds", "1", "a whole number of at least 2"),
        ("seed", "x", "a whole number of at least 0"),
        ("epochs", "2.5", "a whole number, such as 30, or +10"),
        ("learning-rate", "fast", "a number, such as 0.001"),
        ("batch-size", "-1", "a whole number from 1 to 65536"),
        ("threads", "-1", "a whole number from 1 to 1024"),
        ("threads", "-1.5", "a whole number from 1 to 1024"),
        ("folds", "-1", "a whole number of at least 2"),
        ("seed", "-1", "a whole number of at least 0"),
        ("epochs", "-1", "a whole number, such as 30, or +10"),
        ("jobs", "-1", "a whole number from 1 to 1024"),
    ] {
        let words = format!("--model mlp_digits --{flag} {value}");
        assert_refused(&desk, &words, &[&format!("--{flag}"), value, &format!("expected {expected}")]);
    }
    for epochs in ["100001", "18446744073709551615", "99999999999999999999999"] {
        let words = format!("--model mlp_digits --epochs {epochs}");
        assert_refused(&desk, &words, &["--epochs", epochs, "expected a whole number of at most 100000"]);
    }
    for (flag, words) in [("--plan", "--plan"), ("--seeds", "--seeds 1,2"), ("--jobs", "--jobs 2")] {
        let said = format!("{flag} is for several runs, and --folds is one cross-validation; divide it by its seeds");
        assert_refused(&desk, &format!("--model mlp_digits --folds 3 {words}"), &[&said]);
    }
    assert_refused(&desk, "find-rate mlp_digits --to 1e7", &["--to is 10000000, expected at most 1000000: "]);
    assert_refused(&desk, "--model mlp_digits --seeds -1..3", &["\"-1\" is no seed; write 1..20"]);
    assert_refused(&desk, "find-rate mlp_digits --steps -1", &["--steps", "-1", "expected a whole number from 20"]);
    assert_refused(
        &desk,
        "predict --pretrained mlp_digits --top -1 x",
        &["--top", "-1", "expected a whole number from 1"],
    );
    assert_refused(&desk, "--model mlp_digits -1", &["unexpected argument '-1'"]);
    assert_refused(&desk, "--model mlp_digits --set model.biases={orthogonal={gain=1.0}}", &["biases"]);
    assert_refused(&desk, "--model mlp_digits --set model.hidden=[65536,65536] --out run", &["model.hidden"]);
    assert_refused(&desk, "--model mlp_digits --set training.epoch=3", &["training.epoch", "did you mean `epochs`"]);
    assert_refused(&desk, "--model mlp_digits --set training.epochs=many", &["training.epochs", "many"]);
    assert_refused(&desk, "--model mlp_digits --set training.epochs", &["KEY=VALUE"]);
    assert_refused(&desk, "--model cnn_digits --set data.name=digits", &["32"]);
    assert!(!desk.path("runs").exists(), "a refused run leaves nothing behind");
}

#[test]
fn recipe_files_with_mistakes_name_file_and_key() {
    let desk = Desk::new();
    let good = String::from_utf8(desk.trainer("show mlp_digits").output().unwrap().stdout).unwrap();
    let cases = [
        ("unknown", good.replace("batch_size =", "batchsize ="), "batch"),
        ("wrong_type", good.replace("batch_size = ", "batch_size = \"x\" #"), "batch_size"),
        ("negative", good.replace("learning_rate = ", "learning_rate = -1 #"), "learning_rate"),
        ("not_toml", "hello ]".to_string(), "not_toml.toml"),
        ("empty", String::new(), "empty.toml"),
        ("no_model", good.replace("[model.mlp", "[model.resnet"), "\"softmax\", \"mlp\", \"cnn\" or \"speednet\""),
        ("two_models", good.replace("[model.mlp]", "[model.resnet]"), "there is no \"resnet\""),
    ];
    for (name, text, expected) in cases {
        fs::write(desk.path(&format!("{name}.toml")), text).unwrap();
        assert_refused(&desk, &format!("--recipe {name}.toml"), &[&format!("{name}.toml"), expected]);
    }
    assert_refused(&desk, "--recipe nowhere.toml", &["nowhere.toml"]);
    fs::create_dir(desk.path("folder.toml")).unwrap();
    assert_refused(&desk, "--recipe folder.toml", &["folder.toml"]);
    let units: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1 = [b"name = \"gr\xfcn\"\n", good.as_bytes()].concat();
    for (name, bytes, expected) in [
        ("marked", [b"\xff\xfe".as_slice(), &units].concat(), "marked.toml: it is UTF-16; save it as UTF-8"),
        ("unmarked", units, "unmarked.toml holds zero bytes, as UTF-16 without its mark"),
        ("latin1", latin1, "latin1.toml: its line 1 is not UTF-8; save it as UTF-8"),
        ("binary", vec![0xff, 0xfe, 0x00], "binary.toml"),
    ] {
        fs::write(desk.path(&format!("{name}.toml")), bytes).unwrap();
        assert_refused(&desk, &format!("--recipe {name}.toml"), &[expected]);
    }
}

#[test]
fn a_loss_that_diverges_stops_with_epoch_batch_and_advice() {
    let desk = Desk::new();
    let words = "--model mlp_digits --learning-rate 1e20 --set optimizer=sgd --offline --out run";
    assert_refused(&desk, words, &["epoch 1", "batch", "--learning-rate"]);
    assert!(!desk.path("run/report.json").exists());
    assert_refused(
        &desk,
        "eval --run run",
        &["the run run is not finished: ", "training has diverged. Start anew with"],
    );
    assert!(!desk.refused("eval --run run").contains("--resume"));
}

#[test]
fn batch_norm_refuses_a_batch_of_one() {
    let desk = Desk::new();
    let words = "--model mlp_digits --set model.batch_norm=true --batch-size 1 --offline --out run";
    assert_refused(&desk, words, &["training.batch_size", "batch norm"]);
}

#[test]
fn run_folders_are_not_overwritten_or_mistaken() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "run");
    let before = fs::read(desk.path("run/report.json")).unwrap();
    assert_refused(&desk, "--model softmax_digits --epochs 1 --offline --out run", &["run", "not empty", "--resume"]);
    assert_eq!(fs::read(desk.path("run/report.json")).unwrap(), before);
    fs::create_dir(desk.path("other")).unwrap();
    fs::write(desk.path("file"), "x").unwrap();
    for (words, expected) in [
        ("--resume other", "other is not a run folder: there is no run.json in it"),
        ("--resume nowhere", "nowhere is not a run folder: there is no such folder"),
        ("eval --run other", "other is not a run folder: there is no run.json in it"),
        ("eval --run file", "file is not a run folder: it is a file"),
        (
            "--resume .",
            ". is not a run folder: there is no run.json in it, but it holds runs; name one of them, such as ./run",
        ),
        ("eval --run cnn_digits", "--pretrained cnn_digits"),
        ("eval --pretrained run", "it is a run folder: name it by --run run"),
        ("eval --pretrained .", "it is a folder of runs: name one of them by --run, such as --run ./run"),
        ("--model softmax_digits --offline --out file", "file is a file; name a new folder"),
        ("--model softmax_digits --offline --out file/run", "file is a file; name a new folder"),
        ("--model softmax_digits --offline --seeds 1..2 --out file", "file is a file; name a new folder"),
        ("--model softmax_digits --offline --init .", "name one of them, such as ./run"),
        ("--model softmax_digits --offline --init file", "a run folder or a file .safetensors"),
        #[cfg(unix)]
        (
            "--model softmax_digits --offline --init /dev/zero",
            "cannot read the weights /dev/zero: it is a pipe or a device, expected a file",
        ),
    ] {
        let text = desk.refused(words);
        assert!(text.contains(expected) && !text.contains("os error"), "{words}\nsaid: {text}\nwithout: {expected}");
    }
}

#[test]
fn weights_of_another_model_or_none_are_recognized() {
    let desk = Desk::new();
    desk.train("--model softmax_digits --epochs 1", "softmax");
    desk.train("--model mlp_digits --epochs 1", "mlp");
    let weights = fs::read(desk.path("softmax/model.safetensors")).unwrap();
    fs::write(desk.path("picture.png"), "text").unwrap();

    fs::write(desk.path("mlp/model.safetensors"), &weights[..weights.len() / 2]).unwrap();
    assert_refused(&desk, "predict --run mlp picture.png", &["model.safetensors", "safetensors file"]);
    fs::write(desk.path("mlp/model.safetensors"), "").unwrap();
    assert_refused(&desk, "predict --run mlp picture.png", &["model.safetensors", "0 bytes"]);
    fs::remove_file(desk.path("mlp/model.safetensors")).unwrap();
    assert_refused(&desk, "predict --run mlp picture.png", &["model.safetensors"]);
    fs::write(desk.path("mlp/model.safetensors"), weights).unwrap();
    for command in ["eval --run mlp", "predict --run mlp picture.png"] {
        assert_refused(&desk, command, &["model.safetensors", "softmax_digits", "mlp_digits"]);
    }
}

#[test]
fn a_device_that_is_not_compiled_in_names_its_feature() {
    let desk = Desk::new();
    if !cfg!(feature = "cuda") {
        assert_refused(&desk, "--model softmax_digits --device cuda", &["cuda", "--features cuda"]);
    }
}

#[test]
fn an_instruction_set_that_is_none_is_refused() {
    let desk = Desk::new();
    let output = desk.trainer("--model mlp_digits --offline").env("ZOO_KERNELS_ISA", "sse9").assert().code(2);
    let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(text.contains("ZOO_KERNELS_ISA") && text.contains("sse9") && text.contains("portable"), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn a_command_without_its_model_names_both_ways_to_one() {
    let desk = Desk::new();
    for words in ["predict x.png", "export x.onnx", "inspect", "eval"] {
        assert_refused(&desk, words, &["--run <DIR>", "--pretrained <NAME>"]);
    }
    assert_refused(&desk, "predict --run a --pretrained mlp_digits x.png", &["cannot be used with"]);
}

#[test]
fn a_folder_is_not_a_picture() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pictures")).unwrap();
    let text = desk.refused("predict --pretrained mlp_digits pictures");
    assert!(
        text.contains("pictures is a folder") && text.contains("pictures/*") && !text.contains("os error"),
        "{text}"
    );
    assert!(!desk.refused("predict --pretrained mlp_digits pictures/").contains("//"));
}

#[test]
fn manual_pages_replace_files_only_by_force() {
    let desk = Desk::new();
    for file in ["trainer.1", "trainer-runs-ls.1"] {
        fs::create_dir_all(desk.path("pages")).unwrap();
        fs::write(desk.path("pages").join(file), "mine").unwrap();
        assert_refused(&desk, "man pages", &[file, "is there already", "--force"]);
        assert_eq!(crate::files_in(&desk.path("pages")), [file]);
        assert_eq!(fs::read_to_string(desk.path("pages").join(file)).unwrap(), "mine");
        desk.trainer("man pages --force").assert().success();
        assert_ne!(fs::read_to_string(desk.path("pages").join(file)).unwrap(), "mine");
        fs::remove_dir_all(desk.path("pages")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn no_file_takes_the_place_of_a_pipe_or_a_device() {
    let desk = Desk::new();
    assert!(std::process::Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    for place in ["pipe", "/dev/null"] {
        let words = format!("export --pretrained softmax_digits --format onnx --force {place}");
        assert_refused(&desk, &words, &[place, "is a pipe or a device", "name a file"]);
    }
    // A link stays one.
    fs::write(desk.path("target.onnx"), "old").unwrap();
    std::os::unix::fs::symlink("target.onnx", desk.path("link.onnx")).unwrap();
    desk.trainer("export --pretrained softmax_digits --force link.onnx").assert().success();
    assert!(desk.path("link.onnx").is_symlink() && fs::read(desk.path("target.onnx")).unwrap().len() > 100);
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_named_pipe() {
    let desk = Desk::new();
    assert!(std::process::Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    let reason =
        "pipe: it is a named pipe, which may never say anything; name a file, or hand the pipe over as /dev/stdin";
    for words in [
        "predict --pretrained mlp_digits pipe",
        "predict --pretrained mlp_breast_cancer pipe",
        "--recipe pipe",
        "find-rate ./pipe",
    ] {
        let output = desk.trainer(words).timeout(std::time::Duration::from_secs(60)).assert().code(2);
        let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(text.contains(reason) && text.lines().count() == 1, "{words}: {text}");
    }
    // A pipe without a name has somebody at its other end.
    let recipe = desk.trainer("show softmax_digits").assert().success().get_output().stdout.clone();
    let words = "--recipe /dev/stdin --epochs 1 --threads 1 --offline --out run";
    desk.trainer(words).write_stdin(recipe).assert().success();
}

#[test]
fn a_search_for_a_rate_replaces_its_own_picture_alone() {
    let desk = Desk::new();
    let search = "find-rate softmax_digits --steps 20 --threads 1";
    let picture = desk.path("find-rate-softmax_digits.svg");
    fs::write(&picture, "mine").unwrap();
    assert_refused(&desk, search, &["find-rate-softmax_digits.svg is there already", "--force"]);
    assert_eq!(fs::read_to_string(&picture).unwrap(), "mine");
    desk.trainer(&format!("{search} --force")).assert().success();
    desk.trainer(search).assert().success();
}

#[test]
fn a_page_wants_a_folder_that_is_there() {
    let desk = Desk::new();
    let text = desk.refused("report run --out nowhere/page.html");
    assert!(text.contains("there is no folder nowhere") && !text.contains("os error"), "{text}");
    fs::write(desk.path("mine.csv"), "a,b").unwrap();
    assert!(desk.refused("find-rate softmax_digits --svg mine.csv").contains("mine.csv is there already"));
    assert_eq!(fs::read_to_string(desk.path("mine.csv")).unwrap(), "a,b");
    let text = desk.refused("find-rate softmax_digits --set training.epochs=1 --set training.epochs=2");
    assert!(text.contains("--set training.epochs=1 does not count beside --set training.epochs=2, "), "{text}");
    let text = desk.refused("find-rate softmax_digits --svg nowhere/rates.svg");
    assert!(text.contains("there is no folder nowhere") && !text.contains("os error"), "{text}");
}

#[test]
fn a_rate_that_is_found_is_held_against_the_recipes_own() {
    let desk = Desk::new();
    for (own, expected) in [("0.001", "the recipe has 0.001, "), ("1e-9", "far below it, by a factor of ")] {
        let words = format!("find-rate softmax_digits --steps 60 --threads 1 --set schedule.learning_rate={own}");
        let output = desk.trainer(&words).assert().success();
        let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn recipe_files_that_are_not_there_bring_those_that_are() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pets")).unwrap();
    fs::write(desk.path("pets.toml"), "").unwrap();
    for (file, expected) in [
        ("pets", "pets is a folder, not a recipe file; did you mean pets.toml?"),
        ("nope.toml", "there is no recipe file nope.toml; did you mean pets.toml?"),
        ("mlp_digits", "the zoo's own is --model mlp_digits"),
    ] {
        let text = desk.refused(&format!("--recipe {file}"));
        assert!(text.contains(expected) && !text.contains("os error"), "{text}");
    }
}

#[test]
fn train_is_a_command_too() {
    let desk = Desk::new();
    desk.train("train --model softmax_digits --epochs 1", "run");
    assert_refused(&desk, "train", &["--model", "--recipe", "--resume"]);
    assert_refused(&desk, "train --model softmax_digits --epochs 0", &["training.epochs"]);
}

#[test]
fn another_choice_takes_its_usual_values_and_says_them() {
    let desk = Desk::new();
    let words =
        "--model softmax_digits --epochs 1 --set optimizer.kind=momentum --set schedule=constant --offline --out run";
    let output = desk.trainer(words).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for said in
        ["changed optimizer.momentum.momentum: absent -> 0.9", "changed schedule.constant.warmup_steps: absent -> 0"]
    {
        assert!(text.contains(said), "{text}");
    }
    assert_refused(&desk, "--model softmax_digits --set optimizer.kind=sgdd", &["\"sgdd\"", "did you mean `sgd`"]);
    assert_refused(&desk, "--model softmax_digits --set optimizer=3", &["`optimizer` is 3", "\"adam\""]);
    assert_refused(&desk, "--model mlp_digits --set model.hidden=64", &["`model.mlp.hidden` is 64", "such as [64]"]);
}

#[test]
fn a_claim_about_another_network_is_refused_before_training() {
    let desk = Desk::new();
    let good = String::from_utf8(desk.trainer("show mlp_digits").output().unwrap().stdout).unwrap();
    fs::write(desk.path("mine.toml"), good.replace("hidden = [128, 64]", "hidden = [8]")).unwrap();
    assert_refused(
        &desk,
        "--recipe mine.toml --offline --out run",
        &["claims 17226 parameters", "has 610", "claim.parameters"],
    );
    assert!(!desk.path("run").exists());
    desk.train("--recipe mine.toml --epochs 1", "changed");
}

#[test]
fn a_line_of_progress_fits_a_narrow_terminal() {
    let desk = Desk::new();
    let output =
        desk.trainer("--model softmax_digits --epochs 100 --progress plain --offline --out run").assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let epochs: Vec<&str> = text.lines().filter(|line| line.starts_with("epoch ")).collect();
    assert!(epochs.len() == 100 && epochs.iter().all(|line| line.chars().count() <= 80), "{text}");
}
