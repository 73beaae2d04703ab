//! A line as the oracle is shown it.

use std::borrow::Cow;

use rsigma_eval::EventValue;

use crate::traffic::Line;

/// A line as the oracle reads it: Sigma's names and their values, made anew from the line's parts.
pub(crate) struct Seen {
    fields: Vec<(&'static [&'static str], EventValue<'static>)>,
    record: String,
}

impl Seen {
    /// What the oracle is shown of `line`.
    pub(crate) fn of(line: &Line) -> Self {
        let text = |bytes: &[u8]| EventValue::Str(Cow::Owned(String::from_utf8_lossy(bytes).into_owned()));
        let mut fields: Vec<(&'static [&'static str], EventValue<'static>)> = Vec::new();
        let mut put = |names, value: Option<EventValue<'static>>| {
            if let Some(value) = value {
                fields.push((names, value));
            }
        };
        let path = line.path.as_deref().unwrap_or_default();
        let target = match &line.query {
            Some(query) => [path, b"?", query].concat(),
            None => path.to_vec(),
        };
        let uri = match (&line.scheme, &line.host) {
            (Some(scheme), Some(host)) => [scheme, &b"://"[..], host, &target].concat(),
            _ => target.clone(),
        };
        put(&["c-uri", "cs-uri"], Some(text(&uri)));
        put(&["cs-uri-stem", "c-uri-path"], Some(text(path)));
        // Servers log path and query as one or apart, and rules are written for both.
        let both = line.query.as_deref().map(text).into_iter().chain([text(&target)]).collect();
        put(&["cs-uri-query", "c-uri-query"], Some(EventValue::Array(both)));
        let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let dot = last.iter().rposition(|&byte| byte == b'.');
        put(&["c-uri-extension"], dot.map(|dot| text(&last[dot + 1..])));
        put(&["cs-method"], line.method.as_deref().map(text));
        put(&["cs-host", "r-dns"], line.host.as_deref().map(text));
        put(&["c-useragent", "cs-user-agent"], line.agent.as_deref().map(text));
        // What is empty is logged as `-`, and rules ask for it in either way.
        let or_dash = |bytes: &[u8]| match bytes {
            b"" => EventValue::Array(vec![text(b""), text(b"-")]),
            bytes => text(bytes),
        };
        put(&["cs-referer", "cs-referrer"], line.referer.as_deref().map(or_dash));
        put(&["cs-username"], line.user.as_deref().map(text));
        put(&["sc-status"], line.status.map(|status| EventValue::Int(i64::from(status))));
        put(&["sc-bytes"], line.bytes.map(|bytes| EventValue::Int(i64::try_from(bytes).unwrap())));
        put(&["c-ip"], line.client.map(|client| EventValue::Str(client.to_string().into())));
        put(&["dst_ip"], line.upstream.as_deref().map(|upstream| text(address_of(upstream))));
        Self { fields, record: String::from_utf8_lossy(&line.record).into_owned() }
    }

    /// The value that Sigma calls `name`.
    fn value(&self, name: &str) -> Option<EventValue<'static>> {
        let named = self.fields.iter().find(|(names, _)| names.contains(&name));
        named.map(|(_, value)| value.clone())
    }
}

/// An address without its port.
fn address_of(upstream: &[u8]) -> &[u8] {
    let text = std::str::from_utf8(upstream).unwrap_or_default();
    let socket = text.parse::<std::net::SocketAddr>();
    match socket {
        Ok(socket) if socket.is_ipv6() => &upstream[1..text.rfind(']').unwrap()],
        Ok(_) => &upstream[..text.rfind(':').unwrap()],
        Err(_) => upstream,
    }
}

impl rsigma_eval::Event for Seen {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.value(path)
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        pred(&self.record)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        vec![Cow::Borrowed(&self.record)]
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}
