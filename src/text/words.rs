//! Numbers and counts as people read them.

/// `349582` as `349,582`.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (nth, digit) in digits.char_indices() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 line`, `349,582 lines`: the plural takes an s.
pub(crate) fn count(value: u64, one: &str) -> String {
    match value {
        1 => format!("1 {one}"),
        _ if one.ends_with("ss") => format!("{} {one}es", number(value)),
        _ => format!("{} {one}s", number(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parted_in_thousands() {
        let cases =
            [(0, "0"), (999, "999"), (1_000, "1,000"), (349_582, "349,582"), (1_234_567, "1,234,567")];
        for (value, wanted) in cases {
            assert_eq!(number(value), wanted);
        }
        assert_eq!(count(1, "address"), "1 address");
        assert_eq!(count(2_450, "address"), "2,450 addresses");
        assert_eq!(count(0, "line"), "0 lines");
    }
}
