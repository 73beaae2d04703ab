//! The log itself as evidence: lines into which strangers wrote columns, silences in steady traffic, lines that are dated
//! back, lines that stand twice.

mod backdated;
mod copied;
mod forged;
mod silence;

use crate::detect::{About, Detector, Needs, Sight, Threshold, World};
use crate::incident::{Finding, Kind, Outcome, Scale, Tenths};
use crate::request::Flags;
use crate::tally::Step;

/// The detector.
pub(super) struct LogTampering;

/// What a user reads about it.
static ABOUT: About = About {
    id: "log-tampering",
    kinds: &[Kind::LogTampering],
    summary: "Forged lines, silences, lines that are dated back or stand twice.",
    why: "Whoever can write into the log or take lines out of it hides what they did, or blames it on others: all else that is \
          told rests on the log.",
    looks_like: "Quotes and columns in a path or an agent, so that the line has two answers; no line at all for minutes in \
                 traffic that never pauses; a few lines hours older than those around them; a stretch of lines a second time.",
    look_alikes: "Lines are written when a request ends and mostly say when it began, so they are out of order by as long as \
                  requests take; clocks are set back in autumn; files are joined, rotated, shipped twice; two writers tear each \
                  other's lines; services stop and have quiet nights. So only forged lines are worth a person's time by \
                  themselves; a silence joins the incident of the one client that attacked just before or after it.",
    blind_spots: "Lines that are missing between others. A log that escapes quotes cannot be forged in this way, and needs no \
                  watching. Whole files that are missing: a silence counts within a file.",
    thresholds: &[
        Threshold {
            name: "forged",
            value: forged::SUSTAINED,
            unit: "lines",
            meaning: "by one client: from here on worth a person's time",
        },
        Threshold {
            name: "expected",
            value: silence::EXPECTED,
            unit: "requests",
            meaning: "in a silence, by the traffic on either side of it",
        },
        Threshold {
            name: "busy",
            value: silence::BUSY,
            unit: "%",
            meaning: "of all other minutes hold requests: traffic that never pauses",
        },
        Threshold {
            name: "copied",
            value: copied::SAME,
            unit: "sampled lines",
            meaning: "stand in a file twice, all equally far apart",
        },
    ],
    needs: &[Needs {
        any_of: &[Flags::STATUS],
        missing: "answers",
        fix: crate::detect::about::ANSWERS.fix,
        without: Sight::Less,
    }],
    attack: &["T1565.001", "T1070.002"],
    owasp_api: &["API8:2023"],
    oat: &[],
    cwe: &["CWE-117", "CWE-778"],
};

impl Detector for LogTampering {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let mut findings = forged::findings(world);
        findings.extend(silence::findings(world));
        findings.extend(backdated::findings(world));
        findings.extend(copied::finding(world));
        findings
    }
}

/// A finding of `variant` that may well be harmless.
fn doubtful(variant: &'static str) -> Finding {
    let mut finding = Finding::new(ABOUT.id, variant, Kind::LogTampering);
    (finding.outcome, finding.scale) = (Outcome::Attempted, Scale::Single);
    (finding.confidence, finding.score) = (30, Tenths(300));
    finding
}

/// The lines on both sides of a step.
fn samples(step: &Step) -> Vec<crate::incident::Sample> {
    let sample = |time, place, why| crate::incident::Sample { time, place, why };
    vec![sample(step.from, step.before, "first"), sample(step.to, step.place, "last")]
}
