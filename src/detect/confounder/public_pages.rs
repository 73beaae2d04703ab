//! Somebody who reads the pages of authors, one after the other, as crawlers do: nearly all of them exist, and each is a page
//! of its own. Who looks for names meets those that do not exist, and is told of both in a few words.

use crate::evidence::Outcomes;
use crate::incident::ConfounderNote;
use crate::request::RouteKey;
use crate::route::{Method, Methods};

/// Of what links lead to, nearly all exists, in percent.
const NEARLY_ALL: u64 = 80;

/// Answers of so many sizes are no yes and no.
const SIZES: usize = 5;

/// Whether what was read at a door that tells of accounts are pages.
pub(super) fn of_asks(door: RouteKey, outcomes: &Outcomes) -> Option<ConfounderNote> {
    let reads = Methods::READ.has(Method::from_number(door.1));
    let found = outcomes.count(|answer| (200..400).contains(&answer.status));
    let (all, moved) = (outcomes.total(), outcomes.count(|answer| (300..400).contains(&answer.status)));
    let pages = outcomes.iter().filter(|(answer, _)| answer.status == 200).count();
    let are_pages = pages >= SIZES || moved * 100 >= all * NEARLY_ALL;
    (reads && all > 0 && found * 100 >= all * NEARLY_ALL && are_pages).then(|| {
        let reason =
            format!("{} % of what was asked for exists, in {} sizes", found * 100 / all, pages.max(1));
        super::note("public-pages", 80, reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::TemplateHash;
    use crate::request::Request;

    /// Whether these answers, status and size, are those of pages.
    fn are_pages(method: Method, answers: impl Iterator<Item = (u16, u64)>) -> bool {
        let mut outcomes = Outcomes::default();
        for (status, bytes_out) in answers {
            outcomes.add(&Request { bytes_out, status, ..Request::default() });
        }
        of_asks(RouteKey(TemplateHash(1), method as u8), &outcomes).is_some()
    }

    #[test]
    fn pages_of_authors_exist_and_differ_and_names_are_mostly_missing_or_answered_alike() {
        assert!(are_pages(Method::Get, (0..40).map(|nth| (200, 9000 + nth * 700))));
        assert!(are_pages(Method::Get, (0..40).map(|_| (301, 0))));
        assert!(!are_pages(Method::Get, (0..40).map(|nth| (if nth % 9 == 0 { 301 } else { 404 }, 0))));
        assert!(!are_pages(Method::Get, (0..40).map(|nth| (200, 30 + nth % 2 * 9))));
        assert!(!are_pages(Method::Post, (0..40).map(|nth| (200, 9000 + nth * 700))));
    }
}
