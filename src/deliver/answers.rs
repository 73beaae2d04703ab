//! What receivers answer over HTTP, and what it means for the parcels that they were sent.

use std::time::Duration;

use jiff::fmt::rfc2822;
use serde::Deserialize;

use super::{Answer, Fate, Trouble};

/// An answer that came whole.
pub(super) struct Reply {
    /// The status.
    pub(super) status: u16,
    /// How long the receiver wants to be left alone.
    pub(super) after: Option<Duration>,
    /// The body, as far as it is read.
    pub(super) body: Vec<u8>,
}

/// What a reply means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What became of the parcels.
    Settled(Answer),
    /// At least one of them is refused: alone, they will tell which.
    Part(String),
    /// They are received, and stored once this number is acknowledged (Splunk's `ackId`).
    Promised(u64),
}

impl Reply {
    fn passing(&self, why: String) -> Trouble {
        Trouble { why, after: self.after, is_lasting: false }
    }
}

/// What a status means where the body says nothing.
pub(super) fn plain(reply: &Reply, parcels: usize) -> Verdict {
    let why = || format!("it answers {}{}", reply.status, phrase(reply.status));
    match reply.status {
        200..=299 => Verdict::Settled(Answer::taken(parcels)),
        408 | 425 | 429 | 500..=599 => Verdict::Settled(Answer::trouble(reply.passing(why()))),
        400 | 413 | 422 => Verdict::Part(why()),
        _ => Verdict::Settled(Answer::trouble(Trouble::lasting(why()))),
    }
}

/// Splunk's HTTP Event Collector: `{"text":…,"code":…}`. Codes as in Splunk's "Troubleshoot HTTP Event Collector".
pub(super) fn splunk(reply: &Reply, parcels: usize) -> Verdict {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Said {
        code: u64,
        #[serde(rename = "ackId")]
        ack_id: Option<u64>,
    }
    let said: Said = serde_json::from_slice(&reply.body).unwrap_or_default();
    match (reply.status, said) {
        (200..=299, Said { ack_id: Some(id), .. }) => Verdict::Promised(id),
        // Token (1 to 4), index (7), channel and acknowledgement (10, 11, 14): of the settings, not of a parcel.
        (400, Said { code: code @ (1..=4 | 7 | 10 | 11 | 14), .. }) => {
            Verdict::Settled(Answer::trouble(Trouble::lasting(format!("it answers 400 with code {code}"))))
        }
        _ => plain(reply, parcels),
    }
}

/// Elasticsearch's bulk interface: a status for each document; 409 for one that is there already.
pub(super) fn elastic(reply: &Reply, parcels: usize) -> Verdict {
    #[derive(Deserialize)]
    struct Said {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        create: Of,
    }
    #[derive(Deserialize)]
    struct Of {
        status: u16,
        error: Option<serde_json::Value>,
    }
    if !(200..=299).contains(&reply.status) {
        return plain(reply, parcels);
    }
    let said = serde_json::from_slice::<Said>(&reply.body).ok().filter(|said| said.items.len() == parcels);
    let Some(said) = said else {
        let why = "its answer is not that of a bulk interface".to_owned();
        return Verdict::Settled(Answer::trouble(reply.passing(why)));
    };
    let fates = said.items.into_iter().map(|Item { create }| match create.status {
        200..=299 | 409 => Fate::Taken,
        429 | 500..=599 => Fate::Again,
        status => {
            let kind = create.error.as_ref().and_then(|error| error.get("type")?.as_str());
            Fate::Refused(format!("it refuses a document with {status} {}", short(kind.unwrap_or(""))))
        }
    });
    let fates: Vec<Fate> = fates.collect();
    let busy = fates.contains(&Fate::Again);
    let trouble = busy.then(|| reply.passing("it is too busy for some documents".to_owned()));
    Verdict::Settled(Answer { fates, trouble })
}

/// The beginning of a word of the receiver's, made of what such words are made of.
fn short(word: &str) -> String {
    word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect()
}

/// What a status means, for those that users meet.
fn phrase(status: u16) -> &'static str {
    match status {
        301 | 302 | 303 | 307 | 308 => " (redirections are not followed: name the place itself)",
        400 => " Bad Request",
        401 => " Unauthorized (is the secret right?)",
        403 => " Forbidden (is the secret right?)",
        404 => " Not Found (is the path right?)",
        413 => " Content Too Large",
        429 => " Too Many Requests",
        500 => " Internal Server Error",
        502 => " Bad Gateway",
        503 => " Service Unavailable",
        _ => "",
    }
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date, which is compared with the `Date` of the same answer.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let stamp = |text: &str| Some(rfc2822::parse(text.trim()).ok()?.timestamp());
    let wait = stamp(value)?.duration_since(stamp(date?)?);
    Some(Duration::try_from(wait).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, after: None, body: body.into() }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_clock_of_the_receiver() {
        assert_eq!(retry_after("7", None), Some(Duration::from_secs(7)));
        let date = Some("Tue, 10 Mar 2026 17:00:00 GMT");
        assert_eq!(retry_after("Tue, 10 Mar 2026 17:02:00 GMT", date), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Tue, 10 Mar 2026 16:00:00 GMT", date), Some(Duration::ZERO));
        assert_eq!(retry_after("Tue, 10 Mar 2026 17:02:00 GMT", None), None);
        assert_eq!(retry_after("soon", date), None);
    }

    #[test]
    fn a_bulk_answer_tells_each_document_apart() {
        let body = r#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":409}},
            {"create":{"status":429}},{"create":{"status":400,"error":{"type":"mapping_<exception"}}}]}"#;
        let Verdict::Settled(answer) = elastic(&reply(200, body), 4) else { panic!("settled") };
        let refused = Fate::Refused("it refuses a document with 400 mapping_exception".to_owned());
        assert_eq!(answer.fates, [Fate::Taken, Fate::Taken, Fate::Again, refused]);
        assert!(answer.trouble.is_some_and(|trouble| !trouble.is_lasting));
        for (body, parcels) in [("<html>", 1), (body, 3)] {
            let Verdict::Settled(answer) = elastic(&reply(200, body), parcels) else { panic!("settled") };
            assert!(answer.fates.is_empty() && answer.trouble.is_some());
        }
    }

    #[test]
    fn a_wrong_token_is_not_the_fault_of_a_parcel() {
        let lasting = |verdict| matches!(verdict, Verdict::Settled(Answer { trouble: Some(one), .. }) if one.is_lasting);
        assert!(lasting(splunk(&reply(403, r#"{"text":"Invalid token","code":4}"#), 2)));
        assert!(lasting(splunk(&reply(400, r#"{"text":"Incorrect index","code":7}"#), 2)));
        assert!(matches!(
            splunk(&reply(400, r#"{"text":"Invalid data format","code":6}"#), 2),
            Verdict::Part(_)
        ));
        assert_eq!(splunk(&reply(200, r#"{"text":"Success","code":0,"ackId":3}"#), 2), Verdict::Promised(3));
    }
}
