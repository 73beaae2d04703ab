//! Long lines that a container runtime cut into pieces become whole again: those of Kubernetes' interface (CRI) say which are
//! not the last, those of Docker's `json-file` lack their line feed.

use crate::text::is_escaped;

/// A line whose pieces are longer together is let go as far as it is.
const MOST: usize = 1 << 20;
/// What Docker cuts lines into, in bytes (`moby`, `daemon/logger/copier.go`).
const DOCKER: usize = 16 << 10;

/// How a runtime writes pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runtime {
    /// `stamp stdout P text`; the last has `F` for `P`.
    Cri,
    /// `{"log":"text","stream":"stdout","time":"stamp"}`; the last ends with `\n`.
    Docker,
}

/// Pieces on their way to whole lines.
#[derive(Debug)]
pub(super) struct Pieces {
    runtime: Runtime,
    /// A line of the source that has begun and not ended.
    begun: Vec<u8>,
    /// By stream: the pieces so far, and what stands behind the last of them.
    waiting: [(Vec<u8>, Vec<u8>); 2],
    /// Whether lines end with a line feed of their own: shippers leave it out of what looks the same.
    has_line_feeds: bool,
}

/// One line of the source.
struct Piece<'l> {
    /// 0 for the standard output, 1 for errors.
    stream: usize,
    /// Whether it says that it is the last of its line, and whether another may follow.
    is_last: bool,
    may_go_on: bool,
    /// What stands before the text, the text, and what stands behind it.
    parts: [&'l [u8]; 3],
}

impl Pieces {
    /// Told by the first line.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let line = head.split(|&byte| byte == b'\n').next()?;
        let runtime = if line.starts_with(LOG) {
            Runtime::Docker
        } else if cri(line).is_some() {
            Runtime::Cri
        } else {
            return None;
        };
        let waiting = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
        Some(Self { runtime, begun: Vec::new(), waiting, has_line_feeds: runtime == Runtime::Cri })
    }

    /// Passes `bytes`; whole lines are appended.
    pub(super) fn pass(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let mut begun = std::mem::take(&mut self.begun);
            if begun.is_empty() {
                self.line(&bytes[..end], out);
            } else {
                begun.extend_from_slice(&bytes[..end]);
                self.line(&begun, out);
                begun.clear();
            }
            self.begun = begun;
            bytes = &bytes[end + 1..];
        }
        self.begun.extend_from_slice(bytes);
        if self.begun.len() > MOST {
            out.append(&mut self.begun);
        }
    }

    /// Lets go of what waits for more.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let begun = std::mem::take(&mut self.begun);
        if !begun.is_empty() {
            self.line(&begun, out);
        }
        (0..self.waiting.len()).for_each(|stream| self.let_go(stream, out));
    }

    /// Takes in one line of the source.
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let piece = match self.runtime {
            Runtime::Cri => cri(line),
            Runtime::Docker => docker(line),
        };
        let Some(piece) = piece else { return put(&[line], out) };
        let [before, text, behind] = piece.parts;
        self.has_line_feeds |= piece.is_last;
        let is_last = !(piece.may_go_on && self.has_line_feeds);
        let (waiting, ends) = &mut self.waiting[piece.stream];
        if waiting.is_empty() {
            if is_last {
                return put(&[line], out);
            }
            waiting.extend_from_slice(before);
            if self.runtime == Runtime::Cri {
                // What becomes of it is whole.
                waiting.truncate(before.len() - 2);
                waiting.extend_from_slice(b"F ");
            }
        }
        waiting.extend_from_slice(text);
        ends.clear();
        ends.extend_from_slice(behind);
        if is_last || waiting.len() > MOST {
            self.let_go(piece.stream, out);
        }
    }

    /// Lets go of the pieces of one stream.
    fn let_go(&mut self, stream: usize, out: &mut Vec<u8>) {
        let (waiting, ends) = &mut self.waiting[stream];
        if !waiting.is_empty() {
            put(&[waiting, ends], out);
            waiting.clear();
        }
    }
}

