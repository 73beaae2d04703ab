//! A date and a time of day in two fields, as CloudFront has them.

use super::Growing;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Half {
    text: [u8; LONGEST],
    length: usize,
}

/// Decimals beyond the ninth and a long zone tell nothing.
const LONGEST: usize = 24;
/// `2026-03-10`.
const DATE: usize = 10;

impl Half {
    /// `2026-03-10` or `17:00:03`, perhaps with decimals and a zone, and nothing else.
    pub(super) fn of(value: &[u8]) -> Option<Self> {
        let is_half = match value {
            [_, _, _, _, a @ (b'-' | b'/'), _, _, b @ (b'-' | b'/'), _, _] => a == b,
            [h, _, b':', _, _, b':', ..] => h.is_ascii_digit(),
            _ => false,
        };
        let mut text = [0; LONGEST];
        text.get_mut(..value.len()).filter(|_| is_half)?.copy_from_slice(value);
        Some(Self { text, length: value.len() })
    }

    fn is_date(&self) -> bool {
        self.text[2] != b':'
    }

    /// Both as one stamp, whichever came first.
    fn and(self, other: Self) -> Option<([u8; DATE + 1 + LONGEST], usize)> {
        let (date, clock) = if self.is_date() { (self, other) } else { (other, self) };
        if !date.is_date() || clock.is_date() {
            return None;
        }
        let mut whole = [b'T'; DATE + 1 + LONGEST];
        whole[..DATE].copy_from_slice(&date.text[..DATE]);
        (whole[4], whole[7]) = (b'-', b'-');
        whole[DATE + 1..].copy_from_slice(&clock.text);
        Some((whole, DATE + 1 + clock.length))
    }
}

impl Growing<'_> {
    /// Takes one half of the time; the other makes it whole, unless it is known already. Without a zone it is UTC.
    pub(super) fn set_half(&mut self, half: Half) {
        let Some((whole, length)) = self.half.and_then(|other| other.and(half)) else {
            self.half = Some(half);
            return;
        };
        if !self.has_time
            && let Some((time, digits)) = whole.get(..length).and_then(|stamp| self.minute.any(stamp))
        {
            self.set_instant(time, digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_a_time_of_day_are_one_stamp_in_either_order() {
        for (one, other, whole) in [
            ("2026-03-10", "17:00:03", Some("2026-03-10T17:00:03")),
            ("17:00:03.120Z", "2026/03/10", Some("2026-03-10T17:00:03.120Z")),
            ("2026-03-10", "2026-03-11", None),
            ("17:00:03", "17:00:04", None),
        ] {
            let halves = (Half::of(one.as_bytes()).unwrap(), Half::of(other.as_bytes()).unwrap());
            let joined = halves.0.and(halves.1).map(|(text, length)| text[..length].to_vec());
            assert_eq!(joined.as_deref(), whole.map(str::as_bytes), "{one} {other}");
        }
        for other in ["2026-03-10T17:00:03Z", "0.123", "17:00", "17:00:03.123456789012345678901234"] {
            assert_eq!(Half::of(other.as_bytes()), None, "{other}");
        }
    }
}
