//! A test environment: the objects there are made up, and load tests walk over them all day.

use crate::detect::World;
use crate::incident::ConfounderNote;
use crate::request::RouteKey;

/// First parts of paths under which test environments live.
const NAMES: [&str; 7] = ["staging", "stage", "sandbox", "test", "testing", "qa", "uat"];

/// Whether a route lies in a test environment.
pub(super) fn of_route(world: &World<'_>, route: RouteKey) -> Option<ConfounderNote> {
    let text = world.template_text(route.0)?;
    let first = text.split(|&byte| byte == b'/').find(|part| !part.is_empty())?;
    let is_test = NAMES.iter().any(|name| first.eq_ignore_ascii_case(name.as_bytes()));
    is_test.then(|| {
        let reason = format!("`/{}` is where tests are run", String::from_utf8_lossy(first));
        super::note("test-environment", 75, reason)
    })
}
