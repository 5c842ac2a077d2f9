//! Compiles every recipe into the program and records which commit and which Burn it was built from.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    // Asked for when it runs: a build folder may have been moved since this program was compiled.
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR")).join("../..");
    write_recipe_table(&root);
    println!("cargo::rustc-env=ZOO_COMMIT={}", commit(&root));
    println!("cargo::rustc-env=ZOO_BURN_VERSION={}", burn_version(&root));
}

/// `RECIPES`: name, model folder and text of every `models/*/recipes/*.toml`, so that a new recipe is one new file.
fn write_recipe_table(root: &Path) {
    let mut files: Vec<PathBuf> = folders(&root.join("models"))
        .iter()
        .flat_map(|family| folders(&family.join("recipes")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    assert!(!files.is_empty(), "no recipe is in {}", root.join("models/*/recipes").display());
    files.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    let mut table = String::from("static RECIPES: &[(&str, &str, &str)] = &[\n");
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let model = file.ancestors().nth(2).and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        writeln!(table, "    ({name:?}, {model:?}, include_str!({file:?})),").expect("writing to a string");
    }
    table.push_str("];\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(out.join("recipes.rs"), table).expect("OUT_DIR is writable");
}

/// The entries of a folder that is watched for changes; none if it is not there.
fn folders(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.flatten().filter_map(|entry| entry.path().canonicalize().ok()).collect()
}

/// The commit the sources are at, `-dirty` if tracked files differ from it, `unknown` outside a checkout.
fn commit(root: &Path) -> String {
    println!("cargo::rerun-if-changed={}", root.join(".git/HEAD").display());
    println!("cargo::rerun-if-changed={}", root.join(".git/logs/HEAD").display());
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    match (git(&["rev-parse", "HEAD"]), git(&["diff", "--quiet", "HEAD"])) {
        (Some(commit), Some(_)) => commit,
        (Some(commit), None) => format!("{commit}-dirty"),
        (None, _) => "unknown".to_string(),
    }
}

fn burn_version(root: &Path) -> String {
    let lock_file = root.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock_file.display());
    let lock = std::fs::read_to_string(lock_file).unwrap_or_default();
    lock.split("[[package]]")
        .find_map(|package| package.trim().strip_prefix("name = \"burn\"\nversion = \""))
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown")
        .to_string()
}
