//! What the directives say of the lines behind them: which columns, of whom, on which date, in which zone.

use super::columns::{Column, column};
use crate::event::Malformed;
use crate::format::fields::{Unit, address};
use crate::format::slot::{Growing, Meaning, Slot};
use crate::format::{Around, Clock};
use crate::text::{Escapes, hex};
use crate::time::{Civil, SECOND, Time, local, stamp};

/// Who writes the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    Iis,
    CloudFront,
    Zeek,
    #[default]
    Other,
}

/// The columns of a line, and what else its directives say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    pub(super) dialect: Dialect,
    /// The same, by the names of the columns alone.
    named: Dialect,
    columns: Vec<Option<Column>>,
    /// Of lines that tell only the time of day.
    date: Option<(i32, u8, u8)>,
    /// How far the clock of the log lies east of UTC, in microseconds, where a directive says so.
    east: Option<i64>,
    is_microsoft: bool,
}

/// More columns than this are no log's.
const COLUMNS: usize = 256;

impl Layout {
    /// Takes in a directive; whether it named columns.
    pub(super) fn direct(&mut self, line: &[u8]) -> bool {
        let (name, value) = match memchr::memchr2(b':', b'\t', line) {
            Some(at) => (&line[..at], line[at + 1..].trim_ascii()),
            None => (line, &[][..]),
        };
        match name {
            b"#Fields" | b"#fields" => {
                let names = value.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty());
                self.columns = names.clone().take(COLUMNS).map(column).collect();
                let has = |wanted: &[u8]| names.clone().any(|name| name == wanted);
                self.named = if name == b"#fields" {
                    Dialect::Zeek
                } else if has(b"x-edge-location") {
                    Dialect::CloudFront
                } else if has(b"s-ip") && has(b"sc-win32-status")
                    || has(b"s-sitename")
                    // ASP.NET Core's `W3CLogger` counts as IIS does.
                    || has(b"s-computername") && has(b"time-taken")
                {
                    Dialect::Iis
                } else {
                    Dialect::Other
                };
                self.settle();
                return true;
            }
            b"#Date" | b"#Start-Date" => self.date = date(value).or(self.date),
            b"#GMT-Offset" => self.east = east(value),
            b"#Software" => {
                self.is_microsoft = value.starts_with(b"Microsoft") || value.starts_with(b"IIS");
                self.settle();
            }
            _ => {}
        }
        false
    }

    /// Says who writes the lines, in whichever order that was told.
    fn settle(&mut self) {
        let by_software = self.named == Dialect::Other && self.is_microsoft;
        self.dialect = if by_software { Dialect::Iis } else { self.named };
    }

    /// Whether columns are known, and among them what makes an access log.
    pub(super) fn has_columns(&self) -> bool {
        let has = |wanted: fn(&Column) -> bool| self.columns.iter().flatten().any(wanted);
        has(|column| matches!(column, Column::Time | Column::LocalTime) || column.is(Slot::Time))
            && has(|column| column.is(Slot::Status) || column.is(Slot::Target) || column.is(Slot::Method))
    }

    /// The fewest values that a line has.
    pub(super) fn least(&self) -> usize {
        let asks =
            |column: &Column| [Slot::Method, Slot::Target, Slot::Request].iter().any(|&slot| column.is(slot));
        match self.dialect {
            // It leaves out the last columns of some lines, but says what was asked for.
            Dialect::CloudFront => {
                let at = self.columns.iter().position(|column| column.as_ref().is_some_and(asks));
                at.map_or(self.columns.len(), |at| at + 1)
            }
            _ => self.columns.len(),
        }
    }

    /// Whether `line` could begin as its lines do: where the date comes first, with one.
    pub(super) fn could_begin(&self, line: &[u8]) -> bool {
        let is_dated = matches!(self.columns.first(), Some(Some(Column::Date | Column::LocalDate)));
        !is_dated || date(line).is_some()
    }

    /// Takes a line apart.
    pub(super) fn read<'a>(
        &self,
        line: &'a [u8],
        clock: &Clock,
        around: Around<'a>,
        growing: &mut Growing<'a>,
    ) -> Result<(), Malformed> {
        let mut when = When { date: self.date, ..When::default() };
        let mut values = Values { rest: Some(line), tabs: memchr::memchr(b'\t', line).is_some() };
        for column in &self.columns {
            // CloudFront leaves out the last columns of some lines.
            let value = match values.next() {
                Some(value) => value?,
                None if self.dialect == Dialect::CloudFront && growing.has_request() => break,
                None => return Err(Malformed::Short),
            };
            let value = if matches!(value, b"-" | b"(empty)") { &b""[..] } else { value };
            if let Some(column) = column {
                self.take(*column, value, &mut when, around, growing);
            }
        }
        if values.next().is_some() {
            return Err(Malformed::Trailing);
        }
        if let Some((local, digits)) = when.local()? {
            let time = match (self.east, when.is_local) {
                (Some(east), _) => local.time().map(|time| Time(time.0 - east)),
                (None, true) => clock.time(local),
                (None, false) => local.time(),
            };
            growing.set_instant(time.ok_or(Malformed::Time)?, digits);
        }
        growing.finish(if self.dialect == Dialect::Zeek { Escapes::Backslash } else { Escapes::None })
    }

    fn take<'a>(
        &self,
        column: Column,
        value: &'a [u8],
        when: &mut When<'a>,
        around: Around<'a>,
        growing: &mut Growing<'a>,
    ) {
        match column {
            Column::Date | Column::LocalDate => {
                when.date = date(value).or(when.date);
                when.is_local |= matches!(column, Column::LocalDate);
            }
            Column::Time | Column::LocalTime => {
                when.clock = value;
                when.is_local |= matches!(column, Column::LocalTime);
            }
            Column::Port if value == b"443" => growing.put(Meaning::of(Slot::Scheme), b"https"),
            Column::Port => {}
            Column::Header(meaning) => {
                let value = match self.dialect {
                    Dialect::Iis if memchr::memchr(b'+', value).is_some() => {
                        around.scratch.change(value, with_blanks)
                    }
                    Dialect::CloudFront if memchr::memchr(b'%', value).is_some() => {
                        around.scratch.change(value, decoded)
                    }
                    _ => value,
                };
                growing.put(meaning, value);
            }
            // `host/path` without a scheme, and Zeek's list of proxies.
            Column::HostAndPath => {
                let slash = memchr::memchr(b'/', value).unwrap_or(value.len());
                if slash > 0 {
                    growing.put(Meaning::of(Slot::Host), &value[..slash]);
                }
                growing.put(Meaning::of(Slot::Target), &value[slash..]);
            }
            Column::Proxied => {
                let hop = memchr::memmem::rfind(value, b"-> ").map(|at| &value[at + 3..]);
                let hop = hop.filter(|hop| address(hop).is_some());
                if let Some(hop) = hop {
                    growing.put(Meaning::of(Slot::Forwarded), hop);
                }
            }
            // `W3CLogger` has decimals.
            Column::Says(meaning) if self.dialect == Dialect::Iis && meaning.slot == Slot::Duration => {
                growing.put(Meaning { unit: Unit::Millis, ..meaning }, value);
            }
            Column::Says(meaning) => growing.put(meaning, value),
        }
    }
}

