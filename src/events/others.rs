//! Events in the schemas of others: pure functions of the native event, which is read back member by member.

mod ecs;
mod ocsf;

use serde_json::Value;

use crate::output::OcsfVersion;

/// In whose words events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `gatehound.event.v1`.
    #[default]
    Native,
    /// Elastic Common Schema.
    Ecs,
    /// OCSF HTTP Activity 4002.
    Ocsf(OcsfVersion),
}

impl Form {
    /// Turns the native event that stands in `out` from `start` on, with its line end, into this form.
    pub(super) fn turn(self, out: &mut Vec<u8>, start: usize) {
        let document: &dyn Fn(&Native<'_>) -> Value = match self {
            Self::Native => return,
            Self::Ecs => &ecs::document,
            Self::Ocsf(version) => &move |event| ocsf::activity(event, version),
        };
        let Some(Ok(event)) = out.get(start..).map(serde_json::from_slice::<Value>) else { return };
        out.truncate(start);
        let document = crate::output::pruned(document(&Native(&event)));
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, &document);
        out.push(b'\n');
    }
}

/// A native event.
struct Native<'e>(&'e Value);

impl<'e> Native<'e> {
    /// A member; null where the log is silent.
    fn get(&self, name: &str) -> &'e Value {
        const NOTHING: &Value = &Value::Null;
        self.0.get(name).unwrap_or(NOTHING)
    }

    /// A member that is text.
    fn text(&self, name: &str) -> Option<&'e str> {
        self.get(name).as_str()
    }

    /// A member that is a whole number.
    fn number(&self, name: &str) -> Option<u64> {
        self.get(name).as_u64()
    }

    /// A member that is an address; a name that stands for one is none.
    fn address(&self, name: &str) -> Option<&'e str> {
        self.text(name).filter(|text| text.parse::<std::net::IpAddr>().is_ok())
    }

    /// A length of time in milliseconds, as nanoseconds.
    fn nanos(&self, name: &str) -> Option<u64> {
        let millis = self.get(name).as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no decoder gives a negative length, and one beyond the range is cut"
        )]
        let nanos = (millis * 1_000_000.0).round() as u64;
        Some(nanos)
    }

    /// The URL, as far as the log tells it.
    fn url(&self) -> Option<String> {
        let path = self.text("path")?;
        let query = self.text("query").map(|query| format!("?{query}")).unwrap_or_default();
        let site = match (self.text("scheme"), self.text("host")) {
            (Some(scheme), Some(host)) => format!("{scheme}://{host}"),
            _ => String::new(),
        };
        Some(format!("{site}{path}{query}"))
    }

    /// The version in `HTTP/1.1`.
    fn version(&self) -> Option<&'e str> {
        self.text("protocol")?.rsplit('/').next()
    }
}
