//! IIS in its own, fixed format (Microsoft's "IIS Log File Format"): columns with commas between them, in the server's local time.

use super::fields::{number, present, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::local::{self, Local};

pub(super) static IIS_NATIVE: Plain = Plain {
    name: "iis-native",
    about: "IIS in its own format, with commas between its columns",
    has: ",0",
    read,
};

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut rest = line;
    let mut next = || {
        let end = memchr::memmem::find(rest, b", ").ok_or(Malformed::Short)?;
        let value = &rest[..end];
        rest = &rest[end + 2..];
        Ok(value)
    };
    let mut event = Event::default();
    let (client, user, day, time) = (next()?, next()?, next()?, next()?);
    let (civil, digits) = local(day, time).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    set_client(&mut event, client)?;
    event.user = Some(present(user));
    let service = next()?;
    if !service.starts_with(b"W3SVC") {
        // Mail and FTP write the same columns.
        return Err(Malformed::NotAccess);
    }
    event.api = Some(service);
    let (_computer, _address, took) = (next()?, next()?, next()?);
    event.duration = number(took).and_then(|millis| millis.checked_mul(1000));
    event.bytes_in = Some(number(next()?).ok_or(Malformed::Size)?);
    event.bytes_out = Some(number(next()?).ok_or(Malformed::Size)?);
    set_status(&mut event, next()?)?;
    let (_windows, method) = (next()?, next()?);
    event.method = Some(method);
    // A path may hold commas, so parameters are what stands behind the last.
    let target = rest.strip_suffix(b",").unwrap_or(rest);
    let at = memchr::memmem::rfind(target, b", ").ok_or(Malformed::Short)?;
    event.path = Some(&target[..at]);
    event.query = Some(present(&target[at + 2..])).filter(|query| !query.is_empty());
    Ok(event)
}

/// `3/10/2026` or, before 2000, `03/20/98`, and `7:55:20`.
fn local(day: &[u8], time: &[u8]) -> Option<Local> {
    let mut parts = day.splitn(3, |&byte| byte == b'/').map(number);
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let small = |part: u64| u8::try_from(part).ok();
    let year = match i32::try_from(year).ok()? {
        year @ 0..70 => 2000 + year,
        year @ 70..100 => 1900 + year,
        year => year,
    };
    let mut padded = [b'0'; 8];
    let from = padded.len().checked_sub(time.len())?;
    padded[from..].copy_from_slice(time);
    local::at((year, small(month)?, small(day)?), &padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_month_first_and_hours_without_a_zero() {
        let shown = |day: &str, time: &str| {
            let (civil, digits) = local(day.as_bytes(), time.as_bytes())?;
            Some(civil.time()?.rfc3339(digits))
        };
        assert_eq!(shown("3/10/2026", "7:05:20").as_deref(), Some("2026-03-10T07:05:20Z"));
        assert_eq!(shown("03/20/98", "17:05:20").as_deref(), Some("1998-03-20T17:05:20Z"));
        assert_eq!(shown("13/10/2026", "7:05:20"), None);
        assert_eq!(shown("3/10/2026", "17:05:20.123"), None);
    }
}
