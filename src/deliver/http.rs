//! Parcels over HTTP: Splunk's HTTP Event Collector, Elasticsearch's bulk interface, OTLP, webhooks and whatever takes a POST.

use std::error::Error as _;
use std::io::Read;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode, Uri};

use super::address::SECRET;
use super::answers::{Reply, Verdict, retry_after};
use super::body::{self, Dialect, dialect};
use super::courier::{Deadline, rest};
use super::{Answer, Auth, Carrier, Delivery, Fate, Parcel, Trouble, tls};
use crate::error::Error;

/// The most bytes that are read of an answer.
const MOST_ANSWER: u64 = 4 << 20;
/// How often Splunk is asked whether it has stored what it received.
const ASK: Duration = Duration::from_millis(500);

/// A receiver that is spoken to over HTTP.
pub(super) struct Http {
    agent: Agent,
    /// Where requests go, secret and all: never shown.
    uri: String,
    /// The value of `Authorization`: never shown.
    authorization: Option<String>,
    dialect: Dialect,
    template: Option<String>,
    /// The topic of ntfy.
    topic: Option<String>,
    /// What Splunk knows this sender by, where it acknowledges (`X-Splunk-Request-Channel`).
    channel: Option<String>,
    /// The most parcels in a body: fewer after one was refused, until those at fault are found.
    most: usize,
    timeout: Duration,
}

impl Http {
    /// A client for `delivery`; nothing is connected yet.
    pub(super) fn new(delivery: &Delivery) -> Result<Self, Error> {
        let mut dialect = dialect(delivery.format);
        let path = match delivery.address.path.as_str() {
            "" | "/" => dialect.path,
            path => path,
        };
        let (path, topic) = if delivery.format == "ntfy" { split_topic(path)? } else { (path, None) };
        let in_path = path.contains(SECRET);
        let secret = delivery.secret.as_ref();
        if in_path && secret.is_none() {
            return Err(Error::usage(format!(
                "{}: there is no secret for the {SECRET} in it",
                delivery.address
            )));
        }
        if delivery.template.is_some() {
            dialect.at_once = 1;
        }
        let path = secret.map_or_else(|| path.to_owned(), |secret| path.replace(SECRET, secret.text()));
        let scheme = delivery.address.to_string();
        let uri = format!("{scheme}{}{path}", if path.starts_with('/') { "" } else { "/" });
        // The error would tell the address, and the secret with it.
        uri.parse::<Uri>()
            .map_err(|_| Error::usage(format!("{scheme}: the path is not that of an address")))?;
        let authorization =
            secret.filter(|_| !in_path).map(|secret| delivery.auth.unwrap_or(dialect.auth).header(secret));
        let is_splunk = matches!(dialect.auth, Auth::Splunk);
        let name = format!("{}:{scheme}", delivery.format);
        let channel =
            is_splunk.then(|| uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).to_string());
        let agent = agent(delivery)?;
        let most = dialect.at_once;
        let (template, timeout) = (delivery.template.clone(), delivery.timeout);
        Ok(Self { agent, uri, authorization, dialect, template, topic, channel, most, timeout })
    }

    /// The answer to a POST of `body`.
    fn post(&self, uri: &str, mime: &str, body: &str, id: Option<&str>) -> Result<Reply, Trouble> {
        let mut request = self.agent.post(uri).header("content-type", mime);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(channel) = &self.channel {
            request = request.header("x-splunk-request-channel", channel);
        }
        if let Some(id) = id {
            request = request.header("idempotency-key", id);
        }
        let answer = request.send(body).map_err(|error| trouble(&error))?;
        let (parts, mut answer) = answer.into_parts();
        let mut body = Vec::new();
        let read = answer.as_reader().take(MOST_ANSWER).read_to_end(&mut body);
        read.map_err(|cause| Trouble::passing(format!("its answer ends early: {}", cause.kind())))?;
        Ok(Reply { status: parts.status.as_u16(), after: after(parts.status, &parts.headers), body })
    }

    /// What is sent for `parcels`.
    fn body(&self, parcels: &[Parcel]) -> String {
        match (&self.template, &self.topic, parcels) {
            (Some(template), _, [one]) => body::filled(template, &one.body),
            (None, Some(topic), [one]) => body::with_topic(&one.body, topic),
            _ => body::body(parcels, self.dialect.around),
        }
    }

    /// What kind of text the body is.
    fn mime(&self) -> &'static str {
        match &self.template {
            Some(template) if !template.trim_start().starts_with(['{', '[']) => "text/plain; charset=utf-8",
            Some(_) => "application/json",
            None => self.dialect.mime,
        }
    }

    /// Asks Splunk until it has stored what it promised to store.
    fn acknowledged(&self, id: u64, parcels: usize, stop: &AtomicBool) -> Answer {
        let base = self.uri.split_once("/services/collector").map_or(&*self.uri, |(base, _)| base);
        let channel = self.channel.as_deref().unwrap_or("");
        let uri = format!("{base}/services/collector/ack?channel={channel}");
        let question = format!("{{\"acks\":[{id}]}}");
        let deadline = Deadline::after(self.timeout);
        loop {
            let reply = match self.post(&uri, "application/json", &question, None) {
                Ok(reply) => reply,
                Err(trouble) => return Answer::trouble(trouble),
            };
            let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            if said.get("acks").and_then(|acks| acks.get(id.to_string())?.as_bool()) == Some(true) {
                return Answer::taken(parcels);
            }
            if deadline.is_over() || !rest(ASK, stop) {
                return Answer::trouble(Trouble::passing("it has not acknowledged what it received"));
            }
        }
    }
}

