//! Reports as parcels for a receiver: one for each incident, or one for a document.

use super::cef::header;
use super::{Destination, Output, Style, Target};
use crate::deliver::Parcel;
use crate::error::Error;
use crate::incident::Incident;
use crate::run::Run;

impl Target {
    /// What is sent of a report. A document that tells of nothing is not sent.
    pub fn parcels(&self, style: Style, run: &Run, incidents: &[Incident]) -> Result<Vec<Parcel>, Error> {
        if self.output.is_document() {
            let whole =
                if incidents.is_empty() { Vec::new() } else { vec![self.parcel(style, run, incidents)?] };
            return Ok(whole
                .into_iter()
                .map(|parcel| Parcel { id: format!("gh-{}", parcel.mark), ..parcel })
                .collect());
        }
        incidents.iter().map(|incident| self.parcel(style, run, std::slice::from_ref(incident))).collect()
    }

    /// One parcel that tells of `incidents`.
    fn parcel(&self, style: Style, run: &Run, incidents: &[Incident]) -> Result<Parcel, Error> {
        let failed = |cause| Error::io("the spool", cause);
        let written = written(self.output, style, run, incidents).map_err(failed)?;
        let mut body = String::from_utf8_lossy(&written).trim_end_matches(['\r', '\n']).to_owned();
        let (mut id, mut marked) = (String::new(), body.clone());
        if let ([incident], false) = (incidents, self.output.is_document()) {
            id.clone_from(&incident.id);
            // A rank is where an incident stands among others: another rank is no other incident.
            let unranked = Incident { rank: 0, ..incident.clone() };
            marked = serde_json::to_string(&unranked).map_err(|cause| failed(cause.into()))?;
            let is_bare = !self.output.name().starts_with("syslog");
            if is_bare && matches!(&self.destination, Destination::Remote(address) if address.is_syslog()) {
                body = format!("{} - {body}", header(incident));
            }
        }
        let mark = blake3::hash(marked.as_bytes()).to_hex();
        Ok(Parcel { id, mark: mark[..16].to_owned(), body })
    }
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
