//! What must stand in a request for a rule to match: text that is looked for before the rule itself is.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::compile::TESTS;
use super::expr::{Expr, Test};
use super::field::Field;
use super::pattern::{Pattern, Piece};
use super::sieve::rarest;

/// Where needles are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Zone {
    /// The path, for needles that stand nowhere else; the filter adds those of targets.
    Path,
    /// Path and query.
    Target,
    /// The agent.
    Agent,
    /// The referring page.
    Referer,
    /// The host.
    Host,
    /// The user.
    User,
    /// The method.
    Method,
    /// The whole record.
    Record,
}

impl Zone {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Record as usize + 1;

    /// Whether its text alone says what `field` holds.
    pub(super) fn settles(self, field: Field) -> bool {
        match self {
            Self::Path => matches!(field, Field::Stem | Field::Extension),
            Self::Agent => field == Field::Agent,
            Self::Referer => field == Field::Referer,
            Self::Host => field == Field::Host,
            Self::User => field == Field::User,
            Self::Method => field == Field::Method,
            Self::Target | Self::Record => false,
        }
    }
}

/// Text in lower case that stands somewhere; never empty.
pub(super) type Needle = (Zone, Vec<u8>);

/// What an expression needs to be true.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing that could be looked for.
    Nothing,
    /// One of these; of none: it is never true.
    Any(Vec<Needle>),
}

/// Longer needles are no rarer.
const RARE: usize = 8;

/// Of longer texts the rarest part is looked for: so many bytes hardly ever stand where the rest does not, and many agents
/// begin alike.
const LONGEST: usize = 16;

impl Need {
    /// What `expr` needs.
    pub(super) fn of(expr: &Expr) -> Self {
        match expr {
            Expr::All(all) => all.iter().map(Self::of).max_by_key(Self::worth).unwrap_or(Self::Nothing),
            Expr::Any(any) => Self::any(any.iter().map(Self::of)),
            Expr::Least(0, _) | Expr::Not(_) => Self::Nothing,
            Expr::Least(_, of) => Self::any(of.iter().map(Self::of)),
            Expr::Keywords(any) => {
                Self::any(any.iter().map(|pattern| Self::in_zone(Zone::Record, literal(pattern))))
            }
            Expr::Record(regex) => Self::of_regex(Zone::Record, regex.as_str()),
            Expr::Field(field, test) => Self::of_test(*field, test),
        }
    }

    /// What any of several needs.
    fn any(of: impl Iterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for need in of {
            match need {
                Self::Nothing => return Self::Nothing,
                Self::Any(needles) => all.extend(needles),
            }
        }
        all.sort();
        all.dedup();
        if all.len() > TESTS { Self::Nothing } else { Self::Any(all) }
    }

    /// What a test on a field needs.
    fn of_test(field: Field, test: &Test) -> Self {
        let zone = match field {
            Field::Stem | Field::Extension => Zone::Path,
            Field::Uri | Field::Query => Zone::Target,
            Field::Agent => Zone::Agent,
            Field::Referer => Zone::Referer,
            Field::Host => Zone::Host,
            Field::User => Zone::User,
            Field::Method => Zone::Method,
            Field::Unlogged if !matches!(test, Test::Null | Test::Exists(false)) => {
                return Self::Any(Vec::new());
            }
            _ => return Self::Nothing,
        };
        match test {
            Test::Text(any) => {
                let literal =
                    |pattern| if field == Field::Extension { ending(pattern) } else { literal(pattern) };
                Self::any(any.iter().map(|pattern| Self::in_zone(zone, literal(pattern))))
            }
            Test::Regex(regex) => Self::of_regex(zone, regex.as_str()),
            _ => Self::Nothing,
        }
    }

    /// What a regular expression needs.
    fn of_regex(zone: Zone, regex: &str) -> Self {
        let parsed = regex_syntax::ParserBuilder::new().utf8(false).nest_limit(128).build().parse(regex);
        parsed.map_or(Self::Nothing, |hir| Self::of_hir(zone, &hir))
    }

