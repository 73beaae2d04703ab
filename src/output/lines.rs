//! What forms of one line of text have in common: what they say of an incident, and that no text of a stranger ends a line.

use std::net::IpAddr;

use super::siem::addresses;
use crate::incident::Incident;

/// Appends `text` as a line.
pub(super) fn line(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// A text in which nothing ends a line or fools a terminal: other control characters become blanks.
pub(super) fn one_line(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_hidden(c) && c != '\n' && c != '\r' { ' ' } else { c }).collect()
}

/// At most `most` characters of a text: receivers cut at their own place, perhaps inside an escape.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// What they say of an incident.
pub(super) struct Facts {
    pub(super) address: Option<IpAddr>,
    pub(super) host: Option<String>,
    pub(super) user: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
}

impl Facts {
    /// Of an incident, the first of each.
    pub(super) fn of(incident: &Incident) -> Self {
        let entities = &incident.entities;
        let first = |list: &[crate::incident::Raw]| list.first().map(|text| text.text().into_owned());
        let endpoint = entities.endpoints.first();
        Self {
            address: addresses(incident).next(),
            host: first(&entities.hosts),
            user: first(&entities.users),
            agent: first(&entities.user_agents),
            method: endpoint.map(|endpoint| endpoint.method.clone().into_owned()),
            path: endpoint.map(|endpoint| endpoint.template.text().into_owned()),
        }
    }
}

/// Some networks, those of greatest weight first.
pub(super) fn networks(incident: &Incident) -> String {
    let some: Vec<&str> = incident.entities.networks.iter().take(20).map(|network| &*network.cidr).collect();
    some.join(",")
}
