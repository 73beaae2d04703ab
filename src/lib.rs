//! Finds attacks in access logs.

pub mod error;
pub mod simulate;
pub mod time;