    /// What a part of a regular expression needs: the best of the texts that it holds, and of what its choices need. Depth is
    /// bounded by the parser.
    fn of_hir(zone: Zone, hir: &Hir) -> Self {
        let parts = match hir.kind() {
            HirKind::Alternation(any) => return Self::any(any.iter().map(|one| Self::of_hir(zone, one))),
            HirKind::Capture(capture) => return Self::of_hir(zone, &capture.sub),
            HirKind::Repetition(some) if some.min > 0 => return Self::of_hir(zone, &some.sub),
            HirKind::Concat(all) => all.as_slice(),
            HirKind::Repetition(_) => return Self::Nothing,
            _ => std::slice::from_ref(hir),
        };
        let mut needs = Vec::new();
        let mut run = Vec::new();
        for part in parts {
            if let Some(text) = byte_or_text(part) {
                run.extend(text);
            } else {
                needs.push(Self::in_zone(zone, Some(std::mem::take(&mut run))));
                needs.extend(is_composed(part).then(|| Self::of_hir(zone, part)));
            }
        }
        needs.push(Self::in_zone(zone, Some(run)));
        needs.into_iter().max_by_key(Self::worth).unwrap_or(Self::Nothing)
    }

    /// A literal in a zone.
    fn in_zone(zone: Zone, literal: Option<Vec<u8>>) -> Self {
        let cut = literal.and_then(|literal| longest(&literal, zone));
        cut.map_or(Self::Nothing, |needle| Self::Any(vec![(zone, needle)]))
    }

    /// How much is gained by looking for it: how long the shortest needle is, then that there are few.
    fn worth(&self) -> (usize, std::cmp::Reverse<usize>, bool) {
        match self {
            Self::Nothing => (0, std::cmp::Reverse(0), false),
            Self::Any(needles) => {
                let shortest = needles.iter().map(|(zone, needle)| match zone {
                    // Methods are few, and each is common.
                    Zone::Method => 1,
                    _ => 1 + needle.len().min(RARE),
                });
                let is_cheap = needles.iter().all(|(zone, _)| *zone != Zone::Record);
                (shortest.min().unwrap_or(usize::MAX), std::cmp::Reverse(needles.len()), is_cheap)
            }
        }
    }
}

/// The longest text that a pattern holds.
fn literal(pattern: &Pattern) -> Option<Vec<u8>> {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Any | Piece::One => None,
    };
    pattern.pieces.iter().filter_map(text).max_by_key(Vec::len)
}

/// The longest text that a path holds whose extension is as `pattern` says: a dot stands before it.
fn ending(pattern: &Pattern) -> Option<Vec<u8>> {
    match &*pattern.pieces {
        [Piece::Text(whole)] => Some([b".", &**whole].concat()),
        _ => literal(pattern),
    }
}

/// The longest part of `text` that stands within one text of a zone however that is written, in lower case: ASCII alone,
/// and in targets what the `?` does not part.
fn longest(text: &[u8], zone: Zone) -> Option<Vec<u8>> {
    let parts = text.split(|&byte| !byte.is_ascii() || zone == Zone::Target && byte == b'?');
    let part = parts.max_by_key(|part| part.len()).filter(|part| !part.is_empty())?;
    Some(rarest(part, part.len().min(LONGEST)).to_ascii_lowercase())
}

/// The text that a part always is, whatever its case; none at all for a place between texts.
fn byte_or_text(part: &Hir) -> Option<Vec<u8>> {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Vec::new()),
        HirKind::Literal(literal) => Some(literal.0.to_vec()),
        HirKind::Class(class) => only(class).map(|byte| vec![byte]),
        _ => None,
    }
}

/// Whether a part has parts of its own that could be needed.
fn is_composed(part: &Hir) -> bool {
    matches!(
        part.kind(),
        HirKind::Capture(_) | HirKind::Repetition(_) | HirKind::Alternation(_) | HirKind::Concat(_)
    )
}

/// The one letter that a class is, in any case.
fn only(class: &Class) -> Option<u8> {
    let byte = |start: u32| u8::try_from(start).ok().filter(u8::is_ascii);
    let mut all: Vec<u8> = Vec::new();
    match class {
        Class::Unicode(class) => {
            for range in class.ranges() {
                (range.start() == range.end()).then_some(())?;
                all.push(byte(range.start().into())?.to_ascii_lowercase());
            }
        }
        Class::Bytes(class) => {
            for range in class.ranges() {
                (range.start() == range.end()).then_some(())?;
                all.push(byte(range.start().into())?.to_ascii_lowercase());
            }
        }
    }
    all.dedup();
    match *all {
        [only] => Some(only),
        _ => None,
    }
}
