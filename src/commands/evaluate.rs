//! `gatehound evaluate`: a report held against a truth.

use std::fs::File;
use std::io::{self, Read};

use gatehound::cli::{EvaluateArgs, EvaluateForm};
use gatehound::error::Error;
use gatehound::evaluate::{Severity, evaluate, read_incidents};
use gatehound::hash::Keys;
use gatehound::plan::{Surroundings, keys};
use gatehound::simulate::truth::Truth;

use super::{Done, print};

/// Prints the score.
pub(crate) fn run(args: &EvaluateArgs, around: &Surroundings) -> Result<Done, Error> {
    let text = std::fs::read(&args.truth).map_err(|cause| Error::io(&args.truth, cause))?;
    let truth: Truth = serde_json::from_slice(&text)
        .map_err(|cause| Error::usage(format!("{}: {cause}", args.truth.display())))?;
    let report: Box<dyn Read> = match args.report.as_os_str() {
        name if name == "-" => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(&args.report).map_err(|cause| Error::io(&args.report, cause))?),
    };
    let keys: Keys = keys(around)?.unwrap_or_default();
    let hash = |token: &[u8]| keys.secret(token).to_string();
    let floor = severity(&args.min_severity)?;
    let score = evaluate(&truth, &mut read_incidents(report), floor, &hash)
        .map_err(|error| Error::usage(format!("{}: {error}", args.report.display())))?;
    match args.format {
        EvaluateForm::Text => print(&score.to_string()),
        EvaluateForm::Json => {
            let text =
                serde_json::to_string(&score).map_err(|cause| Error::io("standard output", cause.into()))?;
            print(&(text + "\n"))
        }
    }
}

/// The severity called `name`.
fn severity(name: &str) -> Result<Severity, Error> {
    serde_json::from_value(serde_json::Value::from(name))
        .map_err(|_| Error::unknown("severity", name, &["info", "low", "medium", "high", "critical"]))
}
