//! Lines whose quotes were not escaped, so that whoever made the request could write columns: they are anchored from the left
//! and from the right. Where the two agree the line is as good as any; where they do not it is forged, and only what stands
//! left of the first quote of the stranger's is kept.

use super::{AnyTail, Clf, Right, before_request};
use crate::event::Event;
use crate::format::columns::{Columns, Quoting};
use crate::format::fields::{forge, number, present, set_request, set_status, size, status};
use crate::text::{Escapes, is_escaped};
use crate::time::stamp;

/// Columns behind the agent are looked for before so many of the last quotes.
const QUOTES: usize = 32;

/// The quotes in a text behind which a status and a size stand.
#[derive(Clone, Copy, Default)]
struct Cores {
    /// Where the first of them is.
    first: usize,
    count: usize,
}

/// What is certain of `line`, which is of the kin `clf` but for its quotes; `tail` reads what stands behind that.
pub(super) fn salvage<'a>(clf: &Clf, tail: &AnyTail<'_>, line: &'a [u8]) -> Option<Event<'a>> {
    let (open, left, (time, time_digits)) = super::open(line)?;
    let mut event = Event { time, time_digits, ..Event::default() };
    clf.left(left, &mut event).ok()?;
    if memchr::memchr(b'\\', line).is_some() {
        event.escapes = Escapes::Backslash;
    }
    let text = &line[open + 1..];
    // A stamp before a second request: the line feed of the first was lost, as happens where two write at once.
    let second = second_stamp(text);
    let (ours, theirs) = (cores(&text[..second]), cores(&text[second..]));
    if ours.count == 0 {
        return None;
    }
    set_request(&mut event, &text[..ours.first]);
    if ours.count > 1 || theirs.count > 1 {
        forge(&mut event, text);
        return Some(event);
    }
    let mut columns = Columns::new(&text[ours.first + 1..second], Quoting::Raw);
    set_status(&mut event, columns.word().ok()?).ok()?;
    event.bytes_out = Some(size(columns.word().ok()?).ok()?);
    match clf.right {
        // Of a torn line, nothing behind the size is whole.
        _ if second < text.len() => {}
        Right::Agent => set_pages(tail, columns.rest(), &mut event)?,
        Right::Size => tail(columns, &mut event).ok()?,
    }
    Some(event)
}

/// Sets referer and agent from `text`, which ends with the columns that `tail` reads.
fn set_pages<'a>(tail: &AnyTail<'_>, text: &'a [u8], event: &mut Event<'a>) -> Option<()> {
    let text = text.strip_prefix(b" \"")?;
    let end = memchr::memrchr_iter(b'"', text)
        .take(QUOTES)
        .find(|&end| tail(Columns::new(&text[end + 1..], Quoting::Raw), event).is_ok())?;
    // A page has no quotes in its address; what calls itself something may.
    let between = memchr::memchr_iter(b'"', &text[..end]).find(|&at| text[at..end].starts_with(b"\" \""))?;
    event.referer = Some(present(&text[..between]));
    event.user_agent = Some(present(&text[between + 3..end]));
    Some(())
}

/// Where what stands before a second stamp ends, or the end of `text`.
pub(super) fn second_stamp(text: &[u8]) -> usize {
    memchr::memchr_iter(b']', text)
        .filter(|&at| text[at..].starts_with(b"] \""))
        .take(QUOTES)
        .find_map(|at| {
            let (left, stamp) = before_request(&text[..at + 2])?;
            stamp::bracketed(stamp)?;
            Some(left.len())
        })
        .unwrap_or(text.len())
}

/// Every unescaped quote in `text` behind which a status and a size stand.
fn cores(text: &[u8]) -> Cores {
    let mut cores = Cores::default();
    for at in memchr::memchr_iter(b'"', text) {
        if is_core(&text[at + 1..]) && !is_escaped(text, at) {
            cores.first = if cores.count == 0 { at } else { cores.first };
            cores.count += 1;
        }
    }
    cores
}

