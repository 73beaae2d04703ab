//! An event becomes whole: what was asked for is put together, and somebody must have asked.

use super::{Growing, SILENT, Slot};
use crate::event::Malformed;
use crate::format::fields::{address, set_request, usual_request};
use crate::text::Escapes;

/// With so many decimals, two stamps tell how long something took.
const MILLIS: u8 = 3;

impl Growing<'_> {
    /// Completes the event, if nothing in it is broken and it says when and who.
    pub(in crate::format) fn finish(&mut self, escapes: Escapes) -> Result<(), Malformed> {
        if let Some((_, malformed)) = self.malformed {
            return Err(malformed);
        }
        if !self.has_time || self.local.is_some() {
            return Err(Malformed::Time);
        }
        self.event.escapes = escapes;
        self.set_somebody()?;
        self.set_what_was_asked();
        self.set_duration_by_end();
        if self.ranks[Slot::Status as usize] != 0 && self.event.status.is_none() {
            self.event.flags = self.event.flags.filter(|flags| !flags.is_empty()).or(Some(b"aborted"));
        }
        Ok(())
    }

    /// Where no client is named, the nearest hop of the forwarded-for list is it; a user alone is somebody, too, and where a
    /// column for the client is left empty, nobody is known.
    fn set_somebody(&mut self) -> Result<(), Malformed> {
        let event = &mut self.event;
        if event.client.is_none() && event.client_name.is_none() {
            let nearest = event.forwarded.and_then(|list| list.rsplit(|&byte| byte == b',').next());
            event.client = nearest.and_then(|hop| address(hop.trim_ascii())).map(|(address, _)| address);
        }
        let named = event.client.is_some()
            || event.client_name.is_some()
            || [event.user, event.consumer].iter().flatten().any(|name| !name.is_empty())
            || self.ranks[Slot::Client as usize] == SILENT && self.malformed.is_none();
        if named { Ok(()) } else { Err(Malformed::Client) }
    }

    /// Joins the fields that may each tell method, path and query; what has a field of its own wins over the request line.
    fn set_what_was_asked(&mut self) {
        let event = &mut self.event;
        let (method, scheme, protocol) = (event.method, event.scheme, event.protocol);
        // `$args` and `%q` may bring their question mark along.
        let query = event.query.map(|query| query.strip_prefix(b"?").unwrap_or(query));
        // Some call the whole request line a URI.
        let target = self.target.filter(|target| !target.is_empty());
        let is_line = target.is_some_and(|target| target[0] != b'/' && usual_request(target).is_some());
        if let Some(line) = if is_line { target } else { self.request } {
            set_request(event, line);
        }
        event.method = method.filter(|method| !method.is_empty()).or(event.method);
        event.protocol = protocol.or(event.protocol);
        if let Some(target) = target.filter(|_| !is_line) {
            event.raw_request = None;
            event.set_target(target);
        }
        event.scheme = scheme.or(event.scheme);
        event.query = event.query.or(query.filter(|query| !query.is_empty()));
    }

    /// From the start to the end, where both are known closely enough.
    fn set_duration_by_end(&mut self) {
        let event = &mut self.event;
        if let Some((end, digits)) = self.end
            && digits.min(event.time_digits) >= MILLIS
        {
            event.duration = u64::try_from(end.0.saturating_sub(event.time.0)).ok().or(event.duration);
        }
    }
}
