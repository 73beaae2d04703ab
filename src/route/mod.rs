//! From a path to what it means: its template and object, what its query says, its endpoint class; and, when judging, the
//! templates that only the population can tell.

mod cache;
pub mod class;
mod classify;
mod demand;
mod door;
mod kind;
pub mod learn;
mod lists;
pub mod object;
mod operation;
pub mod query;
mod segment;
mod segments;
pub mod template;
mod value;
mod words;

pub use cache::{Known, RouteCache};
pub use class::{Classes, EndpointClass, Method, Methods};
pub use demand::EVERYTHING;
pub use door::keeps_accounts;
pub use learn::{Learned, Seen, learn};
pub use object::ObjectId;
pub use operation::operation;
pub use query::{Query, SOME_LATER_PAGE, read as read_query};
pub use template::{Route, read, text};
