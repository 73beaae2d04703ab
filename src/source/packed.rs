//! Packed bytes, and the first of them, which tell the packer.

use std::io::{self, BufRead, Read};

use super::Encoding;

/// How many packed bytes are read at a time.
const BUFFER: usize = 64 << 10;

impl Encoding {
    /// How many first bytes tell it.
    pub(super) const MAGIC: usize = 10;

    /// How the bytes that begin with `head` are packed.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            // The second is a skippable frame; parallel packers begin with one.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', mark @ ..] if is_bzip2(mark) => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            _ => Self::Plain,
        }
    }

    /// The packer's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }
}

/// Whether `mark` begins a block of bzip2, or ends a stream without any.
fn is_bzip2(mark: &[u8]) -> bool {
    mark.starts_with(b"1AY&SY") || mark.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// Packed bytes, counted, with a look ahead that does not end where a buffer ends.
pub(super) struct Packed {
    from: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// How many were read so far.
    pub(super) read: u64,
}

impl Packed {
    /// All bytes of `from`.
    pub(super) fn new(from: Box<dyn Read + Send>) -> Self {
        Self { from, buffer: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0, read: 0 }
    }

    /// The next `len` bytes without taking them; fewer only at the end.
    pub(super) fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.end - self.start < len {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            while self.end < len && 0 < self.refill()? {}
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + len)])
    }

    fn refill(&mut self) -> io::Result<usize> {
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    self.read += read as u64;
                    return Ok(read);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Read for Packed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let read = ready.len().min(into.len());
        into[..read].copy_from_slice(&ready[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Packed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.refill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, len: usize) {
        self.start += len;
    }
}
