//! Manual pages.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

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

/// What the pages have after the options: the entries of a section, each with its text.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "All was done, also if --bad-rows set rows aside."),
    ("1", "A file could not be read or written, or a response is malformed."),
    ("2", "Called wrongly: an option, the URL, the profile."),
    ("3", "No connection: the network, TLS, a time limit."),
    ("4", "The server refused: the token, a deployment that is not enabled or not there."),
    ("5", "A row is bad, and there is no --bad-rows."),
];
const ENVIRONMENT: &[(&str, &str)] = &[
    ("SIDEKICK_URL", "URL of the deployment, if there is no --url."),
    ("SIDEKICK_TOKEN", "The token, if neither --token-file nor the profile has one."),
    ("SIDEKICK_TOKEN_FILE", "File whose first line is the token, if there is no SIDEKICK_TOKEN."),
    ("SIDEKICK_PROFILE", "Profile, if there is no --profile."),
    ("SIDEKICK_CONFIG", "File of profiles, in place of $XDG_CONFIG_HOME/sidekick/config.toml."),
    ("SIDEKICK_SERVER", "Program that serve starts, in place of sidekick-server."),
];
const EXAMPLES: &[(&str, &str)] = &[
    ("sidekick check", "Checks whether the deployment can be used, and reports what to do if not."),
    ("sidekick predict island=Biscoe sex=male year=2007", "Predicts one row."),
    (
        "sidekick predict penguins.csv -o scored.csv --bad-rows bad.csv --resume",
        "Predicts a table of any length.",
    ),
    ("sidekick predict image=@seven.png", "Predicts an image."),
];

/// Writes the sections after the options.
fn sections(page: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::new();
    for (title, entries) in
        [("EXIT STATUS", EXIT_STATUS), ("ENVIRONMENT", ENVIRONMENT), ("EXAMPLES", EXAMPLES)]
    {
        roff.control("SH", [title]);
        for (entry, text) in entries {
            roff.control("TP", []).text([bold(*entry)]).text([roman(*text)]);
        }
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman("sidekick(1), sidekick-predict(1), sidekick-server(1)")]);
    roff.to_writer(page)
}

fn page(command: Command) -> Outcome<Vec<u8>> {
    let mut page = Vec::new();
    let made = Man::new(command).render(&mut page).and_then(|()| sections(&mut page));
    made.map_err(|error| Failure::new(Exit::Failed, format!("the manual page: {error}")))?;
    Ok(page)
}
