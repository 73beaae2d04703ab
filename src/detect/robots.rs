//! Who asks what robots may read (RFC 9309), and the agents that they name: crawlers that keep to rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, KeyKind, Profile, route_number};
use crate::detect::World;
use crate::detect::one_agent::agent;
use crate::evidence::Distinct;
use crate::request::Client;
use crate::route::Method;

/// One in so many of those who name an agent asks, from which on it is a crawler's: a fleet asks once for all. Fewer are
/// strangers who borrow the name that people have.
const ONE_IN: u64 = 50;

/// The route by which a site says what robots may read, and who asks.
#[derive(Default)]
pub(in crate::detect) struct Robots {
    /// As profiles know it.
    route: Option<u64>,
    /// Who asks, or a sample of them.
    askers: Distinct<64>,
}

impl Robots {
    /// Of a site.
    pub(in crate::detect) fn of(world: &World<'_>) -> Self {
        let found = world.norms().find(|(_, norm)| &*norm.text == b"/robots.txt");
        found.map_or_else(Self::default, |(route, norm)| Self {
            route: Some(route_number(route.0.0, Method::Get as u8)),
            askers: norm.clients.clone(),
        })
    }

    /// Whether a client asks: a profile keeps every route of those who use few, and of the others a sample is known.
    pub(in crate::detect) fn has(&self, client: Client, profile: &Profile) -> bool {
        let mut one = Distinct::<64>::default();
        one.add(client.number());
        self.route.is_some_and(|route| profile.routes.get(route).is_some()) || one.share_in(&self.askers) > 0
    }

    /// The agents of those who ask, as far as a sample shows them.
    pub(in crate::detect) fn agents(&self, world: &World<'_>) -> BTreeSet<u64> {
        let sample = world.sample(KeyKind::Client);
        let named = world.population::<ClientProfiles>().collect_where(
            |key, _, _| sample.has(key),
            |subject, profile| Some((agent(profile)?, self.has(Client(subject.key()), profile))),
        );
        let mut agents: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for (_, (agent, asks)) in named {
            let (asking, all) = agents.entry(agent).or_default();
            *asking += u64::from(asks);
            *all += 1;
        }
        let asks = |(_, (asking, all)): &(u64, (u64, u64))| *asking > 0 && asking * ONE_IN >= *all;
        agents.into_iter().filter(asks).map(|(agent, _)| agent).collect()
    }

    /// Whether a client asks, or names an agent of those who do.
    pub(in crate::detect) fn is_one(
        &self,
        world: &World<'_>,
        client: Client,
        agents: &BTreeSet<u64>,
    ) -> bool {
        let is_one = world.profile(client, |profile| {
            self.has(client, profile) || agent(profile).is_some_and(|agent| agents.contains(&agent))
        });
        is_one == Some(true)
    }
}
