use proptest::prelude::*;

use super::*;

/// What stands below all layers of a value of a query, and the names of the layers.
fn decoded(raw: &str) -> (String, Vec<&'static str>) {
    let mut room = Room::default();
    let undone = room.decode(raw.as_bytes(), Plus::IsBlank);
    (String::from_utf8_lossy(&room.text).into_owned(), undone.names().collect())
}

#[test]
fn every_layer_is_undone_and_named() {
    let check = |raw: &str, text: &str, names: &[&str]| {
        assert_eq!(decoded(raw), (text.to_owned(), names.to_vec()), "{raw}");
    };
    check("a+b", "a b", &[]);
    check("%3Cb%3e", "<b>", &["percent"]);
    check("%253Cb", "<b", &["percent", "double-percent"]);
    check("%25%33%43b", "<b", &["percent", "double-percent"]);
    check("%u003cb", "<b", &["percent-u"]);
    check("%c0%bcb", "<b", &["percent", "overlong"]);
    check("%e0%80%bcb", "<b", &["percent", "overlong"]);
    check("%26lt;b", "<b", &["percent", "html-entity"]);
    check("%26%23x3c;b%26%2362", "<b>", &["percent", "html-entity"]);
    check("\\u003cb\\x3e\\u{41}", "<b>A", &["escape"]);
    check("\u{ff1c}b\u{ff1e}", "<b>", &["full-width"]);
    check("${${lower:j}n${::-d}i:x}", "${jndi:x}", &["nested-lookup"]);
    check("${${env:NO:-j}ndi}", "${jndi}", &["nested-lookup"]);
    check("PGI+aGk8L2I+", "<b>hi</b>", &["base64"]);
    check("PGI-aGk8L2I-", "<b>hi</b>", &["base64"]);
}

#[test]
fn what_is_no_layer_stays() {
    for text in [
        "50% off",
        "100%zz",
        "a\\b",
        "fish & chips",
        "${name}",
        "caf\u{e9}",
        "VXNlcjoxMjM0NQ==",
        "QUJDREVGR0hJSktM",
        "AT&T;",
    ] {
        assert_eq!(decoded(text), (text.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn percent_is_undone_three_times_and_no_more() {
    assert_eq!(decoded("%25252541").0, "%41");
}

proptest! {
    #[test]
    fn decoding_a_second_time_changes_nothing(raw in "[%&\\\\$+A-Fa-f0-9;#xu{}:<'.-]{0,60}") {
        let mut room = Room::default();
        let first = room.decode(raw.as_bytes(), Plus::IsPlus);
        let text = room.text.clone();
        // Where the rounds ended before the layers did, there is more to undo.
        prop_assume!(!first.has(Decodings::DOUBLE_PERCENT));
        let second = room.decode(&text, Plus::IsPlus);
        if second == Decodings::default() {
            prop_assert_eq!(&room.text, &text);
        } else {
            prop_assert!(first != Decodings::default(), "a text without layers has none the second time");
        }
    }

    #[test]
    fn a_text_never_grows(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut room = Room::default();
        room.decode(&raw, Plus::IsBlank);
        prop_assert!(room.text.len() <= raw.len() * 3);
    }
}
