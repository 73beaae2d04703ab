//! The JSON Schemas say what the types write: no field more, no field less, and none disappears.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gatehound::detect;
use gatehound::doctor::{Examined, json};
use gatehound::format::{Opening, recognise};
use gatehound::output::schema::{SCHEMAS, schema};
use gatehound::request::Meaning;
use regex::Regex;
use serde_json::Value;

const INCIDENT: &str = include_str!("../src/incident/contract.rs");
const WORDS: &str = include_str!("../src/incident/severity.rs");
const RUN: &str = include_str!("../src/run.rs");
const EVENT: &str = include_str!("../src/event.rs");

fn document(name: &str) -> Value {
    serde_json::from_str(schema(name).unwrap()).unwrap()
}

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The public fields of `pub struct <name>` in `source`, and whether each may be absent.
fn fields(source: &str, name: &str) -> BTreeMap<String, bool> {
    let head = Regex::new(&format!(r"pub struct {name}(<'a>)? \{{\n")).unwrap();
    let start = head.find(source).unwrap_or_else(|| panic!("no struct {name}")).end();
    let body = &source[start..start + source[start..].find("\n}").unwrap()];
    let field = Regex::new(r"(?m)^    pub ([a-z_0-9]+): (Option<)?").unwrap();
    field.captures_iter(body).map(|found| (found[1].to_owned(), found.get(2).is_some())).collect()
}

/// The variants of `pub enum <name>`, as serde spells them.
fn variants(source: &str, name: &str) -> Vec<String> {
    let start = source.find(&format!("pub enum {name} {{")).unwrap();
    let body = &source[start..start + source[start..].find("\n}").unwrap()];
    let kebab = source[..start].rfind("#[derive").is_some_and(|at| source[at..start].contains("kebab-case"));
    let variant = Regex::new(r"(?m)^    ([A-Z][A-Za-z]*),").unwrap();
    let boundary = Regex::new(r"([a-z])([A-Z])").unwrap();
    let spell = |word: &str| {
        if kebab { boundary.replace_all(word, "$1-$2").to_lowercase() } else { word.to_owned() }
    };
    variant.captures_iter(body).map(|found| spell(&found[1])).collect()
}

