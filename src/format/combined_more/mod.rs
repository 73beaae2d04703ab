//! Combined, common and their kin as sites add to them: a hop or a virtual host before the client, columns of their own behind
//! the agent. What such a column says is learned from the first lines: by its key, or by the shape that all its values have.

mod column;
mod kind;
mod learned;
mod shape;
mod times;
mod usual;

use super::clf::{Clf, trimmed};
use super::{Around, Decoder, Format, Known, Opening};
use crate::event::{Event, Malformed};
use learned::Layout;
use usual::USUAL;

pub(super) static COMBINED_MORE: CombinedMore = CombinedMore;

const ABOUT: &str = "combined, common, nginx `main` and the like with columns of the site's own: times, upstreams, hosts, TLS, ids";

/// CLF with columns of the site's own.
pub(super) struct CombinedMore;

impl Format for CombinedMore {
    fn name(&self) -> &'static str {
        USUAL.name
    }

    fn about(&self) -> &'static str {
        ABOUT
    }

    fn told_by(&self) -> String {
        "columns that most of its first lines have behind combined, common or their kin".to_owned()
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(match Layout::of(opening.head) {
            Some((clf, layout)) => Box::new(Learned { clf, layout }),
            None => Box::new(USUAL),
        })
    }
}

/// A decoder that knows the columns of one source.
struct Learned {
    /// What stands before the columns.
    clf: Clf,
    layout: Layout,
}

impl Decoder for Learned {
    fn format(&self) -> &'static str {
        USUAL.name
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        self.decode_after(record, around, &mut Known::default())
    }

    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        _: Around<'a>,
        known: &mut Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        let read = self.clf.before_tail(line, &mut known.clf).and_then(|(mut event, tail)| {
            self.layout.take(tail.rest(), &mut event)?;
            Ok(event)
        });
        read.map_err(|malformed| known.reason(line, malformed))
    }

    fn salvage<'a>(&self, record: &'a [u8], _: Around<'a>) -> Option<Event<'a>> {
        self.clf.salvage_before(&|tail, event| self.layout.take(tail.rest(), event), trimmed(record))
    }
}

#[cfg(test)]
mod tests;
