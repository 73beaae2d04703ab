//! Hashes that outlive a process: names become 64-bit hashes under the user's key, secrets become keyed BLAKE3.
//!
//! Tables in memory use their own randomly seeded hasher; nothing here is for them.

use std::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The key that is used when the user gave none. Published, so hashes under it only hide a name from a glance.
const PUBLISHED_KEY: [u8; 32] = *b"gatehound: no hash key was given";

/// A name (user, agent, host, token …) as 64 bits; zero means that the log names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameHash(pub u64);

/// A path template as 64 bits: the upper half is shared by all paths with the same parent, the whole by one template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TemplateHash(pub u64);

impl NameHash {
    /// No name.
    pub const NONE: Self = Self(0);

    /// Whether there is a name at all.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// This name if there is one, else `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_some() { self } else { other }
    }
}

impl TemplateHash {
    /// What all siblings of this template share.
    #[must_use]
    pub fn parent(self) -> u32 {
        u32::try_from(self.0 >> 32).expect("32 bits are left")
    }
}

/// How a hashed secret is shown: `h:` and sixteen hexadecimal digits.
impl fmt::Display for NameHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h:{:016x}", self.0)
    }
}

/// The key of all persisted hashes, and what follows from it.
#[derive(Clone)]
pub struct Keys {
    secret: [u8; 32],
    seed: u64,
}

impl Default for Keys {
    fn default() -> Self {
        Self::new(PUBLISHED_KEY)
    }
}

impl Keys {
    /// Hashes under `secret`.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        let digest = blake3::keyed_hash(&secret, b"gatehound name seed v1");
        Self { secret, seed: first_eight(&digest) }
    }

    /// Hashes under a key derived from whatever bytes the user's key file holds.
    #[must_use]
    pub fn derive(material: &[u8]) -> Self {
        Self::new(blake3::derive_key("gatehound 2026 hash key v1", material))
    }

    /// Hash of a name that may be shown elsewhere in clear: a user, a host, an agent. Empty names are no names.
    #[must_use]
    pub fn name(&self, name: &[u8]) -> NameHash {
        match name {
            b"" | b"-" => NameHash::NONE,
            name => NameHash(xxh3_64_with_seed(name, self.seed).max(1)),
        }
    }

    /// Hash of a secret (token, key, session): BLAKE3 keyed, cut to 64 bits. Empty secrets are none.
    #[must_use]
    pub fn secret(&self, secret: &[u8]) -> NameHash {
        match secret {
            b"" | b"-" => NameHash::NONE,
            secret => NameHash(first_eight(&blake3::keyed_hash(&self.secret, secret)).max(1)),
        }
    }

    /// A key for another purpose, which tells nothing about this one.
    #[must_use]
    pub fn subkey(&self, purpose: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.secret, purpose.as_bytes()).as_bytes()
    }

    /// A 64-bit hash of any bytes under the key.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> u64 {
        xxh3_64_with_seed(bytes, self.seed)
    }
}

/// Never shows the key.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Mixes two 64-bit values into one; not commutative (the finaliser of `MurmurHash3`, public domain).
#[must_use]
pub fn mix(a: u64, b: u64) -> u64 {
    let mut h = a.rotate_left(29) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// The first eight bytes of a digest as a number.
fn first_eight(digest: &blake3::Hash) -> u64 {
    u64::from_le_bytes(digest.as_bytes()[..8].try_into().expect("a digest has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_changes_every_hash_and_a_dash_is_no_name() {
        let (ours, theirs) = (Keys::default(), Keys::derive(b"theirs"));
        assert_ne!(ours.name(b"amy"), theirs.name(b"amy"));
        assert_ne!(ours.secret(b"t"), theirs.secret(b"t"));
        assert_eq!(ours.name(b"-"), NameHash::NONE);
        assert_eq!(ours.secret(b"abc").to_string().len(), 18);
    }
}
