//! Log formats. To add one: write `format/<name>.rs` and `samples/formats/<name>.log`, then name it in [`FORMATS`].

mod apache_ssl_request;
mod api_gateway_clf;
mod api_gateway_text;
mod apisix;
mod around;
mod artifactory;
mod atlassian;
mod aws_alb;
mod aws_clb;
mod aws_nlb;
mod aws_s3;
mod bunkerweb;
mod chi;
mod clf;
mod columns;
mod combined;
mod combined_io;
mod combined_more;
mod combined_time;
mod common;
mod common_time;
mod directed;
mod envoy;
mod fields;
mod forwarded_first;
mod gcs_csv;
mod gin;
mod haproxy;
mod haproxy_clf;
mod iis_native;
mod ingress_nginx;
mod json;
mod kong_nginx;
mod linkerd;
mod logfmt;
mod nginx_main;
mod nginx_proxy_manager;
mod npmplus;
mod oauth2_proxy;
mod plain;
mod python_http;
mod reactor_netty;
mod reader;
mod recognise;
mod signs;
mod slot;
mod squid;
mod squid_combined;
mod string;
mod traefik_clf;
mod uvicorn;
mod uwsgi;
mod vhost_combined;
mod vhost_combined_time;
mod vhost_common;
mod w3c;
mod wrap;
mod wso2;
mod zoraxy;

use crate::error::Error;
use crate::event::{Event, Malformed};
use signs::Signs;

pub use around::{Around, Clock, Opening, Scratch};
pub use reader::Reader;
pub use recognise::{Choice, Tried, recognise, try_all};
pub use string::{Directive, directives, from_string, from_string_for};

/// A factory of decoders: what stands in a head (a `#Fields:` line, key names, a format string) becomes part of the decoder.
pub trait Format: Sync {
    /// The name that `gatehound formats` lists, `--input-format` takes and an event shows.
    fn name(&self) -> &'static str;
    /// One line on what writes it.
    fn about(&self) -> &'static str;
    /// A decoder for a source that begins as `opening` says, if this format could have written it. Only a format that cannot be read without its head (a `#Fields:` line, a CSV header) answers `None`; whether a
    /// decoder fits is found by trying it.
    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>>;
    /// What its lines are told by.
    fn told_by(&self) -> String {
        "the columns of its lines".to_owned()
    }
    /// Whether there are requests in it. A log of connections is known, so that nobody wonders, and skipped.
    fn holds_requests(&self) -> bool {
        true
    }
}

/// A format opened for one source. It has no state between records, so all workers share it.
pub trait Decoder: Send + Sync {
    /// The name of the format.
    fn format(&self) -> &'static str;

    /// Takes one record apart: a line without its line feed, perhaps with a carriage return.
    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed>;

    /// As [`decode`](Self::decode), for a record that others have tried before: what they found out is not looked for again.
    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
        _known: &mut Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        self.decode(record, around)
    }

    /// Whether its records are JSON objects. No others are tried by it, nor objects by formats of text.
    fn reads_objects(&self) -> bool {
        false
    }

    /// What is certain of a record that [`decode`](Self::decode) could not read, and no other format either: quotes were not
    /// escaped, or a line was torn.
    fn salvage<'a>(&self, _record: &'a [u8], _around: Around<'a>) -> Option<Event<'a>> {
        None
    }

    /// Takes all lines of a block apart and gives each to `each`, in order, whether it gave an event or not.
    /// The last line may lack its line feed.
    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        let (mut directed, mut offset) = (directed::Directed::new(around), 0);
        for end in memchr::memchr_iter(b'\n', block).chain([block.len()]) {
            if offset < block.len() {
                let record = &block[offset..end];
                directed.pass(record);
                let event = self.decode(record, directed.around());
                let event = event.as_ref().map_err(|&malformed| malformed);
                each(Decoded { offset, record, format: self.format(), event });
            }
            offset = end + 1;
        }
    }
}

/// What was found out about a record by the formats that tried it.
#[derive(Default)]
pub struct Known<'a> {
    /// Which signs it has, for formats that need some.
    signs: Signs,
    /// Why it is no access line at all, once [`no_access`](clf::no_access) was asked; `Err` for one that may be.
    no_access: Option<Result<Malformed, ()>>,
    clf: clf::Known<'a>,
    json: json::Known,
}

impl Known<'_> {
    /// What a glance at a `record` of text shows.
    fn of_text(record: &[u8]) -> Self {
        Self { signs: Signs::of(record), clf: clf::Known::shared(), ..Self::default() }
    }

    /// Why `line` is no access line at all, or else what one of the formats has against it.
    fn reason(&mut self, line: &[u8], malformed: Malformed) -> Malformed {
        self.no_access.get_or_insert_with(|| clf::no_access(line).ok_or(())).unwrap_or(malformed)
    }
}

