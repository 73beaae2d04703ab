//! How much a query asks for: so many entries, everything there is, or a query nested so deep.

/// What stands for everything: no page can be larger.
pub const EVERYTHING: u32 = u32::MAX;

/// Search terms longer than this are no mere wildcards.
const MAX_WILDCARDS: usize = 24;

/// Whether a parameter with this name, in small letters, says how many entries an answer may have.
pub(super) fn is_page_size(name: &[u8]) -> bool {
    matches!(
        name,
        b"limit"
            | b"size"
            | b"count"
            | b"rows"
            | b"take"
            | b"first"
            | b"top"
            | b"$top"
            | b"per_page"
            | b"per-page"
            | b"perpage"
            | b"page_size"
            | b"pagesize"
            | b"page-size"
            | b"page[size]"
            | b"page[limit]"
            | b"page_limit"
            | b"max_results"
            | b"maxresults"
            | b"max-results"
            | b"items_per_page"
            | b"itemsperpage"
            | b"posts_per_page"
            | b"results_per_page"
            | b"resultsperpage"
            | b"hitsperpage"
            | b"list_limit"
            | b"product_list_limit"
    )
}

/// Whether a parameter with this name, in small letters, holds what is searched for.
pub(super) fn is_search(name: &[u8]) -> bool {
    matches!(name, b"q" | b"query" | b"search" | b"filter" | b"term" | b"keyword" | b"keywords")
}

/// The entries that a page size asks for; a negative number and words such as `all` stand for everything.
pub(super) fn entries(value: &[u8]) -> u32 {
    match value {
        [b'-', b'1'..=b'9', ..] | b"*" => EVERYTHING,
        [b'0'..=b'9', ..] if value.iter().all(u8::is_ascii_digit) => {
            let digit = |byte: &u8| u32::from(byte - b'0');
            value.iter().fold(0, |sum: u32, byte| sum.saturating_mul(10).saturating_add(digit(byte)))
        }
        _ if [&b"all"[..], b"max", b"none", b"unlimited"]
            .iter()
            .any(|one| value.eq_ignore_ascii_case(one)) =>
        {
            EVERYTHING
        }
        _ => 0,
    }
}

/// What a search asks for: everything where its term is nothing but wildcards; of a query in braces twice as much for every
/// level that it is nested, since each level gives several of what stands above it.
pub(super) fn searched(value: &[u8]) -> u32 {
    if is_wildcards(value) {
        return EVERYTHING;
    }
    match depth(value) {
        0 => 0,
        levels => 1_u32.checked_shl(levels).unwrap_or(EVERYTHING - 1),
    }
}

/// Whether a term is nothing but wildcards of SQL, globs, Lucene or regular expressions, and at least one. A letter does not
/// make it narrower where a wildcard stands in front: nearly every text holds it.
fn is_wildcards(value: &[u8]) -> bool {
    let mut rest = value;
    // Whether there was one, and whether one stands in front of the word, the letter of which was seen.
    let (mut any, mut is_open, mut has_letter) = (false, false, false);
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'*', _) => (any, is_open) = (true, true),
            (b'%', [b'2', b'5' | b'A' | b'a', after @ ..]) => {
                (any, is_open, rest) = (true, true, after);
            }
            (b'%', [b'3', b'A' | b'a', after @ ..]) => rest = after,
            (b'%', [b'2', b'0', after @ ..]) => {
                (is_open, has_letter, rest) = (any, false, after);
            }
            (b'+' | b' ', _) => (is_open, has_letter) = (any, false),
            (b':' | b'.' | b'_' | b'?', _) => {}
            (letter, _) if letter.is_ascii_alphanumeric() && is_open && !has_letter => has_letter = true,
            _ => return false,
        }
    }
    any && value.len() <= MAX_WILDCARDS
}

/// How deep braces are nested, as they stand or percent-encoded.
fn depth(value: &[u8]) -> u32 {
    if memchr::memchr2(b'{', b'%', value).is_none() {
        return 0;
    }
    let (mut open, mut deepest) = (0_u32, 0);
    let mut rest = value;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'{', _) | (b'%', [b'7', b'B' | b'b', ..]) => open += 1,
            (b'}', _) | (b'%', [b'7', b'D' | b'd', ..]) => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_sizes_are_numbers_or_words_for_everything() {
        for (value, wanted) in [
            ("20", 20),
            ("0", 0),
            ("100000", 100_000),
            ("99999999999999999999", u32::MAX),
            ("-1", EVERYTHING),
            ("ALL", EVERYTHING),
            ("XL", 0),
            ("1e9", 0),
            ("-", 0),
        ] {
            assert_eq!(entries(value.as_bytes()), wanted, "{value}");
        }
    }

    #[test]
    fn a_term_of_nothing_but_wildcards_asks_for_everything_and_one_with_a_word_for_nothing_special() {
        for value in [
            "*",
            "%25",
            "%25%25%25",
            "*:*",
            ".*",
            "%2A",
            "*%3A*",
            "%25_%25",
            "*a*",
            "%25e%25",
            "*k*+n*",
            ".*5.*",
            "*a*%20*b*",
        ] {
            assert_eq!(searched(value.as_bytes()), EVERYTHING, "{value}");
        }
        for value in [
            "",
            "linen+shirt",
            "100%25",
            "lin*",
            "...",
            "%20",
            "%",
            "a*",
            "*ab*",
            "*.pdf",
            "*a*+linen",
            "a+*",
            "**************************",
        ] {
            assert_eq!(searched(value.as_bytes()), 0, "{value}");
        }
    }

    #[test]
    fn every_level_of_a_nested_query_doubles_what_it_asks_for() {
        assert_eq!(searched(b"{me{name}}"), 4);
        assert_eq!(searched(b"%7Bme%7Bname%7D%7D"), 4);
        assert_eq!(searched("{a".repeat(12).as_bytes()), 4096);
        assert_eq!(searched("{a}".repeat(12).as_bytes()), 2);
        assert_eq!(searched("{".repeat(4000).as_bytes()), EVERYTHING - 1);
    }
}
