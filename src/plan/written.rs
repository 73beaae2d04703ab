//! Format strings that the user writes out or points at.

use std::path::{Path, PathBuf};

use super::configuration::configuration;
use crate::error::Error;
use crate::format::{Directive, from_string};

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
    let found = configuration(Path::new(path))?.strings;
    let named = |(_, one): &&(PathBuf, Directive)| {
        name.is_none_or(|name| one.name == name || one.name.is_empty() && one.dialect == name)
    };
    let mut fitting = found.iter().filter(named);
    match (fitting.next(), fitting.next()) {
        (Some((_, one)), None) => Ok(one.text.clone()),
        (None, _) if found.is_empty() => Err(Error::usage(format!("{path}: no format string in it"))),
        (None, _) => {
            let known: Vec<&str> = found.iter().map(|(_, one)| &*one.name).collect();
            Err(Error::unknown("format string", name.unwrap_or_default(), &known))
        }
        (Some(_), Some(_)) => Err(Error::usage(format!(
            "{path}: several format strings; say which: {}",
            found.iter().map(|(_, one)| format!("@{path}:{}", one.name)).collect::<Vec<_>>().join(" ")
        ))),
    }
}
