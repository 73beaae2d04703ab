//! What stands around a log and around its records: the clock of a source, what a wrapper says, directives that hold.

use bumpalo::Bump;
use jiff::tz::TimeZone;

use crate::time::Time;

/// What a decoder is opened for.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'h> {
    /// The first bytes of the source; they may end inside a record.
    pub head: &'h [u8],
    /// How stamps are read that do not say everything.
    pub clock: &'h Clock,
}

/// How stamps are read that do not say everything.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The zone of stamps without one.
    pub zone: TimeZone,
    /// When the source was last written: the year of stamps without one is chosen so that they lie before it.
    pub written: Option<Time>,
}

impl Default for Clock {
    /// UTC, and nothing known of the source.
    fn default() -> Self {
        Self { zone: TimeZone::UTC, written: None }
    }
}

impl<'h> Opening<'h> {
    /// For a source that begins with `head`, read with the default clock.
    #[must_use]
    pub fn of(head: &'h [u8]) -> Self {
        static CLOCK: Clock = Clock { zone: TimeZone::UTC, written: None };
        Self { head, clock: &CLOCK }
    }
}

/// What stands around a record.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Where a decoder keeps what it had to write anew.
    pub scratch: &'a Scratch,
    /// The directives in force: the lines before the record that say how it is read, such as the last `#Fields:`.
    pub directives: &'a [u8],
    /// What the wrapper says of the time, for lines that say nothing of it, and its decimals.
    pub time: Option<(Time, u8)>,
}

impl<'a> Around<'a> {
    /// Nothing but a place to write.
    #[must_use]
    pub fn nothing(scratch: &'a Scratch) -> Self {
        Self { scratch, directives: b"", time: None }
    }
}

/// Text that decoders had to write anew because it does not stand in the record as it is meant: it lives as long as the
/// block.
#[derive(Default)]
pub struct Scratch(Bump);

impl Scratch {
    /// Keeps a copy of `text`.
    #[must_use]
    pub fn keep(&self, text: &[u8]) -> &[u8] {
        self.0.alloc_slice_copy(text)
    }
}

#[cfg(test)]
impl Around<'static> {
    /// Nothing around a record; the little that a decoder writes anew is never freed.
    pub(crate) fn alone() -> Self {
        Self::nothing(Box::leak(Box::default()))
    }
}
