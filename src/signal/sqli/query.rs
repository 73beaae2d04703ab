//! Statements, and parts that only statements have.

use super::Meets;
use super::token::{Function, Token};
use super::words::Word;
use crate::signal::piece::Seen;

/// How many tokens a list of columns is followed for.
const FAR: usize = 60;

/// Whether words beside words stand before a structure, or behind it where nothing hides them: no dialect reads that, and
/// people write it.
pub(super) fn reads_as_prose(before: &[Token], rest: &[Token]) -> bool {
    let ends = before.ends_with(&[Token::Name, Token::Name]);
    let behind = match rest.iter().position(|token| *token == Token::Close) {
        Some(at) => rest.get(at + 1..).unwrap_or_default(),
        None => &[],
    };
    let goes_on = rest.first() == Some(&Token::Open) && behind.starts_with(&[Token::Name, Token::Name]);
    ends || goes_on
}

/// `union … select`: behind `union`.
pub(super) fn union(rest: &[Token]) -> Option<Seen> {
    let skipped =
        rest.iter().take(12).take_while(|token| matches!(token, Token::Open | Token::Key(Word::All)));
    let skipped = skipped.count();
    if rest.get(skipped) != Some(&Token::Key(Word::Select)) {
        return None;
    }
    let list = rest.get(skipped + 1..).unwrap_or_default();
    let score = match columns(list) {
        Columns::Sql => 90,
        Columns::Perhaps | Columns::Nothing => 75,
        Columns::Prose => 35,
    };
    Some(Seen::new("gh-sqli-union-select", score))
}

/// Behind `select`, with what stands before it.
pub(super) fn select(rest: &[Token], before: &[Token]) -> Option<Seen> {
    let is_sub = before.last() == Some(&Token::Open);
    let score = match columns(rest) {
        Columns::Sql => 65 + if is_sub { 15 } else { 0 },
        Columns::Perhaps if is_sub => 70,
        Columns::Perhaps => 45,
        Columns::Nothing | Columns::Prose => return None,
    };
    Some(Seen::new("gh-sqli-select", score))
}

/// What follows a `select`.
enum Columns {
    /// Columns as only SQL has them.
    Sql,
    /// A name or two and a `from`.
    Perhaps,
    /// Nothing.
    Nothing,
    /// Words beside words.
    Prose,
}

/// What the tokens behind a `select` are.
#[expect(clippy::match_same_arms, reason = "each arm is a row of a grammar")]
fn columns(list: &[Token]) -> Columns {
    let list = list.get(..FAR.min(list.len())).unwrap_or_default();
    let has_from = list.contains(&Token::Key(Word::From));
    match list {
        [] | [Token::Comment | Token::Operator] => Columns::Nothing,
        [
            Token::Star
            | Token::Variable
            | Token::Call(Function::Slow | Function::Database | Function::Common),
            ..,
        ] => Columns::Sql,
        [Token::Call(Function::Unknown), ..] if has_from => Columns::Sql,
        [Token::Open, inner, ..] if !matches!(inner, Token::Name) || has_from => Columns::Sql,
        [Token::Key(Word::Case | Word::Not), ..] => Columns::Sql,
        [Token::Key(Word::All), rest @ ..] => columns(rest),
        [Token::Operator, Token::Number | Token::Call(_), ..] => Columns::Sql,
        [Token::Number | Token::Text(_)] => Columns::Perhaps,
        [Token::Number | Token::Text(true), second, ..] => match second {
            Token::Name | Token::Text(_) | Token::Dot => Columns::Prose,
            _ => Columns::Sql,
        },
        [Token::Name, Token::Dot, Token::Name | Token::Star, ..] if has_from => Columns::Sql,
        [Token::Name, Token::Comma, Token::Name | Token::Number | Token::Call(_), ..] if has_from => {
            Columns::Sql
        }
        [Token::Name, Token::Key(Word::From), Token::Name | Token::Open | Token::Text(_), ..] => {
            let condition = list.get(3).is_some_and(|next| {
                matches!(
                    next,
                    Token::Key(Word::Logic | Word::Tail | Word::Order)
                        | Token::Comment
                        | Token::Dot
                        | Token::Comma
                )
            });
            if condition && list.len() > 4 { Columns::Sql } else { Columns::Perhaps }
        }
        _ => Columns::Prose,
    }
}

