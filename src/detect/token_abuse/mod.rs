//! A token, key or session used where or by whom its owner cannot be, held against how others' are used.

mod hand;
mod session;
mod spots;
mod spread;
mod told;

use crate::collect::{HOUR_TICK, Used, Whereabouts};
use crate::detect::about::ANSWERS;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World};
use crate::incident::{Finding, Kind, Test};
use crate::request::Flags;
use spots::Spot;
use spread::Wave;

/// The detector.
pub(super) struct TokenAbuse;

/// It judges by these thresholds.
struct Judge {
    /// Requests of a stranger with another's session.
    session_requests: u64,
    /// Times that owner and stranger take turns, where the log names no agents.
    turns: u64,
    /// Requests of another program with a machine's key.
    requests: u64,
    /// Times the pace of the key's owner.
    pace: u64,
    /// Networks from which a key is used at once.
    networks: u64,
    /// Share of all keys that are used in this way, in percent, from which on it is how they are used here.
    usual: u64,
}

impl Judge {
    /// The thresholds in force.
    fn of(world: &World<'_>) -> Self {
        let of = |name| world.threshold(&ABOUT, name);
        Self {
            session_requests: of("requests with a session"),
            turns: of("turns"),
            requests: of("requests with a key"),
            pace: of("pace"),
            networks: of("networks"),
            usual: of("usual"),
        }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "token-abuse",
    kinds: &[Kind::TokenAbuse],
    summary: "A token, key or session used where or by whom its owner cannot be.",
    why: "A stolen session or a leaked key needs no password: whoever holds it is its owner to the service.",
    looks_like: "One session in two networks with two browsers while both work on; a machine's key in the hands of another \
                 program, elsewhere, much faster, while the machine goes on; a key of one or two networks that is suddenly \
                 used from dozens.",
    look_alikes: "A phone that roams and a laptop at two networks (the same agent, or a network in common); a browser that \
                  was updated; a key that thousands use by design (from many networks all along); a service that scales \
                  within its cloud; a server that calls on behalf of many; an address of the inside. What more than a few \
                  in a hundred of all keys or sessions show is how they are used here.",
    blind_spots: "A thief who comes after the owner has gone, or from the owner's network. A person's name, without a \
                  session, at two places: that is a phone and a desk. Where the log names no agents, a key at one more \
                  address.",
    thresholds: &[
        Threshold {
            name: "requests with a session",
            value: 5,
            unit: "requests",
            meaning: "of the stranger with the session; twice as many where the log names no agents",
        },
        Threshold {
            name: "turns",
            value: 6,
            unit: "turns",
            meaning: "that owner and stranger take, where the log names no agents",
        },
        Threshold {
            name: "requests with a key",
            value: 25,
            unit: "requests",
            meaning: "of another program with a machine's key",
        },
        Threshold { name: "pace", value: 5, unit: "times", meaning: "the pace of the key's owner" },
        Threshold {
            name: "networks",
            value: 20,
            unit: "networks",
            meaning: "/16 or /32, from which a key is used that was used from four at most",
        },
        Threshold {
            name: "usual",
            value: 2,
            unit: "%",
            meaning: "of all keys or sessions, from which on it is how they are used here",
        },
    ],
    needs: &[
        Needs { without: Sight::Less, ..ANSWERS },
        Needs {
            any_of: &[Flags::USER, Flags::TOKEN, Flags::SESSION],
            missing: "principals or tokens",
            fix: "log who asks: nginx `$remote_user` or a JWT claim, or a hash of the token (never the token itself)",
            without: Sight::Nothing,
        },
    ],
    attack: &["T1550.001", "T1550.004", "T1539"],
    owasp_api: &["API2:2023"],
    oat: &[],
    cwe: &["CWE-613", "CWE-522"],
};

/// A key with fewer requests tells nothing about how keys are used.
const LEAST: u64 = 8;

/// Fewer keys than this tell nothing about how keys are used.
const FEW: u64 = 30;

/// How one key is used.
#[derive(Default)]
struct Case {
    /// Whether the log names sessions of it.
    has_session: bool,
    /// Its session is in two places at once: the owner and the stranger.
    session: Option<[Spot; 2]>,
    /// A program that is not its owner's uses it: the owner and the stranger.
    hand: Option<[Spot; 2]>,
    /// It is suddenly used from many networks.
    wave: Option<Wave>,
}

impl Judge {
    /// How one key is used.
    fn case(&self, used: &Used) -> Case {
        let spots = spots::of(used).unwrap_or_default();
        Case {
            has_session: used.seats.all().any(|seat| seat.sessions.is_some()),
            session: self.session(&spots),
            hand: self.hand(&spots),
            wave: self.wave(used),
        }
    }

    /// Whether so many of `all` keys are few enough to stand out.
    fn stands_out(&self, few: usize, all: u64) -> bool {
        all >= FEW && few as u64 <= (all * self.usual / 100).max(1)
    }
}

impl Detector for TokenAbuse {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let judge = Judge::of(world);
        let whereabouts = world.population::<Whereabouts>();
        let cases = whereabouts.collect_from(LEAST, |_, used| Some(Box::new(judge.case(used))));
        let with_session = cases.iter().filter(|(_, case)| case.has_session).count() as u64;
        let all = cases.len() as u64;
        let sessions: Vec<_> =
            cases.iter().filter_map(|(key, case)| Some((*key, case.session.as_ref()?))).collect();
        let waves: Vec<_> =
            cases.iter().filter_map(|(key, case)| Some((*key, case.wave.as_ref()?))).collect();
        let hands: Vec<_> =
            cases.iter().filter_map(|(key, case)| Some((*key, case.hand.as_ref()?))).collect();
        let hands = judge.not_usual(world, hands, all);
        let mut findings = Vec::new();
        if judge.stands_out(sessions.len(), with_session) {
            findings
                .extend(sessions.iter().map(|&(key, pair)| judge.of_session(world, key, pair, with_session)));
        }
        if judge.stands_out(hands.len(), all) {
            findings.extend(hands.iter().map(|&(key, pair)| judge.of_hand(world, key, pair, all)));
        }
        if judge.stands_out(waves.len(), all) {
            findings.extend(waves.iter().map(|&(key, wave)| judge.of_wave(world, key, wave, all)));
        }
        findings
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Some(key) = actor.principal() else { return Vec::new() };
        let judge = Judge::of(world);
        let tests = |used: &Used| {
            let mut tests = Vec::new();
            if let Some([owner, stranger]) = spots::of(used).as_deref().and_then(spots::apart) {
                let requests = stranger.seat.requests;
                let pace = spots::pace_tenths(owner, stranger);
                tests.push(vec![
                    test("requests with a key", requests, judge.requests, "requests"),
                    in_tenths("pace", pace, judge.pace * 10, "times"),
                ]);
            }
            let networks = spread::networks(used.hours.ticks(HOUR_TICK).map(|(_, hour)| hour));
            tests.push(vec![test("networks", networks, judge.networks, "networks")]);
            tests
        };
        world.population::<Whereabouts>().with(key, tests).unwrap_or_default()
    }
}
