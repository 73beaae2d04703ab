//! What a gateway can log beside what it logs unasked, and how it is told to. To add one: a [`Gateway`] in
//! `doctor/gateways/`, named in its list.

use super::gateways::{clouds, servers, services};

/// One producer of logs.
#[derive(Debug)]
pub struct Gateway {
    /// What people call it.
    pub name: &'static str,
    /// The formats that it writes.
    pub formats: &'static [&'static str],
    /// Where the lines below belong.
    pub place: &'static str,
    /// Exactly what to write there; empty where nothing can be added.
    pub config: &'static str,
    /// Event fields, each with the part of the configuration that logs it.
    pub adds: &'static [(&'static str, &'static str)],
    /// What else is worth knowing: what it cannot log, and who can.
    pub note: &'static str,
}

/// Every gateway that is known, list by list.
pub static GATEWAYS: [&[Gateway]; 3] = [servers::SERVERS, services::SERVICES, clouds::CLOUDS];

/// The gateways that write `format`, in the order of [`GATEWAYS`].
pub fn gateways(format: &str) -> impl Iterator<Item = &'static Gateway> {
    GATEWAYS.iter().copied().flatten().filter(move |gateway| gateway.formats.contains(&format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::FIELDS;
    use crate::format::{FORMATS, by_name};

    #[test]
    fn every_format_has_a_gateway_that_writes_it() {
        for format in FORMATS {
            assert!(gateways(format.name()).count() > 0, "who writes {}?", format.name());
        }
    }

    #[test]
    fn what_a_gateway_is_told_to_add_stands_in_its_configuration() {
        for gateway in GATEWAYS.iter().copied().flatten() {
            for format in gateway.formats {
                assert!(by_name(format).is_ok(), "{}: {format}", gateway.name);
            }
            for (field, part) in gateway.adds {
                assert!(FIELDS.contains(field), "{}: {field}", gateway.name);
                assert!(gateway.config.contains(part), "{}: {part}", gateway.name);
            }
            assert_eq!(gateway.config.is_empty(), gateway.adds.is_empty(), "{}", gateway.name);
            assert!(!gateway.config.is_empty() || !gateway.note.is_empty(), "{}", gateway.name);
        }
    }
}
