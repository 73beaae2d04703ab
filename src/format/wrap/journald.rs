//! `journalctl -o json`: the line in `MESSAGE`, which is an array of numbers where it is not UTF-8.

use super::{Peeled, Wrapper, shipper};
use crate::time::stamp::epoch;

pub(super) static JOURNALD: Wrapper = Wrapper {
    name: "journald",
    peel: |line, _, scratch| {
        memchr::memmem::find(line, b"\"__REALTIME_TIMESTAMP\"")?;
        let bytes = || {
            let at = memchr::memmem::find(line, b"\"MESSAGE\":[")? + 11;
            let end = memchr::memchr(b']', &line[at..])?;
            let numbers = std::str::from_utf8(&line[at..at + end]).ok()?;
            numbers.split(',').map(|number| number.trim().parse().ok()).collect::<Option<Vec<u8>>>()
        };
        let inside = match bytes() {
            Some(bytes) => scratch.keep(&bytes),
            None => shipper::member(line, b"message", scratch)?,
        };
        let time = shipper::member(line, b"realtimetimestamp", scratch).and_then(epoch);
        Some(Peeled { line: inside, time })
    },
    enough: 30,
};
