//! Finds attacks in access logs.

pub mod error;
pub mod time;
