//! JSON Schemas (draft 2020-12) of what gatehound writes: a contract that other programs rely on.

use crate::error::Error;

/// Every schema: its name and its text.
pub static SCHEMAS: &[(&str, &str)] = &[
    ("incident", include_str!("schema/incident.json")),
    ("event", include_str!("schema/event.json")),
    ("summary", include_str!("schema/summary.json")),
    ("doctor", include_str!("schema/doctor.json")),
];

/// The schema called `name`, as JSON; an unknown name is an error that names the nearest.
pub fn schema(name: &str) -> Result<&'static str, Error> {
    let found = SCHEMAS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let known: Vec<_> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        Error::unknown("schema", name, &known)
    })
}
