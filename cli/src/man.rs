//! Manual pages.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

/// Prints the manual page, or writes the pages of all commands into a folder
#[derive(Args)]
pub struct ManArguments {
    /// Folder for the pages, sidekick.1 and sidekick-COMMAND.1
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub fn run(arguments: &ManArguments, mut command: Command) -> Outcome {
    command.build();
    let Some(folder) = &arguments.folder else { return terminal::write(&page(command)?) };
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    let commands = command.get_subcommands().filter(|command| command.get_name() != "help");
    let named = commands.map(|own| (format!("sidekick-{}", own.get_name()), own.clone())).collect::<Vec<_>>();
    for (name, own) in [("sidekick".to_owned(), command.clone())].into_iter().chain(named) {
        let path = folder.join(format!("{name}.1"));
        let own = own.display_name(name);
        fs::write(&path, page(own)?).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(())
}

fn page(command: Command) -> Outcome<Vec<u8>> {
    let mut page = Vec::new();
    let made = Man::new(command).render(&mut page);
    made.map_err(|error| Failure::new(Exit::Failed, format!("the manual page: {error}")))?;
    Ok(page)
}
