//! Events with pseudonyms, the same as those of incidents under the same key.

use serde_json::{Map, Value};

use super::words::Names;
use super::{Redactor, Sort};
use crate::incident::Raw;

/// Members that hold no word of a client.
const OURS: [&str; 4] = ["schema", "source", "format", "time"];

impl Redactor {
    /// Replaces in one event, or in a record that gave none.
    pub fn event(&mut self, event: &mut Map<String, Value>) {
        let people = ["user", "consumer"].into_iter().filter_map(|name| event.get(name)?.as_str());
        let people: Vec<Raw> = people.map(|name| Raw(name.as_bytes().to_vec())).collect();
        let names = Names::new(people.iter().filter(|_| self.what.users));
        for (name, value) in event.iter_mut().filter(|(name, _)| !OURS.contains(&name.as_str())) {
            match value {
                Value::String(text) => *text = self.member(name, text, &names),
                Value::Array(list) => {
                    for text in list {
                        if let Value::String(text) = text {
                            *text = self.line(text, &names);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The text of one member.
    fn member(&mut self, name: &str, text: &str, names: &Names) -> String {
        match name {
            "user" | "consumer" if self.what.users => self.named(Sort::User, text.as_bytes()),
            // The values of a query are told by what stands before them.
            "query" => self.line(&format!("?{text}"), names).split_off(1),
            _ => self.line(text, names),
        }
    }
}
