//! Many accounts, a few common passwords, round after round.

use crate::detect::{About, Actor, Detector, Threshold, World, campaign, siege};
use crate::incident::{Finding, Kind, Test};

/// The detector.
pub(super) struct PasswordSpraying;

/// What a user reads about it.
pub(super) static ABOUT: About = About {
    id: "password-spraying",
    kinds: &[Kind::PasswordSpraying],
    summary: "A few passwords tried on many accounts, in rounds.",
    why: "In any thousand accounts some have the season and the year for a password; rounds stay below every lock-out.",
    looks_like: "Many accounts at one login, each tried two or more times but rarely more than a dozen, nearly all refused.",
    look_alikes: "A crowd behind one address: each of its people fails once or twice, then gets in and works.",
    blind_spots: "Needs user names in the log; without them it is reported as credential stuffing or brute force. A single \
                  round looks like credential stuffing.",
    thresholds: &[
        Threshold {
            name: "accounts",
            value: siege::MANY_ACCOUNTS,
            unit: "accounts",
            meaning: "that are tried",
        },
        Threshold {
            name: "refused tries",
            value: siege::REFUSED,
            unit: "tries",
            meaning: "of one source, over the whole log",
        },
        Threshold {
            name: "refused share",
            value: siege::REFUSED_SHARE / 10,
            unit: "%",
            meaning: "of the answered tries",
        },
        Threshold {
            name: "sources",
            value: campaign::SOURCES,
            unit: "addresses",
            meaning: "of a pool that does nothing but log in",
        },
    ],
    needs: siege::NEEDS,
    attack: &["T1110.003"],
    owasp_api: &["API2:2023"],
    oat: &["OAT-008"],
    cwe: &["CWE-307"],
};

impl Detector for PasswordSpraying {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        siege::findings(world, Kind::PasswordSpraying, ABOUT.id)
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        siege::measure(world, actor, Kind::PasswordSpraying)
    }
}
