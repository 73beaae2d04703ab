//! Quotes around each whole line, as `OpenLiteSpeed` writes them where its format string holds those of its configuration.

use super::{Peeled, Wrapper};

pub(super) static QUOTES: Wrapper = Wrapper {
    name: "quotes",
    peel: |line, _, _| {
        let inside = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        memchr::memmem::find(inside, b"] \"").map(|_| Peeled { line: inside, time: None })
    },
    enough: 90,
};
