//! The keys above a value, spelt so that every producer's way of writing them is the same: `request.headers.User-Agent`,
//! `request_headers_user_agent` and `RequestHeadersUserAgent` are all `requestheadersuseragent`.

/// How many bytes of a path are kept; longer ones mean nothing.
const LONGEST: usize = 96;

/// The keys from the outermost object down.
#[derive(Clone, Debug)]
pub(in crate::format) struct Path<'a> {
    text: [u8; LONGEST],
    length: usize,
    /// Where the second key begins, as far as there is one: behind the first key, or its first dot.
    first_end: Option<usize>,
    /// The last key as it stands.
    key: &'a [u8],
}

/// What [`Path::pop`] needs to undo a [`Path::push`].
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    length: usize,
    first_end: Option<usize>,
    key: &'a [u8],
}

impl Default for Path<'_> {
    fn default() -> Self {
        Self { text: [0; LONGEST], length: 0, first_end: None, key: b"" }
    }
}

impl<'a> Path<'a> {
    /// Goes down to `key`.
    pub(super) fn push(&mut self, key: &'a [u8]) -> Before<'a> {
        let before = Before { length: self.length, first_end: self.first_end, key: self.key };
        if self.length > 0 && self.first_end.is_none() {
            self.first_end = Some(self.length);
        }
        for &byte in key {
            if byte == b'.' && self.first_end.is_none() && self.length > 0 {
                self.first_end = Some(self.length);
            }
            if byte.is_ascii_alphanumeric() {
                // One more than fits marks a path that is too long.
                if let Some(place) = self.text.get_mut(self.length) {
                    *place = byte.to_ascii_lowercase();
                }
                self.length = (self.length + 1).min(LONGEST + 1);
            }
        }
        self.key = key;
        before
    }

    /// Goes up again.
    pub(super) fn pop(&mut self, before: Before<'a>) {
        (self.length, self.first_end, self.key) = (before.length, before.first_end, before.key);
    }

    /// All keys, lower case, letters and digits alone; empty where they are too long.
    pub(in crate::format) fn text(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or(b"")
    }

    /// All keys but the first.
    pub(super) fn below_first(&self) -> Option<(&[u8], &[u8])> {
        self.text().split_at_checked(self.first_end?)
    }

    /// The last key as it stands.
    pub(super) fn key(&self) -> &'a [u8] {
        self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

    #[test]
    fn every_spelling_of_a_path_is_the_same() {
        let text = |keys: &[&'static str]| {
            let mut path = Path::default();
            for key in keys {
                path.push(key.as_bytes());
            }
            let below = path.below_first().map_or(b"".as_slice(), |(_, below)| below);
            format!("{} {}", path.text().escape_ascii(), below.escape_ascii())
        };
        assert_eq!(text(&["http", "request", "method"]), "httprequestmethod requestmethod");
        assert_eq!(text(&["http.request.method"]), "httprequestmethod requestmethod");
        assert_eq!(text(&["Http_Request-Method"]), "httprequestmethod ");
        assert_eq!(text(&[LONG]), " ");
        assert_eq!(text(&["", "@timestamp"]), "timestamp ");
    }

    #[test]
    fn what_is_popped_was_never_there() {
        let mut path = Path::default();
        path.push(b"request");
        let before = path.push(LONG.as_bytes());
        path.pop(before);
        path.push(b"Method");
        assert_eq!(path.text(), b"requestmethod");
        assert_eq!(path.key(), b"Method");
    }
}
