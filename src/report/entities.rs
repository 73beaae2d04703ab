//! Whom an incident is about: addresses and their networks, users, agents, routes, each with its weight.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::{Library, Teller, UNTOLD, most};
use crate::collect::ClientProfiles;
use crate::hash::{NameHash, TemplateHash};
use crate::incident::{Address, Count, Endpoint, Entities, Group, Named, Network, Raw};
use crate::request::Client;
use crate::route::Method;

/// How many clients each network holds.
pub(super) type Bystanders = HashMap<Client, u64, foldhash::fast::FixedState>;

impl Teller<'_> {
    /// For each network that holds a source of any group: how many clients it holds altogether.
    pub(super) fn bystanders(&self, groups: &[Group]) -> Bystanders {
        let findings = groups.iter().flat_map(|group| &group.findings);
        let sources = findings.flat_map(|finding| &finding.clients);
        let networks: Bystanders = sources.map(|count| (count.of.network(), 0)).collect();
        let count = |networks: &mut Bystanders, key: u128, _: u64| {
            if let Some(count) = networks.get_mut(&Client(key).network()) {
                *count += 1;
            }
        };
        let add = |mut ours: Bystanders, theirs: Bystanders| {
            for (network, count) in theirs {
                *ours.entry(network).or_default() += count;
            }
            ours
        };
        let clients = self.world.population::<ClientProfiles>();
        clients.count_keys(|| networks.clone(), count, add)
    }

    /// Whom the evidence is held against.
    pub(super) fn entities(&self, group: &Group, library: &Library, bystanders: &Bystanders) -> Entities {
        let clients = heaviest(group.findings.iter().flat_map(|finding| &finding.clients));
        let users = heaviest(group.findings.iter().flat_map(|finding| &finding.users));
        let agents = heaviest(group.findings.iter().flat_map(|finding| &finding.agents));
        let endpoints = heaviest(group.findings.iter().flat_map(|finding| &finding.endpoints));
        let tokens = heaviest(group.findings.iter().flat_map(|finding| &finding.tokens));
        let sessions = heaviest(group.findings.iter().flat_map(|finding| &finding.sessions));
        let (networks, networks_total) = networks(&clients, bystanders, self.max_entities);
        let users_total = most(group, |finding| finding.users_total).max(users.len() as u64);
        let names = |counts: &[Count<Named>]| -> Vec<Raw> {
            let mut seen = BTreeSet::new();
            let named = counts.iter().filter_map(|count| library.names.get(&count.of.hash.0));
            named.filter(|name| seen.insert((*name).clone())).take(self.max_entities).cloned().collect()
        };
        let endpoints = self.endpoints(&endpoints);
        let secrets = |counts: &[Count<NameHash>]| -> Vec<String> {
            counts.iter().take(self.max_entities).map(|count| count.of.to_string()).collect()
        };
        Entities {
            source_ips: clients
                .iter()
                .take(self.max_entities)
                .map(|count| address(count.of, library))
                .collect(),
            source_ips_total: most(group, |finding| finding.clients_total).max(clients.len() as u64),
            networks,
            networks_total,
            users: names(&users),
            users_total,
            tokens: secrets(&tokens),
            tokens_total: tokens.len() as u64,
            sessions: secrets(&sessions),
            sessions_total: sessions.len() as u64,
            user_agents: names(&agents),
            user_agents_total: agents.len() as u64,
            endpoints_total: endpoints.len() as u64,
            endpoints: endpoints.into_iter().take(self.max_entities).collect(),
            ..Entities::default()
        }
    }

    /// Routes as they are shown: paths that nothing is at are one.
    fn endpoints(&self, routes: &[Count<(Method, TemplateHash)>]) -> Vec<Endpoint> {
        let mut all: Vec<Endpoint> = Vec::new();
        let mut untold: BTreeMap<Method, usize> = BTreeMap::new();
        for Count { of: (method, template), requests } in routes {
            let text = self.world.template_text(*template);
            if text.is_none() {
                let known = *untold.entry(*method).or_insert(all.len());
                if let Some(known) = all.get_mut(known) {
                    known.requests += requests;
                    continue;
                }
            }
            let template = Raw(text.unwrap_or(UNTOLD).to_vec());
            all.push(Endpoint { method: method.name().into(), template, requests: *requests });
        }
        // Stable, so that equals stay in the order of their hashes.
        all.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.requests));
        all
    }
}

/// Entities of several findings, heaviest first; an entity that several name keeps its largest count.
fn heaviest<'f, T: Copy + Ord + 'f>(counts: impl Iterator<Item = &'f Count<T>>) -> Vec<Count<T>> {
    let mut by: BTreeMap<T, u64> = BTreeMap::new();
    for count in counts {
        let known = by.entry(count.of).or_default();
        *known = (*known).max(count.requests);
    }
    let mut all: Vec<Count<T>> = by.into_iter().map(|(of, requests)| Count { of, requests }).collect();
    all.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.of.cmp(&b.of)));
    all
}

/// A client as it is shown.
fn address(client: Client, library: &Library) -> Address {
    let text = if let Some(address) = client.address() {
        address.to_string().into_bytes()
    } else {
        let hash = u64::try_from(client.0 & u128::from(u64::MAX)).unwrap_or(0);
        let name = library.names.get(&hash).map(|name| name.0.clone());
        name.unwrap_or_else(|| NameHash(hash).to_string().into_bytes())
    };
    Address(Raw(text))
}

/// The networks that hold sources, fullest first, and how many there are.
fn networks(clients: &[Count<Client>], bystanders: &Bystanders, most: usize) -> (Vec<Network>, u64) {
    let mut by: BTreeMap<Client, u64> = BTreeMap::new();
    for count in clients.iter().filter(|count| count.of.address().is_some()) {
        *by.entry(count.of.network()).or_default() += 1;
    }
    let total = by.len() as u64;
    let mut all: Vec<(Client, u64)> = by.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let shown = all.into_iter().take(most).map(|(network, addresses)| {
        let address = network.address().map_or_else(String::new, |address| address.to_string());
        let bits = if address.contains(':') { 64 } else { 24 };
        let all = bystanders.get(&network).copied().unwrap_or(addresses);
        Network { cidr: format!("{address}/{bits}"), addresses, bystanders: all.saturating_sub(addresses) }
    });
    (shown.collect(), total)
}
