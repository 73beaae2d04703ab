//! One pass over a JSON object: every string and scalar with the path of its keys, nothing copied, nothing unescaped.
//!
//! It is lenient where logs are: a missing value (`"up":,` of nginx) says nothing, strings may hold any bytes.

use super::path::Path;
use crate::event::Malformed;
use crate::text::simd::places;

/// How deep objects and arrays may lie in one another.
const DEEPEST: usize = 24;

/// One string or scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct Leaf<'a> {
    /// Where its bytes begin in the line; behind the quote of a string.
    pub(super) at: usize,
    /// Its bytes, still escaped.
    pub(in crate::format) value: &'a [u8],
    /// Whether it stands in quotes.
    pub(super) is_string: bool,
    /// Whether it means something: of an array, only the first does.
    pub(in crate::format) counts: bool,
    /// Where the array's first member begins, of which this is a later one.
    pub(super) later: Option<usize>,
    /// Whether its name stands in a list, `{"name":"User-Agent","value":"curl"}`, where one may come twice.
    pub(super) is_listed: bool,
}

impl Leaf<'_> {
    /// Where it ends in the line, with its quote.
    pub(super) fn end(&self) -> usize {
        self.at + self.value.len() + usize::from(self.is_string)
    }
}

/// What holds for a whole line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::format) struct Whole {
    /// Whether a string holds a backslash.
    pub(in crate::format) escaped: bool,
    /// Whether what a leaf means depends on more than its place among the keys.
    pub(super) irregular: bool,
}

/// Calls `leaf` for every string and scalar of the object that `line` is.
pub(in crate::format) fn object<'a>(
    line: &'a [u8],
    leaf: &mut dyn FnMut(&Path<'a>, Leaf<'a>),
) -> Result<Whole, Malformed> {
    let mut scan = Scan {
        line,
        at: 0,
        whole: Whole::default(),
        path: Path::default(),
        counts: true,
        later: None,
        each: leaf,
    };
    scan.blanks();
    scan.expect(b'{')?;
    scan.members(0)?;
    scan.blanks();
    if scan.at == line.len() { Ok(scan.whole) } else { Err(Malformed::Trailing) }
}

/// Where the string that begins at `at` ends, and whether a backslash stands in it. It ends in its line or not at all.
#[inline]
pub(super) fn string_end(text: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at = mark(text, at)?;
        match text[at] {
            b'"' => return Some((at, escaped)),
            b'\\' if text.get(at + 1) != Some(&b'\n') => (at, escaped) = (at + 2, true),
            _ => return None,
        }
    }
}

/// Where the first quote, backslash or line feed from `at` on is; most strings are too short for a call.
#[inline]
fn mark(text: &[u8], mut at: usize) -> Option<usize> {
    const MARKS: [u8; 3] = [b'"', b'\\', b'\n'];
    while let Some(window) = text.get(at..)?.first_chunk::<32>() {
        let [low, high] = window.as_chunks().0 else { return None };
        let found = places(high, MARKS) << 16 | places(low, MARKS);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += 32;
    }
    text[at..].iter().position(|byte| MARKS.contains(byte)).map(|found| at + found)
}

/// Where the scalar that begins at `at` ends.
#[inline]
pub(super) fn scalar_end(text: &[u8], at: usize) -> usize {
    // `$status` stands for a number in a format string.
    let in_scalar =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'$' | b'_');
    let rest = text.get(at..).unwrap_or(b"");
    if let Some(end) = rest.first_chunk().map(|&bytes| digits(bytes))
        && matches!(rest.get(end), Some(b',' | b'}'))
    {
        return at + end;
    }
    at + rest.iter().take_while(in_scalar).count()
}

/// How many of eight bytes are digits and dots before one that is not.
#[inline]
fn digits(bytes: [u8; 8]) -> usize {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let word = u64::from_le_bytes(bytes);
    let digit = word ^ u64::from_le_bytes([b'0'; 8]);
    let no_digit = (digit & LOW).wrapping_add(u64::from_le_bytes([0x76; 8])) | digit;
    let dot = word ^ u64::from_le_bytes([b'.'; 8]);
    let no_dot = ((dot & LOW) + LOW) | dot;
    ((no_digit & no_dot & !LOW).trailing_zeros() / 8) as usize
}

struct Scan<'a, 'l> {
    line: &'a [u8],
    at: usize,
    whole: Whole,
    path: Path<'a>,
    counts: bool,
    later: Option<usize>,
    each: &'l mut dyn FnMut(&Path<'a>, Leaf<'a>),
}

