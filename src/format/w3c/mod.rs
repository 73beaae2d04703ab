//! Logs whose columns a header line names: the W3C's extended format (IIS, CloudFront, Imperva, Oracle Web Cache …) and
//! Zeek's. A new header in the middle of a source holds from there on.

mod columns;
mod event_xml;
mod layout;

pub(super) use event_xml::IIS_EVENT;

use std::cell::RefCell;

use super::clf::trimmed;
use super::slot::Growing;
use super::{Around, Clock, Decoded, Decoder, Each, Format, Known, Opening, Signs};
use crate::event::{Event, Malformed};
use layout::{Dialect, Layout};

/// One producer's kind of it.
pub(super) struct W3c {
    name: &'static str,
    about: &'static str,
    dialect: Dialect,
    /// The header that its lines have when nobody wrote one.
    usual: &'static str,
}

/// How many lines of a head are looked through for headers.
const HEAD: usize = 2_000;
/// The most headers of a head that are tried on a line that stands alone.
const LAYOUTS: usize = 16;

pub(super) static IIS: W3c = W3c {
    name: "iis-w3c",
    about: "IIS in the W3C's extended format, whichever fields; Advanced Logging",
    dialect: Dialect::Iis,
    usual: "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
            cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
};

pub(super) static CLOUDFRONT: W3c = W3c {
    name: "cloudfront",
    about: "AWS CloudFront standard logs (tabs), with or without their header",
    dialect: Dialect::CloudFront,
    usual: "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) \
            cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol \
            cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type \
            cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte \
            x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end",
};

pub(super) static W3C: W3c = W3c {
    name: "w3c",
    about: "other producers of the W3C's extended format: Imperva, Oracle Web Cache, TMG",
    dialect: Dialect::Other,
    usual: "",
};

pub(super) static ZEEK: W3c =
    W3c { name: "zeek-http", about: "Zeek's http.log", dialect: Dialect::Zeek, usual: "" };

impl Format for W3c {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn told_by(&self) -> String {
        match self.usual {
            "" => "its header line, which names the columns".to_owned(),
            usual => format!("its header line, which names the columns; without one they are `{usual}`"),
        }
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        let mut layout = Layout::default();
        let mut layouts: Vec<Layout> = Vec::new();
        for line in opening.head.split(|&byte| byte == b'\n').take(HEAD).map(trimmed) {
            if line.first() == Some(&b'#') && layout.direct(line) && !layouts.contains(&layout) {
                layouts.push(layout.clone());
            }
        }
        if layouts.is_empty() || self.dialect == Dialect::Iis {
            layout.direct(self.usual.as_bytes());
            layouts.push(layout);
        }
        layouts.retain(|layout| layout.has_columns() && layout.dialect == self.dialect);
        layouts.truncate(LAYOUTS);
        let least = layouts.iter().map(Layout::least).min()?;
        let clock = opening.clock.clone();
        Some(Box::new(Opened { name: self.name, dialect: self.dialect, layouts, least, clock }))
    }
}

/// One opened for a source.
struct Opened {
    name: &'static str,
    dialect: Dialect,
    /// Those of the head, in their order.
    layouts: Vec<Layout>,
    /// The fewest values that a line has, as far as no other directives hold.
    least: usize,
    clock: Clock,
}

impl Opened {
    /// What directives say, whether they name columns or not.
    fn directed(directives: &[u8]) -> Layout {
        let mut layout = Layout::default();
        for line in directives.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            layout.direct(trimmed(line));
        }
        layout
    }

    /// The layout that directives ask for.
    fn in_force(directives: &[u8]) -> Option<Layout> {
        Some(Self::directed(directives)).filter(Layout::has_columns)
    }

    /// What a line says, by `layout`; where it has another number of columns, by what the head knows besides: headers get
    /// lost when files are joined.
    fn read<'a>(
        &self,
        line: &'a [u8],
        layout: &Layout,
        around: Around<'a>,
        growing: &mut Growing<'a>,
    ) -> Result<(), Malformed> {
        match self.read_as(line, layout, around, growing) {
            Err(malformed @ (Malformed::Short | Malformed::Trailing)) => {
                let mut others = self.layouts.iter().filter(|other| *other != layout);
                let found = others.any(|other| self.read_as(line, other, around, growing).is_ok());
                if found { Ok(()) } else { Err(malformed) }
            }
            read => read,
        }
    }

    /// What a line says before which no header stands: by those of the head, or the usual one.
    fn read_headless<'a>(
        &self,
        line: &'a [u8],
        around: Around<'a>,
        growing: &mut Growing<'a>,
    ) -> Result<(), Malformed> {
        let mut first = None;
        for layout in &self.layouts {
            match self.read_as(line, layout, around, growing) {
                Ok(()) => return Ok(()),
                Err(malformed) => first = first.or(Some(malformed)),
            }
        }
        Err(first.unwrap_or(Malformed::Unknown))
    }

    /// What a line says, by `layout` alone.
    fn read_as<'a>(
        &self,
        line: &'a [u8],
        layout: &Layout,
        around: Around<'a>,
        growing: &mut Growing<'a>,
    ) -> Result<(), Malformed> {
        growing.restart();
        // A header of another kind stands in force: its lines belong to another format.
        if layout.dialect != self.dialect {
            return Err(Malformed::Unknown);
        }
        layout.read(line, &self.clock, around, growing)
    }
}

impl Decoder for Opened {
    fn format(&self) -> &'static str {
        self.name
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        match line.first() {
            None => return Err(Malformed::Blank),
            Some(b'#') => return Err(Malformed::Comment),
            _ if line.trim_ascii_start().is_empty() => return Err(Malformed::Blank),
            _ => {}
        }
        let mut growing = Growing::new();
        let read = match Self::in_force(around.directives) {
            Some(layout) => self.read(line, &layout, around, &mut growing),
            None => self.read_headless(line, around, &mut growing),
        };
        read.map(|()| growing.into_event())
    }

    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
        known: &mut Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let (line, ends) = (trimmed(record), |&&byte: &&u8| matches!(byte, b' ' | b'\t' | b'"'));
        let says_nothing = matches!(line.trim_ascii_start(), [] | [b'#', ..]);
        let may_begin = || {
            self.layouts.iter().any(|layout| layout.could_begin(line))
                && self.least <= line.iter().filter(ends).count() + 1
        };
        // No stamp is without a digit, and nothing but these ends a value.
        let may_be = known.signs.include(Signs::of(b"0")) && (!around.directives.is_empty() || may_begin());
        if !may_be && !says_nothing {
            return Err(Malformed::Unknown);
        }
        self.decode(record, around)
    }

    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        let mut layout = Self::directed(around.directives);
        let growing = RefCell::new(Growing::new());
        let mut offset = 0;
        for end in memchr::memchr_iter(b'\n', block).chain([block.len()]) {
            if offset < block.len() {
                let record = &block[offset..end];
                let line = trimmed(record);
                let mut growing = growing.borrow_mut();
                let read = match line.first() {
                    Some(b'#') => {
                        layout.direct(line);
                        Err(Malformed::Comment)
                    }
                    _ if line.trim_ascii_start().is_empty() => Err(Malformed::Blank),
                    _ => match Some(&layout).filter(|layout| layout.has_columns()) {
                        Some(layout) => self.read(line, layout, around, &mut growing),
                        None => self.read_headless(line, around, &mut growing),
                    },
                };
                each(Decoded { offset, record, format: self.name, event: read.map(|()| growing.event()) });
            }
            offset = end + 1;
        }
    }
}
