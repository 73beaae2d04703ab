//! Who did it and where: clients, accounts, tokens, agents, routes.

use crate::incident::{Entities, Incident, Raw};
use crate::output::text::layout::{Page, columns, list, shown};
use crate::output::words::{count, number};

pub(super) fn write(page: &mut Page, incident: &Incident) {
    who(page, &incident.entities);
    names(page, incident);
    place(page, incident);
}

/// Addresses, how they are spread, and who else lives there.
fn who(page: &mut Page, entities: &Entities) {
    let addresses = entities.source_ips_total;
    let names = entities.source_ips.iter().map(|address| raw(&address.0));
    match addresses {
        0 => {}
        1 => page.row("who", &format!("{}{}", list(names, 1, page.room()), origin(entities))),
        _ => {
            let mut lead = count(addresses, "address");
            if entities.networks_total == addresses {
                lead.push_str(", each in a network of its own");
            } else if entities.networks_total > 0 {
                lead = format!("{lead} in {}", count(entities.networks_total, "network"));
            }
            lead.push_str(&origin(entities));
            let all: Vec<_> = names.collect();
            let in_one_line = format!("{lead}: {}", all.join(", "));
            if all.len() as u64 == addresses && columns(&in_one_line) <= page.room() {
                page.row("who", &in_one_line);
            } else {
                page.row("who", &lead);
                page.row("", &list(all, addresses, page.room()));
            }
        }
    }
    let bystanders: u64 = entities.networks.iter().map(|network| network.bystanders).sum();
    if bystanders > 0 {
        page.row(
            "",
            &format!("{} in the same networks had no part in it", count(bystanders, "other client")),
        );
    }
}

/// ` (NL, AS64500)`, or in how many countries.
fn origin(entities: &Entities) -> String {
    let mut parts: Vec<String> = match &*entities.countries {
        [] => vec![],
        [one] => vec![shown(one)],
        many => vec![list(many.iter().map(shown), many.len() as u64, 24)],
    };
    if let [asn] = &*entities.asns {
        parts.push(format!("AS{asn}"));
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Accounts, tokens, applications and agents.
fn names(page: &mut Page, incident: &Incident) {
    let entities = &incident.entities;
    let is_told = entities.users.len() == 1 && is_in_title(incident, &entities.users[0]);
    let tokens: Vec<_> = entities.tokens.iter().map(shown).collect();
    let lists = [
        ("account", entities.users.iter().map(raw).filter(|_| !is_told).collect(), entities.users_total),
        ("token", tokens, entities.tokens_total),
        ("consumer", entities.consumers.iter().map(raw).collect(), entities.consumers_total),
        ("agent", entities.user_agents.iter().map(raw).collect::<Vec<_>>(), entities.user_agents_total),
    ];
    for (label, names, total) in lists {
        let (lead, label) = match total {
            0 | 1 => (String::new(), label.to_owned()),
            many => (format!("{}: ", number(many)), format!("{label}s")),
        };
        let names = list(names, total, page.room() - lead.len());
        if !names.is_empty() {
            page.row(&label, &format!("{lead}{names}"));
        }
    }
}

/// Whether the title names `words` already.
fn is_in_title(incident: &Incident, words: &Raw) -> bool {
    incident.title.contains(&*words.text())
}

/// The routes, unless the title has told all of them.
fn place(page: &mut Page, incident: &Incident) {
    let entities = &incident.entities;
    match &*entities.endpoints {
        [] => {}
        [only] if is_in_title(incident, &only.template) && entities.endpoints_total == 1 => {}
        routes => {
            let each =
                routes.iter().map(|route| format!("{} {}", shown(&*route.method), raw(&route.template)));
            page.row("where", &list(each, entities.endpoints_total, page.room()));
        }
    }
}

/// A stranger's words, harmless.
fn raw(words: &Raw) -> String {
    shown(&words.0)
}
