//! Labels before each line, `{app="nginx", pod="web-1"}`, as Loki's `logcli` prints them behind a stamp.

use super::{Peeled, Wrapper};

pub(super) static LABELS: Wrapper = Wrapper {
    name: "labels",
    peel: |line, _, _| {
        let mut rest = line.strip_prefix(b"{")?;
        loop {
            let equals = memchr::memchr(b'=', rest)?;
            let (name, value) = (rest[..equals].trim_ascii(), rest[equals + 1..].strip_prefix(b"\"")?);
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            if name.is_empty() || !name.iter().all(is_name) {
                return None;
            }
            let close = memchr::memchr_iter(b'"', value).find(|&at| !crate::text::is_escaped(value, at))?;
            match &value[close + 1..] {
                [b',', more @ ..] => rest = more,
                [b'}', b' ' | b'\t', inside @ ..] => {
                    return Some(Peeled { line: inside.trim_ascii_start(), time: None });
                }
                _ => return None,
            }
        }
    },
    enough: 90,
};
