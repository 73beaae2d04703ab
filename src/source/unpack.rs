//! Archives as a stream of decoded bytes: every member, frame and stream, up to a bound.

use std::io::{self, BufRead, Read};

use super::framing::{self, Framing};
use super::packed::Packed;
use super::{Encoding, Limits};

/// How many decoded bytes are asked for at a time. Always the same, so that where a broken archive ends does not depend
/// on the size of a block.
const CHUNK: usize = 64 << 10;
/// What any archive may expand to, however small it is.
const ALWAYS_ALLOWED: u64 = 64 << 20;
/// The most memory that an xz archive may ask for; `xz -9` asks for a quarter of it.
const XZ_MEMORY: u64 = 256 << 20;

/// One member of an archive.
enum Member {
    Plain(Packed),
    Gzip(Box<flate2::bufread::GzDecoder<Packed>>),
    Zstd(Box<zstd::Decoder<'static, Packed>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<Packed>>),
    Xz(Box<liblzma::bufread::XzDecoder<Packed>>),
    /// Nothing is left.
    End(u64),
}

impl Member {
    fn open(packed: Packed, encoding: Encoding) -> io::Result<Self> {
        Ok(match encoding {
            Encoding::Plain => Self::Plain(packed),
            Encoding::Gzip => Self::Gzip(Box::new(flate2::bufread::GzDecoder::new(packed))),
            Encoding::Zstd => Self::Zstd(Box::new(zstd::Decoder::with_buffer(packed)?.single_frame())),
            Encoding::Bzip2 => Self::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(packed))),
            Encoding::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, 0)?;
                Self::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(packed, stream)))
            }
        })
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(packed) => packed.read(into),
            Self::Gzip(member) => member.read(into),
            Self::Zstd(frame) => frame.read(into),
            Self::Bzip2(stream) => stream.read(into),
            Self::Xz(stream) => stream.read(into),
            Self::End(_) => Ok(0),
        }
    }

    fn packed_bytes(&self) -> u64 {
        match self {
            Self::Plain(packed) => packed.read,
            Self::Gzip(member) => member.get_ref().read,
            Self::Zstd(frame) => frame.get_ref().read,
            Self::Bzip2(stream) => stream.get_ref().read,
            Self::Xz(stream) => stream.get_ref().read,
            Self::End(read) => *read,
        }
    }

    /// What follows this member; `None` where nothing can.
    fn into_packed(self) -> Option<Packed> {
        match self {
            Self::Plain(_) | Self::End(_) => None,
            Self::Gzip(member) => Some(member.into_inner()),
            Self::Zstd(frame) => Some(frame.finish()),
            Self::Bzip2(stream) => Some(stream.into_inner()),
            Self::Xz(stream) => Some(stream.into_inner()),
        }
    }
}

/// The decoded bytes of one source, piece by piece.
pub(super) struct Unpacked {
    member: Member,
    encoding: Encoding,
    size: Option<u64>,
    ratio: u64,
    most: u64,
    total: u64,
    /// What makes lines of it, where it is none; not known before its first bytes are.
    framing: Option<Framing>,
    has_looked: bool,
    chunk: Vec<u8>,
    start: usize,
    /// What went wrong, if the end came before the end.
    pub(super) broken: Option<io::Error>,
    /// What is worth a word although nothing was lost.
    pub(super) note: Option<String>,
}

