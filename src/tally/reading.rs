//! What was read: lines, reasons for rejection, fields that were filled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Malformed;
use crate::evidence::Span;
use crate::request::{Flags, Request};
use crate::series::Evidence;

/// What was read of all sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// By number of the source.
    pub sources: BTreeMap<u32, SourceReading>,
    /// Requests inside the window that is judged.
    pub requests: u64,
    /// From the first of them to the last.
    pub span: Span,
    /// How often each field was filled.
    pub filled: Filled,
}

/// What was read of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceReading {
    /// Records.
    pub lines: u64,
    /// Records that gave an event.
    pub events: u64,
    /// Records that gave none, by reason.
    pub malformed: BTreeMap<Malformed, u64>,
    /// How many events each format gave.
    pub formats: BTreeMap<String, u64>,
}

/// How often each flag of [`Flags`] was set, by its bit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Bit number to requests.
    bits: [u64; 16],
}

impl Filled {
    /// Counts the flags of some requests, which mostly have the same.
    fn add(&mut self, requests: &[Request]) {
        for alike in requests.chunk_by(|a, b| a.flags == b.flags) {
            let mut flags = alike[0].flags.0 & 0xffff;
            while flags != 0 {
                self.bits[flags.trailing_zeros() as usize] += alike.len() as u64;
                flags &= flags - 1;
            }
        }
    }

    /// How many requests had `flag` set.
    pub fn count(&self, flag: Flags) -> u64 {
        self.bits[flag.0.trailing_zeros() as usize % 16]
    }
}

impl Reading {
    /// Counts requests.
    pub(crate) fn add(&mut self, requests: &[Request]) {
        self.requests += requests.len() as u64;
        for request in requests {
            self.span.add(request.time);
        }
        self.filled.add(requests);
    }
}

impl SourceReading {
    /// Counts events of one format.
    pub(crate) fn of_format(&mut self, (format, events): (&'static str, u64)) {
        if events > 0 {
            self.events += events;
            *self.formats.entry(format.to_owned()).or_default() += events;
        }
    }
}

impl Evidence for SourceReading {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.lines += other.lines;
        self.events += other.events;
        for (reason, lines) in other.malformed {
            *self.malformed.entry(reason).or_default() += lines;
        }
        for (format, events) in other.formats {
            *self.formats.entry(format).or_default() += events;
        }
    }
}

impl Evidence for Reading {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        for (source, reading) in other.sources {
            self.sources.entry(source).or_default().merge(reading);
        }
        self.requests += other.requests;
        self.span.merge(other.span);
        for (ours, theirs) in self.filled.bits.iter_mut().zip(other.filled.bits) {
            *ours += theirs;
        }
    }
}
