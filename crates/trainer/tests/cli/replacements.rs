//! What no command replaces, and where none puts a file: runs, recipes, and data that is read.

use crate::places::desk_with_run;
use crate::{Desk, files_in};
use std::fs;

#[test]
fn not_even_force_replaces_the_run_or_the_data_that_is_read() {
    let desk = desk_with_run();
    fs::write(desk.path("mine.toml"), fs::read(desk.path("a/recipe.toml")).unwrap()).unwrap();
    let checkpoint = format!("a/checkpoints/{}", files_in(&desk.path("a/checkpoints"))[0]);
    let contents = |desk: &Desk| {
        let own = ["report.json", "run.json", "model.safetensors", "metrics.csv"].map(|name| format!("a/{name}"));
        let all = own.into_iter().chain(["two.csv".into(), "mine.toml".into(), checkpoint.clone()]);
        all.map(|name| fs::read(desk.path(&name)).unwrap()).collect::<Vec<_>>()
    };
    let before = contents(&desk);
    let of_run = "is a file of the run in ";
    let over_checkpoint = format!("export --run a {checkpoint} --format onnx --force");
    let of_data = "would replace what is read from ";
    for (words, expected) in [
        ("eval --run a --list a/report.json --force", of_run),
        ("export --run a a/run.json --format safetensors --force", of_run),
        ("export --run a a/model.safetensors --force", of_run),
        ("export --pretrained softmax_digits a/model.safetensors --force", of_run),
        (over_checkpoint.as_str(), of_run),
        ("find-rate softmax_digits --svg a/metrics.csv --force", of_run),
        ("eval --run a --list two.csv --force", of_data),
        ("export --run a two.csv --format onnx --force", of_data),
        ("predict --run a --save-input two.csv --force other.csv", of_data),
        ("find-rate ./mine.toml --svg mine.toml --force", of_data),
        ("find-rate ./mine.toml --svg two.csv --force", of_data),
    ] {
        let text = desk.refused(words);
        assert!(text.contains(expected) && text.contains("name another file"), "{words}: {text}");
    }
    assert!(contents(&desk) == before);
    desk.trainer("eval --run a --list a/examples.csv").assert().success();
    desk.trainer("eval --run a --list a/examples.csv --force").assert().success();
}

#[test]
fn not_even_force_replaces_what_a_run_was_made_by() {
    let desk = desk_with_run();
    fs::copy(desk.path("a/recipe.toml"), desk.path("mine.toml")).unwrap();
    fs::copy(desk.path("a/recipe.toml"), desk.path("mine.txt")).unwrap();
    fs::copy(desk.path("a/model.safetensors"), desk.path("start.safetensors")).unwrap();
    fs::write(desk.path("broken.toml"), "name = ").unwrap();
    desk.train("--recipe mine.txt --init start.safetensors", "b");
    desk.trainer("export --run b b.onnx").assert().success();
    let names = ["mine.toml", "mine.txt", "broken.toml", "start.safetensors"];
    let contents = || names.map(|name| fs::read(desk.path(name)).unwrap());
    let before = contents();
    for name in names {
        let expected = match name {
            "start.safetensors" => {
                "start.safetensors would replace what is read from start.safetensors; name another".into()
            }
            _ => format!("{name} is a recipe or another file of TOML, which no command replaces; name another file"),
        };
        for words in [
            format!("eval --run b --list {name} --force"),
            format!("export --run b --format onnx --force {name}"),
            format!("export --run b --format safetensors --force {name}"),
            format!("predict --run b --save-input {name} --force other.csv"),
        ] {
            let text = desk.refused(&words);
            // A file whose name says safetensors takes no ONNX, whatever is in it.
            let is_misnamed = words == "export --run b --format onnx --force start.safetensors";
            let expected =
                if is_misnamed { "start.safetensors is named like another format" } else { expected.as_str() };
            assert!(text.contains(expected), "{words}: {text}");
        }
    }
    let text = desk.refused("find-rate softmax_digits --svg mine.txt --force");
    assert!(text.contains("mine.txt is a recipe or another file of TOML"), "{text}");
    assert!(contents() == before);
    // What no recipe and no text is may have any name.
    for _ in 0..2 {
        desk.trainer("export --run b --format onnx --force model.toml").assert().success();
    }
    desk.trainer("export --run b --format onnx --force b.onnx").assert().success();
}

#[test]
fn nothing_is_put_among_the_data_that_is_read() {
    let desk = Desk::new();
    for (class, shade) in [("cat", 40), ("dog", 200)] {
        fs::create_dir_all(desk.path("pets").join(class)).unwrap();
        for number in 0..6_u8 {
            let picture = image::GrayImage::from_fn(8, 8, |x, y| image::Luma([shade + number + (x * y % 7) as u8]));
            picture.save(desk.path(&format!("pets/{class}/{number}.png"))).unwrap();
        }
    }
    fs::copy(desk.path("pets/cat/0.png"), desk.path("x.png")).unwrap();
    desk.train("--data pets --model mlp_digits --epochs 1", "a");
    for words in [
        "predict --run a --save-input pets/cat x.png",
        "predict --run a --save-input pets/cat/new.png --force x.png",
        "eval --run a --list pets/list.csv",
        "export --run a pets/dog/model.onnx",
        "find-rate ./a/recipe.toml --svg pets/cat/rates.svg",
        "inspect --run a --out pets/seen",
    ] {
        let text = desk.refused(words);
        assert!(text.contains(" lies in the data read from "), "{words}: {text}");
        assert!(text.contains("; name another file"), "{words}: {text}");
    }
    let text = desk.refused("export --run a pets/cat/0.png --format onnx --force");
    assert!(text.contains("would replace what is read from "), "{text}");
    assert_eq!(["cat", "dog"].map(|class| files_in(&desk.path("pets").join(class)).len()), [6, 6]);
    assert_eq!(files_in(&desk.path("pets")), ["cat", "dog"]);
    desk.trainer("predict --run a --save-input . x.png").assert().success();
    assert!(desk.path("x-input.png").exists());
}

#[test]
fn nothing_is_put_among_checkpoints() {
    let desk = desk_with_run();
    let before = files_in(&desk.path("a/checkpoints"));
    for words in [
        "export --run a a/checkpoints/x.onnx",
        "export --run a a/checkpoints/x.onnx --force",
        "eval --run a --list a/checkpoints/x.csv",
        "report a --out a/checkpoints/x.html",
        "inspect --run a --out a/checkpoints/seen",
    ] {
        let text = desk.refused(words);
        let expected = " lies among the checkpoints of the run in ";
        assert!(text.contains(expected) && text.contains("; name another file"), "{words}: {text}");
    }
    assert_eq!(files_in(&desk.path("a/checkpoints")), before);
    // Beside the run's other files there is room for what is made of it, and nothing takes it for the run's.
    desk.trainer("export --run a a/y.safetensors").assert().success();
    desk.trainer("--resume a --epochs +1").assert().success();
}
