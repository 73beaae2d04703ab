//! What all kin of the family have, whichever columns stand around it.

use super::salvage;
use crate::event::Malformed;
use crate::format::columns::Columns;
use crate::format::fields::status;

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
    pub(super) escaped: Option<Result<Core<'a>, Malformed>>,
    pub(super) raw: Option<Result<Core<'a>, Malformed>>,
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
