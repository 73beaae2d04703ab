//! Answers that mean something else than their status says.

use crate::event::Event;
use crate::route::Method;

/// What `WordPress` says to a wrong password at its XML-RPC, in bytes: a fault of 403 in English, a few more or less in other
/// languages. What it says to whoever got in and writes a post is shorter; a list of blogs is longer.
const FAULT: std::ops::Range<u64> = 350..450;

/// The status of an answer to `event`, as far as it says whether somebody was let in. XML-RPC answers everything with 200; so
/// a fault is a refusal.
pub(super) fn status(event: &Event<'_>, method: Method, path: &[u8]) -> u16 {
    let status = event.status.unwrap_or(0);
    if status != 200 || method != Method::Post || !path.ends_with(b"/xmlrpc.php") {
        return status;
    }
    // What the site's own services call has a query: Jetpack signs there.
    let is_bare = event.query.is_none_or(<[u8]>::is_empty);
    let is_fault = event.bytes_out.is_some_and(|bytes| FAULT.contains(&bytes));
    if is_bare && is_fault { 401 } else { status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_xml_rpc_is_a_refusal_and_nothing_else_is() {
        let of = |method, path: &str, query: Option<&'static [u8]>, bytes_out| {
            let event = Event { status: Some(200), bytes_out: Some(bytes_out), query, ..Event::default() };
            status(&event, method, path.as_bytes())
        };
        assert_eq!(of(Method::Post, "/xmlrpc.php", None, 403), 401);
        assert_eq!(of(Method::Post, "/blog/xmlrpc.php", None, 413), 401);
        assert_eq!(of(Method::Post, "/xmlrpc.php", None, 188), 200, "a post was written");
        assert_eq!(of(Method::Post, "/xmlrpc.php", None, 640), 200, "a list of blogs");
        assert_eq!(of(Method::Post, "/xmlrpc.php", Some(b"for=jetpack&token=x"), 403), 200);
        assert_eq!(of(Method::Get, "/xmlrpc.php", None, 403), 200);
        assert_eq!(of(Method::Post, "/rpc", None, 403), 200);
    }
}
