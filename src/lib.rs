//! Finds attacks in access logs.

pub mod error;
pub mod event;
pub mod format;
pub mod hash;
pub mod incident;
pub mod output;
pub mod request;
pub mod route;
pub mod run;
pub mod text;
pub mod time;
