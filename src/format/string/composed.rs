//! Lines in JSON whose values are strings of fields themselves, `"$request_method $request_uri"`.

use super::keyed::or_as_text;
use super::layout::Parts;
use super::template::{NAME, Template};
use crate::event::{Event, Malformed};
use crate::format::clf::no_access;
use crate::format::json::{Given, Members, is_the_gateways, object, of_name};
use crate::format::slot::{Growing, Meaning, Slot};
use crate::format::{Around, Clock, Decoder};
use crate::text::Escapes;

/// A value that is more than one field: literals around it, or several.
pub(super) struct Composed {
    path: Vec<u8>,
    template: Template,
    /// What it is where it stands in a line twice.
    meaning: Meaning,
}

impl Composed {
    pub(super) fn new(path: &[u8], template: Template) -> Self {
        use Slot::{Consumer, Request, Session, Token, User};
        let slots = template.slots();
        let says_who = slots.iter().find(|slot| matches!(slot, User | Consumer | Token | Session));
        let strangers = slots.iter().find(|slot| !is_the_gateways(**slot));
        let slot = says_who.or(strangers).or(slots.first()).copied().unwrap_or(Request);
        Self { path: path.to_vec(), template, meaning: Meaning::of(slot) }
    }
}

/// Lines whose values are strings of fields themselves.
pub(super) struct Keyed {
    pub(super) given: Given,
    pub(super) composed: Vec<Composed>,
    /// Whether the string names a member twice.
    pub(super) doubles: bool,
    pub(super) text: Option<Template>,
    pub(super) clock: Clock,
}

impl Keyed {
    fn read<'a>(&self, line: &'a [u8]) -> Result<Event<'a>, Malformed> {
        if line.first() != Some(&b'{') {
            return Err(no_access(line).unwrap_or(Malformed::Json));
        }
        let (mut growing, mut parts, mut members) = (Growing::new(), Parts::default(), Members::default());
        object(line, &mut |path, leaf| {
            let (composed, meaning) = self.says(path.text());
            if let Some(meaning) = meaning.filter(|_| leaf.counts) {
                put(composed, meaning, leaf.value, &mut growing, &mut parts);
                members.pass(path, &leaf, meaning);
            }
        })?;
        if self.doubles || !members.are_doubled() {
            self.finish(&mut growing, &parts, line)?;
            return Ok(growing.into_event());
        }
        // A stranger wrote members.
        (growing, parts) = (Growing::new(), Parts::default());
        let mut certain = members.certain();
        object(line, &mut |path, leaf| match self.says(path.text()) {
            (Some(composed), Some(meaning)) if leaf.counts => {
                if certain.admits(path, meaning, growing.has_client()) {
                    put(Some(composed), meaning, leaf.value, &mut growing, &mut parts);
                }
            }
            (_, meaning) => certain.take(&mut growing, path, &leaf, meaning),
        })?;
        self.finish(&mut growing, &parts, line)?;
        certain.finish(&mut growing, line)?;
        Ok(growing.into_event())
    }

    /// What the value at `path` is.
    fn says(&self, path: &[u8]) -> (Option<&Composed>, Option<Meaning>) {
        if let Some(composed) = self.composed.iter().find(|composed| composed.path == path) {
            return (Some(composed), Some(composed.meaning));
        }
        let given = self.given.binary_search_by(|(known, _)| known.as_slice().cmp(path));
        (None, given.map_or_else(|_| of_name(path), |nth| self.given[nth].1))
    }

    /// Completes the event of a line.
    fn finish(&self, growing: &mut Growing<'_>, parts: &Parts, line: &[u8]) -> Result<(), Malformed> {
        if !growing.has_request() {
            return Err(Malformed::NotAccess);
        }
        if parts.is_any() {
            let (time, digits) = parts.time(&self.clock).ok_or(Malformed::Time)?;
            growing.set_instant(time, digits);
        }
        growing.place(&self.clock);
        let escaped = memchr::memchr(b'\\', line).is_some();
        growing.finish(if escaped { Escapes::Json } else { Escapes::None })
    }
}

/// Gives a value to `growing`, taken apart where it is composed.
fn put<'a>(
    composed: Option<&Composed>,
    meaning: Meaning,
    value: &'a [u8],
    growing: &mut Growing<'a>,
    parts: &mut Parts,
) {
    match composed {
        // A value that says nothing has not the shape of its string.
        Some(composed) => drop(composed.template.put(value, growing, parts)),
        None => growing.put(meaning, value),
    }
}

impl Decoder for Keyed {
    fn format(&self) -> &'static str {
        NAME
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii();
        or_as_text(self.read(line), self.text.as_ref(), record, around)
    }
}

#[cfg(test)]
mod tests {
    use crate::format::{Around, from_string};

    /// Client, path, status, agent, and whether it is forged, of a line whose agent is `agent`.
    fn read(string: &str, agent: &str) -> Option<[String; 5]> {
        let line = format!(
            "{{\"at\":\"2026-03-10T17:00:03Z\",\"peer\":\"192.0.2.7:9\",\"what\":\"GET /a\",\"agent\":\"{agent}\",\"answer\":\"403 9\"}}"
        );
        let event = from_string(string).unwrap().decode(line.as_bytes(), Around::alone()).ok()?.clone();
        let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"none")).into_owned();
        let client = event.client.map_or("nobody".to_owned(), |client| client.to_string());
        Some([
            client,
            text(event.path),
            format!("{:?}", event.status),
            text(event.user_agent),
            event.is_forged().to_string(),
        ])
    }

    #[test]
    fn members_of_a_strangers_making_are_not_believed_where_values_are_composed() {
        let string = r#"log_format j escape=none '{"at":"$time_iso8601","peer":"$remote_addr:$remote_port","what":"$request_method $request_uri","agent":"$http_user_agent","answer":"$status $body_bytes_sent"}';"#;
        let told = |status: &str, agent: &str, forged: &str| {
            Some(["192.0.2.7", "/a", status, agent, forged].map(str::to_owned))
        };
        assert_eq!(read(string, "curl"), told("Some(403)", "curl", "false"));
        for agent in [r#"x","answer":"200 5"#, r#"x","answer":"200 5","peer":"198.51.100.1:9"#] {
            assert_eq!(read(string, agent), told("None", "x", "true"), "{agent}");
        }
        // A string that names a member twice itself.
        let twice = string.replace("\"what\"", "\"answer\":\"$status $bytes_sent\",\"what\"");
        let told = read(&twice, r#"x","answer":"200 5"#).unwrap();
        assert_eq!(told[4], "false");
    }
}
