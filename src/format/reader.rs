//! A source whose format changes half way, or that mixes several: what the chosen format cannot read is tried, alone,
//! against the others.

use super::directed::Directed;
use super::json::is_object;
use super::{Around, Choice, Decoded, Decoder, Each, FORMATS, Known, Opening};
use crate::event::{Event, Malformed};

/// The decoder of a source: the chosen format, then all others in the order of [`FORMATS`]. It has no memory of earlier
/// failures, so a record means the same wherever it stands.
pub struct Reader {
    chosen: Box<dyn Decoder>,
    /// The others that read JSON objects.
    objects: Vec<Box<dyn Decoder>>,
    /// The others that read anything else.
    texts: Vec<Box<dyn Decoder>>,
}

impl Reader {
    /// Reads with `chosen`, and what it cannot read with the others, opened for the same source.
    #[must_use]
    pub fn new(chosen: Box<dyn Decoder>, opening: &Opening<'_>) -> Self {
        let others = FORMATS.iter().filter(|format| format.name() != chosen.format());
        let others = others.filter_map(|format| format.open(opening));
        let (objects, texts) = others.partition(|other| other.reads_objects());
        Self { chosen, objects, texts }
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
        let is_object = is_object(record);
        if record.len() < SHORTEST {
            let other = if is_object { Malformed::NotAccess } else { malformed };
            return (reason.0, Err(other));
        }
        let (others, mut known) =
            if is_object { (&self.objects, Known::default()) } else { (&self.texts, Known::of_text(record)) };
        for other in others {
            match other.decode_after(record, around, &mut known) {
                Ok(event) => return (other.format(), Ok(event)),
                Err(skip) if skip.is_skip() && !reason.1.is_skip() => reason = (other.format(), skip),
                Err(_) => {}
            }
        }
        let salvaged = (!reason.1.is_skip()).then(|| self.chosen.salvage(record, around)).flatten();
        (reason.0, salvaged.ok_or(reason.1))
    }
}

/// Nothing shorter says when, who and what, in any format.
const SHORTEST: usize = 16;

impl Decoder for Reader {
    fn format(&self) -> &'static str {
        self.chosen.format()
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        self.decode_named(record, around).1
    }

    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        let mut directed = Directed::new(around);
        self.chosen.decode_block(block, around, &mut |decoded| match decoded.event {
            Err(malformed) if !malformed.is_skip() => {
                directed.pass(decoded.record);
                let (format, event) = self.other(decoded.record, directed.around(), malformed);
                let event = event.as_ref().map_err(|&malformed| malformed);
                each(Decoded { format, event, ..decoded });
            }
            Err(_) => {
                directed.pass(decoded.record);
                each(decoded);
            }
            Ok(_) => each(decoded),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Scratch, recognise};

    #[test]
    fn a_header_in_the_middle_of_another_format_holds_wherever_the_block_begins() {
        let text =
            "192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n".repeat(9);
        let (header, line) = (
            "#Fields: date time c-ip cs-method cs-uri-stem sc-status x-own x-other\n",
            "2026-03-10 17:00:04 192.0.2.8 GET /b 404 1 2\n",
        );
        let opening = Opening::of(text.as_bytes());
        let reader = Reader::of(recognise(&opening).unwrap(), &opening);
        // A head without a header knows no columns but the usual ones, so this opens with one.
        let opening = Opening::of(header.as_bytes());
        let reader = Reader::new(reader.chosen, &opening);
        let statuses = |directives: &str, block: &str| {
            let (scratch, mut statuses) = (Scratch::default(), Vec::new());
            let around =
                Around { directives: scratch.keep(directives.as_bytes()), ..Around::nothing(&scratch) };
            let block = scratch.keep(block.as_bytes());
            reader.decode_block(block, around, &mut |decoded| {
                statuses.extend(decoded.event.ok().and_then(|event| event.status));
            });
            statuses
        };
        let other = "#Fields: date time c-ip cs-method cs-uri-stem x-own sc-status x-other\n";
        let changed = "2026-03-10 17:00:05 192.0.2.8 GET /b 1 403 2\n";
        let whole = statuses(header, &[line, &text, other, changed].concat());
        assert_eq!(whole, [[404].as_slice(), &[200; 9], &[403]].concat());
        let halves = [statuses(header, &[line, &text].concat()), statuses(other, changed)].concat();
        assert_eq!(halves, whole);
    }
}
