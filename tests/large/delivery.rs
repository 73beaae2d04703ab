//! The same for what is sent: kept on disk, then sent from there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use gatehound::deliver::{Address, Delivery};
use gatehound::output::{Style, parse};

use super::{MOST, Report, peak};

/// Bodies that the receiver took, in bytes.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// Holds delivery of `report` to its bounds, too.
pub(super) fn little(report: &Report, before: u64) {
    let spool = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|socket| drop(take(&socket))));
    let target = parse(&format!("ndjson:{place}"), gatehound::output::OUTPUTS[0]).unwrap();
    let delivery = Delivery {
        address: Address::parse(&place).unwrap(),
        format: "ndjson",
        spool: spool.path().to_owned(),
        resend: Duration::ZERO,
        timeout: Duration::from_secs(10),
        patience: Duration::from_secs(10),
        secret: None,
        auth: None,
        ca: None,
        identity: None,
        template: None,
    };
    let kept = peak(before, || {
        delivery.keep(target.parcels(Style::default(), &report.run, &report.incidents)).unwrap();
    });
    let sent = peak(before, || {
        let told = delivery.send(&AtomicBool::new(false)).unwrap();
        assert_eq!((told.delivered, told.waiting), (report.incidents.len(), 0), "{told:?}");
    });
    let taken = TAKEN.load(Ordering::SeqCst);
    eprintln!("kept in {} kB; {} MB sent in {} kB", kept >> 10, taken >> 20, sent >> 10);
    assert!(taken > 30 << 20 && kept <= MOST && sent <= MOST, "{kept} and {sent} bytes");
}

/// Reads requests of one connection to their ends and forgets them.
fn take(socket: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        while reader.read_line(&mut line)? > 2 {
            let lower = line.to_ascii_lowercase();
            length =
                lower.strip_prefix("content-length: ").map_or(length, |text| text.trim().parse().unwrap());
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        TAKEN.fetch_add(length, Ordering::SeqCst);
        let mut socket = socket;
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
    }
}
