//! One line of a selection: a field, what is done to the values, and how it is compared with them.

use ipnet::IpNet;
use regex::bytes::RegexBuilder;
use rsigma_parser::{DetectionItem, Modifier, SigmaString, SigmaValue, SpecialChar, StringPart};

use super::compile::TESTS;
use super::encode;
use super::expr::{Compare, Expr, Part, Test};
use super::field::Field;
use super::pattern::{Op, Pattern, Piece};
use super::place::Refusal;
use crate::error::Error;

/// A compiled regular expression takes no more memory than this.
const REGEX_SIZE: usize = 1 << 20;

/// A line of a selection as a test.
pub(super) fn compile(item: &DetectionItem) -> Result<Expr, Refusal> {
    let name = item.field.name.as_deref();
    let near = name.unwrap_or("|").to_owned();
    let modifiers = &item.field.modifiers;
    let field = name.map(|name| {
        Field::named(name).ok_or_else(|| {
            let unknown = Error::unknown("field", name, &Field::names());
            Refusal::new(
                name,
                format!("{unknown}; an access log does not have it, so the rule cannot be matched"),
            )
        })
    });
    let line = Line { field: field.transpose()?, near, modifiers };
    if item.values.is_empty() {
        return Err(line.refusal("an empty list matches nothing; give it values, or take the line out"));
    }
    let (mut tests, mut count) = (Vec::new(), 0);
    for value in &item.values {
        let test = line.test(value)?;
        count += test.tests();
        tests.push(test);
        if count > TESTS {
            return Err(line.refusal(format!("more than {TESTS} ways in which the values can be written")));
        }
    }
    let joined = if line.has(Modifier::All) { Expr::All(tests) } else { any(tests) };
    Ok(match line.field {
        // What is not there is not different from anything.
        Some(field) if line.has(Modifier::Neq) => {
            Expr::All(vec![Expr::Field(field, Test::Exists(true)), Expr::Not(Box::new(joined))])
        }
        None if line.has(Modifier::Neq) => Expr::Not(Box::new(joined)),
        _ => joined,
    })
}

/// Any of some tests: those on the text of one field become one, as do its networks and those on the record; what is asked
/// twice is asked once.
fn any(tests: Vec<Expr>) -> Expr {
    let (mut rest, mut words, mut networks) = (Vec::new(), Vec::new(), Vec::new());
    let mut joined: Option<(Field, Vec<Pattern>)> = None;
    for test in tests {
        match (test, &mut joined) {
            (Expr::Any(inner), _) => rest.push(any(inner)),
            (Expr::Keywords(more), _) => words.extend(more),
            (Expr::Field(field, Test::Network(some)), _) => {
                networks.extend(some.into_iter().map(|one| (field, one)));
            }
            (Expr::Field(field, Test::Text(more)), Some((same, all))) if field == *same => all.extend(more),
            (Expr::Field(field, Test::Text(first)), None) => joined = Some((field, first)),
            (other, _) if rest.iter().any(|known| other.is_same(known)) => {}
            (other, _) => rest.push(other),
        }
    }
    if let Some(&(field, _)) = networks.first() {
        let networks: Vec<IpNet> = networks.into_iter().map(|(_, network)| network).collect();
        rest.push(Expr::Field(field, Test::Network(IpNet::aggregate(&networks))));
    }
    rest.extend(joined.map(|(field, all)| Expr::Field(field, Test::Text(all))));
    rest.extend((!words.is_empty()).then_some(Expr::Keywords(words)));
    Expr::from(rest)
}

/// Words without a field: the record holds any of them.
pub(super) fn keywords(values: &[SigmaValue]) -> Result<Expr, Refusal> {
    let line = Line { field: None, near: "keywords".into(), modifiers: &[] };
    values.iter().map(|value| line.test(value)).collect::<Result<Vec<_>, _>>().map(any)
}

/// A line of a selection, without its values.
struct Line<'l> {
    field: Option<Field>,
    near: String,
    modifiers: &'l [Modifier],
}

