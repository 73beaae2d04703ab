//! Container logs of Kubernetes (the Container Runtime Interface): stamp, stream, whether the line is whole.

use super::{Peeled, Wrapper, word};
use crate::time::stamp::iso8601;

pub(super) static CRI: Wrapper = Wrapper {
    name: "Kubernetes container log",
    peel: |line, _, _| {
        let (stamp, rest) = word(line)?;
        let time = iso8601(stamp)?;
        let rest = rest.strip_prefix(b"stdout ").or_else(|| rest.strip_prefix(b"stderr "))?;
        let (flags, message) = rest.split_at(memchr::memchr(b' ', rest)?);
        matches!(flags, [b'F' | b'P', ..]).then_some(Peeled { line: &message[1..], time: Some(time) })
    },
    enough: 30,
};
