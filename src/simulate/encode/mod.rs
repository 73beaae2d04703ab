//! Requests as the lines of a log. To add a format: write `encode/<name>.rs`, and name it in [`Format`] and [`line`].

mod alb;
mod combined;
mod envoy;
mod gateways;
mod haproxy;
mod json;
mod w3c;

use super::request::Request;
use crate::time::Time;

/// In which format a simulated log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// nginx's and Apache's `combined`: names no account.
    #[default]
    Combined,
    /// nginx's `escape=json` behind a load balancer: names accounts and hashed tokens.
    Json,
    /// AWS Application Load Balancer: names no account.
    Alb,
    /// Envoy's default text: names no account.
    Envoy,
    /// `HAProxy`'s HTTP log: names no account.
    HaProxy,
    /// IIS in the W3C's format: names accounts, also those that are tried.
    Iis,
    /// AWS CloudFront: names no account.
    CloudFront,
    /// Kong's http-log: names accounts, also those that are tried.
    Kong,
    /// Traefik's JSON: names accounts, also those that are tried.
    Traefik,
    /// Cloudflare's Logpush: names no account.
    Cloudflare,
}

impl Format {
    /// Every format, by name.
    pub const ALL: [(&'static str, Self); 10] = [
        ("combined", Self::Combined),
        ("json", Self::Json),
        ("alb", Self::Alb),
        ("envoy", Self::Envoy),
        ("haproxy", Self::HaProxy),
        ("iis", Self::Iis),
        ("cloudfront", Self::CloudFront),
        ("kong", Self::Kong),
        ("traefik", Self::Traefik),
        ("cloudflare", Self::Cloudflare),
    ];

    /// Whether lines say whose account or token was used.
    pub fn names_accounts(self) -> bool {
        matches!(self, Self::Json | Self::Iis | Self::Kong | Self::Traefik)
    }
}

/// Writes lines; remembers the last second's date, since most lines share it with the one before.
pub(super) struct Encoder {
    format: Format,
    host: &'static str,
    second: i64,
    date: String,
    written: u64,
}

impl Encoder {
    /// An encoder for the log of `host`.
    pub(super) fn new(format: Format, host: &'static str) -> Self {
        Self { format, host, second: i64::MIN, date: String::new(), written: 0 }
    }

    /// Appends the line of `request`, which completed at `done`.
    pub(super) fn line(&mut self, line: &mut Vec<u8>, done: Time, request: &Request) {
        if self.written == 0 {
            line.extend_from_slice(self.header().as_bytes());
        }
        self.written += 1;
        if done.seconds() != self.second {
            self.second = done.seconds();
            self.date = match self.format {
                Format::Combined => combined::date(done),
                _ => done.rfc3339(0).trim_end_matches('Z').to_owned(),
            };
        }
        match self.format {
            Format::Combined => combined::line(line, &self.date, request),
            Format::Json => json::line(line, &self.date, done, self.host, self.written, request),
            Format::Alb => alb::line(line, &self.date, done, self.host, self.written, request),
            Format::Envoy => envoy::line(line, self.host, self.written, request),
            Format::HaProxy => haproxy::line(line, self.host, self.written, request),
            Format::Iis => w3c::iis(line, done, self.host, request),
            Format::CloudFront => w3c::cloudfront(line, done, self.host, self.written, request),
            Format::Kong => gateways::kong(line, self.host, self.written, request),
            Format::Traefik => gateways::traefik(line, self.host, self.written, request),
            Format::Cloudflare => gateways::cloudflare(line, self.host, self.written, request),
        }
    }

    /// The time by which readers of the format know `request`, which completed at `done`.
    pub(super) fn stamp(&self, done: Time, request: &Request) -> Time {
        match self.format {
            Format::Combined | Format::Json | Format::Iis | Format::CloudFront => done,
            _ => request.time,
        }
    }

    /// What stands above the lines.
    fn header(&self) -> &'static str {
        match self.format {
            Format::Iis => w3c::IIS_HEADER,
            Format::CloudFront => w3c::CLOUDFRONT_HEADER,
            _ => "",
        }
    }
}

/// Whether this client speaks HTTP/2: browsers do, tools do not.
fn protocol(request: &Request) -> &'static str {
    if request.agent.starts_with("Mozilla/5.0 (") { "HTTP/2.0" } else { "HTTP/1.1" }
}

/// What the request weighed, headers included.
fn weight(request: &Request) -> u64 {
    let body = if request.method == "POST" || request.method == "PUT" { 140 } else { 0 };
    220 + body + request.target.len() as u64 + request.agent.len() as u64
}

/// Appends `text` as JSON or nginx would: nothing that the simulation makes needs more than quotes and backslashes.
fn quoted(line: &mut Vec<u8>, text: &str) {
    for &byte in text.as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            line.push(b'\\');
        }
        line.push(byte);
    }
}
