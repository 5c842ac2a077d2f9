//! One binary for all targets of `trainer::fuzz`, as most of its time goes into linking: `ZOO_FUZZ_TARGET` names the one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fs};
use trainer::fuzz::{TARGETS, Target};

/// The target, and a folder of its own.
static CHOSEN: LazyLock<(Target, PathBuf)> = LazyLock::new(|| {
    let name = env::var("ZOO_FUZZ_TARGET").unwrap_or_default();
    let names = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ");
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("ZOO_FUZZ_TARGET is {name:?}, expected one of: {}", names()));
    let folder = env::temp_dir().join(format!("zoo-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    (*target, folder)
});

fuzz_target!(
    // libFuzzer reads the corpus after this: the target's seeds are part of it.
    init: {
        if let Some(corpus) = env::var_os("ZOO_FUZZ_CORPUS").map(PathBuf::from) {
            for (index, seed) in (CHOSEN.0.seeds)().iter().enumerate() {
                fs::write(corpus.join(format!("seed-{index}")), seed).expect("the corpus is a folder to write to");
            }
        }
    },
    |bytes: &[u8]| {
        (CHOSEN.0.read)(bytes, &CHOSEN.1);
    }
);
