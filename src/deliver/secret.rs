//! What a receiver knows us by: read from a file or the environment, never shown.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;

/// The longest secret that is read, in bytes.
const MAX: usize = 16 << 10;

/// A token, a key, or `user:password`. Nothing prints it.
#[derive(Clone)]
pub struct Secret(String);

/// How a secret is shown to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Splunk …`, of the HTTP Event Collector.
    Splunk,
    /// `Authorization: ApiKey …`, of Elasticsearch.
    ApiKey,
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// `Authorization: Basic …` (RFC 7617); the secret is `user:password`.
    Basic,
}

impl Auth {
    /// The way called `name`.
    pub fn by_name(name: &str) -> Result<Self, Error> {
        let known = [
            ("splunk", Self::Splunk),
            ("apikey", Self::ApiKey),
            ("bearer", Self::Bearer),
            ("basic", Self::Basic),
        ];
        let found = known.iter().find(|(word, _)| *word == name);
        found.map(|(_, auth)| *auth).ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|(word, _)| *word).collect();
            Error::unknown("auth", name, &names)
        })
    }

    /// The value of the header `Authorization`.
    pub(super) fn header(self, secret: &Secret) -> String {
        let secret = secret.text();
        match self {
            Self::Splunk => format!("Splunk {secret}"),
            Self::ApiKey => format!("ApiKey {secret}"),
            Self::Bearer => format!("Bearer {secret}"),
            Self::Basic => format!("Basic {}", STANDARD.encode(secret)),
        }
    }
}

impl Secret {
    /// The content of a file, without the line end behind it.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let content = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
        Self::checked(&content, &path.display().to_string())
    }

    /// The value of the environment variable `name`.
    pub fn of_variable(name: &str, value: OsString) -> Result<Self, Error> {
        Self::checked(value.into_encoded_bytes().as_slice(), name)
    }

    /// A secret of `place` that a header can carry.
    fn checked(content: &[u8], place: &str) -> Result<Self, Error> {
        let text = content.trim_ascii();
        let is_plain =
            !text.is_empty() && text.len() <= MAX && text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let text = std::str::from_utf8(text).ok().filter(|_| is_plain);
        let wrong = || Error::usage(format!("{place}: expected a secret: one line of printable ASCII"));
        text.map(|text| Self(text.to_owned())).ok_or_else(wrong)
    }

    /// The secret itself, for a header or an address that is sent.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_into_its_header_and_into_nothing_else() {
        let secret = Secret::checked(b"user:pass\n", "here").unwrap();
        assert_eq!(Auth::Basic.header(&secret), "Basic dXNlcjpwYXNz");
        assert_eq!(Auth::Splunk.header(&secret), "Splunk user:pass");
        assert_eq!(format!("{secret:?}"), "Secret");
        let error = Secret::checked(b"a\nX-Other: b", "token").unwrap_err().to_string();
        assert!(error.starts_with("token: ") && !error.contains("Other"), "{error}");
    }
}