/// Whether a status and a size, each perhaps a dash, stand at the front and end with a blank or the text.
fn is_core(behind: &[u8]) -> bool {
    let mut columns = Columns::new(&behind[..behind.len().min(32)], Quoting::Raw);
    let is =
        |word: Result<&[u8], _>, fits: fn(&[u8]) -> bool| word.is_ok_and(|word| word == b"-" || fits(word));
    behind.first() == Some(&b' ')
        && is(columns.word(), |code| status(code).is_some())
        && is(columns.word(), |size| number(size).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::combined::COMBINED;
    use crate::format::nginx_main::NGINX_MAIN;
    use crate::format::{Around, Opening, Reader};

    const WHO: &str = "192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] ";

    /// What a log of `clf` says in a line that goes on with `rest`: request, status and size, agent, and whether it is forged.
    fn read(clf: Clf, rest: &str) -> Option<[String; 4]> {
        let line = format!("{WHO}{rest}").leak().as_bytes();
        let reader = Reader::new(Box::new(clf), &Opening::of(b""));
        let event = crate::format::Decoder::decode(&reader, line, Around::alone()).ok()?;
        assert_eq!(event.client.unwrap().to_string(), "192.0.2.7");
        let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"none")).into_owned();
        let answer = format!("{:?} {:?}", event.status, event.bytes_out);
        Some([text(event.path), answer, text(event.user_agent), event.is_forged().to_string()])
    }

    #[test]
    fn quotes_that_leave_one_reading_are_part_of_their_field() {
        let answer = "Some(200) Some(5)";
        for (clf, rest, path, agent) in [
            (COMBINED, r#""GET /a HTTP/1.1" 200 5 "-" "My "good" browser""#, "/a", r#"My "good" browser"#),
            (COMBINED, r#""GET /a"b c HTTP/1.1" 200 5 "-" "x" y z""#, r#"/a"b c"#, r#"x" y z"#),
            (COMBINED, r#""GET /a HTTP/1.1" 200 5 "-" "x" 200 "y" z""#, "/a", r#"x" 200 "y" z"#),
            (NGINX_MAIN, r#""GET /a HTTP/1.1" 200 5 "-" "x" y "z"" "198.51.100.4""#, "/a", r#"x" y "z""#),
        ] {
            assert_eq!(read(clf, rest), Some([path, answer, agent, "false"].map(str::to_owned)), "{rest}");
        }
    }

    #[test]
    fn a_line_with_two_answers_is_forged_and_tells_neither() {
        for rest in [
            r#""GET /a" 200 5 "-" "nice HTTP/1.1" 404 9 "-" "real""#,
            r#""GET /a HTTP/1.1" 404 9 "-" "real" 200 5 "-" "nice""#,
            r#""GET /a HTTP/1.1" 404 9 "x" 200 5 "-" "nice" "real""#,
            r#""GET /a" 200 5 "-" "x198.51.100.4 - - [10/Mar/2026:17:00:03 +0000] "GET /f HTTP/1.1" 200 5 "-" "z HTTP/1.1" 404 9 "-" "real""#,
        ] {
            let told = ["/a", "None None", "none", "true"].map(str::to_owned);
            assert_eq!(read(COMBINED, rest), Some(told), "{rest}");
        }
    }

    #[test]
    fn a_line_that_lost_its_end_to_the_next_is_torn_and_not_forged() {
        let rest = String::from(
            r#""GET /a HTTP/1.1" 404 9 "-" "Mozi198.51.100.4 - - [10/Mar/2026:17:00:03 +0000] "GET /b HTTP/1.1" 200 5 "-" "z""#,
        );
        let told = ["/a", "Some(404) Some(9)", "none", "false"].map(str::to_owned);
        assert_eq!(read(COMBINED, &rest), Some(told));
        // Where it was cut within the request nothing tells where it ended.
        let rest = format!(r#""GET /a{WHO}"GET /b HTTP/1.1" 200 5 "-" "z""#);
        assert_eq!(read(COMBINED, &rest), None);
    }
}