impl Unpacked {
    /// `from`, packed as `encoding`; `size` is how many packed bytes there are, where that is known.
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        encoding: Encoding,
        size: Option<u64>,
        limits: &Limits,
    ) -> Self {
        Self::resume(Packed::new(from), encoding, size, limits)
    }

    /// The same for bytes that were already looked at.
    pub(super) fn resume(packed: Packed, encoding: Encoding, size: Option<u64>, limits: &Limits) -> Self {
        let (member, broken) = match Member::open(packed, encoding) {
            Ok(member) => (member, None),
            Err(e) => (Member::End(0), Some(e)),
        };
        Self {
            member,
            encoding,
            size,
            ratio: limits.expansion_ratio,
            most: limits.expanded_bytes,
            total: 0,
            framing: None,
            has_looked: false,
            chunk: Vec::new(),
            start: 0,
            broken,
            note: None,
        }
    }

    /// The next decoded bytes, none only at the end; the same again until some are consumed.
    pub(super) fn chunk(&mut self) -> &[u8] {
        while self.start == self.chunk.len() {
            self.start = 0;
            self.chunk.resize(CHUNK, 0);
            let read = self.refill(0);
            self.chunk.truncate(read);
            if !self.has_looked {
                self.look();
            }
            let Some(framing) = self.framing.as_mut() else { break };
            let mut lines = Vec::with_capacity(self.chunk.len());
            framing.pass(&self.chunk, &mut lines);
            if read == 0 {
                framing.finish(&mut lines);
            }
            self.chunk = lines;
            if read == 0 {
                break;
            }
        }
        &self.chunk[self.start..]
    }

    /// Gathers the first bytes and sees whether they are lines.
    fn look(&mut self) {
        let mut filled = self.chunk.len();
        while 0 < filled && filled < framing::LOOK {
            self.chunk.resize(filled + CHUNK, 0);
            let read = self.refill(filled);
            filled += read;
            self.chunk.truncate(filled);
            if read == 0 {
                break;
            }
        }
        self.has_looked = true;
        self.framing = Framing::of(&self.chunk);
    }

    /// Takes `len` bytes of [`Self::chunk`].
    pub(super) fn consume(&mut self, len: usize) {
        self.start += len;
    }

    /// Puts bytes that were read before back in front.
    pub(super) fn unread(&mut self, mut bytes: Vec<u8>) {
        bytes.extend_from_slice(&self.chunk[self.start..]);
        (self.chunk, self.start) = (bytes, 0);
    }

    /// How many packed bytes were read.
    pub(super) fn packed_bytes(&self) -> u64 {
        self.member.packed_bytes()
    }

    /// Appends decoded bytes to `head` until it has `len` or the source ends.
    pub(super) fn fill(&mut self, head: &mut Vec<u8>, len: usize) -> io::Result<()> {
        while head.len() < len {
            let taken = match self.chunk() {
                [] => break,
                chunk => {
                    let taken = chunk.len().min(len - head.len());
                    head.extend_from_slice(&chunk[..taken]);
                    taken
                }
            };
            self.consume(taken);
        }
        match &self.broken {
            Some(e) if head.is_empty() => Err(io::Error::new(e.kind(), describe(e))),
            _ => Ok(()),
        }
    }

    /// Reads behind the first `filled` bytes of the chunk; how many.
    fn refill(&mut self, filled: usize) -> usize {
        while self.broken.is_none() {
            match self.member.read(&mut self.chunk[filled..]) {
                Ok(0) => match self.next_member() {
                    Ok(true) => {}
                    Ok(false) => return 0,
                    Err(e) => self.broken = Some(e),
                },
                Ok(read) => return self.within_bounds(read),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => self.broken = Some(e),
            }
        }
        0
    }

    /// Opens what follows the member that ended; `false` if nothing does.
    fn next_member(&mut self) -> io::Result<bool> {
        let end = Member::End(self.packed_bytes());
        let Some(mut packed) = std::mem::replace(&mut self.member, end).into_packed() else {
            return Ok(false);
        };
        // Padding with zeros is legal in xz and usual on tapes.
        while packed.peek(1)? == [0] {
            packed.consume(1);
        }
        let head = packed.peek(Encoding::MAGIC)?;
        let encoding = Encoding::of(head);
        if encoding == Encoding::Plain {
            if !head.is_empty() {
                self.note = Some(format!(
                    "what follows the last {} member is none and was left",
                    self.encoding.name()
                ));
            }
            self.member = Member::End(packed.read);
            return Ok(false);
        }
        self.member = Member::open(packed, encoding)?;
        Ok(true)
    }

    /// How many of `read` fresh bytes the bounds allow.
    fn within_bounds(&mut self, read: usize) -> usize {
        if self.encoding == Encoding::Plain {
            return read;
        }
        let packed = self.size.unwrap_or_else(|| self.packed_bytes());
        let most = packed.saturating_mul(self.ratio).max(ALWAYS_ALLOWED).min(self.most);
        let allowed = usize::try_from(most - self.total).unwrap_or(usize::MAX).min(read);
        self.total += allowed as u64;
        if allowed < read {
            let message = format!("expands to more than {most} bytes; the rest was left");
            self.broken = Some(io::Error::other(message));
        }
        allowed
    }
}

/// The error in words that do not depend on the packer.
pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected end of file".to_owned(),
        _ => error.to_string(),
    }
}
