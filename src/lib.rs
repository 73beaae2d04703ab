//! Finds attacks in access logs.

pub mod error;
pub mod event;
pub mod format;
pub mod hash;
pub mod text;
pub mod time;
