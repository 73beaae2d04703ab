//! `gatehound respond`: a report as a block list, or as a list of accounts and tokens.

use std::fs::File;
use std::io::{self, Read};

use gatehound::cli::RespondArgs;
use gatehound::error::Error;
use gatehound::incident::Severity;
use gatehound::request::Trust;
use gatehound::respond::{Plan, Wishes, by_name, read_incidents};
use gatehound::time::HOUR;

use super::{Done, print, say};

/// The most reasons that are told one by one.
const TOLD: usize = 20;

/// Prints what is to be done.
pub(crate) fn run(args: &RespondArgs) -> Result<Done, Error> {
    let target = by_name(&args.target)?;
    let report: Box<dyn Read> = match args.report.as_os_str() {
        name if name == "-" => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(&args.report).map_err(|cause| Error::io(&args.report, cause))?),
    };
    let incidents = read_incidents(report)
        .map_err(|error| Error::usage(format!("{}: {error}", args.report.display())))?;
    let severities = Severity::ALL.map(Severity::name);
    let least = Severity::ALL
        .into_iter()
        .find(|severity| severity.name() == args.min_severity)
        .ok_or_else(|| Error::unknown("severity", &args.min_severity, &severities))?;
    let wishes = Wishes {
        least,
        lasts: i64::from(args.hours).saturating_mul(HOUR),
        allow: Trust::new(&args.allow)?,
        shared: args.include_shared,
    };
    let plan = Plan::new(&incidents, &wishes);
    for (what, why) in plan.left_out.iter().take(TOLD) {
        say(&format!("left out: {}: {why}", gatehound::text::Escaped(what.as_bytes())));
    }
    if plan.left_out.len() > TOLD {
        say(&format!("left out: {} more", plan.left_out.len() - TOLD));
    }
    print(&target.write(&plan))
}
