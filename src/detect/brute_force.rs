//! Many tries at one account.

use crate::detect::{About, Actor, Detector, Threshold, World, campaign, siege};
use crate::incident::{Finding, Kind, Test};

/// The detector.
pub(super) struct BruteForce;

/// What a user reads about it.
pub(super) static ABOUT: About = About {
    id: "brute-force",
    kinds: &[Kind::BruteForce],
    summary: "Many refused logins to one account, from one source or from many.",
    why: "Guessing works where nothing slows it down, and an administrator's account is worth the tries.",
    looks_like: "One account (or, where the log names none, one source at one login) with dozens to thousands of refusals; a \
                 hundred 401 or 403 and more of one source that gets and wants nothing else, wherever it tries its keys.",
    look_alikes: "A machine whose secret expired: one account, one failure each period, for hours, without a second source; a \
                  phone with an old password beside its owner's logins; a program whose key worked before, or that asks by a \
                  clock or in a loop; an app that retries through an outage.",
    blind_spots: "Without user names in the log many sources that guess one account look like a campaign of credential stuffing. \
                  Keys that are tried beside other work, or by more than three sources at one route that is no login.",
    thresholds: &[
        Threshold {
            name: "tries at an account",
            value: siege::ACCOUNT_TRIES,
            unit: "tries",
            meaning: "refused, over the whole log",
        },
        Threshold {
            name: "refused tries",
            value: siege::REFUSED,
            unit: "tries",
            meaning: "of one source, where the log names no account; four times as many where nothing says login",
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
    attack: &["T1110.001"],
    owasp_api: &["API2:2023"],
    oat: &["OAT-007"],
    cwe: &["CWE-307"],
};

impl Detector for BruteForce {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        siege::findings(world, Kind::BruteForce, ABOUT.id)
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        siege::measure(world, actor, Kind::BruteForce)
    }
}
