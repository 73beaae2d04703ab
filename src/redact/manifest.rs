//! What was replaced, so that who has the key can undo it: each original is sealed under its own pseudonym, which is a keyed
//! hash of it and so serves as a synthetic initialisation vector (the construction of RFC 5297, with BLAKE3).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{Sort, address};
use crate::error::Error;
use crate::hash::Keys;

/// Its name and version.
const SCHEMA: &str = "gatehound.redaction.v1";
/// Bytes of a tag.
const TAG: usize = 8;

/// What was replaced, as it is written to a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    schema: String,
    /// How many of each sort.
    replaced: BTreeMap<String, u64>,
    entries: Vec<Entry>,
}

/// One pseudonym.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    sort: String,
    pseudonym: String,
    /// Its tag and the original, sealed, in hexadecimal digits.
    sealed: String,
}

/// The pseudonym of a name: its sort and sixteen hexadecimal digits.
pub(super) fn pseudonym(key: &[u8; 32], sort: Sort, name: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(sort.name().as_bytes()).update(b"\0").update(name);
    let hex = hasher.finalize().to_hex();
    format!("{}-{}", sort.name(), hex.get(..16).unwrap_or_default())
}

/// `bytes` sealed or opened under a pseudonym.
fn turned(key: &[u8; 32], pseudonym: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; bytes.len()];
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"seal\0").update(pseudonym.as_bytes());
    hasher.finalize_xof().fill(&mut stream);
    stream.iter().zip(bytes).map(|(one, other)| one ^ other).collect()
}

/// What proves that `original` was sealed under `pseudonym` with this key.
fn tag(key: &[u8; 32], pseudonym: &str, original: &[u8]) -> [u8; TAG] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"tag\0").update(pseudonym.as_bytes()).update(b"\0").update(original);
    let mut tag = [0; TAG];
    hasher.finalize_xof().fill(&mut tag);
    tag
}

/// The original that was sealed; `None` where another key sealed it, or somebody changed it.
fn opened(key: &[u8; 32], entry: &Entry) -> Option<Vec<u8>> {
    let bytes = turned(key, &entry.pseudonym, &unhex(&entry.sealed)?);
    let (proof, original) = bytes.split_first_chunk::<TAG>()?;
    (*proof == tag(key, &entry.pseudonym, original)).then(|| original.to_vec())
}

/// Bytes from hexadecimal digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.remainder().is_empty().then(|| digits.map(byte).collect())?
}

impl Manifest {
    /// Seals what was replaced.
    pub(super) fn seal(key: &[u8; 32], replaced: &BTreeMap<(Sort, String), Vec<u8>>) -> Self {
        let mut counts: BTreeMap<String, u64> = Sort::ALL.map(|sort| (sort.name().to_owned(), 0)).into();
        let mut entries = Vec::with_capacity(replaced.len());
        for ((sort, pseudonym), original) in replaced {
            *counts.entry(sort.name().to_owned()).or_default() += 1;
            let mut sealed = String::with_capacity(original.len() * 2);
            let proven = [&tag(key, pseudonym, original), original.as_slice()].concat();
            for byte in turned(key, pseudonym, &proven) {
                let _ = write!(sealed, "{byte:02x}");
            }
            entries.push(Entry { sort: sort.name().to_owned(), pseudonym: pseudonym.clone(), sealed });
        }
        Self { schema: SCHEMA.to_owned(), replaced: counts, entries }
    }

    /// Reads a manifest.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|cause| Error::usage(format!("no manifest: {cause}")))?;
        if manifest.schema != SCHEMA {
            let theirs = &manifest.schema;
            return Err(Error::usage(format!("its schema is `{theirs}`; this gatehound reads `{SCHEMA}`")));
        }
        Ok(manifest)
    }

    /// What each pseudonym stands for; an error where `keys` did not make it.
    pub fn open(&self, keys: &Keys) -> Result<Originals, Error> {
        let key = keys.subkey("gatehound redaction v1");
        let mut all = BTreeMap::new();
        for entry in &self.entries {
            let Some(original) = opened(&key, entry) else {
                return Err(Error::usage(
                    "the manifest was made with another key, or changed; GATEHOUND_HASH_KEY_FILE must name the key of the scan",
                ));
            };
            all.insert(entry.pseudonym.clone(), String::from_utf8_lossy(&original).into_owned());
        }
        Ok(Originals(all))
    }
}

/// A pseudonym of a name.
#[expect(clippy::expect_used, reason = "the expression is written here")]
static PSEUDONYM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?:user|query)-[0-9a-f]{16}").expect("an expression"));

/// Pseudonyms and what they stand for.
pub struct Originals(BTreeMap<String, String>);

impl Originals {
    /// `text` with what its pseudonyms stand for; what is not in the manifest stays.
    #[must_use]
    pub fn reveal(&self, text: &str) -> String {
        let named = PSEUDONYM.replace_all(text, |found: &regex::Captures<'_>| {
            self.0.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned())
        });
        address::replace(&named, |address| {
            let pseudonym = address.to_string();
            self.0.get(&pseudonym).cloned().unwrap_or(pseudonym)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_a_manifest() {
        let (ours, theirs) = (Keys::derive(b"ours"), Keys::derive(b"theirs"));
        let key = ours.subkey("gatehound redaction v1");
        let name = pseudonym(&key, Sort::User, b"ann@mail.example");
        let address: std::net::IpAddr = "192.0.2.7".parse().unwrap();
        let hidden = address::pseudonym(&key, address).to_string();
        let replaced = BTreeMap::from([
            ((Sort::User, name.clone()), b"ann@mail.example".to_vec()),
            ((Sort::Address, hidden.clone()), b"192.0.2.7".to_vec()),
        ]);
        let written = serde_json::to_vec(&Manifest::seal(&key, &replaced)).unwrap();
        assert!(!String::from_utf8_lossy(&written).contains("ann"));
        let manifest = Manifest::read(&written).unwrap();
        let originals = manifest.open(&ours).unwrap();
        assert_eq!(
            originals.reveal(&format!("{name} from {hidden}, user-0000000000000000")),
            "ann@mail.example from 192.0.2.7, user-0000000000000000"
        );
        assert!(manifest.open(&theirs).is_err());
        assert!(Manifest::read(b"{}").is_err());
    }
}
