//! Who did it and where: addresses, networks, accounts, secrets, agents, hosts, routes.

use maud::{Markup, html};

use crate::incident::{Endpoint, Entities, Incident, Network, Raw};
use crate::output::html::marks::{list, name};
use crate::output::words::{count, number};

/// The lists of an incident that hold anything.
pub(super) fn lists(incident: &Incident) -> Markup {
    let entities = &incident.entities;
    let impact = &incident.impact;
    let shown = [
        ("Accounts opened", raws(&impact.compromised_users), impact.compromised_users_total),
        ("Addresses", addresses(entities), entities.source_ips_total),
        ("Networks", entities.networks.iter().map(network).collect(), entities.networks_total),
        ("Accounts", raws(&entities.users), entities.users_total),
        ("Tokens", words(&entities.tokens), entities.tokens_total),
        ("Sessions", words(&entities.sessions), entities.sessions_total),
        ("Consumers", raws(&entities.consumers), entities.consumers_total),
        ("Endpoints", entities.endpoints.iter().map(endpoint).collect(), entities.endpoints_total),
        ("Hosts", raws(&entities.hosts), entities.hosts_total),
        ("User agents", raws(&entities.user_agents), entities.user_agents_total),
        ("Countries", words(&entities.countries), entities.countries.len() as u64),
        ("Autonomous systems", systems(&entities.asns), entities.asns.len() as u64),
    ];
    let shown: Vec<_> = shown.into_iter().filter(|(_, _, total)| *total > 0).collect();
    if shown.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Who and where" }
        dl.who {
            @for (title, members, total) in shown {
                div {
                    dt { (title) @if total > 1 { " " span.total { (number(total)) } } }
                    dd { (list(&members, total)) }
                }
            }
        }
    }
}

fn addresses(entities: &Entities) -> Vec<Markup> {
    entities.source_ips.iter().map(|address| code(&name(&address.0.0))).collect()
}

fn raws(names: &[Raw]) -> Vec<Markup> {
    names.iter().map(|one| code(&name(&one.0))).collect()
}

fn words(words: &[String]) -> Vec<Markup> {
    words.iter().take(super::MEMBERS).map(|word| code(&name(word))).collect()
}

fn systems(numbers: &[u32]) -> Vec<Markup> {
    numbers.iter().take(super::MEMBERS).map(|number| code(&format!("AS{number}"))).collect()
}

fn network(network: &Network) -> Markup {
    html! {
        (code(&name(&network.cidr))) " "
        small {
            (count(network.addresses, "address"))
            @if network.bystanders > 0 { ", " (count(network.bystanders, "bystander")) }
        }
    }
}

fn endpoint(endpoint: &Endpoint) -> Markup {
    html! {
        code { b { (name(&*endpoint.method)) } " " (name(&endpoint.template.0)) } " "
        small { (count(endpoint.requests, "request")) }
    }
}

fn code(text: &str) -> Markup {
    html! { code { (text) } }
}
