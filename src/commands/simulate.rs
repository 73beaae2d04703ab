//! `gatehound simulate`: a labelled log.

use std::io::Write;

use gatehound::cli::SimulateArgs;
use gatehound::error::Error;
use gatehound::explain::table;
use gatehound::plan::{Surroundings, instant, zone};
use gatehound::simulate::{self, Chosen, Format, Options, Role, SCENARIOS};

use super::{Done, called, create, print, say};

/// The highest rate, in requests a second.
const MAX_RATE: f64 = 4_000_000.0;

/// Writes a log, and its truth.
pub(crate) fn run(args: &SimulateArgs, around: &Surroundings) -> Result<Done, Error> {
    if args.list {
        return print(&scenarios());
    }
    let options = options(args, around)?;
    let mut log = create(&args.output)?;
    let mut truth = args.truth.as_deref().map(create).transpose()?;
    let named = |error| match error {
        Error::Io { path, cause } if path.ends_with("simulated truth") => {
            Error::io(args.truth.as_deref().map_or(&*path, called), cause)
        }
        Error::Io { cause, .. } => Error::io(called(&args.output), cause),
        other => other,
    };
    let summary = match &mut truth {
        Some(truth) => simulate::run(&options, &mut *log, Some(&mut **truth as &mut dyn Write)),
        None => simulate::run(&options, &mut *log, None),
    }
    .map_err(named)?;
    if args.output.as_os_str() != "-" {
        let (lines, attacks, look_alikes) = (summary.lines, summary.attacks, summary.look_alikes);
        say(&format!("{lines} lines, {attacks} attacks, {look_alikes} look-alikes"));
    }
    Ok(Done::Fine)
}

/// What the words mean.
fn options(args: &SimulateArgs, around: &Surroundings) -> Result<Options, Error> {
    let start = args.start.as_deref().map(|word| instant(word, around.now, &zone("UTC")?)).transpose();
    let start = start.map_err(|error| Error::usage(format!("--start: {error}")))?;
    let scenarios = match &*args.scenario {
        [one] if one == "all" => Chosen::All,
        [one] if one == "none" => Chosen::None,
        names => Chosen::Named(names.iter().map(|name| name.trim().to_owned()).collect()),
    };
    if !(0.001..=MAX_RATE).contains(&args.rate) {
        return Err(Error::usage(format!("--rate: `{}` is not from 0.001 to {MAX_RATE}", args.rate)));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its range was checked")]
    let rate_milli = (args.rate * 1000.0).round() as u32;
    let format = Format::ALL.into_iter().find(|(name, _)| *name == args.format).map(|(_, format)| format);
    let plain = Options::default();
    Ok(Options {
        seed: args.seed,
        hours: args.hours,
        rate_milli,
        clients: args.clients,
        agents: args.agents,
        scenarios,
        format: format.unwrap_or_default(),
        start: start.unwrap_or(plain.start),
        ..plain
    })
}

/// Every scenario, a line each.
fn scenarios() -> String {
    let about = |role| match role {
        Role::Attack { kind, difficulty } => format!("{kind}, {difficulty}: "),
        Role::LookAlike => "harmless: ".to_owned(),
    };
    let rows: Vec<(&str, String)> = SCENARIOS
        .iter()
        .map(|scenario| (scenario.name, format!("{}{}", about(scenario.role), scenario.summary)))
        .collect();
    table(&rows.iter().map(|(name, about)| (*name, &**about)).collect::<Vec<_>>())
}
