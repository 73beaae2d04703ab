//! The frame of the page: its policy, its style, the way round it, and its parts in their order.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::output::html::marks::{anchor, kind, name, sentence};
use crate::output::html::{Told, card, endpoints, method, ranking, story, summary, timeline};
use crate::output::words::number;

/// The style of the page, in both themes and for print.
const STYLE: &str = include_str!("style.css");
/// What the browser may do: use the one style whose SHA-256 this is, and nothing else (Content Security Policy Level 3).
const POLICY: &str = "default-src 'none'; style-src 'sha256-dfAjkDQ59VloqDX4zLy7Vnt88cDR11a1r2t8CGk5HcM='; base-uri 'none'; form-action 'none'";
/// The most incidents that the way round the page names.
const NAMED: usize = 24;

/// The whole page.
pub(super) fn page(told: &Told) -> Markup {
    let verdict = summary::verdict(&told.run);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "gatehound " (name(&*told.run.version)) };
                title { "gatehound: " (verdict) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the report" }
                header.top {
                    p.brand { "gatehound " span { (name(&*told.run.version)) " " (name(&*told.run.command)) } }
                }
                div.frame {
                    (way(told))
                    main #main {
                        (summary::section(told, &verdict))
                        (timeline::section(told))
                        (ranking::section(told))
                        (story::section(told))
                        (endpoints::section(told))
                        (in_full(told))
                        (ranking::held_back(told))
                        (method::section(told))
                    }
                }
                footer.bottom {
                    p {
                        "Written by gatehound " (name(&*told.run.version)) ". All times are UTC. "
                        "This page is one file: it runs no script and loads nothing. "
                        a href="#summary" { "Back to the top" }
                    }
                }
            }
        }
    }
}

/// The way round the page.
fn way(told: &Told) -> Markup {
    let parts = [
        ("summary", "Summary", true),
        ("time-line", "Time line", told.axis.is_some() && !told.full.is_empty()),
        ("ranking", "Ranking", !told.ranked.is_empty()),
        ("story", "Story", told.worth_time().next().is_some()),
        ("endpoints", "Endpoints", endpoints::has_any(told)),
        ("incidents", "Incidents", !told.full.is_empty()),
        ("held-back", "Held back", !told.held_back.is_empty()),
        ("method", "Method and blind spots", true),
    ];
    html! {
        nav.way aria-label="Parts of the report" {
            ul.parts {
                @for (at, title, _) in parts.iter().filter(|part| part.2) {
                    li { a href={ "#" (at) } { (title) } }
                }
            }
            @if !told.full.is_empty() {
                ol.worst {
                    @for incident in told.full.iter().take(NAMED) {
                        li.(incident.severity.name()) {
                            a href={ "#" (anchor(incident)) } title=(sentence(&incident.title)) {
                                span.rank { (incident.rank) } " " (kind(incident.kind))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The incidents in full.
fn in_full(told: &Told) -> Markup {
    if told.full.is_empty() {
        return html! {};
    }
    let beyond = told.ranked_total - told.full.len() as u64;
    html! {
        section #incidents aria-labelledby="incidents-title" {
            h2 #incidents-title { "Incidents" }
            @for (nth, incident) in told.full.iter().enumerate() { (card::article(incident, nth)) }
            @if beyond > 0 {
                p.beyond {
                    (number(beyond)) " incidents of lower rank are not told in full on this page; "
                    code { "--format json" } " has them all."
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Base64 (RFC 4648) of 32 bytes.
    fn base64(bytes: &[u8]) -> String {
        const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let sign = |bits: u32| char::from(SIGNS[(bits & 63) as usize]);
        let all = bytes.chunks(3).flat_map(|three| {
            let of = |nth: usize| u32::from(three.get(nth).copied().unwrap_or(0));
            let word = of(0) << 16 | of(1) << 8 | of(2);
            let signs = [sign(word >> 18), sign(word >> 12), sign(word >> 6), sign(word)];
            signs.into_iter().take(three.len() + 1).chain(vec!['='; 3 - three.len()])
        });
        all.collect()
    }

    #[test]
    fn the_policy_allows_this_style_and_no_other() {
        let hash = base64(&Sha256::digest(STYLE));
        assert!(POLICY.contains(&format!("style-src 'sha256-{hash}';")), "write sha256-{hash} into POLICY");
    }
}
