//! Many accounts, about one try each: pairs of name and password from a breach elsewhere.

use crate::detect::{About, Actor, Detector, Threshold, World, campaign, siege};
use crate::incident::{Finding, Kind, Test};

/// The detector.
pub(super) struct CredentialStuffing;

/// What a user reads about it.
pub(super) static ABOUT: About = About {
    id: "credential-stuffing",
    kinds: &[Kind::CredentialStuffing],
    summary: "Logins to many accounts, about one try each, from one address or from hundreds that act as one.",
    why: "One pair in a few hundred opens an account, and its owner never notices: the password was right.",
    looks_like: "At a login: mostly refusals, hardly two tries at one account, and sources that do nothing else: no pages, \
                 no work after a success. Distributed, each source tries only a few times; together they share an agent or \
                 change it between tries.",
    look_alikes: "An office or carrier behind one address at nine (its people mostly get in, and go on to work); an app that \
                  retries through an outage; a machine whose secret expired (one account, as regular as a clock).",
    blind_spots: "Without user names in the log it cannot tell stuffing from spraying or guessing. A handful of sources \
                  (fewer than 8) with a few tries each looks like forgetful people.",
    thresholds: &[
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
            meaning: "of a source's answered tries",
        },
        Threshold {
            name: "sources",
            value: campaign::SOURCES,
            unit: "addresses",
            meaning: "of a campaign that do nothing but log in",
        },
        Threshold {
            name: "refused tries of a campaign",
            value: campaign::REFUSED,
            unit: "tries",
            meaning: "of all its sources together",
        },
        Threshold {
            name: "likeness",
            value: campaign::SURPRISE / 10,
            unit: "-log10 p",
            meaning: "how unlikely so many single-minded visitors with one agent are, against the door's other visitors",
        },
    ],
    needs: siege::NEEDS,
    attack: &["T1110.004"],
    owasp_api: &["API2:2023"],
    oat: &["OAT-008"],
    cwe: &["CWE-307"],
};

impl Detector for CredentialStuffing {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        siege::findings(world, Kind::CredentialStuffing, ABOUT.id)
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        siege::measure(world, actor, Kind::CredentialStuffing)
    }
}
