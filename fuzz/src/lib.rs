//! What fuzzing gives bytes to, a function for each family of formats. `tests/fuzzed.rs` gives them injured real lines.

use gatehound::format::{Around, Decoder, FORMATS, Opening, Reader, Scratch, from_string, recognise};

/// CLF and its kin.
pub const CLF: &[&str] = &[
    "combined",
    "common",
    "nginx-main",
    "bunkerweb",
    "vhost-combined",
    "vhost-combined-time",
    "vhost-common",
    "combined-time",
    "combinedio",
    "ingress-nginx",
    "kong-nginx",
    "traefik-clf",
    "common-time",
    "common-untimed",
    "aws-api-gateway-clf",
    "forwarded-first",
    "python-http",
    "apache-ssl-request",
    "haproxy-clf",
    "squid-combined",
    "wso2",
    "reactor-netty",
    "apisix",
    "combined-more",
];

/// Other lines of columns.
pub const COLUMNS: &[&str] = &[
    "nginx-proxy-manager",
    "npmplus",
    "haproxy",
    "envoy",
    "istio",
    "linkerd",
    "uwsgi",
    "uvicorn",
    "gin",
    "chi",
    "oauth2-proxy",
    "artifactory",
    "zoraxy",
    "aws-alb",
    "aws-clb",
    "aws-s3",
    "aws-connections",
    "aws-api-gateway-text",
    "iis-native",
    "squid",
    "logfmt",
];

/// Lines whose columns a header names.
pub const HEADED: &[&str] = &["iis-w3c", "cloudfront", "w3c", "zeek-http", "iis-event", "gcs-usage"];

/// Every format of a family, opened for these bytes, reads them as a block and line by line, and says the same.
pub fn family(names: &[&str], bytes: &[u8]) {
    for format in FORMATS.iter().filter(|format| names.contains(&format.name())) {
        if let Some(decoder) = format.open(&Opening::of(bytes)) {
            read(&*decoder, bytes);
        }
    }
}

/// Every producer of JSON, and JSON of none.
pub fn json(bytes: &[u8]) {
    let others = [CLF, COLUMNS, HEADED].concat();
    let names: Vec<&str> =
        FORMATS.iter().map(|format| format.name()).filter(|name| !others.contains(name)).collect();
    family(&names, bytes);
}

/// Whatever is recognised, behind its wrappers, with all others to fall back on.
pub fn wrapped(bytes: &[u8]) {
    let opening = Opening::of(bytes);
    if let Some(choice) = recognise(&opening) {
        read(&Reader::of(choice, &opening), bytes);
    }
}

/// A format string on the first line, and lines behind it.
pub fn strings(bytes: &[u8]) {
    let (string, lines) = bytes.split_at(bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len()));
    if let Ok(decoder) = from_string(&String::from_utf8_lossy(string)) {
        read(&*decoder, lines);
    }
}

/// Reads a block, and each of its records alone.
fn read(decoder: &dyn Decoder, block: &[u8]) {
    let (scratch, mut start, mut directives) = (Scratch::default(), 0, Vec::new());
    decoder.decode_block(block, Around::nothing(&scratch), &mut |decoded| {
        assert_eq!(decoded.offset, start, "no byte is left out");
        let own = Scratch::default();
        let around = Around { directives: &directives, ..Around::nothing(&own) };
        let alone = decoder.decode(decoded.record, around);
        assert_eq!(format!("{:?}", decoded.event), format!("{:?}", alone.as_ref()), "{}", decoder.format());
        if decoded.record.starts_with(b"#") {
            directives.extend_from_slice(decoded.record);
            directives.push(b'\n');
        }
        start += decoded.record.len() + 1;
    });
    assert!(start == block.len() || start == block.len() + 1, "every byte belongs to a record");
}
