//! Log formats. To add one: write `format/<name>.rs` and `samples/formats/<name>.log`, then name it in [`FORMATS`].

use crate::event::{Event, Malformed};

/// A factory of decoders: what stands in a head (a `#Fields:` line, key names, a format string) becomes part of the decoder.
pub trait Format: Sync {
    /// The name that `gatehound formats` lists, `--input-format` takes and an event shows.
    fn name(&self) -> &'static str;
    /// One line on what writes it.
    fn about(&self) -> &'static str;
    /// A decoder for a source that begins with `head`, if this format could have written it. `head` may end inside a record.
    fn open(&self, head: &[u8]) -> Option<Box<dyn Decoder>>;
}

/// A format opened for one source. It has no state between records, so all workers share it.
pub trait Decoder: Send + Sync {
    /// The name of the format.
    fn format(&self) -> &'static str;

    /// Takes one record apart: a line without its line feed, perhaps with a carriage return.
    fn decode<'a>(&self, record: &'a [u8]) -> Result<Event<'a>, Malformed>;

    /// Takes all lines of a block apart and gives each to `each`: its offset in `block`, its bytes without the line feed,
    /// and what it says. The last line may lack its line feed.
    fn decode_block<'a>(&self, block: &'a [u8], each: &mut Each<'_, 'a>) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', block).chain([block.len()]) {
            if start < block.len() {
                let record = &block[start..end];
                match self.decode(record) {
                    Ok(event) => each(start, record, Ok(&event)),
                    Err(malformed) => each(start, record, Err(malformed)),
                }
            }
            start = end + 1;
        }
    }
}

/// What [`Decoder::decode_block`] calls for each record: offset in the block, the record, what it says.
pub type Each<'e, 'a> = dyn FnMut(usize, &'a [u8], Result<&Event<'a>, Malformed>) + 'e;

/// Every format, in the order in which they are tried.
pub static FORMATS: &[&dyn Format] = &[];
