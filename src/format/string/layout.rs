//! Layouts of time as `strftime` writes them, and dates whose layout nobody tells.

use crate::error::nearest;
use crate::format::Clock;
use crate::time::{Civil, MONTHS, Time};

/// More steps than this are no layout.
const STEPS: usize = 64;

/// A layout of a date, a time of day, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout(Vec<Step>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Literal(u8),
    Year,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    /// `+0200`, `+02:00`, `Z`.
    Zone,
    /// A zone if it looks like one, else whatever stands there.
    MaybeZone,
    /// The name of a day or of a zone.
    Letters,
    /// Seconds since 1970.
    Epoch,
    /// Decimals of a second.
    Fraction,
    /// `.` and decimals, where they are.
    MaybeFraction,
    /// `10/Oct/2000`, `2000-10-10` or `2000/10/10`.
    AnyDate,
}

/// What the stamps of a line say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    year: Option<i32>,
    month: Option<u8>,
    day: Option<u8>,
    clock: (u8, u8, u8),
    micro: u32,
    digits: u8,
    east: Option<i64>,
    epoch: Option<i64>,
}

/// What `strftime` calls each part, and the steps that read it.
const KNOWN: &[(&str, &[Step])] = &[
    ("%Y", &[Step::Year]),
    ("%m", &[Step::Month]),
    ("%b", &[Step::MonthName]),
    ("%h", &[Step::MonthName]),
    ("%d", &[Step::Day]),
    ("%e", &[Step::Day]),
    ("%H", &[Step::Hour]),
    ("%k", &[Step::Hour]),
    ("%M", &[Step::Minute]),
    ("%S", &[Step::Second]),
    ("%z", &[Step::Zone]),
    ("%Z", &[Step::Letters]),
    ("%a", &[Step::Letters]),
    ("%s", &[Step::Epoch]),
    ("%f", &[Step::Fraction]),
    ("%T", &[Step::Hour, Step::Literal(b':'), Step::Minute, Step::Literal(b':'), Step::Second]),
    ("%R", &[Step::Hour, Step::Literal(b':'), Step::Minute]),
    ("%F", &[Step::Year, Step::Literal(b'-'), Step::Month, Step::Literal(b'-'), Step::Day]),
    ("%D", &[Step::Month, Step::Literal(b'/'), Step::Day, Step::Literal(b'/'), Step::Year]),
];

impl Layout {
    /// The layout that `text` writes; the error says where it is wrong, counted from 0, and why.
    pub(super) fn new(text: &[u8]) -> Result<Self, (usize, String)> {
        let (mut steps, mut at) = (Vec::new(), 0);
        while let Some(&byte) = text.get(at) {
            if byte != b'%' {
                steps.push(Step::Literal(byte));
                at += 1;
                continue;
            }
            // Envoy: `%3f` for three decimals.
            let width = text.get(at + 1).is_some_and(u8::is_ascii_digit);
            let letter = text.get(at + 1 + usize::from(width)).copied().unwrap_or(b'%');
            let part = format!("%{}", char::from(letter));
            match KNOWN.iter().find(|(name, _)| *name == part) {
                Some((_, known)) => steps.extend_from_slice(known),
                None if letter == b'%' && text.get(at + 1) == Some(&b'%') => steps.push(Step::Literal(b'%')),
                None => return Err((at, format!("unknown part `{part}` of a time{}", meant(&part)))),
            }
            at += 2 + usize::from(width);
        }
        if steps.is_empty() || steps.len() > STEPS {
            return Err((0, "a layout of a time has 1 to 64 parts".to_owned()));
        }
        Ok(Self(steps))
    }

    /// A date in one of the layouts that logs have.
    pub(super) fn any_date() -> Self {
        Self(vec![Step::AnyDate])
    }

    /// A time of day, perhaps with decimals.
    pub(super) fn any_clock() -> Self {
        let [hour, colon, minute, again, second] =
            [Step::Hour, Step::Literal(b':'), Step::Minute, Step::Literal(b':'), Step::Second];
        Self(vec![hour, colon, minute, again, second, Step::MaybeFraction])
    }

    /// A zone, or whatever else is skipped there.
    pub(super) fn maybe_zone() -> Self {
        Self(vec![Step::MaybeZone])
    }

    /// Decimals of a second alone.
    pub(super) fn fraction() -> Self {
        Self(vec![Step::Fraction])
    }

    /// The same layout, perhaps with decimals behind it.
    pub(super) fn or_finer(mut self) -> Self {
        self.0.push(Step::MaybeFraction);
        self
    }

    /// HAProxy's accept date, whose zone may be written.
    pub(super) fn clf() -> Self {
        let mut all = Self::any_date();
        all.0.push(Step::Literal(b':'));
        all.0.extend(Self::any_clock().0);
        all
    }

    /// The same with a zone behind a blank.
    pub(super) fn clf_with_zone() -> Self {
        let mut all = Self::clf();
        all.0.extend([Step::Literal(b' '), Step::Zone]);
        all
    }

    /// Whether it tells the day.
    pub(super) fn has_day(&self) -> bool {
        self.0.iter().any(|step| matches!(step, Step::Day | Step::Epoch | Step::AnyDate))
    }

    /// Takes in the stamp at the start of `text`; gives how long it is.
    pub(super) fn read(&self, text: &[u8], parts: &mut Parts) -> Option<usize> {
        self.0.iter().try_fold(0, |at, &step| Some(at + parts.step(step, text.get(at..)?)?))
    }
}