impl Carrier for Http {
    fn send(&mut self, parcels: &[Parcel], stop: &AtomicBool) -> Answer {
        let parcels = &parcels[..body::fitting(parcels, self.most)];
        let alone = match parcels {
            [one] => Some(&*one.id),
            _ => None,
        };
        let reply = match self.post(&self.uri, self.mime(), &self.body(parcels), alone) {
            Ok(reply) => reply,
            Err(trouble) => return Answer::trouble(trouble),
        };
        match (self.dialect.read)(&reply, parcels.len()) {
            Verdict::Settled(answer) => {
                if answer.trouble.is_none() {
                    self.most = (self.most * 2).min(self.dialect.at_once);
                }
                answer
            }
            Verdict::Promised(id) => self.acknowledged(id, parcels.len(), stop),
            Verdict::Part(why) if alone.is_some() => {
                Answer { fates: vec![Fate::Refused(why)], trouble: None }
            }
            Verdict::Part(_) => {
                self.most = (parcels.len() / 2).max(1);
                Answer::default()
            }
        }
    }
}

/// A client that trusts the certificates of the system and of the settings, follows nowhere, and ends waits in time.
fn agent(delivery: &Delivery) -> Result<Agent, Error> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("gatehound/", env!("CARGO_PKG_VERSION")))
        .timeout_per_call(Some(delivery.timeout))
        .tls_config(tls::config(delivery)?)
        .build();
    Ok(config.new_agent())
}

/// Splits the topic, the last piece of the path, from the rest.
fn split_topic(path: &str) -> Result<(&str, Option<String>), Error> {
    let (base, topic) = path.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
    if topic.is_empty() || topic.contains(['{', '?']) {
        return Err(Error::usage("ntfy: the address ends with a topic: https://HOST/TOPIC"));
    }
    Ok((base, Some(topic.to_owned())))
}

/// How long the receiver wants to be left alone.
fn after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let may_say = matches!(status.as_u16(), 200 | 429 | 503);
    text("retry-after").filter(|_| may_say).and_then(|value| retry_after(value, text("date")))
}

/// Why there is no answer. Some errors of the client tell the address; none of their words is passed on but the system's.
fn trouble(error: &ureq::Error) -> Trouble {
    match error {
        ureq::Error::Timeout(_) => Trouble::passing("no answer in time"),
        ureq::Error::HostNotFound => Trouble::passing("no such host"),
        ureq::Error::ConnectionFailed => Trouble::passing("cannot connect"),
        ureq::Error::Rustls(cause) => Trouble::lasting(format!("TLS: {cause}")),
        ureq::Error::Tls(cause) => Trouble::lasting(format!("TLS: {cause}")),
        ureq::Error::Io(cause) => {
            match cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(inner) => tls::trouble(inner),
                None => Trouble::passing(cause.kind().to_string()),
            }
        }
        ureq::Error::Protocol(_) => Trouble::passing("it does not answer in HTTP"),
        other => Trouble::passing(match other.source() {
            Some(_) => "the request failed on its way",
            None => "the request failed",
        }),
    }
}
