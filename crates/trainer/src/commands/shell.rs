//! `completions` and `man`: what a shell and a system want to know of the program, from its own definition.

use crate::TrainError;
use crate::args::{CompletionsArgs, ManArgs};
use crate::output::answer;
use crate::run_folder;
use anyhow::Result;
use clap::Command;

pub(crate) fn completions(args: &CompletionsArgs, mut command: Command) -> Result<()> {
    let (mut script, name) = (Vec::new(), command.get_name().to_owned());
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    Ok(answer(String::from_utf8_lossy(&script).trim_end())?)
}

/// A page for the program, and one for each of its commands.
pub(crate) fn man(args: &ManArgs, command: Command) -> Result<()> {
    let folder = &args.folder;
    run_folder::make(folder)?;
    clap_mangen::generate_to(command, folder).map_err(TrainError::io("write the pages to", folder))?;
    Ok(answer(&format!("{}; read them with man -l {}", folder.display(), folder.join("trainer.1").display()))?)
}
