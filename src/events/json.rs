//! One JSON object on one line, written field by field; nothing is allocated for ordinary text.

use crate::incident::Raw;
use crate::sigma::Rule;
use crate::signal::Signal;

/// An object that is being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Object<'o> {
    /// Opens an object of the named schema.
    pub(super) fn open(out: &'o mut Vec<u8>, schema: &str) -> Self {
        out.extend_from_slice(b"{\"schema\":\"");
        out.extend_from_slice(schema.as_bytes());
        out.push(b'"');
        Self { out }
    }

    /// A field that is text.
    pub(super) fn text(&mut self, name: &str, text: &[u8]) {
        self.name(name);
        string(self.out, text);
    }

    /// A field that is a list of texts; left out where the list is empty.
    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = &'t [u8]>) {
        for (nth, text) in texts.enumerate() {
            if nth == 0 {
                self.name(name);
                self.out.push(b'[');
            } else {
                *self.out.last_mut().expect("a list was opened") = b',';
            }
            string(self.out, text);
            self.out.push(b']');
        }
    }

    /// A field that is a whole number; left out where there is none.
    pub(super) fn number(&mut self, name: &str, number: Option<u64>) {
        let Some(number) = number else { return };
        self.name(name);
        self.out.extend_from_slice(number.to_string().as_bytes());
    }

    /// A field that is a length of time in milliseconds, given in microseconds; left out where there is none.
    pub(super) fn millis(&mut self, name: &str, micros: Option<u64>) {
        let Some(micros) = micros else { return };
        self.name(name);
        self.out.extend_from_slice((micros / 1000).to_string().as_bytes());
        if micros % 1000 > 0 {
            let decimals = format!(".{:03}", micros % 1000);
            self.out.extend_from_slice(decimals.trim_end_matches('0').as_bytes());
        }
    }

    /// A field that is true or false.
    pub(super) fn flag(&mut self, name: &str, on: bool) {
        self.name(name);
        self.out.extend_from_slice(if on { b"true" } else { b"false" });
    }

    /// What the line itself shows; left out where that is nothing.
    pub(super) fn signals<'s>(
        &mut self,
        signals: impl Iterator<Item = &'s Signal>,
        rules: impl Iterator<Item = &'s Rule>,
    ) {
        let mut is_open = false;
        for signal in signals {
            self.next_in("signals", &mut is_open);
            // These names are all our own, and need no escapes.
            let (class, field) = (signal.class.name(), signal.field.name());
            let start = format!(
                "{{\"class\":\"{class}\",\"rule\":\"{}\",\"field\":\"{field}\",\"score\":{}",
                signal.rule, signal.score
            );
            self.out.extend_from_slice(start.as_bytes());
            self.texts("decoded", signal.decoded.names().map(str::as_bytes));
            self.out.extend_from_slice(b"}]");
        }
        for rule in rules {
            self.next_in("signals", &mut is_open);
            self.out.extend_from_slice(b"{\"class\":\"sigma\"");
            self.text("rule", rule.id.as_bytes());
            self.text("field", b"record");
            self.number("score", Some(rule.level.score().into()));
            self.out.extend_from_slice(b"}]");
        }
    }

    /// Opens the list called `name`, or makes room in it for one more.
    fn next_in(&mut self, name: &str, is_open: &mut bool) {
        if std::mem::replace(is_open, true) {
            *self.out.last_mut().expect("a list was opened") = b',';
        } else {
            self.name(name);
            self.out.push(b'[');
        }
    }

    /// Closes the object and its line.
    pub(super) fn close(self) {
        self.out.extend_from_slice(b"}\n");
    }

    fn name(&mut self, name: &str) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

/// A JSON string; invalid UTF-8 is written as `\xHH`.
fn string(out: &mut Vec<u8>, text: &[u8]) {
    let is_tame = |&byte: &u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    if text.iter().all(is_tame) {
        out.push(b'"');
        out.extend_from_slice(text);
        out.push(b'"');
    } else {
        let text = Raw(text.to_vec());
        serde_json::to_writer(out, &text.text()).expect("text in memory is written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_json_whatever_stands_in_it() {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out, "s");
        object.text("a", b"q\"\\\n\xff\xc3\xa9");
        object.texts("none", std::iter::empty());
        object.texts("two", [&b"x"[..], b"y"].into_iter());
        object.number("n", Some(7));
        object.number("absent", None);
        object.millis("m", Some(12_500));
        object.millis("whole", Some(3_000));
        object.flag("f", false);
        object.close();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"schema\":\"s\",\"a\":\"q\\\"\\\\\\n\\\\xff\u{e9}\",\"two\":[\"x\",\"y\"],\"n\":7,\"m\":12.5,\"whole\":3,\"f\":false}\n"
        );
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
