//! Sources that take turns: alike in size, at the same place, at the same time.

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

/// Puts members into pools: those whose times touch stand together, and of those the ones alike in size; what is left stands
/// alone. The order of `members` does not matter beyond ties.
pub(super) fn together<T: Member>(mut members: Vec<T>) -> Vec<Vec<T>> {
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
    stretches.into_iter().flat_map(|(_, together)| alike(together)).collect()
}

/// Splits members that are active together: those about as large as their median, then of the rest those about as large as
/// theirs, and so on; too few to be a pool are each alone.
fn alike<T: Member>(mut together: Vec<T>) -> Vec<Vec<T>> {
    let mut pools: Vec<Vec<T>> = Vec::new();
    while !together.is_empty() {
        let mut sizes: Vec<u64> = together.iter().map(Member::size).collect();
        sizes.sort_unstable();
        let median = sizes[sizes.len() / 2];
        let (pool, apart): (Vec<T>, Vec<T>) = together.into_iter().partition(|member| {
            member.size() <= median.saturating_mul(ALIKE) && member.size().saturating_mul(ALIKE) >= median
        });
        if pool.len() >= SOURCES {
            pools.push(pool);
        } else {
            pools.extend(pool.into_iter().map(|member| vec![member]));
        }
        together = apart;
    }
    pools
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
}
