//! Injection into document databases: operators in place of values, and JavaScript that the server would run.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{after, calls, holds, holds_any, is_name, skip_blanks};

/// Operators of queries (the manual of `MongoDB`); `OData` has none of these names.
static OPERATORS: &[&str] = &[
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
];

/// The strongest operator or code of a document database in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    let in_name = holds(piece.name, b"[$") && OPERATORS.iter().any(|one| closes(piece.name, one));
    let in_value = piece.kinds.any(Bytes::DOLLAR) && OPERATORS.iter().any(|one| operates(lower, one));
    let in_brackets = piece.kinds.any(Bytes::BRACKET) && OPERATORS.iter().any(|one| closes(lower, one));
    let database = after(lower, "db.").any(|rest| {
        calls(
            rest,
            &[
                "insert",
                "find",
                "findone",
                "drop",
                "remove",
                "update",
                "aggregate",
                "insertone",
                "dropdatabase",
            ],
        )
    });
    let script = holds_any(lower, &["new date(", "while(", "while (", "this.", "tojson(", "mapreduce("])
        && (holds_any(
            lower,
            &[
                ";var ",
                "';",
                "\";",
                "do{",
                "while(1",
                "while(true",
                "return",
                "&&this",
                "||this",
                "function(",
            ],
        ) || lower.starts_with(b"var "));
    strongest([
        (in_name, "gh-nosql-operator-name", 80),
        (in_brackets, "gh-nosql-operator-name", 70),
        (in_value, "gh-nosql-operator", 75),
        (database, "gh-nosql-call", 75),
        (script && piece.kinds.any(Bytes::PAREN.or(Bytes::QUOTE)), "gh-nosql-script", 65),
    ])
}

/// Whether `[$operator]` stands in `text`.
fn closes(text: &[u8], operator: &str) -> bool {
    after(text, operator).any(|rest| rest.first() == Some(&b']'))
}

/// Whether an operator stands where a name of a document does: before a colon, with or without quotes.
fn operates(text: &[u8], operator: &str) -> bool {
    after(text, operator).any(|rest| {
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        !rest.first().copied().is_some_and(is_name) && skip_blanks(rest).first() == Some(&b':')
    })
}
