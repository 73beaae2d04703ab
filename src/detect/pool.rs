//! Sources that take turns: alike in size, at the same place, at the same time, none much longer than the others.

use crate::detect::World;
use crate::evidence::Span;
use crate::series::Evidence;
use crate::time::HOUR;

/// Fewer sources than this are no pool.
pub(super) const SOURCES: usize = 3;

/// Sources of a pool differ in size by no more than this factor from their median.
const ALIKE: u64 = 6;

/// Sources of a pool are active within this of one another, in microseconds.
const TOGETHER: i64 = HOUR;

/// Where members are very alike, the largest does no more than this, in percent of the smallest, and takes no longer.
const VERY_ALIKE: u64 = 125;
const ALONGSIDE: u64 = 150;

/// Twins are active together for so much of the time of the one that takes longer, in percent.
const TOGETHER_FOR: i64 = 60;

/// With so many others each is compared that come next in size.
const COMPARED: usize = 2000;

/// Within so long one relieves another, in microseconds.
const RELIEVED: i64 = 6 * HOUR;

/// Something that may be part of a pool.
pub(super) trait Member {
    /// When it was active.
    fn span(&self) -> Span;
    /// How much it did.
    fn size(&self) -> u64;
}

/// As [`together`], unless sources are not told as one.
pub(super) fn gather<T: Member>(world: &World<'_>, members: Vec<T>) -> Vec<Vec<T>> {
    if world.tells_clusters() {
        together(members)
    } else {
        members.into_iter().map(|member| vec![member]).collect()
    }
}

/// As [`gather`], but those who relieve one another are a pool as well: each does as much as the others and takes as long,
/// hours apart.
pub(super) fn gather_relays<T: Member>(world: &World<'_>, members: Vec<T>) -> Vec<Vec<T>> {
    if world.tells_clusters() { together_or_in_turn(members) } else { gather(world, members) }
}

/// As [`together`], but those who relieve one another are a pool as well.
pub(super) fn together_or_in_turn<T: Member>(members: Vec<T>) -> Vec<Vec<T>> {
    let (relays, rest) = relays(members);
    relays.into_iter().chain(together(rest)).collect()
}

/// Those who do as much as one another, for as long, and all at one time: hardly ever chance, whatever else they have in common.
pub(super) fn twins<T: Member>(members: Vec<T>) -> Vec<Vec<T>> {
    like(members, at_once, |_| true).0
}

/// Members of relays, and the rest.
fn relays<T: Member>(members: Vec<T>) -> (Vec<Vec<T>>, Vec<T>) {
    like(members, |_, _| true, hand_over)
}

/// Groups of members that are very alike in size and length, `fit` the first of them, and are one as far as `are_one` says; and the
/// rest.
fn like<T: Member>(
    mut members: Vec<T>,
    fit: impl Fn(&T, &T) -> bool,
    are_one: impl Fn(&[T]) -> bool,
) -> (Vec<Vec<T>>, Vec<T>) {
    members.sort_by_key(|member| (member.size(), member.span().first, member.span().last));
    let is_like = |first: &T, other: &T| {
        let (length, longer) = (lasted(first).min(lasted(other)), lasted(first).max(lasted(other)));
        longer * 100 <= length * ALONGSIDE && fit(first, other)
    };
    let mut all: Vec<Option<T>> = members.into_iter().map(Some).collect();
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    for nth in 0..all.len() {
        let Some(first) = all[nth].take() else { continue };
        let most = first.size() * VERY_ALIKE / 100;
        let mut some = vec![first];
        for other in all[nth + 1..].iter_mut().take(COMPARED) {
            if other.as_ref().is_some_and(|other| other.size() > most) {
                break;
            }
            some.extend(other.take_if(|other| is_like(&some[0], other)));
        }
        if some.len() >= SOURCES && are_one(&some) { found.push(some) } else { rest.extend(some) }
    }
    (found, rest)
}

/// Whether two are active together for nearly as long as either is.
fn at_once<T: Member>(one: &T, other: &T) -> bool {
    let (one, other) = (one.span(), other.span());
    let together = one.last.0.min(other.last.0) - one.first.0.max(other.first.0);
    let longer = one.micros().max(other.micros());
    together >= 0 && together.saturating_mul(100) >= longer.saturating_mul(TOGETHER_FOR)
}

