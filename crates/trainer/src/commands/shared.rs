//! What several commands start with: data, device, model.

use crate::args::{DataArgs, DeviceArgs, ModelArgs};
use crate::checkpoint::is_checkpoint;
use crate::device::{all_threads, use_threads};
use crate::logs::LogFormat;
use crate::own::real;
use crate::progress::ProgressMode;
use crate::registry;
use crate::run_folder::{self, CHECKPOINTS, INIT, LONGEST, RunSettings, is_of_a_run};
use crate::settings;
use crate::sweep::is_of_a_sweep;
use crate::trained::TrainedModel;
use anyhow::{Context, Error, Result, anyhow, bail};
use burn::tensor::Device;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use zoo_core::weights::RUN_WEIGHTS_FILE;
use zoo_core::{Flush, Store, create_atomically, data_folder, nearest, read_text, read_text_or_pipe, write_atomically};
use zoo_recipe::Recipe;

pub(super) fn store(args: &DataArgs, progress: ProgressMode) -> Result<Store> {
    let downloads = progress.of_downloads(args.mirror.as_deref());
    Ok(downloads.store(args.data_dir.clone(), args.offline)?)
}

/// Where the data of a run comes from: as it was trained, unless the command says otherwise.
pub(super) fn of_settings(args: &DataArgs, settings: &RunSettings) -> DataArgs {
    let data_dir = args.data_dir.clone().or_else(|| settings.data_dir.clone());
    DataArgs { data_dir, offline: args.offline || settings.offline, ..args.clone() }
}

/// The device and threads that a command outside training was asked to use.
pub(super) fn open_device(args: &DeviceArgs) -> Result<Device> {
    use_threads(args.threads.map_or_else(all_threads, usize::from))?;
    Ok(args.device.open()?)
}

/// The model of a run, or one that ships, and the seed its data is cut by.
pub(super) fn model(args: &ModelArgs, device: &Device) -> Result<(TrainedModel, u64)> {
    if let Some(run) = &args.run {
        let (_, settings) = run_folder::read(run)?;
        return Ok((TrainedModel::of_run(run, device)?, settings.seed));
    }
    let name = args.pretrained.as_deref().context("name a model with --run or --pretrained")?;
    Ok((TrainedModel::pretrained(name, device)?, 0))
}

/// Refuses a file to write that is there already, unless `--force` allows to replace it; one of a run's own always.
pub(super) fn check_free(file: &Path, force: bool) -> Result<()> {
    check_place(file)?;
    if let Some(run) = run_of(&real(file)) {
        let (path, run) = (file.display(), run.display());
        bail!("{path} is a file of the run in {run}, which has no other; name another file");
    }
    check_no_checkpoint(file)?;
    // A link that leads nowhere would be replaced, too.
    if !force && file.symlink_metadata().is_ok() {
        return Err(taken(file));
    }
    Ok(())
}

/// The folder of the run or sweep that a file is of, or would be by its name, if it is one's.
fn run_of(file: &Path) -> Option<PathBuf> {
    const OF_LOGS: [&str; 2] = [LogFormat::Tensorboard.file(), LogFormat::Steps.file()];
    let (folder, name) = (file.parent()?, file.file_name()?.to_string_lossy());
    let name: &str = &name;
    let is_weights = [RUN_WEIGHTS_FILE, INIT].contains(&name);
    let folder = match folder.ends_with(CHECKPOINTS) && is_checkpoint(file) {
        true => folder.parent()?,
        false if is_of_a_run(name) || is_weights || OF_LOGS.contains(&name) || is_of_a_sweep(name) => folder,
        false => return None,
    };
    is_run(folder).then(|| folder.to_path_buf())
}

fn is_run(folder: &Path) -> bool {
    run_folder::exists(folder) || run_folder::has_lock(folder)
}

/// Refuses a place among the checkpoints of a run, which come and go, and whatever is there says that the run has begun. Beside its other
/// files there is room for what is made of it.
pub(super) fn check_no_checkpoint(path: &Path) -> Result<()> {
    let place = real(path);
    let folders = place.ancestors().skip(1).filter(|above| above.ends_with(CHECKPOINTS));
    let Some(run) = folders.filter_map(Path::parent).find(|above| is_run(above)) else { return Ok(()) };
    let (path, run) = (path.display(), run.display());
    bail!("{path} lies among the checkpoints of the run in {run}, which writes and removes them; name another file")
}

/// Refuses a place where no file can be put.
pub(super) fn check_place(file: &Path) -> Result<()> {
    let path = file.display();
    check_folder_of(file)?;
    if file.is_dir() {
        bail!("{path} is a folder; name a file in it");
    }
    // A file would take its place, for all programs.
    if file.metadata().is_ok_and(|there| !there.is_file()) {
        bail!("{path} is a pipe or a device, where no file can be put; name a file");
    }
    Ok(())
}

/// Refuses, even by force, to replace one of the files that a command reads, or to put a file into one of the folders: it might be taken
/// for data.
pub(super) fn check_spared(file: &Path, read: &[PathBuf]) -> Result<()> {
    let place = real(file);
    let Some(read) = read.iter().find(|read| place.starts_with(real(read))) else { return Ok(()) };
    let (path, shown) = (file.display(), read.display());
    match place == real(read) || place.exists() {
        true => bail!("{path} would replace what is read from {shown}; name another file"),
        false => bail!("{path} lies in the data read from {shown}; name another file"),
    }
}

/// What the run was made from, if a run is named, and not one of the zoo's own data alone: as [`read_by`] its recipe.
pub(super) fn made_from(args: &ModelArgs) -> Vec<PathBuf> {
    let run = args.run.as_deref().and_then(|run| run_folder::read(run).ok());
    run.map(|(recipe, _)| read_by(&recipe)).unwrap_or_default()
}

