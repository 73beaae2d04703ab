use gatehound::format::{Decoder, Reader, recognise};
fn main() {
    for p in std::env::args().skip(1) {
        let log = std::fs::read(&p).unwrap();
        println!("=== {p}");
        match recognise(&log) {
            None => println!("NONE"),
            Some(c) => {
                println!(
                    "{} score {} {:?}",
                    c.format,
                    c.score,
                    c.tried
                        .iter()
                        .filter(|t| t.parsed > 0)
                        .map(|t| (t.format, t.parsed, t.lines, t.specificity))
                        .collect::<Vec<_>>()
                );
                let r = Reader::of(c, &log);
                let (mut ok, mut skip, mut rej) = (0, 0, 0);
                r.decode_block(&log, &mut |d| match d.event {
                    Ok(e) => { ok+=1; if ok <= 12 { println!("  [{}] {} c={:?} n={:?} p={:?} xff={:?} u={:?} cons={:?} tok={} ses={} m={:?} s={:?} h={:?} path={:?} q={:?} pr={:?} st={:?} out={:?} in={:?} dur={:?} up={:?}/{:?}/{:?} ref={:?} ua={:?} id={:?} rt={:?} api={:?} tls={:?} {:?} fl={:?} raw={:?}", d.format, e.time.rfc3339(e.time_digits), e.client, b(e.client_name), e.client_port, b(e.forwarded), b(e.user), b(e.consumer), e.token.is_some(), e.session.is_some(), b(e.method), b(e.scheme), b(e.host), b(e.path), b(e.query), b(e.protocol), e.status, e.bytes_out, e.bytes_in, e.duration, b(e.upstream), e.upstream_status, e.upstream_duration, b(e.referer), b(e.user_agent), b(e.request_id), b(e.gateway_route), b(e.api), b(e.tls_version), b(e.tls_cipher), b(e.flags), b(e.raw_request)); } }
                    Err(m) if m.is_skip() => { skip+=1; if skip < 4 {println!("  SKIP {m:?} {}", String::from_utf8_lossy(&d.record[..d.record.len().min(100)])) }}
                    Err(m) => { rej+=1; if rej < 10 {println!("  REJ {m:?} {}", String::from_utf8_lossy(&d.record[..d.record.len().min(160)])) }}
                });
                println!("  read {ok} skipped {skip} rejected {rej}");
            }
        }
    }
}
fn b(x: Option<&[u8]>) -> String {
    x.map_or("∅".into(), |x| String::from_utf8_lossy(&x[..x.len().min(60)]).into_owned())
}