/// For how long a member was active.
fn lasted<T: Member>(member: &T) -> u64 {
    member.span().micros().unsigned_abs()
}

/// Whether of some there is always one within a few hours of the one before.
fn hand_over<T: Member>(some: &[T]) -> bool {
    let mut spans: Vec<Span> = some.iter().map(Member::span).collect();
    spans.sort_unstable_by_key(|span| span.first);
    spans.windows(2).all(|pair| pair[1].first.0 - pair[0].last.0 <= RELIEVED)
}

/// Puts members into pools: those whose times touch stand together, and of those the ones alike; what is left stands alone.
/// The order of `members` does not matter beyond ties.
pub(super) fn together<T: Member>(members: Vec<T>) -> Vec<Vec<T>> {
    let mut pools = Vec::new();
    let mut open = vec![members];
    while let Some(members) = open.pop() {
        for stretch in stretches(members) {
            let active = stretch.len();
            for group in alike(stretch) {
                match group.len() {
                    all if all == active => pools.push(group),
                    // Without whoever was there before and after them, they may not have been there together.
                    SOURCES.. => open.push(group),
                    _ => pools.extend(group.into_iter().map(|member| vec![member])),
                }
            }
        }
    }
    pools
}

/// Splits members by their times, where nobody was active for a while.
fn stretches<T: Member>(mut members: Vec<T>) -> Vec<Vec<T>> {
    members.sort_by_key(|member| (member.span().first, member.span().last, member.size()));
    let mut stretches: Vec<(Span, Vec<T>)> = Vec::new();
    for member in members {
        let span = member.span();
        match stretches.last_mut() {
            Some((stretch, together)) if span.first.0 <= stretch.last.0 + TOGETHER => {
                stretch.merge(span);
                together.push(member);
            }
            _ => stretches.push((span, vec![member])),
        }
    }
    stretches.into_iter().map(|(_, together)| together).collect()
}

/// Splits members that are active together: those about as large as their median, then of the rest those about as large as
/// theirs, and so on; and of each those that are not there for much longer than most. Too few to be a pool are each alone.
fn alike<T: Member>(together: Vec<T>) -> Vec<Vec<T>> {
    let is_size = |member: &T, size: u64| {
        member.size() <= size.saturating_mul(ALIKE) && member.size().saturating_mul(ALIKE) >= size
    };
    let is_length = |member: &T, length: u64| active_for(member) <= length.saturating_mul(ALIKE);
    let mut pools: Vec<Vec<T>> = Vec::new();
    for same_size in split(together, Member::size, is_size) {
        for pool in split(same_size, active_for, is_length) {
            if pool.len() >= SOURCES {
                pools.push(pool);
            } else {
                pools.extend(pool.into_iter().map(|member| vec![member]));
            }
        }
    }
    pools
}

/// Splits off those that are like the median of all by some measure, then of the rest those that are like theirs, and so on. Where
/// nobody is, what is left stays together.
fn split<T>(mut all: Vec<T>, measure: impl Fn(&T) -> u64, is_like: impl Fn(&T, u64) -> bool) -> Vec<Vec<T>> {
    let mut parts = Vec::new();
    while !all.is_empty() {
        let median = median(all.iter().map(&measure));
        let (part, rest): (Vec<T>, Vec<T>) = all.into_iter().partition(|one| is_like(one, median));
        if part.is_empty() {
            parts.push(rest);
            break;
        }
        parts.push(part);
        all = rest;
    }
    parts
}

/// For how long a member was active; a short while tells nothing.
fn active_for<T: Member>(member: &T) -> u64 {
    lasted(member).max(TOGETHER.unsigned_abs())
}

