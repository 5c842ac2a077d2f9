//! A user's own data: folders of pictures, idx files and numpy's arrays, from the command line to a model that is applied.

use crate::{Desk, last_line};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::fs;
use std::path::Path;

pub(crate) const COLORS: [(&str, [u8; 3]); 3] =
    [("blue", [20, 30, 220]), ("green", [30, 220, 40]), ("red", [200, 80, 30])];

/// A picture of one color with a pattern, of a size and in a format that depend on the number.
pub(crate) fn draw(file: &Path, color: [u8; 3], number: u32) {
    let (width, height) = (20 + number % 7 * 9, 20 + number % 5 * 11);
    let shade = |channel: u8, x, y| channel.saturating_add(((x * 3 + y * 5) % 30 + number % 30) as u8);
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb(color.map(|channel| shade(channel, x, y))));
    let (suffix, format) = [
        ("png", ImageFormat::Png),
        ("JPG", ImageFormat::Jpeg),
        ("bmp", ImageFormat::Bmp),
        ("webp", ImageFormat::WebP),
        ("gif", ImageFormat::Gif),
    ][number as usize % 5];
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    DynamicImage::from(picture).save_with_format(file.with_extension(suffix), format).unwrap();
}

/// `count` pictures of each color in `folder`, from number `first` on.
pub(crate) fn draw_all(desk: &Desk, folder: &str, first: u32, count: u32) {
    for (name, color) in COLORS {
        for number in first..first + count {
            draw(&desk.path(&format!("{folder}/{name}/{number:03}")), color, number);
        }
    }
}

/// Everything that a command that works says on standard output.
pub(crate) fn said(desk: &Desk, words: &str) -> String {
    let output = desk.trainer(words).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

pub(crate) fn assert_refused(desk: &Desk, words: &str, expected: &[&str]) {
    let text = desk.refused(words);
    assert_eq!(text.trim_end().lines().count(), 1, "one sentence: {text}");
    for part in expected {
        assert!(text.contains(part), "{words}\nsaid: {text}\nwithout: {part}");
    }
}

pub(crate) const TRAIN: &str =
    "--model mlp_digits --data pets --epochs 30 --learning-rate 0.03 --offline --threads 1 --out";

#[test]
fn a_folder_of_pictures_is_trained_on_evaluated_and_applied() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 20);
    for (junk, bytes) in [("pets/.DS_Store", "x"), ("pets/red/Thumbs.db", "x"), ("pets/red/notes.txt", "x")] {
        fs::write(desk.path(junk), bytes).unwrap();
    }
    let text = said(&desk, &format!("{TRAIN} run"));
    for part in [
        "pets: 3 classes (blue 20, green 20, red 20), 60 pictures scaled to 8x8 in gray; 43/5/12 stratified, seed 0",
        "left out 1 file that is no picture or in no class folder: red/notes.txt",
        "changed name: \"mlp_digits\" -> \"mlp_digits_pets\"",
    ] {
        assert!(text.contains(part), "{text}\nwithout: {part}");
    }
    assert!(!text.contains("claim"), "nobody claims anything of this data: {text}");
    let report = desk.report("run");
    assert_eq!(
        (report.class_names.as_slice(), report.expected),
        (&["blue", "green", "red"].map(String::from)[..], None)
    );
    assert!(report.test.accuracy > 0.9, "{}", report.test.accuracy);
    assert!(report.overrides.iter().any(|change| change.starts_with("data.files.sha256: absent -> ")));

    let evaluation: serde_json::Value = serde_json::from_str(&said(&desk, "eval --run run --json")).unwrap();
    assert_eq!(evaluation["scores"]["loss"], report.test.loss);
    draw(&desk.path("new"), COLORS[2].1, 100);
    assert!(said(&desk, "predict --run run new.png").starts_with("new.png: red "));
    said(&desk, "export --run run model.onnx");
    let inspection: serde_json::Value = serde_json::from_str(&said(&desk, "inspect --run run --json")).unwrap();
    assert!(inspection["images"]["grid"].as_array().is_some_and(|grid| grid.len() == 12), "{inspection}");

    // The model says how a picture is prepared, also where the data is not any more.
    fs::remove_dir_all(desk.path("pets")).unwrap();
    assert!(said(&desk, "predict --run run new.png").starts_with("new.png: red "));
    assert_refused(&desk, "eval --run run", &["there is no ", "pets", "put it there"]);
}

