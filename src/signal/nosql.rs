//! Injection into document databases: operators in place of values, and JavaScript that the server would run.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{Lower, Words, after, calls, holds, holds_any, is_name, places, skip_blanks, words};

/// Operators of queries (the manual of `MongoDB`); `OData` has none of these names.
static OPERATORS: Words = Words::of(&[
    "$ne",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$in",
    "$nin",
    "$eq",
    "$regex",
    "$where",
    "$exists",
    "$or",
    "$and",
    "$nor",
    "$not",
    "$expr",
    "$elemmatch",
    "$function",
    "$type",
    "$size",
    "$all",
    "$mod",
]);

/// The strongest operator or code of a document database in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    let in_name = holds(piece.name, b"[$") && closes_any(piece.name.into());
    let is_document = matches!(lower.first(), Some(b'{' | b'['));
    let in_value = piece.kinds.any(Bytes::DOLLAR)
        && OPERATORS
            .likely(lower)
            .any(|one| operates(lower, one, |given| !is_document || !narrows(one, given)));
    let in_brackets = piece.kinds.any(Bytes::BRACKET) && closes_any(lower);
    let (opens, quotes) = (piece.kinds.any(Bytes::PAREN), piece.kinds.any(Bytes::QUOTE));
    let database = opens
        && after(lower, "db.").any(|rest| {
            calls(
                rest,
                words![
                    "insert",
                    "find",
                    "findone",
                    "drop",
                    "remove",
                    "update",
                    "aggregate",
                    "insertone",
                    "dropdatabase"
                ],
            )
        });
    let breaks_out = quotes
        && places(lower, b"return").any(|at| {
            let (before, rest) = lower.split_at(at);
            closes_value(before) && gives(rest.get(6..).unwrap_or_default())
        });
    let script = (opens || quotes)
        && holds_any(lower, words!["new date(", "while(", "while (", "this.", "tojson(", "mapreduce("])
        && (holds_any(
            lower,
            words![
                ";var ",
                "';",
                "\";",
                "do{",
                "while(1",
                "while(true",
                "return",
                "&&this",
                "||this",
                "function("
            ],
        ) || lower.starts_with(b"var "));
    strongest([
        (in_name, "gh-nosql-operator-name", 80),
        (in_brackets, "gh-nosql-operator-name", 70),
        (in_value, "gh-nosql-operator", 75),
        (database, "gh-nosql-call", 75),
        (breaks_out, "gh-nosql-script", 65),
        (script, "gh-nosql-script", 65),
    ])
}

/// Whether a text ends its value and the statement around it, and nothing else: `'; `.
fn closes_value(before: &[u8]) -> bool {
    let value = before.trim_ascii_end().strip_suffix(b";").map(<[u8]>::trim_ascii_end);
    value
        .and_then(<[u8]>::split_last)
        .is_some_and(|(quote, value)| matches!(quote, b'\'' | b'"') && !value.contains(quote))
}

/// Whether `return` gives a value of script.
fn gives(rest: &[u8]) -> bool {
    let given = skip_blanks(rest);
    let values = ["true", "1", "!", "this.", "\"", "'"];
    given.len() < rest.len() && values.iter().any(|one| given.starts_with(one.as_bytes()))
}

/// Whether `[$operator]` stands in `text`.
fn closes_any(text: Lower<'_>) -> bool {
    let closes = |operator| after(text, operator).any(|rest| rest.first() == Some(&b']'));
    OPERATORS.likely(text).any(closes)
}

/// Whether an operator stands where a name of a document does, before a colon, with or without quotes, and `is_odd` of what it
/// is given.
fn operates(text: Lower<'_>, operator: &str, is_odd: impl Fn(&[u8]) -> bool) -> bool {
    after(text, operator).any(|rest| {
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let given = skip_blanks(rest).strip_prefix(b":");
        !rest.first().copied().is_some_and(is_name) && given.is_some_and(|given| is_odd(skip_blanks(given)))
    })
}

/// Whether an operator with what it is given narrows a search, as the filters of many APIs do: a range of numbers or dates, a
/// list, conditions joined. What lets everything pass (`\"\"`, `null`, a pattern) does not.
fn narrows(operator: &str, given: &[u8]) -> bool {
    match operator {
        "$gt" | "$gte" | "$lt" | "$lte" | "$eq" => {
            let value = given.strip_prefix(b"\"").unwrap_or(given);
            value.strip_prefix(b"-").unwrap_or(value).first().is_some_and(u8::is_ascii_digit)
        }
        "$in" | "$nin" | "$all" => given.first() == Some(&b'[') && !holds(given, b"null"),
        "$and" | "$or" => given.starts_with(b"[{") && !holds(given, b"{}"),
        _ => false,
    }
}
