//! A source whose format changes half way, or that mixes several: what the chosen format cannot read is tried, alone,
//! against the others.

use super::{Around, Choice, Decoded, Decoder, Each, FORMATS, Opening};
use crate::event::{Event, Malformed};

/// The decoder of a source: the chosen format, then all others in the order of [`FORMATS`]. It has no memory of earlier
/// failures, so a record means the same wherever it stands.
pub struct Reader {
    chosen: Box<dyn Decoder>,
    others: Vec<Box<dyn Decoder>>,
}

impl Reader {
    /// Reads with `chosen`, and what it cannot read with the others, opened for the same source.
    #[must_use]
    pub fn new(chosen: Box<dyn Decoder>, opening: &Opening<'_>) -> Self {
        let others = FORMATS.iter().filter(|format| format.name() != chosen.format());
        let others = others.filter_map(|format| format.open(opening)).collect();
        Self { chosen, others }
    }

    /// The reader of what [`recognise`](super::recognise) chose.
    #[must_use]
    pub fn of(choice: Choice, opening: &Opening<'_>) -> Self {
        Self::new(choice.decoder, opening)
    }

    /// What a record says, and which format read it.
    pub fn decode_named<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
    ) -> (&'static str, Result<Event<'a>, Malformed>) {
        match self.chosen.decode(record, around) {
            Err(malformed) if !malformed.is_skip() => self.other(record, around, malformed),
            event => (self.chosen.format(), event),
        }
    }

    /// What the others make of a record that the chosen format cannot read: the first that reads it, else the first that
    /// knows it to be no access line, else what the chosen format can save of it, or its own reason.
    #[cold]
    fn other<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
        malformed: Malformed,
    ) -> (&'static str, Result<Event<'a>, Malformed>) {
        let mut reason = (self.chosen.format(), malformed);
        for other in &self.others {
            match other.decode(record, around) {
                Ok(event) => return (other.format(), Ok(event)),
                Err(skip) if skip.is_skip() && !reason.1.is_skip() => reason = (other.format(), skip),
                Err(_) => {}
            }
        }
        let salvaged = (!reason.1.is_skip()).then(|| self.chosen.salvage(record)).flatten();
        (reason.0, salvaged.ok_or(reason.1))
    }
}

impl Decoder for Reader {
    fn format(&self) -> &'static str {
        self.chosen.format()
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        self.decode_named(record, around).1
    }

    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        self.chosen.decode_block(block, around, &mut |decoded| match decoded.event {
            Err(malformed) if !malformed.is_skip() => {
                let (format, event) = self.other(decoded.record, around, malformed);
                let event = event.as_ref().map_err(|&malformed| malformed);
                each(Decoded { format, event, ..decoded });
            }
            _ => each(decoded),
        });
    }
}