/// A statement behind a `;`.
#[expect(clippy::match_same_arms, reason = "each arm is a row of a grammar")]
pub(super) fn stacked(rest: &[Token], meets: Meets) -> Option<Seen> {
    let bonus = if matches!(meets, Meets::Quoted(_)) { 5 } else { 0 };
    let score = match rest {
        [Token::Key(Word::Statement), Token::Key(Word::Kind | Word::From), ..] => 80,
        [Token::Key(Word::Statement), Token::Variable | Token::Call(_), ..] => 80,
        [
            Token::Key(Word::Statement),
            Token::Name,
            Token::Text(_) | Token::Call(_) | Token::Variable | Token::Open,
            ..,
        ] => 75,
        [Token::Key(Word::Statement), Token::Open, ..] => 55,
        [Token::Key(Word::Statement), Token::Name, Token::Dot, ..] => 70,
        [Token::Call(Function::Common), Token::Open, ..] => 55,
        [Token::Key(Word::Statement), Token::Name, Token::Comment | Token::End, ..] => 65,
        [Token::Key(Word::Statement), Token::Comment | Token::End, ..] => 65,
        [Token::Key(Word::Statement), Token::Key(Word::Then | Word::Statement), ..] => 70,
        [Token::Key(Word::Wait), Token::Key(Word::Kind), ..] => 85,
        [Token::Key(Word::Select), list @ ..] if matches!(columns(list), Columns::Sql) => 85,
        _ => return None,
    };
    Some(Seen::new("gh-sqli-stacked", score + bonus))
}

/// `waitfor delay '0:0:5'`: behind `waitfor`.
pub(super) fn waits(rest: &[Token]) -> Option<Seen> {
    matches!(rest, [Token::Key(Word::Kind) | Token::Name, Token::Text(_), ..])
        .then(|| Seen::new("gh-sqli-time", 85))
}

/// `order by 10`, `group by x having`: behind `order`.
pub(super) fn order(rest: &[Token]) -> Option<Seen> {
    let score = match rest {
        [Token::Key(Word::By), Token::Number] => 50,
        [Token::Key(Word::By), Token::Number, Token::Comment | Token::Comma | Token::End, ..] => 60,
        [Token::Key(Word::By), Token::Call(Function::Database | Function::Slow | Function::Common), ..] => 70,
        [Token::Key(Word::By), Token::Open, Token::Key(_), ..] => 75,
        _ => return None,
    };
    Some(Seen::new("gh-sqli-order-by", score))
}

/// `limit 1,1`, `procedure analyse(`: behind such a word.
pub(super) fn tail(rest: &[Token]) -> Option<Seen> {
    let score = match rest {
        [Token::Call(_), Token::Open, Token::Call(_), ..] => 85,
        [Token::Number, Token::Comma, Token::Number, Token::Comment, ..] => 55,
        [Token::Call(_), ..] => 60,
        _ => return None,
    };
    Some(Seen::new("gh-sqli-tail", score))
}

/// `case when … then`: behind `case`.
pub(super) fn case(rest: &[Token]) -> Option<Seen> {
    let near = rest.get(..FAR.min(rest.len())).unwrap_or_default();
    let when = near.iter().take(4).position(|token| *token == Token::Key(Word::Logic))?;
    let compares = near.get(when..)?.iter().any(|token| matches!(token, Token::Compare | Token::Number));
    (compares && near.contains(&Token::Key(Word::Then))).then(|| Seen::new("gh-sqli-case", 70))
}

/// `into outfile '…'`: behind `into`.
pub(super) fn into_file(rest: &[Token]) -> Option<Seen> {
    matches!(
        rest,
        [Token::Key(Word::File), Token::Text(_) | Token::Open | Token::Variable | Token::Call(_), ..]
    )
    .then(|| Seen::new("gh-sqli-into-file", 85))
}