/// `; did you mean …` for a part, or all there are.
fn meant(part: &str) -> String {
    let known: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
    let swapped: String = part
        .chars()
        .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect();
    match known.iter().find(|name| **name == swapped) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => nearest(part, &known).filter(|_| part.len() > 2).map_or_else(
            || format!("; known: {}", known.join(" ")),
            |near| format!("; did you mean `{near}`?"),
        ),
    }
}

impl Parts {
    /// Whether any stamp was read.
    pub(super) fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// The instant, and how many decimals of a second were written; a stamp without a zone is `clock`'s.
    pub(super) fn time(&self, clock: &Clock) -> Option<(Time, u8)> {
        let micro = i64::from(self.micro);
        if let Some(seconds) = self.epoch {
            return Some((Time(seconds.checked_mul(crate::time::SECOND)?.checked_add(micro)?), self.digits));
        }
        let local = |year| {
            let (hour, minute, second) = self.clock;
            Some(Civil { year, month: self.month?, day: self.day?, hour, minute, second, micro: self.micro })
        };
        let time = match (self.year, self.east) {
            (Some(year), Some(east)) => Time(local(year)?.time()?.0.checked_sub(east)?),
            (Some(year), None) => clock.time(local(year)?)?,
            (None, _) => clock.time_of_some_year(local(0)?)?,
        };
        Some((time, self.digits))
    }

    /// Reads one part; gives how long it is.
    fn step(&mut self, step: Step, text: &[u8]) -> Option<usize> {
        match step {
            Step::Literal(byte) => (text.first() == Some(&byte)).then_some(1),
            Step::Year => self.year(text),
            Step::Month => two(text).map(|month| (self.month = Some(month), 2).1),
            Step::MonthName => {
                let name = text.get(..3)?;
                let month = MONTHS.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name))?;
                self.month = u8::try_from(month + 1).ok();
                Some(3)
            }
            Step::Day => {
                // `%e` writes a blank for the first digit.
                let day = if let [b' ', ones @ b'0'..=b'9', ..] = text { ones - b'0' } else { two(text)? };
                self.day = Some(day);
                Some(2)
            }
            Step::Hour => two(text).map(|hour| (self.clock.0 = hour, 2).1),
            Step::Minute => two(text).map(|minute| (self.clock.1 = minute, 2).1),
            Step::Second => two(text).map(|second| (self.clock.2 = second, 2).1),
            Step::Letters => Some(text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()),
            Step::Zone => self.zone(text),
            Step::MaybeZone => self.zone(text).or(Some(0)),
            Step::Epoch => self.epoch(text),
            Step::Fraction => self.fraction(text),
            Step::MaybeFraction => match text {
                [b'.' | b',', rest @ ..] => self.fraction(rest).map(|length| length + 1),
                _ => Some(0),
            },
            Step::AnyDate => self.any_date(text),
        }
    }

    fn year(&mut self, text: &[u8]) -> Option<usize> {
        let (century, year) = (two(text)?, two(text.get(2..)?)?);
        self.year = Some(i32::from(century) * 100 + i32::from(year));
        Some(4)
    }

    fn any_date(&mut self, text: &[u8]) -> Option<usize> {
        let is_clf = text.get(2) == Some(&b'/');
        let order = if is_clf {
            [Step::Day, Step::MonthName, Step::Year]
        } else {
            [Step::Year, Step::Month, Step::Day]
        };
        let mut at = 0;
        for (nth, step) in order.into_iter().enumerate() {
            let slash = nth > 0 && matches!(text.get(at), Some(b'/' | b'-'));
            at += usize::from(slash);
            at += self.step(step, text.get(at..)?)?;
        }
        Some(at)
    }

    fn zone(&mut self, text: &[u8]) -> Option<usize> {
        let (sign, rest) = match text {
            [b'Z' | b'z', ..] => return Some((self.east = Some(0), 1).1),
            [b'+', rest @ ..] => (1, rest),
            [b'-', rest @ ..] => (-1, rest),
            _ => return None,
        };
        let colon = usize::from(rest.get(2) == Some(&b':'));
        let (hours, minutes) = (two(rest)?, two(rest.get(2 + colon..)?)?);
        self.east = Some(sign * (i64::from(hours) * 60 + i64::from(minutes)) * crate::time::MINUTE);
        Some(5 + colon)
    }

    /// Seconds; decimals behind them count, unless the layout itself goes on there.
    fn epoch(&mut self, text: &[u8]) -> Option<usize> {
        let digits = text.iter().take(12).take_while(|byte| byte.is_ascii_digit()).count();
        let seconds = text[..digits].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        self.epoch = (digits > 0).then_some(seconds);
        self.epoch.map(|_| digits)
    }

    /// Decimals of a second; those beyond the sixth are cut.
    fn fraction(&mut self, text: &[u8]) -> Option<usize> {
        let digits = text.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        let kept = text[..digits].iter().chain(std::iter::repeat(&b'0')).take(6);
        self.micro = kept.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        self.digits = u8::try_from(digits.min(6)).unwrap_or(6);
        (digits > 0).then_some(digits)
    }
}

/// A number of two digits.
fn two(text: &[u8]) -> Option<u8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => Some((tens - b'0') * 10 + ones - b'0'),
        _ => None,
    }
}
