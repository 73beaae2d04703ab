//! Addresses behind which one hand attacks: they come with one account, or one program sends the same payloads to the same
//! routes from each of them at the same time. What one of them got tells about the payloads of all.

use std::collections::BTreeMap;

use crate::collect::{Attacked, Profile, Target};
use crate::detect::World;
use crate::detect::confounder::only_account;
use crate::request::Client;
use crate::series::Evidence;
use crate::time::MINUTE;

/// An account with more addresses than this that attack is no hand: it is a key that everybody has.
const ADDRESSES: usize = 16;
/// A program names no more agents than this from each of its addresses; a crowd names more.
const AGENTS: u64 = 4;
/// Of those who name the same agents no more than this are compared, each with each.
const COMPARED: usize = 128;
/// So many targets in common are no chance, …
const TARGETS: usize = 3;
/// … where they are such a share of the targets of either, in percent.
const SHARE: usize = 50;
/// Attacks touch in time that lie no further apart, in microseconds.
const APART: i64 = 30 * MINUTE;

/// One attacker.
pub(super) struct Hand<'a> {
    /// Its addresses, and what each did.
    pub(super) members: Vec<&'a (Client, Attacked)>,
    /// What all of them did, where they are several.
    merged: Option<Attacked>,
}

impl<'a> Hand<'a> {
    fn of(members: Vec<&'a (Client, Attacked)>) -> Self {
        let merged = (members.len() > 1).then(|| {
            let mut all = Attacked::default();
            for (_, attacked) in &members {
                all.merge(attacked.clone());
            }
            all
        });
        Self { members, merged }
    }

    /// What it did.
    pub(super) fn attacked(&self) -> &Attacked {
        self.merged.as_ref().unwrap_or(&self.members[0].1)
    }
}

/// Who is behind these attacks, in the order of their first addresses; who attacks so often, with nothing else known of him, is
/// compared with others.
pub(super) fn hands<'a>(world: &World<'_>, attacks: &'a [(Client, Attacked)], often: u64) -> Vec<Hand<'a>> {
    if !world.tells_clusters() {
        return attacks.iter().map(|one| Hand::of(vec![one])).collect();
    }
    let mut leads: Vec<usize> = (0..attacks.len()).collect();
    for group in by_account(world, attacks) {
        group.windows(2).for_each(|pair| join(&mut leads, pair[0], pair[1]));
    }
    for group in by_agents(world, attacks, often) {
        for (nth, &one) in group.iter().enumerate() {
            for &other in group.get(nth + 1..).unwrap_or_default() {
                if lead(&leads, one) != lead(&leads, other) && are_alike(&attacks[one].1, &attacks[other].1) {
                    join(&mut leads, one, other);
                }
            }
        }
    }
    let mut hands: BTreeMap<usize, Vec<&'a (Client, Attacked)>> = BTreeMap::new();
    for (nth, one) in attacks.iter().enumerate() {
        hands.entry(lead(&leads, nth)).or_default().push(one);
    }
    hands.into_values().map(Hand::of).collect()
}

/// Whom `nth` belongs to.
fn lead(leads: &[usize], mut nth: usize) -> usize {
    while let Some(&of) = leads.get(nth).filter(|&&of| of != nth) {
        nth = of;
    }
    nth
}

/// Makes two one: the first of them leads.
fn join(leads: &mut [usize], one: usize, other: usize) {
    let (one, other) = (lead(leads, one), lead(leads, other));
    if let Some(of) = leads.get_mut(one.max(other)) {
        *of = one.min(other);
    }
}

/// Those who come with one account each, by account.
fn by_account(world: &World<'_>, attacks: &[(Client, Attacked)]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
    for (nth, (client, _)) in attacks.iter().enumerate() {
        if let Some(account) = world.profile(*client, only_account).flatten() {
            groups.entry(account).or_default().push(nth);
        }
    }
    groups.into_values().filter(|group| (2..=ADDRESSES).contains(&group.len())).collect()
}