/// The data of a user's own that a training by this recipe reads, and the weights it starts from, if they are a file.
pub(super) fn read_by(recipe: &Recipe) -> Vec<PathBuf> {
    let weights = recipe.init.iter().filter_map(|init| init.weights.as_ref());
    let weights = weights.map(PathBuf::from).filter(|path| path.is_file());
    weights.chain(recipe.data.files.iter().map(|files| files.path.clone())).collect()
}

/// Refuses to replace, even by force, a file of the data folder, be it the command's or the run's own, one of the settings, or a recipe.
pub(super) fn check_kept(file: &Path, run: Option<&Path>, data: &DataArgs) -> Result<()> {
    let Ok(there) = file.canonicalize() else { return Ok(()) };
    let refuse = |read: &Path| -> Result<()> {
        let shown = read.display();
        bail!("{} would replace what is read from {shown}; name another file", file.display())
    };
    if let Some(settings) = settings::files().iter().find(|one| one.canonicalize().is_ok_and(|one| one == there)) {
        return refuse(settings);
    }
    let of_run = run.and_then(|run| run_folder::read(run).ok()).and_then(|(_, settings)| settings.data_dir);
    let mut folders = of_run.into_iter().chain(data_folder(data.data_dir.clone()));
    match folders.find(|folder| folder.canonicalize().is_ok_and(|folder| there.starts_with(folder))) {
        Some(folder) if !is_output(&there) => refuse(&folder),
        _ => check_no_recipe(file),
    }
}

/// Refuses to replace a recipe: a run may have been made by it, and no command writes one in place of a file.
fn check_no_recipe(file: &Path) -> Result<()> {
    let Ok(text) = read_text(file, LONGEST) else { return Ok(()) };
    let is_toml = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if is_toml || Recipe::parse(&text, "").is_ok() {
        bail!("{} is a recipe or another file of TOML, which no command replaces; name another file", file.display());
    }
    Ok(())
}

/// Whether it is of a kind that commands write and no data set has: a folder of data may be the one that a user works in.
fn is_output(file: &Path) -> bool {
    const LIST: &[u8] = b"example,";
    let begins_as_list = || {
        let mut start = [0; LIST.len()];
        File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == LIST
    };
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("onnx" | "safetensors" | "svg" | "png" | "html") => true,
        Some("csv") => begins_as_list(),
        _ => false,
    }
}

fn taken(file: &Path) -> Error {
    anyhow!("{} is there already; name another file, or replace it with --force", file.display())
}

/// Writes a file that [`check_free`] has let pass; what came up under its name since then stays, unless `--force` allows to replace it.
pub(super) fn write_checked(file: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let write = if force { write_atomically } else { create_atomically };
    // A link stays one: what it leads to is replaced.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    match write(&target, bytes, Flush::ToDisk) {
        Err(error) if error.source.kind() == ErrorKind::AlreadyExists => Err(taken(file)),
        written => Ok(written?),
    }
}

/// Refuses a file to write whose folder is not there.
pub(super) fn check_folder_of(file: &Path) -> Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let (folder, path) = (folder.display(), file.display());
            bail!("cannot write {path}: there is no folder {folder}; make it, or name another file")
        }
        _ => Ok(()),
    }
}

/// The text of a recipe file.
pub(super) fn recipe_text(file: &Path) -> Result<String> {
    let path = file.display();
    match read_text_or_pipe(file, LONGEST) {
        Ok(text) if text.contains('\0') => {
            bail!("{path} holds zero bytes, as UTF-16 without its mark and files that are no text do; save it as UTF-8")
        }
        Ok(text) => Ok(text),
        Err(_) if file.is_dir() => bail!("{path} is a folder, not a recipe file; {}", recipe_instead_of(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("there is no recipe file {path}; {}", recipe_instead_of(file))
        }
        Err(error) => Err(error).with_context(|| format!("cannot read the recipe {path}")),
    }
}

/// What to name in place of something that is no recipe file, as a clause.
fn recipe_instead_of(file: &Path) -> String {
    let (inside, beside) = (file.join("recipe.toml"), file.with_extension("toml"));
    if let Some(recipe) = [inside, beside].iter().find(|recipe| recipe.is_file()) {
        return format!("did you mean {}?", recipe.display());
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if registry::names().any(|name| name == stem) {
        return format!("the zoo's own is --model {stem}");
    }
    let named = |names: &[String]| {
        let paths: Vec<String> = names.iter().map(|name| file.with_file_name(name).display().to_string()).collect();
        paths.join(", ")
    };
    let known = recipes_beside(file);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let close: Vec<String> = nearest(&name, known.iter().map(String::as_str)).into_iter().map(str::to_string).collect();
    match (close.as_slice(), known.as_slice()) {
        ([], []) => "`trainer new NAME --data PATH` writes one".to_string(),
        ([], [one]) => format!("did you mean {}?", named(std::slice::from_ref(one))),
        ([], known) => format!("there are {}", named(known)),
        (close, _) => format!("did you mean {}?", named(close)),
    }
}

/// The names of some recipe files in the folder that a file would be in.
fn recipes_beside(file: &Path) -> Vec<String> {
    const MOST: usize = 10;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_recipe = |name: &String| name.ends_with(".toml") && !["zoo.toml", "Cargo.toml"].contains(&name.as_str());
    let mut names: Vec<String> = names.filter(is_recipe).collect();
    names.sort();
    names.truncate(MOST);
    names
}

/// `DATE-TIME-what`.
pub(super) fn new_folder_name(what: &str) -> String {
    format!("{}-{what}", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"))
}
