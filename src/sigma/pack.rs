//! The rules that come with the program: what stands in `rules/`, compiled in.

/// Every file and its text.
pub(super) static PACK: &[(&str, &str)] = &[];
