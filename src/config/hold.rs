//! `[[allow]]` and `[[suppress]]` of a settings file: findings that the user does not want to hear of, and until when.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Origin;
use super::file::File;
use crate::error::Error;

/// Why the user does not want to hear of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Its sources may do what they do.
    Allow,
    /// It is known.
    Suppress,
}

impl Hold {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Allow, Self::Suppress];

    /// The name of its table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Suppress => "suppress",
        }
    }

    /// The keys of its table.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Allow => &["network", "kind", "from", "until", "reason"],
            Self::Suppress => &["incident", "network", "user", "path", "kind", "until", "reason"],
        }
    }

    /// The keys that it cannot do without: whoever reads it in a year must know why, and what is suppressed comes back.
    fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Allow => &["network", "reason"],
            Self::Suppress => &["until", "reason"],
        }
    }

    /// The keys that say which findings it is about, and of which one at least is there.
    fn telling(self) -> &'static [&'static str] {
        match self {
            Self::Allow => &["network"],
            Self::Suppress => &["incident", "network", "user", "path", "kind"],
        }
    }
}

/// One `[[allow]]` or `[[suppress]]`.
#[derive(Clone, Debug)]
pub struct HoldRule {
    /// Which of the two.
    pub hold: Hold,
    /// The words, in the order of its keys.
    words: Vec<(&'static str, Vec<String>)>,
    /// Who said it.
    pub origin: Origin,
}

impl HoldRule {
    /// The words for `key`.
    pub fn list(&self, key: &str) -> &[String] {
        self.words().find(|(name, _)| *name == key).map_or(&[], |(_, words)| words)
    }

    /// The word for `key`.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.list(key).first().map(String::as_str)
    }

    /// Every key that is there, and its words.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.words.iter().map(|(name, words)| (*name, words.as_slice()))
    }

    /// Reads one table; what is wrong with it joins the mistakes of `file`.
    pub(super) fn read(file: &mut File<'_>, hold: Hold, at: usize, table: &DeTable<'_>) -> Self {
        let mut words = Vec::new();
        for (name, value) in table {
            let word: &str = name.get_ref();
            let takes_list = !matches!(word, "from" | "until" | "reason");
            match (hold.keys().iter().find(|key| **key == word), strings(value, takes_list)) {
                (None, _) => {
                    let error = Error::unknown(&format!("key of [[{}]]", hold.name()), word, hold.keys());
                    file.wrong(name.span().start, &error.to_string());
                }
                (Some(_), None) => {
                    let wanted = match word {
                        "reason" => "a string",
                        "from" | "until" => "a date",
                        _ => "a string or a list of strings",
                    };
                    file.wrong(value.span().start, &format!("{word} takes {wanted}"));
                }
                (Some(key), Some(strings)) => words.push((*key, strings)),
            }
        }
        for key in hold.needed() {
            if !table.contains_key(*key) {
                file.wrong(at, &format!("[[{}]] lacks `{key}`", hold.name()));
            }
        }
        if hold == Hold::Suppress && !hold.telling().iter().any(|key| table.contains_key(*key)) {
            file.wrong(at, &format!("[[suppress]] needs one of `{}`", hold.telling().join("`, `")));
        }
        words.sort_by_key(|(name, _)| hold.keys().iter().position(|key| key == name));
        Self { hold, words, origin: file.place(at) }
    }
}

/// The strings of a value; one may stand alone, and a time without quotes.
fn strings(value: &Spanned<DeValue<'_>>, takes_list: bool) -> Option<Vec<String>> {
    match value.get_ref() {
        DeValue::String(word) => Some(vec![word.to_string()]),
        DeValue::Datetime(stamp) if !takes_list => Some(vec![stamp.to_string()]),
        DeValue::Array(all) if takes_list && !all.is_empty() => {
            all.iter().map(|one| one.get_ref().as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}
