//! The columns of a log, learned from its first lines.

use super::ABOUT;
use super::column::column;
use super::kind::Kind;
use super::shape::Shape;
use super::times;
use super::usual::USUAL;
use crate::event::{Event, Malformed};
use crate::format::clf::{Clf, Known, Left, Right, nothing, trimmed};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

/// How many lines of a head are looked at.
const LINES: usize = 100;
/// More columns than this are no log's.
const COLUMNS: usize = 32;
/// How many of a hundred lines must have the same columns.
const MOST: usize = 60;
/// How many of a hundred values of a column must look alike.
const ALIKE: usize = 75;

/// What may stand before the columns, that which says more first.
const FRONTS: [(Left, Right); 5] = [
    (Left::Client, Right::Agent),
    (Left::Vhost, Right::Agent),
    (Left::Hop, Right::Agent),
    (Left::Client, Right::Size),
    (Left::Vhost, Right::Size),
];

/// Which columns a log has, and what they say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    columns: Vec<(Option<Vec<u8>>, Kind)>,
}

/// One column of the first lines.
pub(super) struct Seen<'a> {
    pub(super) key: Option<&'a [u8]>,
    /// Its values, with status and size of their lines.
    pub(super) values: Vec<(&'a [u8], Option<u16>, u64)>,
    pub(super) shape: Option<Shape>,
    pub(super) kind: Kind,
}

/// One of the first lines: what it says before its columns, and these.
type Line<'a> = (Event<'a>, Vec<(Option<&'a [u8]>, &'a [u8])>);

impl Layout {
    /// What `head` tells: what stands before the columns of most lines, and these. Nothing where there are none.
    pub(super) fn of(head: &[u8]) -> Option<(Clf, Self)> {
        let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
        let lines: Vec<&[u8]> = whole.split(|&byte| byte == b'\n').take(LINES).map(trimmed).collect();
        let mut best: Option<(Clf, Vec<Line<'_>>)> = None;
        for (left, right) in FRONTS {
            let clf = Clf { name: USUAL.name, about: ABOUT, left, right, tail: nothing };
            let read: Vec<Line<'_>> = lines.iter().filter_map(|line| split(clf, line)).collect();
            if best.as_ref().is_none_or(|(_, most)| read.len() > most.len()) {
                best = Some((clf, read));
            }
        }
        let (clf, lines) = best?;
        let like = |one: &Line<'_>, other: &Line<'_>| {
            one.1.iter().map(|(key, _)| key).eq(other.1.iter().map(|(key, _)| key))
        };
        let usual =
            lines.iter().map(|line| lines.iter().filter(|other| like(other, line)).collect::<Vec<_>>());
        let usual = usual.max_by_key(Vec::len).filter(|usual| usual.len() * 100 >= lines.len() * MOST)?;
        let has_hops = clf.left == Left::Hop
            && lines.iter().any(|line| line.0.forwarded.is_some_and(|hops| !hops.is_empty()));
        let columns = seen(&usual, clf.right, has_hops);
        (!columns.is_empty() || has_hops).then(|| (clf, Self::from(columns)))
    }

    fn from(columns: Vec<Seen<'_>>) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|column| (column.key.map(<[u8]>::to_vec), column.kind))
                .collect(),
        }
    }

    /// Takes what the columns of a line say.
    pub(super) fn take<'a>(&self, tail: &'a [u8], event: &mut Event<'a>) -> Result<(), Malformed> {
        let mut rest = tail.trim_ascii();
        for (known, kind) in &self.columns {
            if rest.is_empty() {
                return Err(Malformed::Short);
            }
            let (key, value, behind) = column(rest)?;
            if key != known.as_deref() {
                return Err(Malformed::Trailing);
            }
            kind.take(value, event)?;
            rest = behind.trim_ascii_start();
        }
        if rest.is_empty() { Ok(()) } else { Err(Malformed::Trailing) }
    }
}

/// What a line says before its columns, and these.
fn split(clf: Clf, line: &[u8]) -> Option<Line<'_>> {
    let (event, tail) = clf.before_tail(line, &mut Known::default()).ok()?;
    let (mut rest, mut columns) = (tail.rest().trim_ascii(), Vec::new());
    while !rest.is_empty() && columns.len() <= COLUMNS {
        let (key, value, behind) = column(rest).ok()?;
        columns.push((key, value));
        rest = behind.trim_ascii_start();
    }
    (columns.len() <= COLUMNS).then_some((event, columns))
}

/// The columns of lines that have the same, and what they say.
fn seen<'a>(lines: &[&Line<'a>], right: Right, has_hops: bool) -> Vec<Seen<'a>> {
    let count = lines.first().map_or(0, |line| line.1.len());
    let mut columns: Vec<Seen<'a>> = Vec::with_capacity(count);
    for nth in 0..count {
        let of = |line: &&Line<'a>| Some((*line.1.get(nth)?, line.0.status, line.0.bytes_out.unwrap_or(0)));
        let found: Vec<_> = lines.iter().filter_map(of).collect();
        let key = found.first().and_then(|((key, _), ..)| *key);
        let values: Vec<_> =
            found.into_iter().map(|((_, value), status, size)| (value, status, size)).collect();
        let shape = shape_of(&values);
        let mut kind = match (key, shape) {
            (Some(key), shape) => Kind::of_key(key, shape),
            (None, Some(shape)) => Kind::of_shape(shape),
            (None, None) => Kind::Nothing,
        };
        let is_told = columns.iter().any(|column| column.kind.is_like(kind));
        if is_told || has_hops && kind == Kind::Text(Slot::Forwarded) {
            kind = Kind::Nothing;
        }
        columns.push(Seen { key, values, shape, kind });
    }
    // Tomcat counts milliseconds, and names its threads; Apache microseconds.
    let is_thread = |value: &[u8]| memchr::memmem::find(value, b"-exec-").is_some();
    let by_tomcat = columns.iter().any(|column| column.values.iter().any(|(value, ..)| is_thread(value)));
    let unit = if by_tomcat || right == Right::Size { Unit::Millis } else { Unit::Micros };
    times::settle(&mut columns, unit);
    columns
}

/// What the values of a column look like: numbers all of them, texts most.
fn shape_of(values: &[(&[u8], Option<u16>, u64)]) -> Option<Shape> {
    let shapes: Vec<Shape> = values.iter().filter_map(|(value, ..)| Shape::of(value)).collect();
    let all = shapes.iter().copied().reduce(Shape::and)?;
    let most = |shape: &&Shape| {
        let same = shapes.iter().filter(|other| other == shape).count();
        same * 100 >= shapes.len() * ALIKE && !matches!(shape, Shape::Seconds | Shape::Number)
    };
    Some(if all == Shape::Other { shapes.iter().find(most).copied().unwrap_or(all) } else { all })
}
