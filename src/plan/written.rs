//! Format strings that the user writes out or points at.

use std::path::Path;

use crate::error::Error;
use crate::format::{Directive, directives, from_string};

/// The format string that the user gave, or that stands in the configuration file behind an `@`; checked.
pub(super) fn written(text: &str) -> Result<String, Error> {
    let text = text.strip_prefix('@').map_or_else(|| Ok(text.to_owned()), read)?;
    from_string(&text).map(|_| text)
}

/// The string at a place, `FILE` or `FILE:NAME`.
fn read(place: &str) -> Result<String, Error> {
    // A path may hold a colon itself.
    let (path, name) = match place.rsplit_once(':') {
        Some((path, name)) if !Path::new(place).exists() => (path, Some(name)),
        _ => (place, None),
    };
    let config = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
    let found = directives(&String::from_utf8_lossy(&config));
    let named = |one: &&Directive| {
        name.is_none_or(|name| one.name == name || one.name.is_empty() && one.dialect == name)
    };
    let mut fitting = found.iter().filter(named);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.text.clone()),
        (None, _) if found.is_empty() => Err(Error::usage(format!("{path}: no format string in it"))),
        (None, _) => {
            let known: Vec<&str> = found.iter().map(|one| &*one.name).collect();
            Err(Error::unknown("format string", name.unwrap_or_default(), &known))
        }
        (Some(_), Some(_)) => Err(Error::usage(format!(
            "{path}: several format strings; say which: {}",
            found.iter().map(|one| format!("@{path}:{}", one.name)).collect::<Vec<_>>().join(" ")
        ))),
    }
}
