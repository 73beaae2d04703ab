//! The tags of a page, read strictly: whatever our own page never writes is a mistake.

/// An opening tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Tag {
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value)
    }
}

/// The opening tags of `page`, in order. Elements must nest; `<` stands nowhere but before a tag.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut tags, mut open): (Vec<Tag>, Vec<String>) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(closing) = rest.strip_prefix('/') {
            let (name, behind) = closing.split_once('>').expect("a closing tag ends");
            assert_eq!(open.pop().as_deref(), Some(name), "elements nest");
            rest = behind;
            continue;
        }
        let (tag, behind) = tag(rest);
        rest = behind;
        if tag.name == "style" {
            rest = &rest[rest.find("</style>").expect("a style ends")..];
        }
        if tag.name != "meta" {
            open.push(tag.name.clone());
        }
        tags.push(tag);
    }
    assert!(open.is_empty(), "{open:?}");
    tags
}

/// The tag whose `<` was read, and what stands behind its `>`.
fn tag(text: &str) -> (Tag, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let end = text.find(|c| !is_name(c)).expect("a name ends");
    let mut tag = Tag { name: text[..end].to_owned(), attributes: Vec::new() };
    assert!(!tag.name.is_empty(), "no tag: {}", text.chars().take(40).collect::<String>());
    let mut rest = &text[end..];
    while !rest.starts_with('>') {
        rest = rest.strip_prefix(' ').expect("a blank before an attribute");
        let (name, value) = rest.split_once("=\"").expect("an attribute has a value in quotes");
        assert!(name.chars().all(is_name), "no attribute: {name}");
        let (value, behind) = value.split_once('"').expect("a value ends");
        tag.attributes.push((name.to_owned(), value.to_owned()));
        rest = behind;
    }
    (tag, &rest[1..])
}