impl<'a> Scan<'a, '_> {
    /// The members of an object, behind its opening brace.
    fn members(&mut self, depth: usize) -> Result<(), Malformed> {
        self.blanks();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.blanks();
            self.expect(b'"')?;
            let key = self.string()?;
            self.whole.irregular |= memchr::memchr(b'\\', key).is_some();
            self.blanks();
            self.expect(b':')?;
            let before = self.path.push(key);
            self.value(depth)?;
            self.path.pop(before);
            self.blanks();
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Any value.
    fn value(&mut self, depth: usize) -> Result<(), Malformed> {
        self.blanks();
        match self.line.get(self.at) {
            _ if depth > DEEPEST => Err(Malformed::Json),
            None => Err(Malformed::Json),
            Some(b'{') => {
                self.at += 1;
                self.members(depth + 1)
            }
            Some(b'[') => {
                self.at += 1;
                self.elements(depth + 1)
            }
            Some(b'"') => {
                self.at += 1;
                let at = self.at;
                let value = self.string()?;
                self.leaf(at, value, true);
                Ok(())
            }
            Some(_) => {
                let at = self.at;
                self.at = scalar_end(self.line, at);
                let value = &self.line[at..self.at];
                self.leaf(at, value, false);
                Ok(())
            }
        }
    }

    /// The elements of an array, behind its opening bracket. The first stands for all, mostly; objects with a name and a
    /// value are members.
    fn elements(&mut self, depth: usize) -> Result<(), Malformed> {
        self.blanks();
        if self.take(b']') {
            return Ok(());
        }
        let (counts, later) = (self.counts, self.later.take());
        let (mut first, mut first_address) = (None, None);
        loop {
            self.blanks();
            match self.line.get(self.at) {
                Some(b'{') => self.named(depth, &mut first_address)?,
                begin => {
                    self.whole.irregular |= begin == Some(&b'[');
                    let at = *first.get_or_insert(self.at);
                    self.value(depth)?;
                    (self.counts, self.later) = (false, counts.then_some(at));
                }
            }
            self.blanks();
            if self.take(b']') {
                (self.counts, self.later) = (counts, later);
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// An object in an array: `{"name":"User-Agent","value":"curl"}` is a member, and of `{"ip":"10.0.0.1","port":80}` the
    /// address counts; anything else says nothing.
    fn named(&mut self, depth: usize, first_address: &mut Option<usize>) -> Result<(), Malformed> {
        let (mut name, mut value, mut address) = (None, None, None);
        let mut leaf = |path: &Path<'a>, leaf: Leaf<'a>| match path.text() {
            b"name" => name = Some(leaf.value),
            b"value" => value = Some(leaf),
            b"ip" => address = Some(leaf),
            _ => {}
        };
        let (line, at, whole) = (self.line, self.at, self.whole);
        let path = Path::default();
        let mut scan = Scan { line, at: at + 1, whole, path, counts: true, later: None, each: &mut leaf };
        scan.whole.irregular = true;
        scan.members(depth + 1)?;
        (self.at, self.whole) = (scan.at, scan.whole);
        if let (Some(name), Some(value)) = (name, value) {
            let before = self.path.push(name);
            self.give(Leaf { counts: self.counts, is_listed: true, ..value });
            self.path.pop(before);
        } else if let Some(address) = address.filter(|_| self.counts) {
            let later = first_address.replace(address.at);
            let before = self.path.push(b"ip");
            self.give(Leaf { counts: later.is_none(), later, is_listed: true, ..address });
            self.path.pop(before);
        }
        Ok(())
    }

    /// Gives a string or a scalar.
    fn leaf(&mut self, at: usize, value: &'a [u8], is_string: bool) {
        self.give(Leaf { at, value, is_string, counts: self.counts, later: self.later, is_listed: false });
    }

    fn give(&mut self, leaf: Leaf<'a>) {
        (self.each)(&self.path, leaf);
    }

    /// A string behind its opening quote.
    fn string(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        let (end, escaped) = string_end(self.line, start).ok_or(Malformed::Unbalanced)?;
        self.at = end + 1;
        self.whole.escaped |= escaped;
        Ok(&self.line[start..end])
    }

    fn blanks(&mut self) {
        while matches!(self.line.get(self.at), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.line.get(self.at) == Some(&byte);
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) { Ok(()) } else { Err(Malformed::Json) }
    }
}
