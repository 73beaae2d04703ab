//! Conditions: what follows an `or`, an `and`, or the quote that closes a value.

use super::Meets;
use super::token::{Function, Token, Tokens};
use super::words::Word;
use crate::signal::piece::{Seen, stronger};

/// How many tokens one side of a comparison may have.
const FAR: usize = 40;

/// What one side of a comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// Numbers, texts, variables of the server, what is computed of them.
    Fixed,
    /// A function of a database, or a query.
    Asked,
    /// Names.
    Named,
}

/// One side of a comparison at the start of `tokens`, and its length.
fn side(tokens: &[Token]) -> Option<(Side, usize)> {
    let mut at = 0;
    let mut side = Side::Fixed;
    loop {
        let before = |token: &&Token| {
            matches!(token, Token::Open | Token::Operator | Token::Key(Word::Not | Word::All))
        };
        at += tokens.iter().skip(at).take(FAR).take_while(before).count();
        match tokens.get(at)? {
            Token::Number | Token::Text(_) | Token::Variable => at += 1,
            Token::Name => {
                side = if side == Side::Asked { side } else { Side::Named };
                at += 1;
            }
            Token::Call(function) => {
                side = match function {
                    Function::Unknown if side != Side::Asked => Side::Named,
                    _ => Side::Asked,
                };
                at += 1 + group(tokens.get(at + 1..)?);
            }
            Token::Key(word) if is_asked(*word, tokens, at) => {
                side = Side::Asked;
                at += group_inside(tokens.get(at..)?);
            }
            Token::Star if at == 0 => return None,
            _ => return None,
        }
        at += tokens.iter().skip(at).take(FAR).take_while(|token| **token == Token::Close).count();
        if at > FAR || !matches!(tokens.get(at), Some(Token::Operator | Token::Dot | Token::Star)) {
            return Some((side, at));
        }
        at += 1;
    }
}

/// Whether a keyword at `at` begins a query inside of an expression.
fn is_asked(word: Word, tokens: &[Token], at: usize) -> bool {
    let behind = tokens.get(at + 1..).unwrap_or_default();
    match word {
        Word::Select => at > 0 && tokens.get(at - 1) == Some(&Token::Open),
        Word::Case => behind.iter().take(3).any(|token| *token == Token::Key(Word::Logic)),
        Word::Statement => behind.first() == Some(&Token::Open),
        _ => false,
    }
}

/// The length of the group in parentheses that begins `tokens`.
fn group(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().take(FAR * 2).enumerate() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len().min(FAR * 2)
}

/// The length of what stands before the parenthesis that closes the group around `tokens`.
fn group_inside(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().take(FAR * 2).enumerate() {
        match token {
            Token::Open => depth += 1,
            Token::Close if depth == 0 => return at,
            Token::Close => depth -= 1,
            _ => {}
        }
    }
    tokens.len().min(FAR * 2)
}

/// A condition behind a word of logic.
pub(super) fn condition(before: &[Token], rest: &[Token], meets: Meets, same_quote: bool) -> Option<Seen> {
    let (left, length) = side(rest)?;
    let is_text = matches!(rest.first(), Some(Token::Text(_)));
    let behind = rest.get(length..).unwrap_or_default();
    let is_quoted = matches!(meets, Meets::Quoted(_));
    // Behind a value: a number, a text, a parenthesis that is closed, or the quote itself.
    let follows = matches!(
        before.last(),
        Some(Token::Number | Token::Text(true) | Token::Close | Token::Variable | Token::Comment)
    ) || (is_quoted && before.is_empty());
    let compared = match behind.first() {
        Some(Token::Compare) => {
            let more = behind.get(1..).unwrap_or_default();
            let more = more.strip_prefix(&[Token::Compare]).unwrap_or(more);
            side(more).map(|(right, _)| right).or((more.is_empty() && is_quoted).then_some(Side::Fixed))
        }
        _ => None,
    };
    let score = match (left, compared) {
        (Side::Fixed, Some(Side::Fixed)) => 70 + if follows { 10 } else { 0 },
        (Side::Asked, Some(_)) | (_, Some(Side::Asked)) => 75,
        (Side::Named, Some(Side::Fixed)) if follows && is_quoted => 70,
        (Side::Named, Some(Side::Fixed | Side::Named)) if follows => 40,
        (_, Some(_)) => 25,
        (Side::Asked, None) if follows => 65,
        (Side::Fixed, None)
            if follows && meets == Meets::Quoted(true) && is_end(behind) && (!is_text || same_quote) =>
        {
            60
        }
        (Side::Fixed, None) if follows && behind.last() == Some(&Token::Comment) => 55,
        _ => return None,
    };
    let rule = if compared.is_some() { "gh-sqli-condition" } else { "gh-sqli-logic" };
    Some(Seen::new(rule, score))
}

/// Whether the text ends here, or hides its end.
fn is_end(tokens: &[Token]) -> bool {
    matches!(tokens, [] | [Token::Comment | Token::End, ..])
}

/// What stands right behind the quote that closes a value.
pub(super) fn behind_quote(tokens: &Tokens, meets: Meets, same_quote: bool) -> Option<Seen> {
    let all = tokens.all();
    let closes = all.iter().take_while(|token| **token == Token::Close).count();
    let rest = all.get(closes..).unwrap_or_default();
    let is_short = meets == Meets::Quoted(true);
    let score = match rest {
        // `x'--`, `x') #`
        [Token::Comment] if is_short && tokens.ends_bare => 55,
        [Token::End, Token::Comment, ..] if is_short => 65,
        // `'<<'`, `x' - '1`, `x' || 'y`
        [Token::Operator | Token::Compare | Token::Pair | Token::Star, Token::Text(ended), tail @ ..]
            if is_short && same_quote && (!ended || is_end(tail)) && !matches!(tail, [Token::Name, ..]) =>
        {
            50
        }
        // `x'+(select …`, `x' = sleep(5)`
        [Token::Operator | Token::Compare | Token::Pair, tail @ ..] => match side(tail) {
            Some((Side::Asked, _)) => 70,
            Some((Side::Fixed, length))
                if is_short && is_end(tail.get(length..).unwrap_or_default()) && length > 1 =>
            {
                50
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(Seen::new("gh-sqli-quote", score))
}

/// What a text that needs no quote is as a whole: `1 || substr(…)`, `@@version`, `-1 rlike (select …)`.
pub(super) fn whole(all: &[Token], names_catalog: bool) -> Option<Seen> {
    let catalog = (names_catalog && matches!(all, [Token::Variable] | [Token::Variable, Token::Comment]))
        .then(|| Seen::new("gh-sqli-variable", 60));
    let joined = match all {
        [Token::Number, Token::Operator | Token::Compare | Token::Pair, rest @ ..] => match side(rest) {
            Some((Side::Asked, _)) => Some(Seen::new("gh-sqli-expression", 60)),
            _ => None,
        },
        _ => None,
    };
    stronger(catalog, joined)
}

/// `iif(1=1, …`: what is given to a function of databases is a comparison of what is known.
pub(super) fn compares_inside(function: Function, rest: &[Token]) -> Option<Seen> {
    let inside = rest.strip_prefix(&[Token::Open]).filter(|_| function != Function::Unknown)?;
    let (Side::Fixed, length) = side(inside)? else { return None };
    let behind = inside.get(length..)?.strip_prefix(&[Token::Compare])?;
    matches!(side(behind), Some((Side::Fixed, _))).then(|| Seen::new("gh-sqli-condition", 55))
}
