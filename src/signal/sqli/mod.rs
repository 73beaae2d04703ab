//! SQL injection: a value that holds a piece of SQL. The text is cut into tokens as it stands, and as it stands behind a
//! quote that closes the value; the tokens, not the words, are judged.

mod query;
mod term;
mod token;
mod words;

use token::{Function, Token, Tokens};
use words::Word;

use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger};
use super::scan::holds;

/// How the database would meet the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meets {
    /// In place of a number or a name.
    Bare,
    /// Behind a quote that closes the value; whether what stands before it is short, as values are.
    Quoted(bool),
}

/// The strongest structure of SQL in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let may = Bytes::CODE.or(Bytes::EQUAL);
    if !piece.kinds.any(may) && !holds(piece.lower, b"select") && !holds(piece.lower, b"order") {
        return None;
    }
    let bare =
        Tokens::read(piece.text, &piece.lower, None).and_then(|tokens| context(&tokens, Meets::Bare, 0));
    let mut best = bare;
    if piece.kinds.any(Bytes::QUOTE) {
        for quote in [b'\'', b'"'] {
            let meets = Meets::Quoted(is_value(&piece.lower, quote));
            let seen = Tokens::read(piece.text, &piece.lower, Some(quote));
            best = stronger(best, seen.and_then(|tokens| context(&tokens, meets, quote)));
        }
    }
    // Agents and pages are written in prose and in code of their own; only whole queries count there.
    let prose = matches!(piece.field, Field::UserAgent | Field::Referer | Field::RawRequest);
    best.filter(|seen| !prose || seen.score >= 70)
}

/// Whether the text before the first `quote` looks like one value.
fn is_value(lower: &[u8], quote: u8) -> bool {
    let before = memchr::memchr(quote, lower).and_then(|at| lower.get(..at)).unwrap_or_default();
    // People put phrases into double quotes when they search.
    let is_phrase = quote == b'"' && before.is_empty();
    before.len() <= 24 && !is_phrase && !before.iter().any(|byte| matches!(byte, b' ' | b'\'' | b'"'))
}

/// What the tokens show, read in one way.
fn context(tokens: &Tokens, meets: Meets, quote: u8) -> Option<Seen> {
    let same_quote = tokens.first_quote == Some(quote);
    let all = tokens.all();
    let mut best = None;
    let mut calls = 0_u8;
    for (at, token) in all.iter().enumerate() {
        let rest = all.get(at + 1..).unwrap_or_default();
        let seen = match token {
            Token::Key(Word::Union) => query::union(rest),
            Token::Key(Word::Select) => query::select(rest, all.get(..at).unwrap_or_default()),
            Token::Key(Word::Logic) | Token::Pair => {
                term::condition(all.get(..at).unwrap_or_default(), rest, meets, same_quote)
            }
            Token::End => query::stacked(rest, meets),
            Token::Key(Word::Wait) => query::waits(rest),
            Token::Key(Word::Order) => query::order(rest),
            Token::Key(Word::Tail) => query::tail(rest),
            Token::Key(Word::Case) => query::case(rest),
            Token::Key(Word::From) => query::into_file(rest),
            Token::Call(function) => {
                calls = calls.saturating_add(match function {
                    Function::Slow | Function::Database => 3,
                    Function::Common => 2,
                    Function::Unknown => 0,
                });
                stronger(call(*function, rest), term::compares_inside(*function, rest))
            }
            _ => None,
        };
        let is_told = || query::reads_as_prose(all.get(..at).unwrap_or_default(), rest);
        best = stronger(best, seen.filter(|_| !is_told()));
    }
    if matches!(meets, Meets::Quoted(_)) {
        best = stronger(best, term::behind_quote(tokens, meets, same_quote));
    } else {
        best = stronger(best, term::whole(all, tokens.names_catalog));
    }
    if calls >= 6 {
        best = stronger(best, Some(Seen::new("gh-sqli-functions", 65)));
    }
    if tokens.names_catalog && (calls > 0 || best.is_some() || all.contains(&Token::Dot)) {
        best = stronger(best, Some(Seen::new("gh-sqli-catalog", 65)));
    }
    best.map(|seen| strengthened(seen, tokens, all, meets))
}

/// What stands around a structure makes it stronger: a quote that was closed, a comment that hides the rest, system tables.
fn strengthened(seen: Seen, tokens: &Tokens, all: &[Token], meets: Meets) -> Seen {
    let mut score = seen.score;
    score += if meets == Meets::Quoted(true) { 5 } else { 0 };
    score += if all.last() == Some(&Token::Comment) { 10 } else { 0 };
    score += if tokens.names_catalog { 10 } else { 0 };
    let mut decoded = seen.decoded;
    decoded.add(tokens.decoded);
    Seen { score: score.min(100), decoded, ..seen }
}

/// A function whose name tells of a database, with what is given to it.
fn call(function: Function, rest: &[Token]) -> Option<Seen> {
    let given = rest.get(1);
    match function {
        Function::Slow if matches!(given, Some(Token::Number | Token::Call(_) | Token::Text(_))) => {
            Some(Seen::new("gh-sqli-time", 75))
        }
        Function::Database if given.is_some_and(|given| !matches!(given, Token::Name | Token::Close)) => {
            Some(Seen::new("gh-sqli-function", 40))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
