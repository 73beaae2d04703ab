//! Values as producers write them.

use std::net::IpAddr;

use crate::event::Malformed;
use crate::format::fields::{Unit, number, present};
use crate::text::address::ipv4_prefix;

/// An IPv4 address and nothing else.
pub(super) fn ipv4_alone(value: &[u8]) -> Option<IpAddr> {
    let mut padded = [b' '; 16];
    padded.get_mut(..value.len()).filter(|place| place.len() < 16)?.copy_from_slice(value);
    let (address, length) = ipv4_prefix(&padded)?;
    (length == value.len()).then_some(IpAddr::V4(address))
}

/// Seconds with three decimals, as most producers write a length of time, in microseconds.
pub(super) fn millis(value: &[u8], unit: Unit) -> Option<u64> {
    let [whole @ .., b'.', a, b, c] = value else { return None };
    if whole.len() > 9 || !matches!(unit, Unit::Guess | Unit::Seconds) {
        return None;
    }
    let decimals = number(&[*a, *b, *c])?;
    Some(number(whole)? * 1_000_000 + decimals * 1000)
}

/// The TLS version; some write the number that the protocol has for it, IIS that of Windows (`SP_PROT_TLS1_2_SERVER` of
/// Schannel, in hexadecimal), some a blank.
pub(super) fn tls_version(value: &[u8]) -> &[u8] {
    match value {
        b"769" | b"40" => b"TLSv1",
        b"770" | b"100" => b"TLSv1.1",
        b"771" | b"TLS 1.2" | b"400" => b"TLSv1.2",
        b"772" | b"TLS 1.3" | b"1000" => b"TLSv1.3",
        value => value,
    }
}

/// A size, with a plus before it where `HAProxy` wrote the line before the end; nothing said is no size.
pub(super) fn whole(value: &[u8]) -> Result<Option<u64>, Malformed> {
    match present(value) {
        b"" | b"-1" => Ok(None),
        [b'+', digits @ ..] | digits => number(digits).map(Some).ok_or(Malformed::Size),
    }
}

/// `Bearer abc` without its first word; a scheme alone, or a basic login, stays as it is.
pub(super) fn without_scheme(value: &[u8]) -> &[u8] {
    match value {
        [b'B' | b'b', b'e', b'a', b'r', b'e', b'r', b' ', token @ ..] => token.trim_ascii(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::fields::{address, duration};

    proptest! {
        #[test]
        fn an_address_alone_is_read_like_any_other(text in "([0-9]{1,3}\\.){3}[0-9]{1,3}[ :,x]?|[0-9a-f.: ]{0,18}") {
            if let Some(alone) = ipv4_alone(text.as_bytes()) {
                prop_assert_eq!(address(text.as_bytes()), Some((alone, None)));
                prop_assert!(!text.contains(','));
            }
        }

        #[test]
        fn milliseconds_are_read_like_any_other(text in "[0-9]{0,11}\\.?[0-9]{0,4}[x.]?") {
            for unit in [Unit::Guess, Unit::Seconds, Unit::Millis] {
                if let Some(read) = millis(text.as_bytes(), unit) {
                    prop_assert_eq!(duration(text.as_bytes(), unit), Some(read));
                }
            }
        }
    }
}