/// The median of some numbers; zero of none.
fn median(numbers: impl Iterator<Item = u64>) -> u64 {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{MINUTE, Time};

    struct One(i64, i64, u64);

    impl Member for One {
        fn span(&self) -> Span {
            Span { first: Time(self.0 * MINUTE), last: Time(self.1 * MINUTE) }
        }

        fn size(&self) -> u64 {
            self.2
        }
    }

    #[test]
    fn a_pool_is_alike_and_active_together() {
        let members =
            vec![One(0, 60, 30), One(10, 80, 40), One(5, 50, 35), One(20, 30, 1000), One(600, 700, 30)];
        let mut sizes: Vec<usize> = together(members).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 1, 3]);
    }

    #[test]
    fn a_small_pool_is_not_lost_beside_a_large_one_of_another_size() {
        let many = (0..59).map(|nth| One(nth, 600, 10));
        let few = (0..17).map(|nth| One(120 + nth, 400, 100 + nth.unsigned_abs()));
        let mut sizes: Vec<usize> = together(many.chain(few).collect()).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [17, 59]);
    }

    #[test]
    fn who_does_as_much_for_as_long_hours_later_relieves_the_one_before() {
        let sizes = |members: Vec<One>| {
            let (found, rest) = relays(members);
            (found.iter().map(Vec::len).collect::<Vec<_>>(), rest.len())
        };
        let shift = |start: i64, length: i64, size: u64| One(start, start + length, size);
        let relay = || vec![shift(0, 35, 32), shift(200, 37, 32), shift(400, 33, 34)];
        assert_eq!(sizes(relay()), (vec![3], 0));
        assert_eq!(sizes(relay().into_iter().chain([shift(100, 35, 90)]).collect()), (vec![3], 1));
        assert_eq!(sizes(vec![shift(0, 35, 32), shift(200, 37, 32)]), (vec![], 2));
        assert_eq!(sizes(vec![shift(0, 35, 32), shift(200, 90, 32), shift(400, 33, 32)]), (vec![], 3));
        assert_eq!(sizes(vec![shift(0, 35, 32), shift(200, 37, 32), shift(1200, 33, 32)]), (vec![], 3));
    }

    #[test]
    fn twins_do_as_much_as_one_another_at_one_time() {
        let found = |members: Vec<One>| twins(members).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(found(vec![One(0, 60, 48), One(1, 59, 45), One(2, 55, 49), One(3, 60, 90)]), [3]);
        assert!(found(vec![One(0, 60, 48), One(1, 59, 45), One(62, 121, 49)]).is_empty(), "not at one time");
        assert!(found(vec![One(0, 60, 48), One(1, 9, 45), One(2, 55, 49)]).is_empty(), "one is soon done");
        // Others of that size, elsewhen, do not come between them.
        let others = (0..9).map(|nth| One(500 + nth * 70, 505 + nth * 71, 44 + nth.unsigned_abs()));
        let twins = [One(0, 60, 48), One(1, 59, 45), One(2, 55, 49)];
        assert_eq!(found(twins.into_iter().chain(others).collect()), [3]);
    }

    #[test]
    fn who_is_there_all_day_does_not_bring_together_who_never_met() {
        let apart = || vec![One(30, 60, 30), One(400, 440, 40), One(800, 830, 35)];
        let all_day = One(0, 1439, 60);
        let members = apart().into_iter().chain([all_day]).collect();
        assert!(together(members).iter().all(|pool| pool.len() == 1));
        // A pool that works all day is there all day.
        let slow = (0..9).map(|nth| One(nth, 1400 + nth, 40)).chain(apart());
        assert!(together(slow.collect()).iter().any(|pool| pool.len() == 12));
    }

    #[test]
    fn members_none_of_whom_is_the_median_in_size_and_in_length_are_split_all_the_same() {
        let members =
            vec![One(0, 1, 1000), One(0, 2, 900), One(0, 1400, 100), One(0, 1390, 90), One(0, 3, 3)];
        let mut sizes: Vec<usize> = together(members).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 1, 1, 1, 1]);
        for seed in 0..300_u64 {
            let some = |nth: u64, of: u64| crate::hash::mix(seed, nth) % of;
            let one = |nth| {
                let start = i64::try_from(some(nth, 1000)).unwrap();
                One(start, start + i64::try_from(some(nth + 50, 2000)).unwrap(), 1 << some(nth + 90, 20))
            };
            assert_eq!(together((0..9).map(one).collect()).iter().map(Vec::len).sum::<usize>(), 9);
        }
    }
}
