//! Which column of bare numbers is what: a request takes longer than its upstreams, an answer with its headers is a little
//! longer than without.

use super::kind::Kind;
use super::learned::Seen;
use super::shape::Shape;
use crate::format::fields::{Unit, duration_list, last_of_list, number};

/// Headers of an answer are no longer than this.
const HEADERS: u64 = 4096;
/// Of fewer lines, a single column of numbers is not held against the size.
const FEW: usize = 4;

/// Says what the columns of bare numbers of `columns` are.
pub(super) fn settle(columns: &mut [Seen<'_>], whole_numbers: Unit) {
    let is_told = |columns: &[Seen<'_>], kind: Kind| columns.iter().any(|column| column.kind.is_like(kind));
    let mut seconds = by_length(columns).into_iter();
    for kind in [Kind::Took(Unit::Seconds), Kind::UpstreamTook(Unit::Seconds)] {
        if !is_told(columns, kind)
            && let Some(nth) = seconds.next()
        {
            columns[nth].kind = kind;
        }
    }
    let mut numbers: Vec<usize> = bare(columns, Shape::Number);
    if let Some(at) = numbers.iter().position(|&nth| is_status(&columns[nth])) {
        columns[numbers.remove(at)].kind = Kind::UpstreamStatus;
    }
    let may_be_size = numbers.len() > 1 || columns.first().is_some_and(|column| column.values.len() >= FEW);
    if let Some(at) = numbers.iter().position(|&nth| may_be_size && is_size_with_headers(&columns[nth])) {
        let place = numbers.remove(at);
        columns[place].kind = Kind::BytesOut;
        if let Some(before) = at.checked_sub(1).filter(|&before| numbers[before] + 1 == place) {
            columns[numbers.remove(before)].kind = Kind::BytesIn;
        }
    }
    if let ([only], false) = (&numbers[..], is_told(columns, Kind::Took(Unit::Seconds))) {
        columns[*only].kind = Kind::Took(whole_numbers);
    }
}

/// The columns without a key whose values look so and that say nothing yet.
fn bare(columns: &[Seen<'_>], shape: Shape) -> Vec<usize> {
    let fits = |column: &Seen<'_>| {
        column.key.is_none() && column.shape == Some(shape) && column.kind == Kind::Nothing
    };
    (0..columns.len()).filter(|&nth| columns.get(nth).is_some_and(fits)).collect()
}

/// The columns of seconds, that which sums up to most first.
fn by_length(columns: &[Seen<'_>]) -> Vec<usize> {
    let mut seconds = bare(columns, Shape::Seconds);
    let sum = |nth: &usize| {
        let took = columns[*nth].values.iter().filter_map(|(value, ..)| duration_list(value, Unit::Seconds));
        std::cmp::Reverse(took.fold(0, u64::saturating_add))
    };
    seconds.sort_by_key(sum);
    seconds
}

/// Whether most values of a column are the status of their line.
fn is_status(column: &Seen<'_>) -> bool {
    let said = column.values.iter().filter(|(value, ..)| Shape::of(value).is_some());
    let (mut all, mut same) = (0, 0);
    for &(value, status, _) in said {
        all += 1;
        same += usize::from(number(last_of_list(value)) == status.map(u64::from));
    }
    all > 0 && same * 4 >= all * 3
}

/// Whether every value of a column is a little more than the size of its line.
fn is_size_with_headers(column: &Seen<'_>) -> bool {
    let is_more = |(value, _, size): &(&[u8], Option<u16>, u64)| {
        number(value).is_some_and(|with| with > *size && with - size < HEADERS)
    };
    column.values.iter().all(is_more)
}