/// Those who attack often and name the same few agents, by these.
fn by_agents(world: &World<'_>, attacks: &[(Client, Attacked)], often: u64) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    let often = attacks.iter().enumerate().filter(|(_, (_, attacked))| attacked.requests >= often);
    for (nth, (client, _)) in often {
        let Some(agents) = world.profile(*client, agents).flatten() else { continue };
        let group = groups.entry(agents).or_default();
        if group.len() < COMPARED {
            group.push(nth);
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// The agents that a client names, if they are few.
fn agents(profile: &Profile) -> Option<Vec<u64>> {
    let mut agents: Vec<u64> = profile.agents.iter().map(|(agent, _)| agent).collect();
    agents.sort_unstable();
    (1..=AGENTS).contains(&profile.agents.count()).then_some(agents)
}

/// Whether two that name the same agents send the same to the same at the same time. A tool that names itself does one thing.
fn are_alike(one: &Attacked, other: &Attacked) -> bool {
    let touch = |one: &Attacked, other: &Attacked| one.span.first.0 <= other.span.last.0 + APART;
    let targets =
        |attacked: &Attacked| attacked.targets.iter().filter(|(_, target)| of_payload(target)).count();
    let shared =
        one.targets.iter().filter(|(name, target)| of_payload(target) && other.targets.get(*name).is_some());
    let (shared, most) = (shared.count(), targets(one).max(targets(other)));
    let are_tools = one.tools * 2 >= one.requests && other.tools * 2 >= other.requests;
    let are_same = shared >= TARGETS || are_tools && shared > 0 && shared == most;
    touch(one, other) && touch(other, one) && are_same && shared * 100 >= most * SHARE
}

/// Whether a target is known by itself.
fn of_payload(target: &Target) -> bool {
    target.what.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::TemplateHash;
    use crate::route::Method;
    use crate::time::{SECOND, Time};

    /// Payloads for routes of these numbers, from one second to another.
    fn attacked(routes: &[u64], span: (i64, i64), tools: bool) -> Attacked {
        let mut attacked =
            Attacked { requests: 20, tools: if tools { 20 } else { 0 }, ..Attacked::default() };
        for &route in routes {
            attacked.targets.at(route).what = Some((TemplateHash(route), Method::Get, 1));
        }
        for second in [span.0, span.1] {
            attacked.span.add(Time(second * SECOND));
        }
        attacked
    }

    #[test]
    fn the_same_payloads_at_the_same_time_are_of_one_hand_and_others_are_not() {
        let one = attacked(&[1, 2, 3, 4], (0, 600), false);
        assert!(are_alike(&one, &attacked(&[1, 2, 3, 5], (300, 900), false)));
        assert!(!are_alike(&one, &attacked(&[1, 2, 3, 4], (9000, 9600), false)), "hours later");
        assert!(!are_alike(&one, &attacked(&[1, 2, 8, 9], (0, 600), false)), "other routes");
        assert!(!are_alike(&one, &attacked(&[1, 2, 3, 6, 7, 8, 9], (0, 600), false)), "far more");
    }

    #[test]
    fn a_tool_that_does_one_thing_is_one_hand_and_a_browser_is_not() {
        let (tool, browser) = (attacked(&[1], (0, 600), true), attacked(&[1], (0, 600), false));
        assert!(are_alike(&tool, &tool.clone()));
        assert!(!are_alike(&browser, &browser.clone()));
    }

    #[test]
    fn whoever_joins_is_led_by_the_first() {
        let mut leads: Vec<usize> = (0..5).collect();
        join(&mut leads, 3, 4);
        join(&mut leads, 1, 3);
        assert_eq!((0..5).map(|nth| lead(&leads, nth)).collect::<Vec<_>>(), [0, 1, 2, 1, 1]);
    }
}
