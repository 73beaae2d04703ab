//! The report for a ticket or a chat: a ranked table, then what there is to know of each incident, in GitHub's Markdown.

use std::fmt::Write as _;

use super::whole::Whole;
use crate::incident::{Incident, Raw};
use crate::run::Run;

pub(super) static MARKDOWN: Whole = Whole {
    name: "markdown",
    about: "the report for a ticket or a chat",
    extensions: &["md"],
    sent_apart: false,
    begin,
    incident: section,
    between: "\n",
    end: "",
};

/// How many members of a list are shown.
const SHOWN: usize = 10;

/// Text of strangers inside Markdown: what could be markup, a link, a mention or HTML is escaped, and it is one line.
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~'
            | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c if is_hidden(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    // Readers make links of these by themselves.
    escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Whether a character does something other than show itself.
fn is_hidden(c: char) -> bool {
    let directs = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || directs
}

fn begin(run: &Run) -> String {
    let mut text = String::from("# gatehound report\n\n");
    let counts = &run.incidents;
    let _ = writeln!(
        text,
        "{} lines read, {} of them requests, of {} clients. Incidents: {} critical, {} high, {} medium, {} low, {} held back.\n",
        run.lines,
        run.events,
        run.clients,
        counts.critical,
        counts.high,
        counts.medium,
        counts.low,
        counts.suppressed
    );
    if let (Some(first), Some(last)) = (run.first_time, run.last_time) {
        let _ = writeln!(text, "From {} to {}.\n", first.0.rfc3339(0), last.0.rfc3339(0));
    }
    for blind in &run.blind {
        let _ = writeln!(
            text,
            "- Not judged: {} (no {} in the log)",
            plain(&blind.detector),
            plain(&blind.missing)
        );
    }
    text
}

/// Some names of a list, and how many more there are.
fn some(names: &[Raw], total: u64) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| plain(&name.text())).collect();
    let more = total.saturating_sub(shown.len() as u64);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn section(incident: &Incident) -> String {
    let mut text = String::new();
    let entities = &incident.entities;
    let _ = writeln!(
        text,
        "\n## {}. {} — {}\n\n{}\n\n| | |\n|---|---|",
        incident.rank,
        incident.severity.name().to_uppercase(),
        plain(&incident.title),
        plain(&incident.summary)
    );
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "| {name} | {value} |");
        }
    };
    row("incident", format!("`{}`, score {}, {} % sure", incident.id, incident.score, incident.confidence.0));
    row("outcome", incident.outcome.name().to_owned());
    row("when", format!("{} – {}", incident.first_seen.0.rfc3339(0), incident.last_seen.0.rfc3339(0)));
    row("requests", incident.requests.to_string());
    let sources: Vec<Raw> = entities.source_ips.iter().take(SHOWN).map(|address| address.0.clone()).collect();
    row("from", some(&sources, entities.source_ips_total));
    row("accounts", some(&entities.users, entities.users_total));
    let opened = &incident.impact;
    row("accounts opened", some(&opened.compromised_users, opened.compromised_users_total));
    if opened.objects_read > 0 {
        row("objects read", opened.objects_read.to_string());
    }
    if opened.bytes_read > 0 {
        row("bytes taken", opened.bytes_read.to_string());
    }
    let endpoints: Vec<String> = entities
        .endpoints
        .iter()
        .take(SHOWN)
        .map(|endpoint| format!("{} {}", plain(&endpoint.method), plain(&endpoint.template.text())))
        .collect();
    row("endpoints", endpoints.join(", "));
    row("agents", some(&entities.user_agents, entities.user_agents_total));
    let references = &incident.references;
    let ids =
        references.attack.iter().chain(&references.owasp_api).chain(&references.oat).chain(&references.cwe);
    row("references", ids.map(|id| plain(id)).collect::<Vec<_>>().join(", "));
    row("held back by", plain(incident.suppressed_by.as_deref().unwrap_or("")));
    for finding in &incident.findings {
        let _ = writeln!(text, "\n- {}: {}", plain(&finding.detector), plain(&finding.reason));
    }
    text.push('\n');
    for (nth, step) in incident.recommendations.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", nth + 1, plain(step));
    }
    for line in incident.evidence.iter().filter(|line| line.raw.is_some()) {
        let raw = line.raw.as_ref().map(Raw::text).unwrap_or_default();
        let _ = writeln!(text, "\n{} ({}):\n\n    {}", plain(&place(line)), plain(&line.why), code(&raw));
    }
    text
}

/// `file:line`.
fn place(line: &crate::incident::Evidence) -> String {
    let source = line.source.text();
    line.line.map_or_else(|| source.to_string(), |number| format!("{source}:{number}"))
}

/// A line of code: indented, so nothing in it is markup; hidden characters are shown.
fn code(raw: &str) -> String {
    raw.chars().fold(String::with_capacity(raw.len()), |mut line, c| {
        if is_hidden(c) {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
        line
    })
}
