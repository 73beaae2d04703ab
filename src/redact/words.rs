//! Names of people and values of queries, found in text.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use crate::incident::Raw;

/// A mail address: whoever it is of, it names somebody.
#[expect(clippy::expect_used, reason = "the expression is written here")]
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9][A-Za-z0-9._+\-]{0,63}(?:@|%40)[A-Za-z0-9][A-Za-z0-9.\-]{0,252}[A-Za-z0-9]")
        .expect("an expression")
});

/// A member of a query with its value.
#[expect(clippy::expect_used, reason = "the expression is written here")]
static QUERY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"([?&][^=&?\s"'<>\\]{1,128}=)([^&\s"\\#]+)"#).expect("an expression"));

/// Names that are looked for.
pub(super) struct Names(Option<AhoCorasick>);

impl Names {
    /// Looks for `people`.
    pub(super) fn new<'n>(people: impl Iterator<Item = &'n Raw>) -> Self {
        let all: Vec<String> =
            people.map(|name| name.text().into_owned()).filter(|name| !name.is_empty()).collect();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&all);
        Self(automaton.ok().filter(|_| !all.is_empty()))
    }

    /// `text` with `each` name in it that stands alone replaced, and each mail address.
    pub(super) fn replace(&self, text: &str, mut each: impl FnMut(&str) -> String) -> String {
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        let known = self.0.iter().flat_map(|automaton| automaton.find_iter(text)).map(|found| found.range());
        let known = known.filter(|range| stands_alone(text, range.start, range.end));
        let mails = MAIL.find_iter(text).map(|found| found.range());
        let mut ranges: Vec<_> = known.chain(mails).collect();
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        for range in ranges {
            // A pseudonym of before is no name.
            if range.start < done || text[..range.start].ends_with("user-") {
                continue;
            }
            out.push_str(&text[done..range.start]);
            out.push_str(&each(&text[range.clone()]));
            done = range.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

/// Whether no letter or digit touches what stands from `start` to `end`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    !text[..start].ends_with(is_word) && !text[end..].starts_with(is_word)
}

/// `text` with the value of each member of a query replaced.
pub(super) fn query_values(text: &str, mut each: impl FnMut(&str) -> String) -> String {
    let replace = |found: &regex::Captures<'_>| format!("{}{}", &found[1], each(&found[2]));
    QUERY.replace_all(text, replace).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_where_they_stand_alone() {
        let names = [Raw(b"ann".to_vec()), Raw(b"ann.b".to_vec()), Raw(b"17".to_vec())];
        let names = Names::new(names.iter());
        let told =
            names.replace("ann, ann.b and annual 17 of 170, x@mail.example", |name| format!("<{name}>"));
        assert_eq!(told, "<ann>, <ann.b> and annual <17> of 170, <x@mail.example>");
    }

    #[test]
    fn values_of_queries_are_replaced_and_their_names_stay() {
        let line = r#""GET /a?q=pat%20smith&page=2;x=&y HTTP/1.1" 200 "https://shop.example/?ref=z#top""#;
        let told = query_values(line, |_| "Q".to_owned());
        assert_eq!(told, r#""GET /a?q=Q&page=Q&y HTTP/1.1" 200 "https://shop.example/?ref=Q#top""#);
    }
}
