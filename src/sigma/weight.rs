//! How much a page of YAML holds once its aliases are written out, found out without writing them: a few lines of them can
//! stand for more than memory holds.

use std::cell::Cell;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// What a value takes beside its text, in bytes.
const VALUE: usize = 64;

/// The bytes that the documents of `page` take, up to `most`, those of the largest times all others where one may be a template
/// for the rest (`action: global`); `None` where they take more.
pub(super) fn weigh(page: &str, most: usize) -> Option<usize> {
    let (mut documents, mut largest, mut all) = (0_usize, 0, 0_usize);
    for document in yaml_serde::Deserializer::from_str(page) {
        let left = Cell::new(most);
        let is_read = Scale { left: &left }.deserialize(document).is_ok();
        let weight = most - left.get();
        if left.get() == 0 {
            return None;
        }
        (documents, largest, all) = (documents + 1, weight.max(largest), all.saturating_add(weight));
        // Whoever reads it next stops here as well, and tells why.
        if !is_read {
            break;
        }
    }
    let is_template = documents > 1 && ["action", "\\"].iter().any(|word| page.contains(word));
    let weight = if is_template { documents.saturating_mul(largest) } else { all };
    (weight <= most).then_some(weight)
}

/// Counts down while it walks over a value.
#[derive(Clone, Copy)]
struct Scale<'s> {
    left: &'s Cell<usize>,
}

impl Scale<'_> {
    /// Takes a value that has so many bytes of text.
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        self.left.set(self.left.get().saturating_sub(bytes.saturating_add(VALUE)));
        if self.left.get() == 0 { Err(E::custom("too large")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Scale<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scale<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.take(text.len())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        self.take(0)?;
        while all.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        self.take(0)?;
        while all.next_key_seed(self)?.is_some() {
            all.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, one: A) -> Result<(), A::Error> {
        let (_, value) = one.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}
