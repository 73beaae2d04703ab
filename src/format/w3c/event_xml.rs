//! IIS that logs to Windows' event log, exported as XML: the fields of the W3C's format as `<Data Name="c-ip">…</Data>`.

use super::columns::{Column, column};
use super::layout::Layout;
use crate::event::{Event, Malformed};
use crate::format::plain::Plain;
use crate::format::slot::Growing;
use crate::format::{Around, Clock};

pub(in crate::format) static IIS_EVENT: Plain = Plain {
    name: "iis-event",
    about: "IIS in Windows' event log, exported as XML, an event a line",
    has: "<",
    read,
};

fn read<'a>(line: &'a [u8], clock: &Clock, around: Around<'a>) -> Result<Event<'a>, Malformed> {
    if !line.starts_with(b"<Event ") {
        return Err(Malformed::Unknown);
    }
    // The same event as one line of a table: names above, values below.
    let (mut header, mut row) = (b"#Software: Microsoft\n#Fields:".to_vec(), Vec::new());
    let mut rest = line;
    while let Some(at) = memchr::memmem::find(rest, b"<Data Name=\"") {
        rest = &rest[at + 12..];
        let Some(end) = memchr::memmem::find(rest, b"\">") else { break };
        let (name, behind) = (&rest[..end], &rest[end + 2..]);
        let close = memchr::memmem::find(behind, b"</Data>").ok_or(Malformed::Unbalanced)?;
        if matches!(column(name), Some(Column::Date | Column::Time)) || column(name).is_some() {
            header.push(b' ');
            header.extend_from_slice(name);
            row.push(b'\t');
            row.extend_from_slice(&without_entities(&behind[..close]));
        }
        rest = &behind[close..];
    }
    let mut layout = Layout::default();
    for line in header.split(|&byte| byte == b'\n') {
        layout.direct(line);
    }
    if !layout.has_columns() {
        return Err(Malformed::NotAccess);
    }
    let row = around.scratch.keep(row.get(1..).unwrap_or_default());
    let mut growing = Growing::new();
    layout.read(row, clock, around, &mut growing)?;
    Ok(growing.into_event())
}

/// The five entities that XML has by itself (XML 1.0 §4.6); a tab would end the column.
fn without_entities(value: &[u8]) -> Vec<u8> {
    let entities: [(&[u8], u8); 5] =
        [(b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')];
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, behind)) = rest.split_first() {
        let entity = entities.iter().find(|(entity, _)| byte == b'&' && rest.starts_with(entity));
        let (code, length) = entity.map_or((byte, 1), |(entity, code)| (*code, entity.len()));
        plain.push(if code == b'\t' { b' ' } else { code });
        rest = if length == 1 { behind } else { &rest[length..] };
    }
    plain
}
