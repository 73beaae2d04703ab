//! Common, then how long it took: Tomcat's `%D` or `%T`, reactor-netty's `12 ms`; behind syslog perhaps without a stamp.

use super::clf::{Clf, Left, Right, set_client_and_user};
use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, find_pair, set_request, set_status, size};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed, Secret};

pub(super) static COMMON_TIME: Clf = Clf {
    name: "common-time",
    about: "common with the time taken behind it: Tomcat, reactor-netty (Spring Cloud Gateway)",
    left: Left::Client,
    right: Right::Size,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let took = columns.word()?;
    // Decimals are seconds, whole numbers milliseconds, unless a unit says otherwise.
    event.duration = Some(duration(took, Unit::Guess).ok_or(Malformed::Trailing)?);
    event.session = event.path.and_then(session);
    let unit = columns.rest().trim_ascii();
    if unit.is_empty() || unit == b"ms" { Ok(()) } else { Err(Malformed::Trailing) }
}

/// The session that a servlet container writes into the path where the browser has no cookie (Servlet specification 6.0,
/// §7.1.3).
fn session(path: &[u8]) -> Option<Secret<'_>> {
    const NAME: &[u8] = b";jsessionid=";
    let from = memchr::memchr_iter(b';', path).find(|&at| path[at..].starts_with(NAME))? + NAME.len();
    let session = path[from..].split(|byte| matches!(byte, b';' | b'/')).next()?;
    (!session.is_empty()).then(|| Secret::new(session))
}

pub(super) static COMMON_UNTIMED: Plain = Plain {
    name: "common-untimed",
    about: "common without its stamp, where a wrapper tells the time; the time taken may follow",
    has: "\"",
    read,
};

fn read<'a>(line: &'a [u8], _: &Clock, around: Around<'a>) -> Result<Event<'a>, Malformed> {
    let (time, time_digits) = around.time.ok_or(Malformed::Time)?;
    let mut event = Event { time, time_digits, ..Event::default() };
    let quote = find_pair(line, *b" \"").ok_or(Malformed::Short)?;
    set_client_and_user(&line[..quote], &mut event)?;
    let mut columns = Columns::new(&line[quote + 1..], Quoting::Escaped);
    set_request(&mut event, columns.quoted()?);
    set_status(&mut event, columns.word()?)?;
    event.bytes_out = Some(size(columns.word()?)?);
    if !columns.rest().is_empty() {
        tail(columns, &mut event)?;
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Keys;

    #[test]
    fn a_session_in_the_path_is_read_up_to_its_end_and_nothing_else_is_one() {
        let hash = |path: &'static [u8]| session(path).map(|session| session.hashed(&Keys::default()));
        let known = Some(Keys::default().secret(b"0A1B.node2"));
        assert_eq!(hash(b"/shop/cart.do;jsessionid=0A1B.node2"), known);
        assert_eq!(hash(b"/a;v=1;jsessionid=0A1B.node2;x=2/b"), known);
        assert_eq!(hash(b"/shop/cart.do;jsessionid="), None);
        assert_eq!(hash(b"/shop/jsessionid=0A1B.node2;a"), None);
    }
}
