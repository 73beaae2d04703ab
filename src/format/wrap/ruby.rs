//! Ruby's `Logger`, which Rails writes with: `I, [2026-03-10T17:00:03.120456 #7]  INFO -- : ` before each line.

use super::{Peeled, Wrapper};
use crate::time::local;

pub(super) static RUBY: Wrapper = Wrapper {
    name: "Ruby's logger",
    peel: |line, clock, _| {
        let [b'A'..=b'Z', b',', b' ', b'[', rest @ ..] = line else { return None };
        let (stamp, rest) = rest.split_at(memchr::memchr2(b' ', b']', rest)?);
        let (civil, digits) = local::year_first(stamp)?;
        let at = memchr::memmem::find(rest, b" -- ").filter(|&at| at <= 64)?;
        let message = memchr::memmem::find(&rest[at..], b": ").map(|colon| &rest[at + colon + 2..])?;
        Some(Peeled { line: message, time: clock.time(civil).map(|time| (time, digits)) })
    },
    enough: 30,
};
