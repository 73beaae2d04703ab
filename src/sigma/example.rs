//! Examples that a rule carries with it: requests that it must match, and some that look alike and that it must not.
//!
//! They stand in the rule's file under `examples`, as lists `match` and `near_miss` of requests; a request is field names
//! of the taxonomy with their values.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::facts::Facts;
use super::field::Field;
use super::place::Refusal;
use super::rule::Rule;
use crate::error::Error;
use crate::event::Event;

/// A request that a rule must match, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether it must.
    pub matches: bool,
    /// Fields of the request and their values.
    fields: Vec<(Field, String)>,
}

/// The key of the examples, and those of its two lists.
const EXAMPLES: &str = "examples";
const LISTS: [(&str, bool); 2] = [("match", true), ("near_miss", false)];

/// The examples among what a rule says beside what Sigma knows.
pub(super) fn examples<V: Serialize>(attributes: &HashMap<String, V>) -> Result<Vec<Example>, Refusal> {
    let Some(written) = attributes.get(EXAMPLES) else { return Ok(Vec::new()) };
    let wrong = |message: &str| Refusal::new(EXAMPLES, message);
    let value = serde_json::to_value(written).map_err(|_| wrong("the examples cannot be read"))?;
    let Value::Object(lists) = value else {
        return Err(wrong("examples are two lists, `match` and `near_miss`"));
    };
    let mut examples = Vec::new();
    for (name, list) in &lists {
        let Some(&(_, matches)) = LISTS.iter().find(|(known, _)| known == name) else {
            return Err(Refusal::new(
                name,
                Error::unknown("list of examples", name, &LISTS.map(|(known, _)| known)).to_string(),
            ));
        };
        for one in list.as_array().ok_or_else(|| wrong("`match` and `near_miss` are lists of requests"))? {
            examples.push(Example { matches, fields: fields(one)? });
        }
    }
    Ok(examples)
}

/// The fields of one example.
fn fields(one: &Value) -> Result<Vec<(Field, String)>, Refusal> {
    let one = one
        .as_object()
        .ok_or_else(|| Refusal::new(EXAMPLES, "an example is field names with their values"))?;
    let field = |(name, value): (&String, &Value)| {
        let field = Field::named(name)
            .ok_or_else(|| Refusal::new(name, Error::unknown("field", name, &Field::names()).to_string()))?;
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok((field, value))
    };
    one.iter().map(field).collect()
}

impl Example {
    /// Whether `rule` does with it what it must.
    pub fn passes(&self, rule: &Rule) -> bool {
        let event = self.event();
        let record = self.words();
        let facts = Facts { record: record.as_bytes(), event: &event, client: None };
        rule.expr.holds(&facts) == self.matches
    }

    /// Its values one after the other, as they are shown and as keywords see them.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.fields.iter().map(|(_, value)| value.as_str()).collect();
        words.join(" ")
    }

    /// It as an event.
    pub(super) fn event(&self) -> Event<'_> {
        let mut event = Event::default();
        // The method first: how a target is read depends on it.
        for (field, value) in self.fields.iter().filter(|(field, _)| *field == Field::Method) {
            set(&mut event, *field, value);
        }
        for (field, value) in &self.fields {
            set(&mut event, *field, value);
        }
        event
    }
}

/// Sets what `field` is read from.
fn set<'v>(event: &mut Event<'v>, field: Field, value: &'v str) {
    let text = Some(value.as_bytes());
    let number = || value.parse::<u64>().ok();
    match field {
        Field::Method => event.method = text,
        Field::Uri => event.set_target(value.as_bytes()),
        Field::Stem => event.path = text,
        Field::Query => event.query = text,
        Field::Agent => event.user_agent = text,
        Field::Referer => event.referer = text,
        Field::Host => event.host = text,
        Field::User => event.user = text,
        Field::Protocol => event.protocol = text,
        Field::Scheme => event.scheme = text,
        Field::Country => event.country = text,
        Field::Ja3 => event.ja3 = text,
        Field::Ja4 => event.ja4 = text,
        Field::Server => event.upstream = text,
        Field::Client => event.client = value.parse().ok(),
        Field::ClientPort => event.client_port = value.parse().ok(),
        Field::Status => event.status = value.parse().ok(),
        Field::BytesOut => event.bytes_out = number(),
        Field::BytesIn => event.bytes_in = number(),
        Field::Duration => event.duration = number().map(|millis| millis.saturating_mul(1000)),
        Field::Extension | Field::Date | Field::Time | Field::Instant | Field::Unlogged => {}
    }
}