#[test]
fn weights_to_start_from_bring_their_recipe() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 20);
    draw_all(&desk, "more", 50, 20);
    let train = "--epochs 1 --offline --threads 1 --out";
    let text = said(&desk, &format!("--data pets --init mlp_digits --freeze hidden.0 {train} run"));
    assert!(text.contains("changed name: \"mlp_digits\" -> \"mlp_digits_pets\""), "{text}");
    assert!(text.contains("new: output (10 -> 3)"), "{text}");
    let text = said(&desk, &format!("--data more --init run {train} again"));
    assert!(text.contains("; new: nothing") && !text.contains("frozen"), "{text}");
    assert_refused(&desk, "--data pets --init mlp_digts --offline", &["did you mean mlp_digits?"]);
    let text = said(&desk, &format!("--data more --init run/model.safetensors {train} by-file"));
    assert!(text.contains("; new: nothing"), "{text}");
    assert_refused(&desk, "--data pets --offline", &["pets wants a model", "--model", "--init"]);
    fs::write(desk.path("text.safetensors"), "text").unwrap();
    assert_refused(&desk, "--data pets --init text.safetensors --offline", &["text.safetensors", "safetensors file"]);
}

#[test]
fn decoded_pictures_are_kept_and_made_again_if_damaged() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 5);
    let kept = || fs::read_dir(desk.path("cache/burn-zoo/pictures")).unwrap().next().unwrap().unwrap().path();
    let weights = |run: &str| {
        said(&desk, &format!("{TRAIN} {run}"));
        desk.report(run).weights_sha256
    };
    let first = weights("first");
    let bytes = fs::read(kept()).unwrap();
    assert_eq!(weights("second"), first);
    let mut damaged = bytes.clone();
    damaged[200] ^= 1;
    for damage in [&damaged, &bytes[..100], &[][..]] {
        fs::write(kept(), damage).unwrap();
        assert_eq!(weights(&format!("damaged{}", damage.len())), first);
        assert_eq!(fs::read(kept()).unwrap(), bytes);
    }
}

#[test]
fn splits_that_are_given_are_used_and_copies_across_them_counted() {
    let desk = Desk::new();
    draw_all(&desk, "pets/train", 0, 6);
    draw_all(&desk, "pets/val", 10, 2);
    draw_all(&desk, "pets/test", 20, 3);
    fs::copy(desk.path("pets/train/red/000.png"), desk.path("pets/test/red/copy.png")).unwrap();
    let text = said(&desk, &format!("{TRAIN} run"));
    assert!(text.contains("34 pictures scaled to 8x8 in gray; 18/6/10 as given"), "{text}");
    assert!(text.contains("warning: 1 of the 10 test examples is also in the training split"), "{text}");
    fs::remove_dir_all(desk.path("pets/test/red")).unwrap();
    let text = said(&desk, &format!("{TRAIN} run2"));
    assert!(text.contains("warning: the test split has no example of red, which has 8 in all"), "{text}");
}

#[test]
fn the_same_picture_in_two_classes_is_counted_and_shown() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    let warning = "in several classes, value by value, such as ";
    assert!(!said(&desk, "new alone --data pets").contains(warning));
    for number in [0, 5] {
        fs::copy(desk.path(&format!("pets/red/00{number}.png")), desk.path(&format!("pets/blue/copy{number}.png")))
            .unwrap();
    }
    // A copy within its class is another matter.
    fs::copy(desk.path("pets/green/000.png"), desk.path("pets/green/copy.png")).unwrap();
    let expected =
        format!("warning: 2 pictures are {warning}blue/copy0.png and red/000.png: no model can get all of them right");
    assert!(said(&desk, "new mine --data pets").contains(&expected));
    let output = desk.trainer(&format!("{TRAIN} run")).assert().success();
    let output = output.get_output();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(String::from_utf8_lossy(&text).contains(&expected), "{}", String::from_utf8_lossy(&text));
}

