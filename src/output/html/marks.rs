//! Small things that many parts of the page are made of: strangers' words, severities, times, lists.

use maud::{Markup, html};

use crate::incident::{Incident, Kind, Severity, Tenths};
use crate::output::words::{number, stamp};
use crate::text::Escaped;
use crate::time::Time;

/// The most characters of a name.
const NAME: usize = 300;
/// The most characters of a sentence, and of a line of the log; both are cut at about 2,000 bytes before they get here.
const SENTENCE: usize = 4_000;
/// The members of a list that are seen at once.
const SEEN: usize = 8;

/// A name that a stranger chose: what is hidden is written out, and a long one is cut.
pub(super) fn name(bytes: impl AsRef<[u8]>) -> String {
    shown(bytes.as_ref(), NAME)
}

/// A sentence that may hold a stranger's words, or a line of the log.
pub(super) fn sentence(bytes: impl AsRef<[u8]>) -> String {
    shown(bytes.as_ref(), SENTENCE)
}

/// `bytes`, harmless, at most `most` characters of them; a cut says how much is missing.
fn shown(bytes: &[u8], most: usize) -> String {
    let text = Escaped(bytes).to_string();
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => {
            let (kept, rest) = text.split_at(end);
            format!("{kept}… ({} characters more)", number(rest.chars().count() as u64))
        }
    }
}

/// The address of an incident inside the page: its id, or its rank where the id is none of ours.
pub(super) fn anchor(incident: &Incident) -> String {
    let digits = incident.id.strip_prefix("gh-").unwrap_or("");
    let is_ours = (1..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_ours { incident.id.clone() } else { format!("incident-{}", incident.rank) }
}

/// A severity as a colour and a word.
pub(super) fn badge(severity: Severity) -> Markup {
    html! { span.badge.(severity.name()) { (severity.name()) } }
}

/// A kind in words: `credential stuffing`.
pub(super) fn kind(kind: Kind) -> String {
    kind.name().replace('-', " ")
}

/// A measured number: thousands are parted, and a whole number has no decimal.
pub(super) fn measured(value: Tenths) -> String {
    match value.0 % 10 {
        0 => number(u64::from(value.0 / 10)),
        tenth => format!("{}.{tenth}", number(u64::from(value.0 / 10))),
    }
}

/// An instant, with its date.
pub(super) fn instant(time: Time) -> Markup {
    html! { time datetime=(time.rfc3339(3)) { (stamp(time)) } }
}

/// An instant in the least room: `03-10 17:00`.
pub(super) fn short(time: Time) -> Markup {
    let stamp = stamp(time);
    html! { time datetime=(time.rfc3339(3)) { (stamp.get(5..16).unwrap_or(&stamp)) } }
}

/// The time of day.
pub(super) fn clock(time: Time) -> String {
    let stamp = stamp(time);
    stamp.get(11..).unwrap_or(&stamp).to_owned()
}

/// Ten-thousandths as an SVG percentage.
pub(super) fn percent_of(parts: u64) -> String {
    format!("{}.{:02}%", parts / 100, parts % 100)
}

/// The members of a list: some at once, the rest folded, and how many there are beyond those.
pub(super) fn list(members: &[Markup], total: u64) -> Markup {
    let (seen, folded) = members.split_at(members.len().min(SEEN));
    // One or two more are not worth a fold.
    let (seen, folded) = if folded.len() <= 2 { (members, &folded[..0]) } else { (seen, folded) };
    let beyond = total.saturating_sub(members.len() as u64);
    html! {
        ul.names { @for member in seen { li { (member) } } }
        @if !folded.is_empty() {
            details {
                summary { (number(folded.len() as u64)) " more" }
                ul.names { @for member in folded { li { (member) } } }
            }
        }
        @if beyond > 0 {
            p.beyond { (number(beyond)) " more, not on this page" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out_and_long_words_cut() {
        assert_eq!(name("a\u{202e}b\n\u{0}\u{200b}"), "a\\u{202e}b\\n\\0\\u{200b}");
        assert_eq!(name("x".repeat(1_400)), format!("{}… (1,100 characters more)", "x".repeat(300)));
        assert_eq!(name("é".repeat(300)), "é".repeat(300));
    }

    #[test]
    fn a_list_tells_what_is_folded_and_what_is_missing() {
        let members: Vec<Markup> = (0..12).map(|nth| html! { (nth) }).collect();
        let told = list(&members, 450).into_string();
        assert!(told.contains("<summary>4 more</summary>") && told.contains("438 more, not on this page"));
        assert!(!list(&members[..10], 10).into_string().contains("more"));
    }
}