#[test]
fn every_field_of_the_types_is_in_the_schema_and_the_other_way_round() {
    for (document, source, root) in
        [(document("incident"), INCIDENT, "Incident"), (document("summary"), RUN, "Run")]
    {
        let mut structs = vec![(root.to_owned(), &document)];
        structs.extend(document["$defs"].as_object().unwrap().iter().map(|(name, def)| (name.clone(), def)));
        for (name, def) in structs.into_iter().filter(|(_, def)| def.get("properties").is_some()) {
            let fields = fields(source, &name);
            let known: BTreeSet<_> = def["properties"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(known, fields.keys().cloned().collect(), "{name}");
            let required: BTreeSet<_> = strings(&def["required"]);
            let wanted =
                fields.into_iter().filter(|(_, optional)| !optional).map(|(field, _)| field).collect();
            assert_eq!(required, wanted, "{name}: required");
        }
    }
}

#[test]
fn every_word_of_the_types_is_in_the_schema_and_the_other_way_round() {
    let document = document("incident");
    for name in ["Kind", "Stage", "Outcome", "Severity", "Fidelity", "Status"] {
        let source = if name == "Status" { INCIDENT } else { WORDS };
        let wanted: BTreeSet<_> = variants(source, name).into_iter().collect();
        assert_eq!(strings(&document["$defs"][name]["enum"]), wanted, "{name}");
        assert!(wanted.len() > 2, "{name}");
    }
}

#[test]
fn the_schema_of_events_has_every_field_of_an_event() {
    let mut known: BTreeSet<_> =
        document("event")["properties"].as_object().unwrap().keys().cloned().collect();
    for (field, _) in fields(EVENT, "Event") {
        let name = match &*field {
            "time_digits" | "escapes" | "plain" => continue, // how `time`, the texts and the record are written
            "client_name" => "client",
            "duration" => "duration_ms",
            "upstream_duration" => "upstream_ms",
            same => same,
        };
        assert!(known.remove(name) || name == "client", "{name}");
    }
    // What the engine adds.
    let added = ["schema", "source", "line", "offset", "format", "peer", "template", "signals"];
    assert_eq!(known, added.into_iter().map(str::to_owned).collect());
}

#[test]
fn the_schema_of_signals_has_every_class() {
    let document = document("event");
    let classes: BTreeSet<_> =
        gatehound::signal::Class::ALL.iter().map(|class| class.name().to_owned()).collect();
    assert_eq!(strings(&document["$defs"]["Signal"]["properties"]["class"]["enum"]), classes);
}

/// What doctor says of a log behind a proxy.
fn doctor() -> Value {
    let log = b"10.0.0.7 - - [10/Mar/2026:17:00:03 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"c\"\n";
    let opening = Opening::of(log);
    let choice = recognise(&opening).unwrap();
    let mut examined = Examined::default();
    examined.add(&*choice.decoder, &Meaning::default(), log, b"");
    serde_json::from_str(&json("a.log", choice.format, &examined, &detect::all())).unwrap()
}

#[test]
fn what_is_written_is_valid_and_uses_every_property() {
    let attacks = fixture("attacks.json");
    let partial = fixture("partial.json");
    let incidents: Vec<_> =
        [&attacks, &partial].into_iter().flat_map(|report| report["incidents"].as_array().unwrap()).collect();
    let mut timed = attacks["run"].clone();
    timed["timing"] = serde_json::json!({"started": "2026-03-11T06:00:00Z", "seconds": 0.31,
        "bytes_per_second": 211_000_000, "threads": 2, "peak_memory_bytes": 41_000_000});
    let noted = fixture("quiet.json")["run"].clone();
    let event = fixture("event.json");
    let doctor = doctor();
    let cases = [
        ("incident", incidents),
        ("summary", vec![&timed, &noted]),
        ("event", vec![&event]),
        ("doctor", vec![&doctor]),
    ];
    for (name, values) in cases {
        let document = document(name);
        let mut check = Check { document: &document, seen: BTreeSet::new(), wrong: Vec::new() };
        for value in values {
            check.value(value, &document, name);
        }
        assert!(check.wrong.is_empty(), "{}", check.wrong.join("\n"));
        let unused: Vec<_> = paths(&document).difference(&check.seen).cloned().collect();
        assert!(unused.is_empty(), "{name}: no sample uses {unused:?}");
    }
}

#[test]
fn a_wrong_value_is_noticed() {
    let document = document("incident");
    let right = fixture("attacks.json")["incidents"][0].clone();
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut value = right.clone();
        change(&mut value);
        let mut check = Check { document: &document, seen: BTreeSet::new(), wrong: Vec::new() };
        check.value(&value, &document, "incident");
        check.wrong.len()
    };
    assert_eq!(wrong(&|_| ()), 0);
    assert_eq!(wrong(&|v| v["kind"] = "stuffing".into()), 1);
    assert_eq!(wrong(&|v| v["score"] = 101.into()), 1);
    assert_eq!(wrong(&|v| v["requests"] = 1.5.into()), 1);
    assert_eq!(wrong(&|v| v["entities"]["tokens"] = serde_json::json!(["secret"])), 1);
    assert_eq!(wrong(&|v| v["first_seen"] = "yesterday".into()), 1);
    assert_eq!(wrong(&|v| v["surprise"] = true.into()), 1);
    assert_eq!(wrong(&|v| drop(v.as_object_mut().unwrap().remove("title"))), 1);
}

