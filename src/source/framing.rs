//! Sources whose records are no lines yet: UTF-16 becomes UTF-8, lines that a container runtime cut into pieces become whole,
//! and the members of JSON arrays, of envelopes and of pretty-printed objects become a line each. Told by the first bytes; what comes out is what offsets and lines count.

use super::pieces::Pieces;
use super::utf16::Utf16;

/// How many bytes decide.
pub(super) const LOOK: usize = 512;

/// Turns the bytes of a source into lines.
#[derive(Debug)]
pub(super) enum Framing {
    Utf16(Utf16),
    Json(Members),
    Pieces(Pieces),
}

impl Framing {
    /// What a source that begins with `head` needs; `None` where its records are lines.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let head = &head[..head.len().min(LOOK)];
        if let Some(utf16) = Utf16::of(head) {
            return Some(Self::Utf16(utf16));
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        Members::of(text).map(Self::Json).or_else(|| Pieces::of(text).map(Self::Pieces))
    }

    /// Passes `bytes`; what comes out is appended.
    pub(super) fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Utf16(utf16) => utf16.pass(bytes, out),
            Self::Json(members) => bytes.iter().for_each(|&byte| members.pass(byte, out)),
            Self::Pieces(pieces) => pieces.pass(bytes, out),
        }
    }

    /// The source has ended: what still waited is appended.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Self::Pieces(pieces) = self {
            pieces.finish(out);
        }
    }
}

/// Where the members of a JSON document stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// One behind the other, each over several lines.
    Top,
    /// In the outermost array.
    Array,
    /// In an array with one of the names of [`ENVELOPES`], or below `_source`.
    Envelope,
    /// In an array named `values`, each a stamp and a line in an array of their own: what Loki answers, and what is sent to it.
    Loki,
}

/// Arrays whose members are records: of `CloudTrail`'s kind of files, Azure's exports, `CloudWatch` subscriptions.
const ENVELOPES: [&[u8]; 3] = [b"Records", b"records", b"logEvents"];
/// What the values of an array of Loki's are called, with what stands before each.
const VALUES: [&[u8]; 3] = [b"\"ts\":", b"\"line\":", b"\"metadata\":"];
/// The longest name that matters.
const NAME: usize = 16;

/// Members of a JSON document on their way to a line each.
#[derive(Debug)]
pub(super) struct Members {
    place: Where,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last string outside of a member, as far as it matters, and whether it named what comes now.
    name: Vec<u8>,
    is_named: bool,
    /// The depth inside the array whose objects are members.
    array: Option<u32>,
    /// The depth of the member that is passing, and how many of its own values are behind.
    member: Option<u32>,
    values: usize,
}

