//! Finds attacks in access logs.

pub mod collect;
pub mod detect;
pub mod engine;
pub mod error;
pub mod evaluate;
pub mod event;
pub mod evidence;
pub mod format;
pub mod hash;
pub mod incident;
pub mod output;
pub mod report;
pub mod request;
pub mod route;
pub mod run;
pub mod series;
pub mod simulate;
pub mod source;
pub mod tally;
pub mod text;
pub mod time;
