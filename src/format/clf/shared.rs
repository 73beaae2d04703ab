//! What all kin of the family have, whichever columns stand around it.

use super::{Right, salvage};
use crate::event::{Event, Malformed};
use crate::format::columns::{Columns, Quoting};
use crate::format::fields::status;
use crate::time::Time;

/// What all kin have: request line, status and size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Core<'a> {
    pub(super) request: &'a [u8],
    pub(super) status: &'a [u8],
    pub(super) size: &'a [u8],
    /// What stands behind the size.
    pub(super) behind: Columns<'a>,
}

impl<'a> Core<'a> {
    /// The core of a line, at whose request line `columns` begin.
    pub(super) fn of(mut columns: Columns<'a>) -> Result<Self, Malformed> {
        let mut strict = columns;
        let mut request = strict.quoted_before(status_follows)?;
        if strict.rest().is_empty() {
            request = columns.quoted()?;
        } else {
            columns = strict;
        }
        if salvage::second_stamp(request) < request.len() {
            return Err(Malformed::Unbalanced);
        }
        let (status, size) = (columns.word()?, columns.word()?);
        Ok(Self { request, status, size, behind: columns })
    }
}

/// What was found of a record by those of the family that tried it before; all look for the same.
#[derive(Default)]
pub(in crate::format) struct Known<'a> {
    open: Option<Result<Open<'a>, Malformed>>,
    /// What kin that begin with the client make of it, up to the tail; of lines that several try.
    fronts: Option<Box<Fronts<'a>>>,
    escaped: Option<Result<Core<'a>, Malformed>>,
    raw: Option<Result<Core<'a>, Malformed>>,
}

/// What a line says before its tail, and the tail.
pub(super) type Front<'a> = (Event<'a>, Columns<'a>);

/// By whether an agent follows, and whether quotes are taken as they stand.
type Fronts<'a> = [[Option<Result<Front<'a>, Malformed>>; 2]; 2];

/// Where the request line opens, what stands before the time, and the time.
type Open<'a> = (usize, &'a [u8], (Time, u8));

impl<'a> Known<'a> {
    /// Where the request line of `line` opens, and what stands before it.
    pub(super) fn open(&mut self, line: &'a [u8]) -> Result<Open<'a>, Malformed> {
        let malformed =
            || if memchr::memchr(b'"', line).is_some() { Malformed::Time } else { Malformed::Short };
        *self.open.get_or_insert_with(|| super::open(line).ok_or_else(malformed))
    }

    /// Whether a request line was found at all.
    pub(super) fn opens(&self) -> bool {
        self.open.is_some_and(|open| open.is_ok())
    }

    /// Nothing yet, of a line that several of the family are going to try.
    pub(in crate::format) fn shared() -> Self {
        Self { fronts: Some(Box::default()), ..Self::default() }
    }

    /// What kin that begin with the client, and go on as `right` says, make of the line; `None` where nobody else tries it.
    pub(super) fn front(
        &mut self,
        right: Right,
        quoting: Quoting,
    ) -> Option<&mut Option<Result<Front<'a>, Malformed>>> {
        let fronts = self.fronts.as_mut()?;
        Some(&mut fronts[usize::from(right == Right::Agent)][usize::from(quoting == Quoting::Raw)])
    }

    /// The core of a line, which begins with its request line.
    pub(super) fn core(&mut self, text: &'a [u8], quoting: Quoting) -> Result<Core<'a>, Malformed> {
        let known = match quoting {
            Quoting::Escaped => &mut self.escaped,
            Quoting::Raw => &mut self.raw,
        };
        *known.get_or_insert_with(|| Core::of(Columns::new(text, quoting)))
    }
}

/// Whether a status stands behind a closing quote.
pub(in crate::format) fn status_follows(behind: &[u8]) -> bool {
    match behind {
        [b' ', b'-'] | [b' ', b'-', b' ', ..] => true,
        [b' ', code @ ..] => {
            code.get(..3).and_then(status).is_some() && matches!(code.get(3), None | Some(b' '))
        }
        _ => false,
    }
}

/// Whether nothing but a client's address stands before the stamp of a line that says this, and nothing but a usual method, a
/// path, maybe a query, and `HTTP/1.1` or the like in its request line.
pub(super) fn is_plain(event: &Event<'_>, left: &[u8], request: &[u8]) -> bool {
    let is_address = |text: &[u8]| event.client.is_some() && memchr::memchr(b' ', text).is_none();
    let is_usual =
        matches!(event.method, Some(b"GET" | b"POST" | b"HEAD" | b"PUT" | b"PATCH" | b"DELETE" | b"OPTIONS"));
    let is_http = |protocol: &[u8]| {
        protocol.len() == 8 && protocol.starts_with(b"HTTP/") && request.ends_with(protocol)
    };
    let is_path = |method: &[u8]| request.get(method.len() + 1) == Some(&b'/');
    left.strip_suffix(b" - -").is_some_and(is_address)
        && is_usual
        && event.method.is_some_and(is_path)
        && event.protocol.is_some_and(is_http)
}
