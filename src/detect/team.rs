//! Addresses that share out one work: more of them name one agent than chance would have it, and hardly two come from one
//! network. A crawler's addresses name one agent as well; but they stand together in the networks of its house, or ask what
//! robots may read.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, KeyKind};
use crate::detect::World;
use crate::detect::one_agent::{NO_CHANCE, agent, tail_tenths};
use crate::detect::robots::Robots;
use crate::request::Client;

/// Fewer addresses than this are no team.
pub(super) const ADDRESSES: usize = 8;

/// Those of `clients`, who all do the same, that are led by one hand, by the agent that each names most. What a few who do
/// the same as well name by chance is left out.
pub(super) fn teams(world: &World<'_>, clients: &[Client]) -> Vec<Vec<Client>> {
    if clients.len() < ADDRESSES {
        return Vec::new();
    }
    let mut by_agent: BTreeMap<u64, Vec<Client>> = BTreeMap::new();
    for &client in clients {
        if let Some(agent) = world.profile(client, agent).flatten() {
            by_agent.entry(agent).or_default().push(client);
        }
    }
    by_agent.retain(|_, members| members.len() >= ADDRESSES && are_apart(members));
    if by_agent.is_empty() {
        return Vec::new();
    }
    let all: BTreeSet<Client> = clients.iter().copied().collect();
    let robots = Robots::of(world);
    let elsewhere = Elsewhere::of(world, &all, &robots);
    let is_team = |(agent, members): &(u64, Vec<Client>)| {
        let (same, crawling) = elsewhere.agents.get(agent).copied().unwrap_or_default();
        let beyond_chance = tail_tenths(members.len() as u64, clients.len() as u64, same, elsewhere.others);
        let asks =
            |&member: &Client| world.profile(member, |profile| robots.has(member, profile)).unwrap_or(false);
        let are_robots = crawling > 0 && crawling * 2 >= same || members.iter().any(asks);
        beyond_chance >= NO_CHANCE && !are_robots
    };
    by_agent.into_iter().filter(is_team).map(|(_, members)| members).collect()
}

/// Whether hardly two come from one network.
fn are_apart(clients: &[Client]) -> bool {
    let networks: BTreeSet<Client> = clients.iter().map(|client| client.network()).collect();
    networks.len() * 2 > clients.len()
}

/// A fair sample of those who are not in question.
struct Elsewhere {
    /// How many there are.
    others: u64,
    /// How many of them name each agent, and how many of these ask what robots may read.
    agents: BTreeMap<u64, (u64, u64)>,
}

impl Elsewhere {
    /// All but these.
    fn of(world: &World<'_>, but: &BTreeSet<Client>, robots: &Robots) -> Self {
        let sample = world.sample(KeyKind::Client);
        let others = world.population::<ClientProfiles>().collect_where(
            |key, _, _| sample.has(key) && !but.contains(&Client(key)),
            |subject, profile| Some((agent(profile), robots.has(Client(subject.key()), profile))),
        );
        let mut agents: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for &(_, (agent, crawls)) in &others {
            if let Some(agent) = agent {
                let (same, crawling) = agents.entry(agent).or_default();
                (*same, *crawling) = (*same + 1, *crawling + u64::from(crawls));
            }
        }
        Self { others: others.len() as u64, agents }
    }
}
