//! Reports as parcels for a receiver: one for each incident, or one for all.

use super::syslog::header;
use super::{Destination, Output, Style, Target};
use crate::deliver::Parcel;
use crate::error::Error;
use crate::incident::Incident;
use crate::run::Run;

impl Target {
    /// What is sent of a report, one after the other. A report that tells of nothing is not sent.
    pub fn parcels<'r>(
        &'r self,
        style: Style,
        run: &'r Run,
        incidents: &'r [Incident],
    ) -> impl Iterator<Item = Result<Parcel, Error>> {
        let in_one = if self.output.is_sent_whole() { incidents.len().max(1) } else { 1 };
        incidents.chunks(in_one).map(move |some| self.parcel(style, run, some))
    }

    /// One parcel that tells of `incidents`.
    fn parcel(&self, style: Style, run: &Run, incidents: &[Incident]) -> Result<Parcel, Error> {
        let failed = |cause| Error::io("the spool", cause);
        let written = written(self.output, style, run, incidents).map_err(failed)?;
        let body = String::from_utf8_lossy(&written).trim_end_matches(['\r', '\n']).to_owned();
        let ([incident], false) = (incidents, self.output.is_sent_whole()) else {
            let mark = mark(body.as_bytes());
            return Ok(Parcel { id: format!("gh-{mark}"), mark, body });
        };
        // A rank is where an incident stands among others: another rank is no other incident.
        let unranked = Incident { rank: 0, ..incident.clone() };
        let unranked = serde_json::to_vec(&unranked).map_err(|cause| failed(cause.into()))?;
        let is_syslog = matches!(&self.destination, Destination::Remote(address) if address.is_syslog());
        let is_bare = !self.output.name().starts_with("syslog");
        let body = if is_syslog && is_bare { format!("{} - {body}", header(incident)) } else { body };
        Ok(Parcel { id: incident.id.clone(), mark: mark(&unranked), body })
    }
}

/// Sixteen hexadecimal digits that change with `content`.
fn mark(content: &[u8]) -> String {
    blake3::hash(content).to_hex().chars().take(16).collect()
}

/// A report as an output writes it.
fn written(output: &dyn Output, style: Style, run: &Run, incidents: &[Incident]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = output.open(Box::new(&mut bytes), style);
    writer.begin(run)?;
    incidents.iter().try_for_each(|incident| writer.incident(incident))?;
    writer.end()?;
    drop(writer);
    Ok(bytes)
}
