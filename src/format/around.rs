//! What stands around a log and around its records: the clock of a source, what a wrapper says, directives that hold.

use bumpalo::Bump;
use jiff::tz::TimeZone;

use crate::time::{Civil, DAY, Time};

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

impl Clock {
    /// The instant of a local date and time; of two in the hour that autumn repeats, the earlier.
    #[must_use]
    pub fn time(&self, local: Civil) -> Option<Time> {
        let as_utc = local.time()?;
        if self.zone == TimeZone::UTC {
            return Some(as_utc);
        }
        let (date, clock) = ((local.month, local.day), (local.hour, local.minute));
        let small = |part: u8| i8::try_from(part).ok();
        let local = jiff::civil::DateTime::new(
            i16::try_from(local.year).ok()?,
            small(date.0)?,
            small(date.1)?,
            small(clock.0)?,
            small(clock.1)?,
            // A leap second is the second after.
            small(local.second.min(59))?,
            0,
        );
        let instant = self.zone.to_ambiguous_timestamp(local.ok()?).compatible().ok()?;
        let whole = Time::from_seconds(instant.as_second());
        Some(Time(whole.0 + as_utc.0.rem_euclid(crate::time::SECOND)))
    }

    /// The instant of a local date and time whose year is not written: the latest that lies no more than a day after the
    /// source was written.
    #[must_use]
    pub fn time_of_some_year(&self, local: Civil) -> Option<Time> {
        let latest = Time(self.written?.0.saturating_add(DAY));
        let year = latest.civil().year;
        // Eight years back there is a 29 February.
        let times = (0..8).filter_map(|back| self.time(Civil { year: year - back, ..local }));
        times.filter(|time| *time <= latest).max()
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

    /// Keeps a copy of `text` that `change` may change where it stands, and shorten to the length that it returns.
    pub(crate) fn change(&self, text: &[u8], change: impl FnOnce(&mut [u8]) -> usize) -> &[u8] {
        let copy = self.0.alloc_slice_copy(text);
        let length = change(copy);
        copy.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
impl Around<'static> {
    /// Nothing around a record; the little that a decoder writes anew is never freed.
    pub(crate) fn alone() -> Self {
        Self::nothing(Box::leak(Box::default()))
    }
}