impl Members {
    fn of(text: &[u8]) -> Option<Self> {
        let behind = |open: u8| text.strip_prefix(&[open]).map(<[u8]>::trim_ascii_start);
        let has = |what: &[u8]| memchr::memmem::find(text, what).is_some();
        let place = if behind(b'[').is_some_and(|rest| rest.first() == Some(&b'{')) {
            Where::Array
        } else if let Some(rest) = behind(b'{') {
            let named = ENVELOPES.iter().any(|name| {
                let rest = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(*name));
                rest.is_some_and(|rest| rest.starts_with(b"\""))
            });
            let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or(text);
            let has_streams = has(b"\"resultType\"") || has(b"\"stream\"") && has(b"\"values\"");
            if has_streams && has(b"\"streams\"") {
                Where::Loki
            } else if named || has(b"\"DATA_MESSAGE\"") || has(b"\"took\"") && has(b"\"hits\"") {
                Where::Envelope
            } else if first_line.trim_ascii() == b"{" {
                Where::Top
            } else {
                return None;
            }
        } else {
            return None;
        };
        Some(Self {
            place,
            depth: 0,
            in_string: false,
            escaped: false,
            name: Vec::with_capacity(NAME),
            is_named: false,
            array: None,
            member: None,
            values: 0,
        })
    }

    fn pass(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.in_string {
            self.string(byte);
        } else {
            match byte {
                b'"' => {
                    self.in_string = true;
                    self.name.clear();
                }
                b':' => self.is_named = true,
                b',' => self.is_named = false,
                b'{' | b'[' => self.open(byte),
                _ => {}
            }
        }
        if self.member.is_some() {
            self.put(byte, out);
        }
        if !self.in_string && matches!(byte, b'}' | b']') {
            self.close(out);
        }
    }

    /// Appends a byte of a member. A line end between two members of a member is a blank, and an array of Loki's becomes an
    /// object.
    fn put(&mut self, byte: u8, out: &mut Vec<u8>) {
        let is_own = self.place == Where::Loki
            && !self.in_string
            && self.member.is_some_and(|depth| self.depth == depth + 1);
        match byte {
            b'\n' | b'\r' => out.push(b' '),
            b'[' | b',' if is_own => {
                out.push(if byte == b'[' { b'{' } else { b',' });
                out.extend_from_slice(VALUES[self.values.min(VALUES.len() - 1)]);
                self.values += 1;
            }
            b']' if is_own => out.push(b'}'),
            _ => out.push(byte),
        }
    }

    fn string(&mut self, byte: u8) {
        match byte {
            _ if std::mem::take(&mut self.escaped) => {}
            b'\\' => self.escaped = true,
            b'"' => {
                self.in_string = false;
                return;
            }
            _ => {}
        }
        if self.member.is_none() && self.name.len() < NAME {
            self.name.push(byte);
        }
    }

    fn open(&mut self, byte: u8) {
        let is_named = std::mem::take(&mut self.is_named);
        if self.member.is_none() {
            let is_envelope = self.place == Where::Envelope && is_named;
            let begins = match self.place {
                Where::Top => self.depth == 0,
                Where::Array | Where::Envelope | Where::Loki => self.array == Some(self.depth),
            };
            let opens = if self.place == Where::Loki { b'[' } else { b'{' };
            if byte == opens && (begins || is_envelope && self.name == b"_source") {
                (self.member, self.values) = (Some(self.depth), 0);
            } else if byte == b'['
                && (self.place == Where::Array && self.depth == 0
                    || is_envelope && ENVELOPES.contains(&&*self.name)
                    || self.place == Where::Loki && is_named && self.name == b"values")
            {
                self.array = Some(self.depth + 1);
            }
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.array == Some(self.depth) && self.member.is_none() {
            self.array = None;
        }
        self.depth = self.depth.saturating_sub(1);
        if self.member == Some(self.depth) {
            self.member = None;
            out.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(source: &[u8], pieces: usize) -> String {
        let Some(mut framing) = Framing::of(source) else { return "lines".to_owned() };
        let mut out = Vec::new();
        source.chunks(pieces.max(1)).for_each(|piece| framing.pass(piece, &mut out));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn members_of_every_kind_of_document_become_lines() {
        for (source, lines) in [
            (r#"[{"a":"]}\""},{"b":[{"c":1}]}]"#, "{\"a\":\"]}\\\"\"}\n{\"b\":[{\"c\":1}]}\n"),
            ("[\n  {\"a\": 1},\n  {\"b\": 2}\n]\n", "{\"a\": 1}\n{\"b\": 2}\n"),
            (r#"{"Records":[{"a":1},{"records":[{}]}],"x":[{}]}"#, "{\"a\":1}\n{\"records\":[{}]}\n"),
            ("{\n \"a\": {\n \"b\": 1 }\n}\n{\n \"a\": 2\n}", "{  \"a\": {  \"b\": 1 } }\n{  \"a\": 2 }\n"),
            (
                r#"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":"x"}]}"#,
                "{\"id\":\"1\",\"message\":\"x\"}\n",
            ),
            (
                r#"{"took":1,"hits":{"total":{"value":1},"hits":[{"_id":"a","_source":{"b":1}}]}}"#,
                "{\"b\":1}\n",
            ),
            (r#"{"streams":[{"stream":{"a":"b"},"values":[["1","a"]]}]}"#, "{\"ts\":\"1\",\"line\":\"a\"}\n"),
            (
                r#"{"data":{"resultType":"streams","result":[{"stream":{"values":"a"},"values":[["1","a, [b]"],["2","c",{"d":1}]]},{"values":[["3","\""]]}]}}"#,
                "{\"ts\":\"1\",\"line\":\"a, [b]\"}\n{\"ts\":\"2\",\"line\":\"c\",\"metadata\":{\"d\":1}}\n{\"ts\":\"3\",\"line\":\"\\\"\"}\n",
            ),
            ("{\"a\":1}\n{\"b\":2}\n", "lines"),
            ("[10/Oct/2000:13:55:36] {", "lines"),
            ("", "lines"),
        ] {
            for pieces in [1, 7, 1000] {
                assert_eq!(framed(source.as_bytes(), pieces), lines, "{source} in pieces of {pieces}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_grow(bytes in prop::collection::vec(any::<u8>(), 0..300), start in "\\[\\{|\\{\n|") {
            let source = [start.as_bytes(), &bytes].concat();
            prop_assert!(framed(&source, 5).len() <= source.len() * 3 + 8);
        }
    }
}
