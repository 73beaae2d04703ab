//! How parcels of each output become bodies of HTTP requests, and where such requests go.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::answers::{self, Reply, Verdict};
use super::{Auth, Parcel};

/// The most bytes in a body with several parcels; Splunk and the Logs Ingestion API take about a mebibyte.
const MOST_BYTES: usize = 900 << 10;

/// How a kind of receiver wants to be spoken to.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// `Content-Type`.
    pub(super) mime: &'static str,
    /// The most parcels in a body.
    pub(super) at_once: usize,
    /// How a secret is shown, unless the settings say otherwise.
    pub(super) auth: Auth,
    /// Where requests go if the address has no path.
    pub(super) path: &'static str,
    /// What stands before and behind the parcels.
    pub(super) around: (&'static str, &'static str),
    /// What an answer means to so many parcels.
    pub(super) read: fn(&Reply, usize) -> Verdict,
}

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const TEXT: &str = "text/plain; charset=utf-8";

/// The way to speak about parcels of the output called `format`.
pub(super) fn dialect(format: &str) -> Dialect {
    let of = |mime, at_once| Dialect {
        mime,
        at_once,
        auth: Auth::Bearer,
        path: "/",
        around: ("", ""),
        read: answers::plain,
    };
    match format {
        "splunk-hec" => Dialect {
            auth: Auth::Splunk,
            path: "/services/collector/event",
            read: answers::splunk,
            ..of(JSON, 500)
        },
        "elastic-bulk" => {
            Dialect { auth: Auth::ApiKey, path: "/_bulk", read: answers::elastic, ..of(LINES, 500) }
        }
        "otlp" => Dialect { path: "/v1/logs", ..of(JSON, 1) },
        // Google SecOps, events.import.
        "udm" => Dialect { around: ("{\"inlineSource\":", "}"), ..of(JSON, 1) },
        "webhook" | "slack" | "ntfy" | "json" | "sarif" | "stix" | "asim" => of(JSON, 1),
        "ndjson" | "ocsf" | "ecs" => of(LINES, 500),
        "csv" => of("text/csv; charset=utf-8", 1),
        "html" => of("text/html; charset=utf-8", 1),
        "markdown" => of("text/markdown; charset=utf-8", 1),
        "text" => of(TEXT, 1),
        _ => of(TEXT, 500),
    }
}

/// How many of the first `parcels` fit into one body of at most `most` parcels; at least one.
pub(super) fn fitting(parcels: &[Parcel], most: usize) -> usize {
    let mut bytes = 0;
    let fits = parcels.iter().take(most).take_while(|parcel| {
        bytes += parcel.body.len() + 1;
        bytes <= MOST_BYTES
    });
    fits.count().max(1).min(parcels.len())
}

/// The body that holds `parcels`: one behind the other, a line end behind each.
pub(super) fn body(parcels: &[Parcel], (before, behind): (&str, &str)) -> String {
    let body = parcels.iter().fold(before.to_owned(), |mut body, parcel| {
        let _ = writeln!(body, "{}", parcel.body);
        body
    });
    body + behind
}

/// `template` with the members of the object `parcel` in it; inside JSON, texts are escaped.
pub(super) fn filled(template: &str, parcel: &str) -> String {
    let members: Value = serde_json::from_str(parcel).unwrap_or_default();
    let start = template.trim_start();
    let is_object = start.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let is_json = is_object || start.starts_with('[');
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = rest.find('}').map(|end| (&rest[1..end], end));
        if let Some((value, end)) =
            named.and_then(|(name, end)| Some((shown(members.get(name)?, is_json), end)))
        {
            text.push_str(&value);
            rest = &rest[end + 1..];
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// A member as text; inside a JSON string if `is_json`.
fn shown(value: &Value, is_json: bool) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if !is_json {
        return text;
    }
    let quoted = Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// A message for ntfy's JSON interface, which takes the topic in the body and not in the path.
pub(super) fn with_topic(message: &str, topic: &str) -> String {
    let mut message: Value = serde_json::from_str(message).unwrap_or_else(|_| json!({}));
    message["topic"] = topic.into();
    message.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_members_and_leaves_other_braces() {
        let parcel = r#"{"title":"a \"b\" {id}","score":9.5,"list":["x"]}"#;
        assert_eq!(
            filled(r#"{"content":"{title} {score}","n":{"x":{score}},"l":"{list}{nothing}"}"#, parcel),
            r#"{"content":"a \"b\" {id} 9.5","n":{"x":9.5},"l":"[\"x\"]{nothing}"}"#
        );
        assert_eq!(filled("{title}: {score}", parcel), "a \"b\" {id}: 9.5");
    }

    #[test]
    fn a_body_holds_no_more_than_it_may_and_at_least_one() {
        let parcel =
            |bytes: usize| Parcel { id: String::new(), mark: String::new(), body: "x".repeat(bytes) };
        assert_eq!(fitting(&[parcel(MOST_BYTES * 2), parcel(1)], 9), 1);
        assert_eq!(fitting(&[parcel(5), parcel(5), parcel(5)], 2), 2);
        assert_eq!(fitting(&[parcel(MOST_BYTES / 2), parcel(MOST_BYTES / 4), parcel(MOST_BYTES / 2)], 9), 2);
    }
}
