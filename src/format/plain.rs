//! Formats whose lines are taken apart column by column, each by a function of its own.

use super::clf::trimmed;
use super::{Around, Clock, Decoder, Format, Known, Opening, Signs};
use crate::event::{Event, Malformed};

/// One such format.
pub(super) struct Plain {
    /// The name of the format.
    pub(super) name: &'static str,
    /// What writes it.
    pub(super) about: &'static str,
    /// What each line has that it reads or knows to hold no request, as [`Signs`] of it; a line without is not taken apart.
    pub(super) has: &'static str,
    /// Takes a line apart: without byte order mark and line end, and not blank.
    pub(super) read: Read,
}

/// Takes a line apart.
pub(super) type Read = for<'a> fn(&'a [u8], &Clock, Around<'a>) -> Result<Event<'a>, Malformed>;

impl Format for Plain {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(Box::new(Opened {
            name: self.name,
            has: Signs::of(self.has.as_bytes()),
            read: self.read,
            clock: opening.clock.clone(),
        }))
    }
}

/// One opened for a source.
struct Opened {
    name: &'static str,
    has: Signs,
    read: Read,
    clock: Clock,
}

impl Decoder for Opened {
    fn format(&self) -> &'static str {
        self.name
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        self.decode_after(record, around, &mut Known::default())
    }

    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
        known: &mut Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        if !known.signs.include(self.has) {
            return Err(known.reason(line, Malformed::Unknown));
        }
        if line.trim_ascii_start().is_empty() {
            return Err(Malformed::Blank);
        }
        (self.read)(line, &self.clock, around).map_err(|malformed| known.reason(line, malformed))
    }
}
