//! Lines of the log, with the place where each stands.

use maud::{Markup, html};

use crate::incident::{Evidence, Incident};
use crate::output::html::PROOFS;
use crate::output::html::marks::{instant, name, sentence};
use crate::output::words::number;

pub(super) fn lines(incident: &Incident) -> Markup {
    let beyond = incident.evidence.len().saturating_sub(PROOFS);
    html! {
        @if !incident.evidence.is_empty() {
            h4 { "Evidence" }
            ol.evidence {
                @for line in incident.evidence.iter().take(PROOFS) { li { (one(line)) } }
            }
            @if beyond > 0 { p.beyond { (number(beyond as u64)) " more lines, not on this page" } }
        }
    }
}

fn one(line: &Evidence) -> Markup {
    let source = name(&line.source.0);
    html! {
        p.place {
            strong { (name(&*line.why)) }
            code {
                @match line.line {
                    Some(number) => { (source) ":" (number) },
                    None => { (source) " at byte " (number(line.offset)) },
                }
            }
            (instant(line.time.0))
        }
        @match &line.raw {
            Some(raw) => pre { code { (sentence(&raw.0)) } },
            None => p.beyond { "The line could not be read again." },
        }
    }
}