impl Line<'_> {
    fn has(&self, modifier: Modifier) -> bool {
        self.modifiers.contains(&modifier)
    }

    fn refusal(&self, message: impl Into<String>) -> Refusal {
        Refusal::new(self.near.clone(), message)
    }

    /// What one value asks.
    fn test(&self, value: &SigmaValue) -> Result<Expr, Refusal> {
        if self.has(Modifier::Expand) {
            return Err(self.refusal(
                "placeholders (`expand`) have no values here; write the values into a copy of the rule",
            ));
        }
        let Some(field) = self.field else { return self.keyword(value) };
        if let Some(test) = self.special(value)? {
            return Ok(Expr::Field(field, test));
        }
        match value {
            SigmaValue::String(text) => self.text(field, text),
            SigmaValue::Integer(_) | SigmaValue::Float(_) if self.op() == Op::Whole => {
                Ok(Expr::Field(field, Test::Number(Compare::Equal, self.number(value)?)))
            }
            SigmaValue::Integer(_) | SigmaValue::Float(_) => {
                let text = value.to_string();
                Ok(Expr::Field(field, Test::Text(vec![Pattern::plain(self.op(), text.as_bytes(), false)])))
            }
            SigmaValue::Bool(is) => Ok(Expr::Field(field, Test::Truth(*is))),
            SigmaValue::Null => Ok(Expr::Field(field, Test::Null)),
        }
    }

    /// What no text is compared for: networks, numbers, whether the field is there.
    fn special(&self, value: &SigmaValue) -> Result<Option<Test>, Refusal> {
        for modifier in self.modifiers {
            let test = match modifier {
                Modifier::Exists => match value.to_string().to_ascii_lowercase().as_str() {
                    "true" | "yes" => Test::Exists(true),
                    "false" | "no" => Test::Exists(false),
                    other => return Err(self.refusal(format!("`exists` takes true or false, not `{other}`"))),
                },
                Modifier::Cidr => {
                    let text = value.to_string();
                    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
                    let network = text.parse::<IpNet>().or_else(|_| address());
                    Test::Network(vec![network.map_err(|_| {
                        self.refusal(format!("`{text}` is no network; write it as 192.0.2.0/24"))
                    })?])
                }
                Modifier::FieldRef => {
                    let name = value.to_string();
                    let other = Field::named(&name).ok_or_else(|| {
                        self.refusal(Error::unknown("field", &name, &Field::names()).to_string())
                    })?;
                    Test::Other { field: other, op: self.op(), cased: self.has(Modifier::Cased) }
                }
                Modifier::Re => self.regex(value)?,
                _ => match (Compare::named(*modifier), Part::named(*modifier)) {
                    (Some(compare), _) => Test::Number(compare, self.number(value)?),
                    (_, Some(part)) => Test::Part(part, self.number(value)?),
                    _ => continue,
                },
            };
            return Ok(Some(test));
        }
        Ok(None)
    }

    /// A regular expression.
    fn regex(&self, value: &SigmaValue) -> Result<Test, Refusal> {
        let text = value.to_string();
        let regex = RegexBuilder::new(&text)
            .case_insensitive(self.has(Modifier::IgnoreCase))
            .multi_line(self.has(Modifier::Multiline))
            .dot_matches_new_line(self.has(Modifier::DotAll))
            .size_limit(REGEX_SIZE)
            .build();
        regex.map(Test::Regex).map_err(|error| {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            self.refusal(format!(
                "a regular expression that is not taken: {why}; it must run in linear time, without look-around and \
                 back-references: say what must not match in a filter of its own"
            ))
        })
    }

    /// A number.
    #[expect(clippy::cast_precision_loss, reason = "rules compare with numbers far below 2^53")]
    fn number(&self, value: &SigmaValue) -> Result<f64, Refusal> {
        match value {
            SigmaValue::Integer(number) => Ok(*number as f64),
            SigmaValue::Float(number) => Ok(*number),
            other => {
                let text = other.to_string();
                text.parse().map_err(|_| self.refusal(format!("`{text}` is no number")))
            }
        }
    }

    /// Text in a field.
    fn text(&self, field: Field, text: &SigmaString) -> Result<Expr, Refusal> {
        let op = self.op();
        let looked_for =
            |pieces, cased| Expr::Field(field, Test::Text(vec![Pattern::new(op, pieces, cased)]));
        if text.original == "-" && op == Op::Whole {
            // How logs write "empty".
            return Ok(Expr::Any(vec![looked_for(pieces(text), false), looked_for(Vec::new(), false)]));
        }
        Ok(self
            .written(text)?
            .into_iter()
            .map(|(pieces, cased)| looked_for(pieces, cased))
            .collect::<Vec<_>>()
            .into())
    }

    /// A word in the record.
    fn keyword(&self, value: &SigmaValue) -> Result<Expr, Refusal> {
        if self.has(Modifier::Re) {
            return match self.regex(value)? {
                Test::Regex(regex) => Ok(Expr::Record(regex)),
                _ => Err(self.refusal("no regular expression")),
            };
        }
        let pattern = |(pieces, cased)| Expr::Keywords(vec![Pattern::new(Op::Inside, pieces, cased)]);
        let text = match value {
            SigmaValue::String(text) => text.clone(),
            SigmaValue::Null => return Err(self.refusal("an empty word is in every line")),
            other => SigmaString::from_raw(&other.to_string()),
        };
        if text.parts.iter().all(|part| *part == StringPart::Special(SpecialChar::WildcardMulti)) {
            return Err(self.refusal("an empty word is in every line; name what the line must hold"));
        }
        Ok(self.written(&text)?.into_iter().map(pattern).collect::<Vec<_>>().into())
    }

    /// Every way in which the value may be written, and whether its case matters.
    fn written(&self, text: &SigmaString) -> Result<Vec<(Vec<Piece>, bool)>, Refusal> {
        let cased = self.has(Modifier::Cased);
        let encodes = |modifier: &&Modifier| {
            use Modifier::{Base64, Base64Offset, Utf16, Utf16be, Wide};
            matches!(modifier, Base64 | Base64Offset | Utf16 | Utf16be | Wide)
        };
        if !self.modifiers.iter().any(|modifier| encodes(&modifier) || *modifier == Modifier::WindAsh) {
            return Ok(vec![(pieces(text), cased)]);
        }
        let mut steps = self.modifiers.iter().filter(encodes).peekable();
        if steps.peek().is_none() {
            let ways = encode::dashes(&text.original);
            return Ok(ways.iter().map(|way| (pieces(&SigmaString::new(way)), cased)).collect());
        }
        let plain = text
            .as_plain()
            .ok_or_else(|| self.refusal("wildcards cannot be encoded; escape them (`\\*`)"))?;
        let dashed = if self.has(Modifier::WindAsh) { encode::dashes(&plain) } else { vec![plain] };
        let mut ways: Vec<Vec<u8>> = dashed.into_iter().map(String::into_bytes).collect();
        for modifier in steps {
            let text = |way: &[u8]| String::from_utf8_lossy(way).into_owned();
            ways = ways
                .iter()
                .flat_map(|way| match modifier {
                    Modifier::Base64 => vec![encode::base64(way)],
                    Modifier::Base64Offset => encode::base64_offsets(way),
                    Modifier::Utf16be => vec![encode::utf16(&text(way), false)],
                    Modifier::Utf16 => vec![[&b"\xff\xfe"[..], &encode::utf16(&text(way), true)].concat()],
                    _ => vec![encode::utf16(&text(way), true)],
                })
                .collect();
        }
        // What is no UTF-8 has no lower case.
        let one = |way: Vec<u8>| {
            let as_it_stands = cased || std::str::from_utf8(&way).is_err();
            (vec![Piece::Text(way)], as_it_stands)
        };
        Ok(ways.into_iter().map(one).collect())
    }

    /// Where the value has to stand.
    fn op(&self) -> Op {
        let op = |modifier: &Modifier| match modifier {
            Modifier::Contains => Some(Op::Inside),
            Modifier::StartsWith => Some(Op::Start),
            Modifier::EndsWith => Some(Op::End),
            _ => None,
        };
        self.modifiers.iter().find_map(op).unwrap_or(Op::Whole)
    }
}

/// A value in pieces.
fn pieces(text: &SigmaString) -> Vec<Piece> {
    let piece = |part: &StringPart| match part {
        StringPart::Plain(text) => Piece::Text(text.as_bytes().to_vec()),
        StringPart::Special(SpecialChar::WildcardMulti) => Piece::Any,
        StringPart::Special(SpecialChar::WildcardSingle) => Piece::One,
    };
    text.parts.iter().map(piece).collect()
}