#[test]
fn what_is_no_data_is_said_in_one_sentence() {
    let desk = Desk::new();
    let refused = |expected: &[&str]| assert_refused(&desk, &format!("{TRAIN} run"), expected);
    refused(&["there is no pets"]);
    fs::create_dir(desk.path("pets")).unwrap();
    refused(&["pets holds no folder of pictures", "one folder per class"]);
    draw(&desk.path("pets/cat/a"), [1, 2, 3], 0);
    refused(&["one class alone, \"cat\""]);
    fs::create_dir(desk.path("pets/dog")).unwrap();
    refused(&["the class folder", "dog holds no picture"]);
    draw(&desk.path("pets/dog/a"), [1, 2, 3], 0);
    refused(&["the class cat of pets has 1 example, too few", "expected at least 3; add some, or leave the class out"]);
    fs::write(desk.path("pets/dog/b.png"), "text").unwrap();
    fs::write(desk.path("pets/dog/c.jpg"), "").unwrap();
    refused(&["b.png: ", "and 1 other picture cannot be read", "--skip-bad"]);
    fs::write(desk.path("table.txt"), "a,b").unwrap();
    assert_refused(&desk, "--model softmax_digits --data table.txt", &["table.txt has no rows below its header"]);
    assert_refused(&desk, "--data pets", &["--model"]);
    assert_refused(&desk, "--model logistic_breast_cancer --data pets --set data.target=five", &["data.target"]);
    assert!(!desk.path("run").exists() && !desk.path("runs").exists(), "nothing is left behind");
}

#[test]
fn a_recipe_is_only_written_for_data_that_can_be_cut() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    (0..2).for_each(|number| draw(&desk.path(&format!("pets/rare/{number}")), [9, 9, 9], number));
    let rows: String = (0..20).map(|row| format!("{}.5,{}\n", row * row, ["p", "q"][row % 2])).collect();
    fs::write(desk.path("t.csv"), format!("x,y\n{rows}3,rare\n4,rare\n")).unwrap();
    for (data, name) in [("pets", "pets"), ("t.csv --label y", "t")] {
        let expected = format!(
            "the class rare of {name} has 2 examples, too few to be in the training, the validation and the test split, \
                                expected at least 3; add some, or leave the class out"
        );
        assert_refused(&desk, &format!("new mine --data {data}"), &[&expected]);
        assert!(!desk.path("mine.toml").exists());
    }
    assert_refused(&desk, &format!("{TRAIN} run"), &["the class rare of pets has 2 examples, too few", "at least 3"]);
    // One more is enough, for the recipe and for the training.
    draw(&desk.path("pets/rare/2"), [9, 9, 9], 2);
    said(&desk, "new mine --data pets");
    said(&desk, "--recipe mine.toml --epochs 1 --threads 1 --out run");
}

#[test]
fn pictures_that_cannot_be_read_are_left_out_when_asked_to() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    fs::write(desk.path("pets/red/bad.png"), "text").unwrap();
    let text = said(&desk, &format!("{TRAIN} run --skip-bad"));
    let expected =
        "left out 1 picture that cannot be read: red/bad.png (this is not a PNG, JPEG, WebP, GIF or BMP picture)";
    assert!(text.contains(expected) && text.contains("18 pictures scaled"), "{text}");
    // From the cache, too, and of many the first.
    assert!(said(&desk, &format!("{TRAIN} again --skip-bad")).contains(expected));
    (0..4).for_each(|number| fs::write(desk.path(&format!("pets/red/empty{number}.png")), "").unwrap());
    let text = said(&desk, "new many --data pets --skip-bad");
    let reason = "(the file is empty, expected a PNG, JPEG, WebP, GIF or BMP picture)";
    let expected = format!(
        "left out 5 pictures that cannot be read: red/bad.png (this is not a PNG, JPEG, WebP, GIF or BMP picture), \
                            red/empty0.png {reason}, red/empty1.png {reason} and 2 more"
    );
    assert!(text.contains(&expected) && text.contains(" and 2 more; the log.txt of a run names all"), "{text}");
    said(&desk, &format!("{TRAIN} many --skip-bad"));
    let log = fs::read_to_string(desk.path("many/log.txt")).unwrap();
    for name in ["bad", "empty0", "empty1", "empty2", "empty3"] {
        assert!(log.contains(&format!("left out, as it cannot be read: red/{name}.png")), "{log}");
    }
    (0..4).for_each(|number| fs::remove_file(desk.path(&format!("pets/red/empty{number}.png"))).unwrap());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", desk.path("pets/red/link.png")).unwrap();
        let text = said(&desk, &format!("{TRAIN} linked --skip-bad"));
        assert!(
            text.contains("left out 2 pictures that cannot be read") && text.contains("18 pictures scaled"),
            "{text}"
        );
        fs::remove_file(desk.path("pets/red/bad.png")).unwrap();
        let expected =
            ["link.png: cannot read the picture: it is a link that leads nowhere; mend or remove it", "--skip-bad"];
        assert_refused(&desk, &format!("{TRAIN} run2"), &expected);
        assert_refused(&desk, "new mine --data pets", &expected);
        fs::remove_file(desk.path("pets/red/link.png")).unwrap();
        fs::write(desk.path("pets/red/bad.png"), "text").unwrap();
    }
    // What was kept of them does not hide the bad one from whoever wants to know.
    assert_refused(&desk, &format!("{TRAIN} run2"), &["bad.png", "--skip-bad"]);
}

