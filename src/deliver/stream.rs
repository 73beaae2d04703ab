//! Syslog over TCP (RFC 6587) and TLS (RFC 5425) with octet counting.
//!
//! Syslog has no acknowledgement. Messages count as delivered when the connection held for `--resend` after the last of
//! them, was then closed by us, and the receiver closed it too, having read it to its end. A connection that ends otherwise
//! has delivered nothing: all that was sent over it is sent again over the next.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::courier::Deadline;
use super::{Answer, Carrier, Delivery, Parcel, Trouble, tls};

/// Messages sent over one connection: no more than these are sent again when it breaks.
const A_CONNECTION: usize = 1000;
/// How long is listened before it is seen whether the time is over.
const LISTEN: Duration = Duration::from_millis(50);

/// A receiver of streams.
pub(super) struct Stream {
    host: String,
    port: u16,
    resend: Duration,
    timeout: Duration,
    tls: Option<Arc<ClientConfig>>,
}

impl Stream {
    /// A receiver in clear text, or over TLS. Nothing is connected yet.
    pub(super) fn new(delivery: &Delivery, tls: Option<Arc<ClientConfig>>) -> Self {
        let Delivery { address, resend, timeout, .. } = delivery;
        Self { host: address.host.clone(), port: address.port, resend: *resend, timeout: *timeout, tls }
    }

    /// Sends `parcels` and sees that they were read.
    fn attempt(&self, parcels: &[Parcel], stop: &AtomicBool) -> io::Result<()> {
        let mut line = self.connect()?;
        for parcel in parcels {
            line.write_all(format!("{} ", parcel.body.len()).as_bytes())?;
            line.write_all(parcel.body.as_bytes())?;
        }
        line.flush()?;
        line.socket().set_read_timeout(Some(LISTEN))?;
        if line.ends_before(Deadline::after(self.resend), stop)? {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        line.close()?;
        if line.ends_before(Deadline::after(self.timeout), &AtomicBool::new(false))? {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "it does not close the connection: nobody knows what it has read",
        ))
    }

    /// A new connection.
    fn connect(&self) -> io::Result<Line> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for to in (&*self.host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&to, self.timeout) {
                Ok(socket) => return self.dress(socket),
                Err(cause) => last = cause,
            }
        }
        Err(last)
    }

    /// Puts TLS around a connection, where it is wanted.
    fn dress(&self, socket: TcpStream) -> io::Result<Line> {
        socket.set_write_timeout(Some(self.timeout))?;
        socket.set_read_timeout(Some(self.timeout))?;
        let Some(config) = &self.tls else { return Ok(Line::Clear(socket)) };
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let session = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        let mut line = StreamOwned::new(session, socket);
        while line.conn.is_handshaking() {
            line.conn.complete_io(&mut line.sock)?;
        }
        Ok(Line::Hidden(Box::new(line)))
    }
}

impl Carrier for Stream {
    fn send(&mut self, parcels: &[Parcel], stop: &AtomicBool) -> Answer {
        let parcels = &parcels[..parcels.len().min(A_CONNECTION)];
        match self.attempt(parcels, stop) {
            Ok(()) => Answer::taken(parcels.len()),
            Err(cause) => Answer::trouble(trouble(&cause)),
        }
    }
}

/// One connection.
enum Line {
    Clear(TcpStream),
    Hidden(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Line {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Clear(socket) => socket,
            Self::Hidden(line) => &line.sock,
        }
    }

    /// Whether the receiver ends the connection before `deadline`; what it says is not listened to.
    fn ends_before(&mut self, deadline: Deadline, stop: &AtomicBool) -> io::Result<bool> {
        let mut bytes = [0; 512];
        while !deadline.is_over() && !stop.load(Ordering::Relaxed) {
            match self.read(&mut bytes) {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(cause) => match cause.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {}
                    // TLS that ends without a farewell; what we sent was not cut by that.
                    io::ErrorKind::UnexpectedEof => return Ok(true),
                    _ => return Err(cause),
                },
            }
        }
        Ok(false)
    }

    /// Says that nothing follows.
    fn close(&mut self) -> io::Result<()> {
        if let Self::Hidden(line) = self {
            line.conn.send_close_notify();
            line.flush()?;
        }
        self.socket().shutdown(Shutdown::Write)
    }
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.read(bytes),
            Self::Hidden(line) => line.read(bytes),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.write(bytes),
            Self::Hidden(line) => line.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(socket) => socket.flush(),
            Self::Hidden(line) => line.flush(),
        }
    }
}

/// Why a connection did not deliver.
fn trouble(cause: &io::Error) -> Trouble {
    match cause.get_ref() {
        Some(inner) => match inner.downcast_ref::<rustls::Error>() {
            Some(error) => tls::trouble(error),
            None => Trouble::passing(inner.to_string()),
        },
        None => Trouble::passing(cause.kind().to_string()),
    }
}