/// `tests/output/fields.txt` lists what v1 promises. `UPDATE=1` adds new fields to it; nothing is ever taken from it.
#[test]
fn no_field_of_v1_disappears() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output/fields.txt");
    let promised: BTreeSet<String> =
        fs::read_to_string(&path).unwrap_or_default().lines().map(str::to_owned).collect();
    let mut written = BTreeSet::new();
    for (name, _) in SCHEMAS {
        let document = document(name);
        written.extend(paths(&document).union(&words(&document)).map(|path| format!("{name} {path}")));
    }
    let gone: Vec<_> = promised.difference(&written).collect();
    assert!(gone.is_empty(), "v1 promised these: {gone:#?}");
    if std::env::var_os("UPDATE").is_some() {
        let all: Vec<_> = written.iter().map(|path| format!("{path}\n")).collect();
        fs::write(&path, all.concat()).unwrap();
    } else {
        let new: Vec<_> = written.difference(&promised).collect();
        assert!(new.is_empty(), "run with UPDATE=1 to promise these too: {new:#?}");
    }
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Every word of a named closed list, as `<name>=<word>`.
fn words(document: &Value) -> BTreeSet<String> {
    let lists = document["$defs"].as_object().unwrap().iter().filter(|(_, def)| def.get("enum").is_some());
    lists
        .flat_map(|(name, def)| strings(&def["enum"]).into_iter().map(move |word| format!("{name}={word}")))
        .collect()
}

/// Every property, as `<object>.<property>`.
fn paths(document: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut add = |name: &str, def: &Value| {
        for property in def["properties"].as_object().into_iter().flat_map(|all| all.keys()) {
            paths.insert(format!("{name}.{property}"));
        }
    };
    add("", document);
    for (name, def) in document["$defs"].as_object().unwrap() {
        add(name, def);
    }
    paths
}

/// A checker for the part of JSON Schema that our schemas use; it refuses keywords that it does not know.
struct Check<'d> {
    document: &'d Value,
    seen: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, value: &Value, schema: &Value, at: &str) {
        self.named(value, schema, at, "");
    }

    fn named(&mut self, value: &Value, schema: &Value, at: &str, name: &str) {
        for (keyword, wanted) in schema.as_object().unwrap() {
            let is_right = match &**keyword {
                "$schema" | "$id" | "$defs" | "title" | "description" | "format" => true,
                "$ref" => {
                    let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    let document = self.document;
                    self.named(value, &document["$defs"][name], at, name);
                    true
                }
                "type" => has_type(value, wanted.as_str().unwrap()),
                "const" => value == wanted,
                "enum" => wanted.as_array().unwrap().contains(value),
                "minimum" => value.as_f64() >= wanted.as_f64(),
                "maximum" => value.as_f64() <= wanted.as_f64(),
                "pattern" => {
                    Regex::new(wanted.as_str().unwrap()).unwrap().is_match(value.as_str().unwrap_or(""))
                }
                "required" => strings(wanted).iter().all(|field| value.get(field).is_some()),
                "items" => {
                    for (nth, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(item, wanted, &format!("{at}[{nth}]"));
                    }
                    true
                }
                "properties" => self.properties(value, wanted, at, name),
                "additionalProperties" => {
                    for (key, item) in value.as_object().into_iter().flatten() {
                        self.value(item, wanted, &format!("{at}.{key}"));
                    }
                    true
                }
                unknown => panic!("{at}: the checker does not know `{unknown}`"),
            };
            if !is_right {
                self.wrong.push(format!("{at}: {value} is against {keyword}: {wanted}"));
            }
        }
    }

    fn properties(&mut self, value: &Value, wanted: &Value, at: &str, name: &str) -> bool {
        for (key, item) in value.as_object().into_iter().flatten() {
            self.seen.insert(format!("{name}.{key}"));
            match wanted.get(key) {
                Some(schema) => self.value(item, schema, &format!("{at}.{key}")),
                None => self.wrong.push(format!("{at}.{key} is not in the schema")),
            }
        }
        true
    }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        unknown => panic!("type {unknown}"),
    }
}