/// Date and time of one line, as far as they are known.
#[derive(Default)]
struct When<'a> {
    date: Option<(i32, u8, u8)>,
    clock: &'a [u8],
    is_local: bool,
}

impl When<'_> {
    /// The date and the time of day; `None` where the line tells its time otherwise.
    fn local(&self) -> Result<Option<(Civil, u8)>, Malformed> {
        match (self.date, self.clock) {
            (_, b"") => Ok(None),
            (Some(date), clock) => local::at(date, clock).map(Some).ok_or(Malformed::Time),
            (None, _) => Err(Malformed::Time),
        }
    }
}

/// `2018-01-01`, with anything behind it.
fn date(value: &[u8]) -> Option<(i32, u8, u8)> {
    let mut midnight = *b"0000-00-00T00:00:00";
    midnight[..10].copy_from_slice(value.get(..10)?);
    let civil = stamp::iso8601(&midnight)?.0.civil();
    Some((civil.year, civil.month, civil.day))
}

/// `-0800` in microseconds.
fn east(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let number: i64 = text.parse().ok().filter(|number: &i64| number.abs() <= 1400)?;
    Some((number / 100 * 3600 + number % 100 * 60) * SECOND)
}

/// IIS writes a plus for each blank.
fn with_blanks(value: &mut [u8]) -> usize {
    value.iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
    value.len()
}

/// CloudFront encodes blanks and what could end a column, older logs twice.
fn decoded(value: &mut [u8]) -> usize {
    let (mut at, mut length) = (0, 0);
    while let Some(&byte) = value.get(at) {
        let pair = match value.get(at + 1..) {
            Some([b'2', b'5', high, low, ..]) if byte == b'%' => Some((*high, *low, 5)),
            Some([high, low, ..]) if byte == b'%' => Some((*high, *low, 3)),
            _ => None,
        };
        let code = pair.and_then(|(high, low, taken)| Some((hex(high)? << 4 | hex(low)?, taken)));
        let (code, taken) = code.unwrap_or((byte, 1));
        value[length] = code;
        (at, length) = (at + taken, length + 1);
    }
    length
}

/// The values of a line: between tabs if it has any, else between blanks; in quotes, doubled inside, where they begin with one.
struct Values<'a> {
    rest: Option<&'a [u8]>,
    tabs: bool,
}

impl<'a> Values<'a> {
    fn next(&mut self) -> Option<Result<&'a [u8], Malformed>> {
        let rest = self.rest?;
        if self.tabs {
            let end = memchr::memchr(b'\t', rest);
            self.rest = end.map(|end| &rest[end + 1..]);
            return Some(Ok(&rest[..end.unwrap_or(rest.len())]));
        }
        let rest = rest.trim_ascii_start();
        if rest.is_empty() {
            self.rest = None;
            return None;
        }
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let end = memchr::memchr(b' ', rest);
            self.rest = end.map(|end| &rest[end..]);
            return Some(Ok(&rest[..end.unwrap_or(rest.len())]));
        };
        let mut at = 0;
        loop {
            let Some(quote) = memchr::memchr(b'"', &quoted[at..]).map(|quote| at + quote) else {
                self.rest = None;
                return Some(Err(Malformed::Unbalanced));
            };
            if quoted.get(quote + 1) == Some(&b'"') {
                at = quote + 2;
                continue;
            }
            self.rest = Some(&quoted[quote + 1..]);
            return Some(Ok(&quoted[..quote]));
        }
    }
}