#[test]
fn changed_data_is_refused() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    said(&desk, "new mine --data pets");
    said(&desk, &format!("{TRAIN} run"));
    fs::remove_file(desk.path("run/report.json")).unwrap();
    draw(&desk.path("pets/red/more"), COLORS[2].1, 0);
    assert_refused(&desk, "--resume run", &["the data changed since the run began", "put the old files back"]);
    assert_refused(&desk, "eval --run run", &["the data changed since the run began"]);
    assert_refused(&desk, "--recipe mine.toml", &["changed since the recipe was written", "--data"]);
    fs::remove_file(desk.path("pets/red/more.png")).unwrap();
    said(&desk, "--resume run");
    assert!(desk.path("run/report.json").exists());
}

#[test]
fn what_is_no_picture_does_not_change_the_data() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    said(&desk, "new mine --data pets");
    said(&desk, &format!("{TRAIN} run"));
    let evaluation = || said(&desk, "eval --run run --json");
    let before = evaluation();
    fs::remove_file(desk.path("run/report.json")).unwrap();
    for junk in [".DS_Store", "red/Thumbs.db", "README.txt", "red/notes.txt", "red/.hidden.png", "docs/page.html"] {
        fs::create_dir_all(desk.path("pets/docs")).unwrap();
        fs::write(desk.path(&format!("pets/{junk}")), "no picture").unwrap();
    }
    let scores = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["scores"].clone();
    assert_eq!(scores(&evaluation()), scores(&before));
    let expected = "left out 3 files that are no pictures or in no class folder: README.txt, docs/, red/notes.txt";
    assert!(said(&desk, "--resume run").contains(expected));
    assert!(said(&desk, "--recipe mine.toml --epochs 1 --threads 1 --out again").contains(expected));
}

#[test]
fn a_recipe_is_written_for_data_and_trained_by() {
    let desk = Desk::new();
    draw_all(&desk, "pets", 0, 6);
    draw(&desk.path("pets/blue/twin"), COLORS[0].1, 0);
    let text = said(&desk, "new colors --data pets");
    for part in
        ["training: 19 examples: blue 7, green 6, red 6", "shorter sides from 20 to 56", "1 training example equals"]
    {
        assert!(text.contains(part), "{text}\nwithout: {part}");
    }
    assert_eq!(last_line(text.as_bytes()), "colors.toml");
    let recipe = fs::read_to_string(desk.path("colors.toml")).unwrap();
    assert!(recipe.contains("\n# ") && recipe.contains("shape = [3, 32, 32]"), "{recipe}");
    assert_refused(&desk, "new colors --data pets", &["colors.toml is there already"]);
    assert_eq!(fs::read_to_string(desk.path("colors.toml")).unwrap(), recipe);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("elsewhere.toml", desk.path("linked.toml")).unwrap();
        assert_refused(&desk, "new linked --data pets", &["linked.toml is there already and is not overwritten"]);
    }
    assert_refused(&desk, "new My-Colors --data pets", &["lowercase letters", "choose my_colors"]);
    // So few pictures are left for validation that they would choose an epoch by chance.
    for part in ["keep = \"last\"", "chooses nothing, as the last epoch is kept", "no border is added"] {
        assert!(recipe.contains(part), "{recipe}\nwithout: {part}");
    }
    assert!(!recipe.contains("Chooses the epoch") && !recipe.contains("black square"), "{recipe}");
    // By another name of the file, from another folder.
    fs::create_dir(desk.path("below")).unwrap();
    fs::rename(desk.path("colors.toml"), desk.path("below/renamed.toml")).unwrap();
    let text = said(&desk, "--recipe below/renamed.toml --epochs 1 --threads 1 --out run");
    assert!(text.contains("colors: cnn on pets"), "{text}");
    // One folder, one recipe: with a slash behind its name it is the same.
    let path = recipe.lines().find(|line| line.starts_with("path = ")).unwrap();
    let slashed = recipe.replace(path, &format!("{}/\"", path.trim_end_matches('"')));
    fs::write(desk.path("slashed.toml"), slashed).unwrap();
    said(&desk, "--recipe slashed.toml --epochs 1 --threads 1 --out slashed");
    let written = |run: &str| fs::read_to_string(desk.path(run).join("recipe.toml")).unwrap();
    assert_eq!(written("slashed"), written("run"));
}

