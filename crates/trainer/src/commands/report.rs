//! `report`: runs on one page of HTML that needs no network.

use super::shared::{check_no_checkpoint, check_place, write_checked};
use crate::args::DataArgs;
use crate::device::{DeviceName, all_threads, use_threads};
use crate::evaluation::SplitName;
use crate::inspect::inspect_run;
use crate::output::{answer, sentence, warn};
use crate::progress::ProgressMode;
use crate::run_args::ReportArgs;
use crate::run_folder;
use crate::runs::{Comparison, MeasuredSetting, PageSources, expand, page, settings};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use zoo_report::page::is_page;
use zoo_results::Inspection;

pub(crate) fn report(args: &ReportArgs) -> Result<()> {
    check_replaceable(&args.out)?;
    let (settings, left_out) = settings(&expand(&args.runs)?)?;
    left_out.iter().for_each(|line| warn(line));
    let comparison = Comparison::of(&settings, args.metric.as_deref(), SplitName::Test)?;
    use_threads(all_threads())?;
    let seen: Vec<_> = settings.iter().map(|setting| see(setting, &args.data)).collect();
    let sources = PageSources { settings: &settings, comparison: &comparison, seen: &seen, left_out: &left_out };
    write_checked(&args.out, page(&sources).as_bytes(), true)?;
    answer(&args.out.display().to_string())?;
    if args.open {
        open(&args.out).unwrap_or_else(|error| warn(&format!("warning: {}", sentence(&error))));
    }
    Ok(())
}

/// Only a page that was written here is replaced.
fn check_replaceable(file: &Path) -> Result<()> {
    if file.is_dir() {
        let (folder, inside) = (file.display(), file.join("report.html"));
        bail!("{folder} is a folder; name a file with --out, such as {}", inside.display());
    }
    check_place(file)?;
    check_no_checkpoint(file)?;
    // A link that leads nowhere is something, too.
    if file.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(());
    }
    let path = file.display();
    if let (false, Ok(target)) = (file.exists(), file.read_link()) {
        let target = target.display();
        bail!("{path} is a link to {target}, where there is nothing; remove it, or name another file with --out");
    }
    match head(file) {
        Ok(head) if is_page(&String::from_utf8_lossy(&head)) => Ok(()),
        Ok(_) => bail!("{path} is there and is not a page of this program; name another file with --out"),
        Err(error) => Err(error).with_context(|| {
            format!("cannot read {path}, and only a page of this program is replaced; name another file with --out")
        }),
    }
}

/// The beginning of a file, where a page names what made it.
fn head(file: &Path) -> io::Result<Vec<u8>> {
    const LONGEST: u64 = 4096;
    let mut head = Vec::new();
    File::open(file)?.take(LONGEST).read_to_end(&mut head)?;
    Ok(head)
}

/// What can be seen in the first model of a setting; its data is never downloaded for that.
fn see(setting: &MeasuredSetting, data: &DataArgs) -> Result<Inspection, String> {
    let run = &setting.models[0].path;
    let look = || -> Result<Inspection> {
        let (_, started_with) = run_folder::read(run)?;
        let data_dir = data.data_dir.clone().or(started_with.data_dir);
        let store = super::shared::store(&DataArgs { data_dir, offline: true, mirror: None }, ProgressMode::None)?;
        Ok(inspect_run(run, &store, &DeviceName::default().open()?)?)
    };
    look().map_err(|error| zoo_core::sentence(error.as_ref()))
}

/// Opens a file with what the system opens such files with.
fn open(file: &Path) -> Result<()> {
    let (program, words): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        // `start` takes its first quoted word for a title.
        "windows" => ("cmd", &["/c", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let silent = Stdio::null;
    let opened = Command::new(program).args(words).arg(file).stdin(silent()).stdout(silent()).stderr(silent()).status();
    let status = opened.with_context(|| format!("cannot start {program}; open {} yourself", file.display()))?;
    if status.success() { Ok(()) } else { bail!("{program} could not open {}; open it yourself", file.display()) }
}
