//! The one table that maps field names of Sigma's webserver and proxy taxonomies onto an event.
//!
//! Names are those of the W3C Extended Log File Format as Sigma's taxonomy appendix lists them, spellings that rules use
//! beside them, and the names of `gatehound.event.v1`. Case does not matter.

/// What a rule can ask of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    /// The method.
    Method,
    /// The whole URI: scheme and host where the log has both, path, query.
    Uri,
    /// The path.
    Stem,
    /// What stands behind the `?`; asked of it, text is also looked for in path and query together. Public rules name
    /// paths here, since many servers log the two as one.
    Query,
    /// What stands behind the last dot of the path's last segment.
    Extension,
    /// What the client calls itself.
    Agent,
    /// The referring page.
    Referer,
    /// The status.
    Status,
    /// The client's address.
    Client,
    /// The client's port.
    ClientPort,
    /// The address of the server that answered: the upstream's.
    Server,
    /// The host that was asked for.
    Host,
    /// Who the request says it is.
    User,
    /// Bytes sent to the client.
    BytesOut,
    /// Bytes received from the client.
    BytesIn,
    /// Milliseconds that it took.
    Duration,
    /// `HTTP/1.1` and the like.
    Protocol,
    /// `http` or `https`.
    Scheme,
    /// The day, `2026-03-10`.
    Date,
    /// The time of day, `17:00:03`.
    Time,
    /// The instant (RFC 3339).
    Instant,
    /// The client's country.
    Country,
    /// The JA3 fingerprint.
    Ja3,
    /// The JA4 fingerprint.
    Ja4,
    /// What no access log that we read holds.
    Unlogged,
}

/// Every name and what it means.
static NAMES: &[(&str, Field)] = &[
    ("cs-method", Field::Method),
    ("c-uri", Field::Uri),
    ("cs-uri", Field::Uri),
    ("cs-uri-stem", Field::Stem),
    ("c-uri-stem", Field::Stem),
    ("c-uri-path", Field::Stem),
    ("cs-uri-path", Field::Stem),
    ("cs-uri-query", Field::Query),
    ("c-uri-query", Field::Query),
    ("c-uri-extension", Field::Extension),
    ("cs-uri-extension", Field::Extension),
    ("c-useragent", Field::Agent),
    ("c-user-agent", Field::Agent),
    ("cs-user-agent", Field::Agent),
    ("cs-useragent", Field::Agent),
    ("cs(user-agent)", Field::Agent),
    ("cs-referer", Field::Referer),
    ("cs-referrer", Field::Referer),
    ("c-referer", Field::Referer),
    ("c-referrer", Field::Referer),
    ("cs(referer)", Field::Referer),
    ("sc-status", Field::Status),
    ("c-ip", Field::Client),
    ("src_ip", Field::Client),
    ("c-port", Field::ClientPort),
    ("src_port", Field::ClientPort),
    ("dst_ip", Field::Server),
    ("r-ip", Field::Server),
    ("cs-host", Field::Host),
    ("cs(host)", Field::Host),
    ("r-dns", Field::Host),
    ("cs-username", Field::User),
    ("username", Field::User),
    ("sc-bytes", Field::BytesOut),
    ("cs-bytes", Field::BytesIn),
    ("time-taken", Field::Duration),
    ("cs-version", Field::Protocol),
    ("cs-uri-scheme", Field::Scheme),
    ("c-uri-scheme", Field::Scheme),
    ("date", Field::Date),
    ("time", Field::Time),
    ("cs-cookie", Field::Unlogged),
    ("cs(cookie)", Field::Unlogged),
    ("s-ip", Field::Unlogged),
    ("s-port", Field::Unlogged),
    ("dst_port", Field::Unlogged),
    ("s-sitename", Field::Unlogged),
    ("s-computername", Field::Unlogged),
    ("c-win32-status", Field::Unlogged),
    ("sc-win32-status", Field::Unlogged),
    ("sc-substatus", Field::Unlogged),
    ("x-cache", Field::Unlogged),
    ("client", Field::Client),
    ("client_port", Field::ClientPort),
    ("user", Field::User),
    ("method", Field::Method),
    ("scheme", Field::Scheme),
    ("host", Field::Host),
    ("path", Field::Stem),
    ("query", Field::Query),
    ("protocol", Field::Protocol),
    ("status", Field::Status),
    ("bytes_out", Field::BytesOut),
    ("bytes_in", Field::BytesIn),
    ("duration_ms", Field::Duration),
    ("upstream", Field::Server),
    ("referer", Field::Referer),
    ("user_agent", Field::Agent),
    ("country", Field::Country),
    ("ja3", Field::Ja3),
    ("ja4", Field::Ja4),
    ("@timestamp", Field::Instant),
    ("timestamp", Field::Instant),
];

impl Field {
    /// The field that rules call `name`.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, field)| field)
    }

    /// Its first name, as Sigma's taxonomy has it; none for what no access log holds.
    pub(super) fn name(self) -> Option<&'static str> {
        let known = NAMES.iter().find(|(_, field)| *field == self && self != Self::Unlogged);
        known.map(|&(name, _)| name)
    }

    /// Every field.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = NAMES.iter().map(|&(_, field)| field).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Every name that is known.
    pub(super) fn names() -> Vec<&'static str> {
        NAMES.iter().map(|&(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_in_the_table_twice() {
        let mut names = Field::names();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(Field::named("CS-User-Agent"), Some(Field::Agent));
        assert_eq!(Field::named("cs-uri-stam"), None);
    }
}
