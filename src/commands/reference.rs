//! What prints a page and nothing else: `explain`, `config`, `schema`, `completions`, `man`.

use std::path::Path;

use clap::CommandFactory;
use gatehound::cli::{Cli, CompletionsArgs, ConfigArgs, ConfigCommand, ExplainArgs, SchemaArgs};
use gatehound::config::{Settings, paths_page, settings_page};
use gatehound::error::Error;
use gatehound::explain::{detector_page, detectors_page, find, incident_page};
use gatehound::output::schema::schema as json_schema;
use gatehound::plan::Surroundings;
use gatehound::respond::read_incidents;

use super::{Done, open, print};

/// `gatehound explain`.
pub(crate) fn explain(args: &ExplainArgs) -> Result<Done, Error> {
    match (&args.what, &args.incident) {
        (Some(report), Some(id)) => {
            let incidents = read_incidents(open(Path::new(report))?)
                .map_err(|error| Error::usage(format!("{report}: {error}")))?;
            print(&incident_page(find(&incidents, id)?))
        }
        (Some(name), None) => print(&detector_page(name)?),
        (None, _) => print(&detectors_page()),
    }
}

/// `gatehound config`.
pub(crate) fn config(
    args: &ConfigArgs,
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
    explicit: Option<&Path>,
) -> Result<Done, Error> {
    match args.command {
        ConfigCommand::Show { origin } => print(&settings_page(&settings()?, origin)),
        ConfigCommand::Path => print(&paths_page(&*around.environment, explicit)),
    }
}

/// `gatehound schema`.
pub(crate) fn schema(args: &SchemaArgs) -> Result<Done, Error> {
    print(json_schema(&args.name)?)
}

/// `gatehound completions`.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<Done, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gatehound", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// `gatehound man`: one page for all commands.
pub(crate) fn man() -> Result<Done, Error> {
    let failed = |cause| Error::io("manual page", cause);
    let mut cli = Cli::command();
    cli.build();
    let mut page = Vec::new();
    let whole = clap_mangen::Man::new(cli.clone());
    whole.render_title(&mut page).map_err(failed)?;
    whole.render_name_section(&mut page).map_err(failed)?;
    whole.render_synopsis_section(&mut page).map_err(failed)?;
    whole.render_description_section(&mut page).map_err(failed)?;
    whole.render_options_section(&mut page).map_err(failed)?;
    for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("gatehound {}", command.get_name());
        let command = command.clone().display_name(name.clone()).bin_name(name.clone());
        let man = clap_mangen::Man::new(command);
        page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
        man.render_description_section(&mut page).map_err(failed)?;
        man.render_options_section(&mut page).map_err(failed)?;
    }
    whole.render_extra_section(&mut page).map_err(failed)?;
    print(&String::from_utf8_lossy(&page))
}
