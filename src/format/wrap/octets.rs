//! Octet counting: the length of a syslog message before it (RFC 6587 §3.4.1).

use super::{Peeled, Wrapper};

pub(super) static OCTETS: Wrapper = Wrapper {
    name: "octet counting",
    peel: |line, _, _| {
        let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match &line[digits..] {
            [b' ', rest @ ..] if rest.starts_with(b"<") && (1..=7).contains(&digits) => {
                Some(Peeled { line: rest, time: None })
            }
            _ => None,
        }
    },
    enough: 30,
};