/// One record of a block, and what it says.
#[derive(Clone, Copy)]
pub struct Decoded<'e, 'a> {
    /// Where the record begins in its block.
    pub offset: usize,
    /// Its bytes, without the line feed.
    pub record: &'a [u8],
    /// The name of the format that read it.
    pub format: &'static str,
    /// What it says, or why it says nothing.
    pub event: Result<&'e Event<'a>, Malformed>,
}

/// What [`Decoder::decode_block`] calls for each record.
pub type Each<'e, 'a> = dyn FnMut(Decoded<'_, 'a>) + 'e;

/// Every format, in the order in which they are tried.
pub static FORMATS: &[&dyn Format] = &[
    &combined::COMBINED,
    &common::COMMON,
    &nginx_main::NGINX_MAIN,
    &bunkerweb::BUNKERWEB,
    &vhost_combined::VHOST_COMBINED,
    &vhost_combined_time::VHOST_COMBINED_TIME,
    &vhost_common::VHOST_COMMON,
    &combined_time::COMBINED_TIME,
    &combined_io::COMBINED_IO,
    &ingress_nginx::INGRESS_NGINX,
    &kong_nginx::KONG_NGINX,
    &traefik_clf::TRAEFIK_CLF,
    &common_time::COMMON_TIME,
    &atlassian::ATLASSIAN,
    &common_time::COMMON_UNTIMED,
    &api_gateway_clf::API_GATEWAY_CLF,
    &forwarded_first::FORWARDED_FIRST,
    &python_http::PYTHON_HTTP,
    &apache_ssl_request::APACHE_SSL_REQUEST,
    &haproxy_clf::HAPROXY_CLF,
    &squid_combined::SQUID_COMBINED,
    &wso2::WSO2,
    &reactor_netty::REACTOR_NETTY,
    &apisix::APISIX,
    &combined_more::COMBINED_MORE,
    &nginx_proxy_manager::NGINX_PROXY_MANAGER,
    &npmplus::NPMPLUS,
    &haproxy::HAPROXY,
    &envoy::ENVOY,
    &envoy::ISTIO,
    &linkerd::LINKERD,
    &uwsgi::UWSGI,
    &uvicorn::UVICORN,
    &gin::GIN,
    &zoraxy::ZORAXY,
    &chi::CHI,
    &oauth2_proxy::OAUTH2_PROXY,
    &artifactory::ARTIFACTORY,
    &w3c::IIS,
    &w3c::CLOUDFRONT,
    &w3c::W3C,
    &w3c::ZEEK,
    &w3c::IIS_EVENT,
    &iis_native::IIS_NATIVE,
    &aws_alb::AwsAlb,
    &aws_clb::AWS_CLB,
    &aws_s3::AWS_S3,
    &api_gateway_text::API_GATEWAY_TEXT,
    &aws_nlb::AwsConnections,
    &squid::SQUID,
    &gcs_csv::GcsCsv,
    &logfmt::LOGFMT,
    &json::producers::KONG,
    &json::producers::APISIX,
    &json::producers::CADDY,
    &json::producers::TRAEFIK,
    &json::producers::CLOUDFLARE,
    &json::producers::AKAMAI,
    &json::producers::FASTLY,
    &json::producers::AWS_WAF,
    &json::producers::AWS_API_GATEWAY,
    &json::producers::CLOUDFRONT,
    &json::producers::AWS_S3,
    &json::producers::GCP,
    &json::producers::AZURE,
    &json::producers::AZURE_APIM,
    &json::producers::GRAVITEE,
    &json::producers::TYK,
    &json::producers::KRAKEND,
    &json::producers::F5,
    &json::producers::HAPROXY,
    &json::producers::OCSF,
    &json::producers::ZEEK,
    &json::producers::ECS,
    &json::producers::LINKERD,
    &json::producers::ENVOY,
    &json::Json,
];

/// The format called `name`; the error names the nearest.
pub fn by_name(name: &str) -> Result<&'static dyn Format, Error> {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    let found = FORMATS.iter().find(|format| format.name() == name);
    found.copied().ok_or_else(|| Error::unknown("format", name, &known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_own_name_and_is_found_by_it() {
        for format in FORMATS {
            assert!(std::ptr::addr_eq(by_name(format.name()).unwrap(), *format), "{}", format.name());
        }
        let error = by_name("combned").err().unwrap().to_string();
        assert_eq!(error, "unknown format `combned`; did you mean `combined`?");
    }
}