/// Appends a line.
fn put(parts: &[&[u8]], out: &mut Vec<u8>) {
    for part in parts {
        out.extend_from_slice(part);
    }
    out.push(b'\n');
}

/// A line of the Container Runtime Interface.
fn cri(line: &[u8]) -> Option<Piece<'_>> {
    let blank = memchr::memchr(b' ', line.get(..line.len().min(40))?)?;
    let is_stamp = blank >= 20 && line[..4].iter().all(u8::is_ascii_digit) && line[10] == b'T';
    let rest = &line[blank + 1..];
    let stream = match rest.get(..7)? {
        b"stdout " => 0,
        b"stderr " => 1,
        _ => return None,
    };
    let text = blank + 10;
    let is_last = match line.get(blank + 8..text)? {
        b"F " => true,
        b"P " => false,
        _ => return None,
    };
    is_stamp.then(|| Piece {
        stream,
        is_last,
        may_go_on: !is_last,
        parts: [&line[..text], &line[text..], b""],
    })
}

/// How a line of `json-file` begins.
const LOG: &[u8] = b"{\"log\":\"";

/// A line of Docker's `json-file`.
fn docker(line: &[u8]) -> Option<Piece<'_>> {
    let rest = line.strip_prefix(LOG)?;
    let end = memchr::memchr_iter(b'"', rest).find(|&at| !is_escaped(rest, at))?;
    let (text, behind) = rest.split_at(end);
    let is_last = text.ends_with(b"n") && is_escaped(text, text.len() - 1);
    let stream = usize::from(memchr::memmem::find(behind, b"\"stream\":\"stderr\"").is_some());
    let may_go_on = !is_last && text.len() >= DOCKER;
    Some(Piece { stream, is_last, may_go_on, parts: [LOG, text, behind] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of a source that is read in pieces of this size.
    fn whole(source: &str, size: usize) -> String {
        let (mut pieces, mut out) = (Pieces::of(source.as_bytes()).unwrap(), Vec::new());
        source.as_bytes().chunks(size).for_each(|bytes| pieces.pass(bytes, &mut out));
        pieces.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pieces_of_both_streams_become_whole_lines_wherever_they_are_cut() {
        let stamp = "2026-03-10T17:00:03.123456789+01:00";
        let source = format!(
            "{stamp} stdout F one\n{stamp} stdout P tw\n{stamp} stderr P er\n{stamp} stdout P o an\n{stamp} stderr F ror\n\
             {stamp} stdout F d three\n{stamp} stdout F four\nno such line\n{stamp} stdout P cut off"
        );
        let lines = format!(
            "{stamp} stdout F one\n{stamp} stderr F error\n{stamp} stdout F two and three\n{stamp} stdout F four\nno such line\n\
             {stamp} stdout F cut off\n"
        );
        for size in [1, 7, 50, 10_000] {
            assert_eq!(whole(&source, size), lines, "read {size} bytes at a time");
        }
    }

    #[test]
    fn what_docker_cut_is_joined_and_what_a_shipper_wrote_without_line_feeds_is_not() {
        let long = "x".repeat(DOCKER - 2);
        let ends = r#"","stream":"stdout","time":"2026-03-10T17:00:03Z"}"#;
        let (first, last) = (format!("{{\"log\":\"{long}\\\\{ends}\n"), format!("{{\"log\":\"n\\n{ends}\n"));
        let short = format!("{{\"log\":\"short\\n{ends}\n");
        let joined = format!("{short}{{\"log\":\"{long}\\\\n\\n{ends}\n");
        assert_eq!(whole(&[&*short, &*first, &*last].concat(), 1000), joined);
        let shipped = [&*first, &*first].concat();
        assert_eq!(whole(&shipped, 1000), shipped);
    }
}
