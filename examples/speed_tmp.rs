use gatehound::format::{Decoder, Reader, recognise};
use std::time::Instant;
fn main() {
    for p in std::env::args().skip(1) {
        let log = std::fs::read(&p).unwrap();
        let c = recognise(&log[..log.len().min(1 << 20)]).unwrap();
        println!("{} {}", p, c.format);
        let r = Reader::of(c, &log[..log.len().min(1 << 20)]);
        for _ in 0..9 {
            let t = Instant::now();
            let cpu = || {
                std::fs::read_to_string("/proc/self/schedstat")
                    .unwrap()
                    .split(" ")
                    .next()
                    .unwrap()
                    .parse::<u64>()
                    .unwrap()
            };
            let c0 = cpu();
            let (mut ok, mut bad, mut sum) = (0u64, 0u64, 0u64);
            let mut rest = &log[..];
            while !rest.is_empty() {
                let cut = rest.len().min(1 << 19);
                let cut = memchr::memchr(b'\n', &rest[cut - 1..]).map_or(rest.len(), |x| cut + x);
                let (block, more) = rest.split_at(cut);
                r.decode_block(block, &mut |d| match d.event {
                    Ok(e) => {
                        ok += 1;
                        sum = sum.wrapping_add(
                            e.time.0 as u64
                                + u64::from(e.status.unwrap_or(0))
                                + e.bytes_out.unwrap_or(0)
                                + e.path.map_or(0, |p| p.len() as u64),
                        );
                    }
                    Err(_) => bad += 1,
                });
                rest = more;
            }
            let el = t.elapsed();
            let c1 = cpu() - c0;
            println!(
                "  ok {ok} bad {bad} sum {sum} {:?} {:.1} ns/line {:.2} GB/s",
                el,
                el.as_nanos() as f64 / (ok + bad) as f64,
                log.len() as f64 / el.as_nanos() as f64
            );
        }
    }
}
