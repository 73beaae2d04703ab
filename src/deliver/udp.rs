//! Syslog over UDP (RFC 5426): a datagram a message, best effort. What a receiver loses, nobody hears of.

use std::io;
use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{Address, Answer, Carrier, Fate, Parcel, Trouble};

/// The longest message that fits into a datagram over IPv4; a longer one is cut (RFC 5426 §3.2).
const LONGEST: usize = 65_507;
/// Messages that are sent at once; a receiver's buffer holds some dozens.
const BURST: usize = 8;
/// How long the receiver gets to read a burst.
const PAUSE: Duration = Duration::from_millis(4);

/// A receiver of datagrams.
pub(super) struct Datagrams {
    address: Address,
}

impl Datagrams {
    pub(super) fn to(address: &Address) -> Self {
        Self { address: address.clone() }
    }

    /// A socket that hears if nobody listens.
    fn socket(&self) -> io::Result<UdpSocket> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for to in (&*self.address.host, self.address.port).to_socket_addrs()? {
            let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            match UdpSocket::bind(any).and_then(|socket| socket.connect(to).map(|()| socket)) {
                Ok(socket) => return Ok(socket),
                Err(cause) => last = cause,
            }
        }
        Err(last)
    }
}

impl Carrier for Datagrams {
    fn send(&mut self, parcels: &[Parcel], _: &AtomicBool) -> Answer {
        let mut fates = Vec::new();
        let sent = self.socket().and_then(|socket| {
            for burst in parcels.chunks(BURST) {
                for parcel in burst {
                    let end = parcel.body.floor_char_boundary(LONGEST);
                    socket.send(&parcel.body.as_bytes()[..end])?;
                }
                std::thread::sleep(PAUSE);
                // That nobody listened is told on the next call.
                socket.take_error()?.map_or(Ok(()), Err)?;
                fates.resize(fates.len() + burst.len(), Fate::Taken);
            }
            Ok(())
        });
        let trouble = sent.err().map(|cause| Trouble::passing(cause.kind().to_string()));
        Answer { fates, trouble }
    }
}
