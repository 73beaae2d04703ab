//! Attacks. To add one: write `attack/<name>.rs`, and name it here and in `SCENARIOS`. Counts, lengths and shares are drawn
//! from ranges far wider than any threshold that could be set between them.

pub(super) mod accounts_burst;
pub(super) mod accounts_slow;
pub(super) mod brute_fast;
pub(super) mod brute_spread;
pub(super) mod exfil_burst;
pub(super) mod exfil_drip;
pub(super) mod exfil_shared_token;
pub(super) mod exhaust_costly;
pub(super) mod exhaust_refused;
pub(super) mod file_exposed;
pub(super) mod inject_burst;
pub(super) mod inject_once;
pub(super) mod inject_pool;
pub(super) mod inject_slow;
pub(super) mod key_leaked;
pub(super) mod objects_refused;
pub(super) mod objects_scattered;
pub(super) mod objects_walk;
pub(super) mod paths_slow;
pub(super) mod paths_wordlist;
mod payload;
pub(super) mod scan_tool;
pub(super) mod scrape_pool;
pub(super) mod spray_pool;
pub(super) mod spray_single;
pub(super) mod stuffing_burst;
pub(super) mod stuffing_distributed;
pub(super) mod stuffing_slow;

use std::net::IpAddr;
use std::rc::Rc;

use super::agent::script;
use super::client::Client;
use super::person::account_of;
use super::random::Rng;
use super::request::Part;
use super::site::OWNED_EACH;
use super::stage::{Stage, gap};
use crate::time::{SECOND, Time};

/// Acts `count` times between `from` and `to`, at waiting times with a log-normal scatter of `sigma`.
fn paced(
    stage: &mut Stage,
    (from, to): (Time, Time),
    count: u64,
    sigma: f64,
    mut rng: Rng,
    mut act: impl FnMut(u64, Time, &mut Stage) + 'static,
) {
    // The mean of a log-normal lies above its median.
    let median =
        super::random::float(gap(to.0 - from.0, count).unsigned_abs()) / libm::exp(sigma * sigma / 2.0);
    let median = super::random::micros(median);
    let mut nth = 0;
    let actor = move |now: Time, stage: &mut Stage| {
        act(nth, now, stage);
        nth += 1;
        (nth < count).then_some(Time(now.0 + rng.pause(median, sigma)))
    };
    stage.enter(from, Box::new(actor));
}

/// An account to try: one that exists here for `known` in a thousand, else one from somebody else's list.
fn victim(stage: &Stage, rng: &mut Rng, known: u64) -> (Rc<str>, Option<u64>) {
    if rng.chance(known) {
        let account = stage.some_account(rng);
        (stage.site.account(account), Some(account))
    } else {
        (stage.site.stranger(rng), None)
    }
}

/// One try of a stolen pair; when it opens `account`, the account is used from the same address.
fn try_pair(stage: &mut Stage, now: Time, client: &mut Client, user: &Rc<str>, opens: Option<u64>) {
    let Some(account) = opens else {
        let refused = stage.site.refused;
        client.try_login(stage, now, user, refused);
        return;
    };
    let accepted = stage.site.accepted;
    client.try_login(stage, now, user, accepted);
    let part = client.part;
    stage.ends(part, "succeeded");
    let thief = client.clone().known_as(Rc::clone(user), now.0.unsigned_abs());
    stage.acts_as(part, None, thief.token);
    look_around(stage, thief, account, now);
}

/// What a thief looks at in an opened account.
fn look_around(stage: &mut Stage, mut thief: Client, account: u64, now: Time) {
    thief.rng = thief.rng.fork();
    let mut left = thief.rng.between(2, 7);
    let first = Time(now.0 + thief.rng.pause(4 * SECOND, 0.8));
    let actor = move |now: Time, stage: &mut Stage| {
        let target = match left {
            7 | 3 => stage.site.own_list(account),
            5 | 2 => stage.site.profile(),
            _ => {
                let nth = thief.rng.popular(OWNED_EACH);
                stage.site.own(account, nth)
            }
        };
        thief.read(stage, now, target, 1_800);
        left -= 1;
        (0 < left).then_some(Time(now.0 + thief.rng.pause(4 * SECOND, 0.8)))
    };
    stage.enter(first, Box::new(actor));
}

/// One client for each address; they share the few `agents`.
fn clients(rng: &mut Rng, addresses: &[IpAddr], agents: &[Rc<str>], part: Part) -> Vec<Client> {
    addresses
        .iter()
        .map(|&address| {
            let agent = Rc::clone(rng.pick(agents));
            Client::new(rng.fork(), address, agent, part)
        })
        .collect()
}

/// A program that names its library, or for `disguised` in a thousand a browser.
fn disguise(stage: &Stage, rng: &mut Rng, disguised: u64) -> Rc<str> {
    if rng.chance(disguised) { stage.agents.browser(rng) } else { script(rng) }
}

/// One of `clients`.
fn any<'a>(clients: &'a mut [Client], rng: &mut Rng) -> &'a mut Client {
    let nth = usize::try_from(rng.below(clients.len() as u64)).unwrap_or(0);
    &mut clients[nth]
}

/// How refused logins end that never opened anything: sites that answer 403 block them, the others refuse.
fn refused_outcome(stage: &Stage) -> &'static str {
    if stage.site.refused.status == 403 { "blocked" } else { "attempted" }
}

/// A client with an account of its own that logs in shortly before `from`; account and token are noted in the truth.
fn insider(stage: &mut Stage, rng: &mut Rng, part: Part, agent: Rc<str>, from: Time) -> Client {
    let index = stage.newcomer();
    let user = stage.site.account(account_of(stage, index));
    let stranger = Client::new(rng.fork(), stage.address(index), agent, part);
    let client = stranger.clone().known_as(Rc::clone(&user), rng.next());
    stage.acts_as(part, Some(&user), client.token);
    let before = Time((from.0 - rng.pause(40 * SECOND, 0.5)).max(stage.start.0));
    let mut at_the_door = stranger;
    let actor = move |now: Time, stage: &mut Stage| {
        let accepted = stage.site.accepted;
        at_the_door.try_login(stage, now, &user, accepted);
        None
    };
    stage.enter(before, Box::new(actor));
    client
}

/// `client` at each of `addresses`, with the same account and token.
fn spread_over(rng: &mut Rng, client: &Client, addresses: Vec<IpAddr>) -> Vec<Client> {
    addresses.into_iter().map(|address| Client { address, rng: rng.fork(), ..client.clone() }).collect()
}
