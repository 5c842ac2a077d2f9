//! `completions` and `man`: what a shell and a system want to know of the program, from its own definition.

use super::shared::check_free;
use crate::TrainError;
use crate::args::{CompletionsArgs, ManArgs};
use crate::files;
use crate::output::answer;
use anyhow::Result;
use clap::Command;
use std::path::Path;

pub(crate) fn completions(args: &CompletionsArgs, mut command: Command) -> Result<()> {
    let (mut script, name) = (Vec::new(), command.get_name().to_owned());
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    Ok(answer(String::from_utf8_lossy(&script).trim_end())?)
}

/// A page for the program, and one for each of its commands.
pub(crate) fn man(args: &ManArgs, command: Command) -> Result<()> {
    let folder = &args.folder;
    files::make(folder)?;
    // As it is built when the pages are made.
    let mut built = command.clone().disable_help_subcommand(true);
    built.build();
    check_pages(&built, folder, args.force)?;
    clap_mangen::generate_to(command, folder).map_err(TrainError::io("write the pages to", folder))?;
    Ok(answer(&format!("{}; read them with man -l {}", folder.display(), folder.join("trainer.1").display()))?)
}

/// Refuses to replace pages, before the first is written.
fn check_pages(command: &Command, folder: &Path, force: bool) -> Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    check_free(&folder.join(format!("{name}.1")), force)?;
    let mut commands = command.get_subcommands().filter(|one| !one.is_hide_set());
    commands.try_for_each(|one| check_pages(one, folder, force))
}
