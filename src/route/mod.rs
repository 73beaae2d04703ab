//! From a path to what it means: its template and object, its query's shape, its endpoint class; and, when judging, the
//! templates that only the population can tell.

pub mod class;
mod classify;
mod door;
pub mod learn;
pub mod query;
pub mod segment;
pub mod template;
mod words;

pub use class::{Classes, EndpointClass, Method, Methods};
pub use learn::{Learned, Seen, learn};
pub use query::{Query, read as read_query};
pub use template::{ObjectId, Route, read, text};
