//! Sources of a campaign that share no agent: those of one network, and those that have nothing in common but that each came,
//! was refused and left, while the door's people do something else, too.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Group, NETWORK};
use super::{Campaign, Visitor, surprising, typical};
use crate::detect::least::Least;
use crate::detect::statistics::{binomial_tail_tenths, quantile};
use crate::evidence::Span;
use crate::hash::mix;
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;
use crate::time::{MINUTE, Time};

/// Fewer sources than this that share nothing are forgetful people.
const STRANGERS: usize = 30;

/// Whoever fetches the form, fails and leaves may be a person; after so many tries people do something else.
const AGAIN: u64 = 3;

/// Whoever mistypes more often than this does not leave once he got in.
const MISTYPED: u64 = 3;

/// People who fail try again within minutes; so long between two tries on average is slow, in microseconds.
const SLOW: i64 = 10 * MINUTE;

/// Fewer visitors than this who get in tell nothing about what people do, …
const PEOPLE: usize = 3;

/// … and fewer than this do not tell it of an hour of the day.
const MANY_PEOPLE: usize = 20;

/// Where so many times as many leave refused as get in, hardly anybody comes to a door but they.
const ALL_BUT: usize = 10;

/// The campaigns at one door beside those that are `known`.
pub(super) fn find(door: RouteKey, visitors: &[Visitor], known: &[Campaign], least: Least) -> Vec<Campaign> {
    let mut taken: BTreeSet<Client> = known.iter().flat_map(|one| one.members.iter().copied()).collect();
    let left = |taken: &BTreeSet<Client>| -> Vec<Visitor> {
        visitors.iter().filter(|visitor| !taken.contains(&visitor.client)).cloned().collect()
    };
    let others = left(&taken);
    let mut networks: BTreeMap<u64, Vec<&Visitor>> = BTreeMap::new();
    for visitor in &others {
        networks.entry(network(visitor.client)).or_default().push(visitor);
    }
    // Most networks have too few visitors to be looked at; they were not tested.
    networks.retain(|_, members| members.len() as u64 >= least.sources);
    let tried = networks.len() as u64;
    let groups = networks.iter().map(|(&network, members)| Group {
        door,
        fingerprint: (NETWORK, network),
        members,
        tried,
        least,
    });
    let mut found = surprising(groups.collect(), &others);
    taken.extend(found.iter().flat_map(|one| one.members.iter().copied()));
    found.extend(of_nothing(door, &left(&taken), least));
    found
}

/// The network of a client: what one customer mostly holds of a hoster, a /22 or a /48.
fn network(client: Client) -> u64 {
    let bits = if client.0 >> 32 == 0xffff { 10 } else { 80 };
    let number = client.0 >> bits << bits;
    #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
    mix(number as u64, (number >> 64) as u64)
}

/// Whether somebody tries again and again, and takes his time.
fn is_slow(visitor: &Visitor) -> bool {
    let gaps = i64::try_from(visitor.verdicts.tries().saturating_sub(1)).unwrap_or(i64::MAX);
    visitor.verdicts.refused >= AGAIN && visitor.last.0 - visitor.first.0 >= SLOW.saturating_mul(gaps)
}

/// Whether somebody came, was refused and left, and asked for nothing else but maybe the form, which people do as well; then he
/// tried `again`.
fn leaves_refused(visitor: &Visitor, again: u64) -> bool {
    visitor.class == EndpointClass::Login
        && !visitor.silent
        && visitor.verdicts.accepted == 0
        && visitor.verdicts.refused > visitor.verdicts.blocked
        && (visitor.elsewhere == 0 || visitor.stays() && visitor.verdicts.refused >= again)
        // Those are a pool.
        && !visitor.persists()
}

/// The campaign of those who share nothing. Of the people who fail, most get in then or do something else; where, in the
/// time in which those came who did neither, they are most of all who failed, while others got in and did something else,
/// they are no people.
fn of_nothing(door: RouteKey, visitors: &[Visitor], least: Least) -> Option<Campaign> {
    let got_in = || visitors.iter().filter(|visitor| visitor.verdicts.accepted > 0);
    let in_vain = visitors.iter().filter(|visitor| leaves_refused(visitor, 1)).count();
    // Where hardly anybody else comes at all, no people are among them.
    let is_theirs = in_vain >= 2 * STRANGERS && in_vain >= ALL_BUT * got_in().count();
    let is_one = |visitor: &&Visitor| leaves_refused(visitor, if is_theirs { 1 } else { AGAIN });
    let mut times: Vec<u64> =
        visitors.iter().filter(is_one).map(|one| one.first.0.max(0).unsigned_abs()).collect();
    if times.len() < STRANGERS {
        return None;
    }
    times.sort_unstable();
    let time = |percent| Time(i64::try_from(quantile(&times, percent)).unwrap_or(i64::MAX));
    let span = Span { first: time(2), last: time(98) };
    let within = |visitor: &&Visitor| visitor.last >= span.first && visitor.first <= span.last;
    let core: Vec<&Visitor> = visitors.iter().filter(is_one).filter(within).collect();
    let failed = visitors.iter().filter(within).filter(|visitor| visitor.verdicts.refused > 0).count();
    // Who fails, waits for long and fails again is nobody who gave up, however many others failed.
    let are_most = core.len() * 2 >= failed;
    let core: Vec<&Visitor> = core.into_iter().filter(|one| are_most || is_slow(one)).collect();
    let refused: u64 = core.iter().map(|visitor| visitor.verdicts.refused).sum();
    let typical = typical(core.iter().copied());
    // Who was refused as often as the others, got in then and left is one of them.
    let is_opened = |one: &&Visitor| one.leaves() && one.verdicts.refused >= MISTYPED.max(typical / 2);
    let (opened, people): (Vec<&Visitor>, Vec<&Visitor>) = got_in().partition(is_opened);
    let opened = opened.into_iter().filter(within);
    // Where nobody gets in while they come, the door is closed.
    if core.len() < STRANGERS || refused < least.of_campaign || !got_in().any(|one| within(&one)) {
        return None;
    }
    let at_once: Vec<&Visitor> = people.iter().copied().filter(within).collect();
    let people = if at_once.len() >= MANY_PEOPLE { at_once } else { people };
    let idle = people.iter().filter(|one| one.stays() && (are_most || is_slow(one))).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of clients stay far below 2^52")]
    let expected = (idle + 1) as f64 / (people.len() + 2) as f64;
    let surprise =
        u64::try_from(binomial_tail_tenths(core.len() as u64, failed as u64, expected)).unwrap_or(0);
    (people.len() >= PEOPLE && surprise >= least.surprise).then(|| Campaign {
        door,
        id: mix(mix(door.0.0, u64::from(door.1)), mix(4, span.first.0.unsigned_abs())),
        shares: "share nothing but that they try a few times",
        members: core.iter().copied().chain(opened).map(|visitor| visitor.client).collect(),
        span,
        most: core.iter().map(|visitor| visitor.verdicts.refused).max().unwrap_or(0),
        typical,
        target: None,
        surprise,
    })
}