#[test]
fn runs_among_the_pictures_are_refused_and_merged_folders_named() {
    let desk = Desk::new();
    draw_all(&desk, "pets/train", 0, 6);
    draw_all(&desk, "deep/animals", 0, 5);
    draw(&desk.path("deep/ship/a"), COLORS[0].1, 0);
    (1..10).for_each(|number| draw(&desk.path(&format!("deep/ship/{number}")), COLORS[0].1, number));
    assert_refused(&desk, &format!("{TRAIN} pets/run"), &["the run folder pets/run lies in the data folder", "--out"]);
    let sweep = format!("{TRAIN} pets/sweep --seeds 1..2");
    assert_refused(&desk, &sweep, &["the run folder pets/sweep lies in the data folder", "--out"]);
    assert!(!desk.path("pets/run").exists() && !desk.path("pets/sweep").exists());
    let train = "--model mlp_digits --epochs 1 --threads 1 --offline";
    let output = desk.trainer(&format!("{train} --data deep/ --out run")).assert().success();
    let output = output.get_output();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let expected =
        "the class folder animals has 3 subfolders of pictures (blue, green, red), which all count as animals";
    assert!(text.contains(expected), "{text}");
}

/// An idx file of bytes.
fn idx(sizes: &[u32], body: &[u8]) -> Vec<u8> {
    let header = std::iter::once(0x800 + sizes.len() as u32).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes);
    header.chain(body.iter().copied()).collect()
}

#[test]
fn idx_files_are_data_and_their_images_are_padded_to_what_the_model_wants() {
    let desk = Desk::new();
    fs::create_dir(desk.path("mine")).unwrap();
    for (part, count) in [("train", 40_u32), ("t10k", 10)] {
        // Two classes, called 3 and 8: bright above or below.
        let label = |image: u32| if image.is_multiple_of(2) { 3 } else { 8 };
        let pixel =
            |place: u32| if (place / 28 / 14).is_multiple_of(2) == (place / 784).is_multiple_of(2) { 200 } else { 10 };
        let images: Vec<u8> = (0..count * 784).map(pixel).collect();
        let labels: Vec<u8> = (0..count).map(label).collect();
        fs::write(desk.path(&format!("mine/{part}-images-idx3-ubyte")), idx(&[count, 28, 28], &images)).unwrap();
        fs::write(desk.path(&format!("mine/{part}-labels-idx1-ubyte")), idx(&[count], &labels)).unwrap();
    }
    let text = said(&desk, "--model cnn_digits --data mine --epochs 1 --threads 1 --out run");
    assert!(text.contains("mine: 2 classes (3 25, 8 25), 50 images of 28x28 in gray; 36/4/10 test as given"), "{text}");
    assert!(text.contains("changed data.pad"), "{text}");
    let text = said(&desk, "--model mlp_breast_cancer --data mine --epochs 3 --threads 1 --out binary");
    assert!(text.contains("changed data.normalization: \"standardize\" -> \"channels\""), "{text}");
    assert_eq!(desk.report("binary").class_names, ["3", "8"]);
    assert_refused(&desk, "--model cnn_digits --data mine --set data.pad=none", &["data.pad", "images of 32x32"]);
    // Nothing of a user's own is downloaded.
    let labels = desk.path("mine/train-labels-idx1-ubyte");
    for (bytes, expected) in [
        (vec![], "train-labels-idx1-ubyte: an empty file, expected a whole one; write or copy it there again"),
        (
            idx(&[40], &[3; 39]),
            "train-labels-idx1-ubyte: 47 bytes, expected 48 by its header; write or copy it there again",
        ),
        (vec![0x1f, 0x8b, 8, 0], "train-labels-idx1-ubyte: a damaged archive ("),
        (
            idx(&[40, 1], &[3; 40]),
            "magic number 0x00000802, expected 0x00000801, as idx files of 1-dimensional bytes begin",
        ),
    ] {
        fs::write(&labels, bytes).unwrap();
        assert_refused(&desk, "--model cnn_digits --data mine", &[expected]);
    }
}
