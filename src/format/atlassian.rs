//! Jira and Confluence as Atlassian sets their Tomcat up: common, the time taken, then referer, agent and session in quotes.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration, present};
use crate::event::{Event, Malformed, Secret};

pub(super) static ATLASSIAN: Clf = Clf {
    name: "atlassian",
    about: "Jira, Confluence: common, then milliseconds, referer, agent and session",
    left: Left::Client,
    right: Right::Size,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let took = columns.word()?;
    event.duration = duration(took, Unit::Millis);
    if event.duration.is_none() && took != b"-" {
        return Err(Malformed::Trailing);
    }
    event.referer = Some(present(columns.quoted()?));
    event.user_agent = Some(present(columns.quoted()?));
    event.session = Some(present(columns.quoted()?)).filter(|session| !session.is_empty()).map(Secret::new);
    columns.end()
}
