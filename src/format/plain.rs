//! Formats whose lines are taken apart column by column, each by a function of its own.

use super::clf::{no_access, trimmed};
use super::{Around, Clock, Decoder, Format, Opening};
use crate::event::{Event, Malformed};

/// One such format.
pub(super) struct Plain {
    /// The name of the format.
    pub(super) name: &'static str,
    /// What writes it.
    pub(super) about: &'static str,
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
        Some(Box::new(Opened { name: self.name, read: self.read, clock: opening.clock.clone() }))
    }
}

/// One opened for a source.
struct Opened {
    name: &'static str,
    read: Read,
    clock: Clock,
}

impl Decoder for Opened {
    fn format(&self) -> &'static str {
        self.name
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        if line.trim_ascii_start().is_empty() {
            return Err(Malformed::Blank);
        }
        (self.read)(line, &self.clock, around).map_err(|malformed| no_access(line).unwrap_or(malformed))
    }
}
