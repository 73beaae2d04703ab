//! Blocks of CLF lines: the quotes and line feeds of a window are found in one pass, then the fields of a regular line
//! are a matter of arithmetic. Whatever is odd about a line sends it to [`Clf::decode`], which must agree on all others.

use super::shared::is_plain;
use super::{Clf, Left, Right, set_client_and_user};
use crate::event::{Event, Malformed};
use crate::format::columns::{Columns, Quoting};
use crate::format::fields::{number, number_at_end, present, set_request_before, status};
use crate::format::{Around, Decoded, Decoder, Each};
use crate::text::Escapes;
use crate::text::address::address_before_blank;
use crate::text::simd::{Marks, mark};
use crate::time::stamp::{CLF_LENGTH, Minute};

/// How much is indexed at a time: small enough for the first-level cache.
const WINDOW: usize = 32 * 1024;

/// [`Decoder::decode_block`] of `clf`.
pub(super) fn decode<'a>(clf: &Clf, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
    let mut marks = Marks::default();
    let mut fast = Fast { clf, around, event: Event::default(), minute: Minute::default() };
    let mut start = 0;
    while start < block.len() {
        let window = &block[start..block.len().min(start + WINDOW)];
        mark(window, &mut marks);
        if marks.ends.is_empty() {
            // The last line without a line feed, or one that is longer than the window.
            let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
            fast.slow(start, &block[start..end], each);
            start = end + 1;
        } else {
            start += fast.window(start, window, &marks, each);
        }
    }
}

/// The fast path, and the event that all its lines share.
struct Fast<'c, 'a> {
    clf: &'c Clf,
    around: Around<'a>,
    event: Event<'a>,
    minute: Minute,
}

impl<'a> Fast<'_, 'a> {
    /// Gives all whole lines of a window to `each`; how many bytes they took.
    fn window(&mut self, base: usize, window: &'a [u8], marks: &Marks, each: &mut Each<'_, 'a>) -> usize {
        let (mut rest, mut backslashes) = (marks.quotes_and_ends.as_slice(), marks.backslashes.as_slice());
        let mut start = 0;
        for &end in &marks.ends {
            let quotes = rest.first_chunk::<6>().filter(|quotes| quotes[5] < end);
            let quotes = quotes.map(|quotes| quotes.map(|at| at as usize - start));
            let marks = match rest.get(6) {
                Some(&seventh) if seventh == end && quotes.is_some() => 6,
                _ => rest.iter().take_while(|&&at| at != end).count(),
            };
            rest = &rest[marks + 1..];
            let mut escaped = false;
            while let Some((_, more)) = backslashes.split_first().filter(|&(&at, _)| at < end) {
                (escaped, backslashes) = (true, more);
            }
            let record = &window[start..end as usize];
            let regular = quotes.and_then(|quotes| self.regular(record, quotes, escaped));
            match regular {
                Some(()) => each(Decoded {
                    offset: base + start,
                    record,
                    format: self.clf.name,
                    event: Ok(&self.event),
                }),
                None => self.slow(base + start, record, each),
            }
            start = end as usize + 1;
        }
        start
    }

    /// One line the long way.
    #[cold]
    fn slow(&self, offset: usize, record: &'a [u8], each: &mut Each<'_, 'a>) {
        let event = self.clf.decode(record, self.around);
        let event = event.as_ref().map_err(|&malformed: &Malformed| malformed);
        each(Decoded { offset, record, format: self.clf.name, event });
    }

    /// Fills the shared event from a line with its first six quotes at `quotes`, if nothing about the line is odd.
    /// Sets every field that any line of this format sets.
    fn regular(&mut self, record: &'a [u8], quotes: [usize; 6], escaped: bool) -> Option<()> {
        let [q1, q2, q3, q4, q5, q6] = quotes;
        if self.clf.left != Left::Client || self.clf.right != Right::Agent {
            return None;
        }
        let record = record.strip_suffix(b"\r").unwrap_or(record);
        let opened = q1.checked_sub(CLF_LENGTH + 4)?;
        let shape = record[opened..opened + 2] == *b" ["
            && record[q1 - 2..q1] == *b"] "
            && record[q2 + 1] == b' '
            && record.get(q2 + 5) == Some(&b' ')
            && record[q3 - 1] == b' '
            && record[q4 + 1] == b' '
            && q5 == q4 + 2
            && matches!(record.get(q6 + 1), None | Some(b' '));
        if !shape || (escaped && [q2, q4, q6].iter().any(|&quote| record[quote - 1] == b'\\')) {
            return None;
        }
        let event = &mut self.event;
        event.time = self.minute.clf(record[opened + 2..opened + 2 + CLF_LENGTH].try_into().ok()?)?;
        event.status = Some(status(&record[q2 + 2..q2 + 5]).filter(|&status| status != 0)?);
        event.bytes_out = Some(Self::size(record, q2 + 6, q3 - 1)?);
        event.escapes = if escaped { Escapes::Backslash } else { Escapes::None };
        event.host = None;
        Self::set_left(event, record, opened)?;
        set_request_before(event, &record[q1 + 1..], q2 - q1 - 1);
        event.referer = Some(present(&record[q3 + 1..q4]));
        event.user_agent = Some(present(&record[q5 + 1..q6]));
        event.plain = record.len() == q6 + 1 && is_plain(event, &record[..opened], &record[q1 + 1..q2]);
        (self.clf.tail)(Columns::new(&record[q6 + 1..], Quoting::Escaped), event).ok()
    }

    /// The number at `start..end`.
    fn size(record: &[u8], start: usize, end: usize) -> Option<u64> {
        let short =
            record.get(..end)?.last_chunk().and_then(|&bytes| number_at_end(bytes, end.checked_sub(start)?));
        short.or_else(|| number(record.get(start..end)?))
    }

    /// Sets client and user, mostly from `address - -`, which ends at `end`.
    fn set_left(event: &mut Event<'a>, record: &'a [u8], end: usize) -> Option<()> {
        if let Some((address, length)) = address_before_blank(record)
            && let Some([b' ', b'-', b' ', user @ ..]) = record[..end].get(length..)
        {
            event.client = Some(address);
            (event.client_port, event.client_name) = (None, None);
            event.user = Some(present(user));
            return Some(());
        }
        set_client_and_user(&record[..end], event).ok()
    }
}
