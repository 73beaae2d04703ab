//! Formats that the user gives as the producer's own configuration has them: nginx `log_format`, Apache `LogFormat`.

mod apache;
mod nginx;
mod pattern;
mod template;

use super::Decoder;
use crate::error::Error;

/// A decoder for lines written by `text`: the whole directive of nginx or Apache, or only its string.
pub fn from_string(text: &str) -> Result<Box<dyn Decoder>, Error> {
    let first = text.split_ascii_whitespace().next().unwrap_or("");
    match first {
        "log_format" => nginx::directive(text),
        word if ["LogFormat", "CustomLog", "TransferLog"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(word)) =>
        {
            apache::directive(text)
        }
        _ if nginx::has_variable(text) => nginx::bare(text),
        _ if text.contains('%') => apache::bare(text),
        _ => Err(Error::usage(format!(
            "`{text}` is no format string: neither a variable of nginx (`$status`) nor a directive of Apache (`%>s`) is in it"
        ))),
    }
}

#[cfg(test)]
mod tests;
