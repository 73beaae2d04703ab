//! Combined, then bytes in and bytes out with headers (Apache `mod_logio`).

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::number;
use crate::event::{Event, Malformed};

pub(super) static COMBINED_IO: Clf = Clf {
    name: "combinedio",
    about: "Apache combinedio: combined with `%I %O`, bytes received and sent with headers",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    event.bytes_in = Some(number(columns.word()?).ok_or(Malformed::Trailing)?);
    event.bytes_out = Some(number(columns.word()?).ok_or(Malformed::Trailing)?);
    columns.end()
}
