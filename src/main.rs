//! `gatehound`, the command: settings → plan → scan → judge → rank → write → exit.

mod commands;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use gatehound::cli::{Cli, Command};
use gatehound::config::{Layer, Settings, misspelt};
use gatehound::error::Error;
use gatehound::plan::{Surroundings, available};
use gatehound::time::Time;

use commands::{Done, reference, say};

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and the version go to standard output, mistakes to standard error; a reader who left hears nothing.
            let _ = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2));
        }
    };
    let quiet = match &cli.command {
        Command::Scan(args) => args.read.quiet,
        Command::Events(args) => args.read.quiet,
        Command::Doctor(args) => args.read.quiet,
        Command::Why(args) => args.read.quiet,
        _ => 0,
    };
    if quiet < 2 {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for warning in misspelt(names) {
            say(&format!("warning: {warning}"));
        }
    }
    match run(&cli, &surroundings()) {
        Ok(done) => ExitCode::from(done.code()),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            if quiet < 2 {
                say(&format!("error: {error}"));
            }
            ExitCode::from(2)
        }
    }
}

/// Does what the user said.
fn run(cli: &Cli, around: &Surroundings) -> Result<Done, Error> {
    let settings = |layer: Layer| Settings::load(layer, &*around.environment, cli.config.as_deref());
    match &cli.command {
        Command::Scan(args) => commands::scan::run(&args.read.paths, || settings(args.layer()), around),
        Command::Events(args) => commands::events::run(args, || settings(args.layer()), around),
        Command::Doctor(args) => commands::doctor::run(args, || settings(args.read.layer()), around),
        Command::Formats(args) => commands::formats::run(args),
        Command::Rules(args) => commands::rules::run(args),
        Command::Explain(args) => reference::explain(args),
        Command::Why(args) => commands::why::run(args, || settings(args.read.layer()), around),
        Command::Config(args) => {
            reference::config(args, || settings(Layer::default()), around, cli.config.as_deref())
        }
        Command::Respond(args) => commands::respond::run(args, || settings(Layer::default()), around),
        Command::Reveal(args) => commands::reveal::run(args, around),
        Command::Simulate(args) => commands::simulate::run(args, around),
        Command::Evaluate(args) => commands::evaluate::run(args, around),
        Command::Schema(args) => reference::schema(args),
        Command::Completions(args) => reference::completions(args),
        Command::Man => reference::man(),
    }
}

/// What stands around the program. The only place that asks the wall clock.
#[expect(clippy::disallowed_methods, reason = "relative times and the run's start need the wall clock, once")]
fn surroundings() -> Surroundings {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Surroundings {
        now: Time(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)),
        environment: Box::new(|name| std::env::var_os(name)),
        is_stdin_terminal: io::stdin().is_terminal(),
        is_stdout_terminal: io::stdout().is_terminal(),
        is_stderr_terminal: io::stderr().is_terminal(),
        width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        memory: available(|path| std::fs::read_to_string(path).ok()),
    }
}
