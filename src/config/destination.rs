//! `[[destination]]` of a settings file: what only one receiver needs. Secrets are never written there, only where they stand.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Origin;
use super::file::File;
use crate::error::Error;

/// What is special about the receivers at an address.
#[derive(Clone, Debug)]
pub struct DestinationRule {
    /// The words, in the order of [`DESTINATION_KEYS`].
    words: Vec<(&'static str, String)>,
    /// Who said it.
    pub origin: Origin,
}

/// The keys of a `[[destination]]`.
pub(super) const DESTINATION_KEYS: [&str; 8] =
    ["url", "token-file", "token-env", "auth", "ca-file", "cert-file", "key-file", "template"];

impl DestinationRule {
    /// The word for `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.words().find(|(name, _)| *name == key).map(|(_, word)| word)
    }

    /// A file that `key` names; a relative one is looked for beside the settings.
    pub fn file(&self, key: &str) -> Option<std::path::PathBuf> {
        let folder = match &self.origin {
            Origin::File(path, _) => path.parent().unwrap_or(Path::new("")),
            _ => Path::new(""),
        };
        self.get(key).map(|name| folder.join(name))
    }

    /// Every key that is there, and its word.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.words.iter().map(|(name, word)| (*name, word.as_str()))
    }

    /// Reads one table; what is wrong with it joins the mistakes of `file`.
    pub(super) fn read(file: &mut File<'_>, at: usize, table: &DeTable<'_>) -> Option<Self> {
        let mut words = Vec::new();
        for (name, value) in table {
            let word: &str = name.get_ref();
            match (DESTINATION_KEYS.iter().find(|key| **key == word), text(value)) {
                (None, _) => {
                    let error = Error::unknown("key of [[destination]]", word, &DESTINATION_KEYS);
                    file.wrong(name.span().start, &error.to_string());
                }
                (Some(_), None) => file.wrong(value.span().start, &format!("{word} takes a string")),
                (Some(key), Some(text)) => words.push((*key, text)),
            }
        }
        words.sort_by_key(|(name, _)| DESTINATION_KEYS.iter().position(|key| key == name));
        let rule = Self { words, origin: file.place(at) };
        let both = |one: &str, other: &str| rule.get(one).is_some() && rule.get(other).is_some();
        if !table.contains_key("url") {
            file.wrong(at, "[[destination]] lacks `url`");
        }
        if both("token-file", "token-env") {
            file.wrong(at, "[[destination]]: `token-file` and `token-env` exclude each other");
        }
        if rule.get("cert-file").is_some() != rule.get("key-file").is_some() {
            file.wrong(at, "[[destination]]: `cert-file` and `key-file` go together");
        }
        rule.get("url").is_some().then_some(rule)
    }
}

fn text(value: &Spanned<DeValue<'_>>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}
