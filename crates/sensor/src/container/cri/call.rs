//! One question over gRPC on a Unix socket: a connection, a request, an answer, all before a deadline.
//!
//! Of HTTP/2 (RFC 9113) only what one request of a client needs: headers are sent as literals and those of the answer
//! are not read, because the message itself says enough. A connection is used once, so windows never run out.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with,
    sockopt::{Timeout, set_socket_timeout},
};
use thiserror::Error;

use crate::limits::{CONTAINER_BYTES_MAX, CRI_FRAMES_MAX};

/// Where a runtime listens, and until when it may answer.
pub(super) struct Endpoint<'p> {
    pub(super) path: &'p Path,
    pub(super) deadline: Instant,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(super) enum CallError {
    /// The runtime answered, but not with a message: what was asked for is unknown to it.
    #[error("the runtime refused {0}")]
    Refused(String),
    /// It cannot be reached, or is too slow.
    #[error("the socket failed")]
    Socket(#[from] io::Error),
    /// What it says is not HTTP/2, or more than is read.
    #[error("the answer is not understood: {0}")]
    Protocol(&'static str),
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
/// Largest frame before anything else is agreed on.
const FRAME_BYTES_MAX: usize = 16_384;

impl Endpoint<'_> {
    /// Asks, and returns the answer's message.
    pub(super) fn call(&self, method: &str, request: &[u8]) -> Result<Vec<u8>, CallError> {
        let mut stream = self.connect()?;
        let mut out = Vec::from(PREFACE);
        let window = u32::try_from(CONTAINER_BYTES_MAX).unwrap_or(1 << 20);
        // No table of headers, no pushes, room for the whole answer.
        let settings = [(1_u16, 0_u32), (2, 0), (4, window)];
        let settings: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        put_frame(&mut out, SETTINGS, 0, 0, &settings);
        put_frame(&mut out, WINDOW_UPDATE, 0, 0, &window.to_be_bytes());
        put_frame(&mut out, HEADERS, END_HEADERS, 1, &headers(method));
        let mut message = vec![0];
        message.extend_from_slice(&u32::try_from(request.len()).unwrap_or(u32::MAX).to_be_bytes());
        message.extend_from_slice(request);
        put_frame(&mut out, DATA, END_STREAM, 1, &message);
        self.write(&mut stream, &out)?;
        self.answer(&mut stream, method)
    }

    fn answer(&self, stream: &mut UnixStream, method: &str) -> Result<Vec<u8>, CallError> {
        let mut body = Vec::new();
        for _ in 0..CRI_FRAMES_MAX {
            let (kind, flags, number, payload) = self.frame(stream)?;
            match kind {
                SETTINGS if flags & ACK == 0 => self.reply(stream, SETTINGS, &[])?,
                PING if flags & ACK == 0 => self.reply(stream, PING, &payload)?,
                RST_STREAM if number == 1 => return Err(CallError::Refused(method.to_owned())),
                GOAWAY => return Err(CallError::Protocol("the connection was given up")),
                DATA if number == 1 => body.extend_from_slice(unpadded(flags, &payload)?),
                _ => {}
            }
            if body.len() as u64 > CONTAINER_BYTES_MAX {
                return Err(CallError::Protocol("it is too long"));
            }
            if let Some(message) = message(&body)? {
                return Ok(message.to_vec());
            }
            if number == 1 && (kind == DATA || kind == HEADERS) && flags & END_STREAM != 0 {
                return Err(CallError::Refused(method.to_owned()));
            }
        }
        Err(CallError::Protocol("it has no end"))
    }

    // A queue of connections that is full would make connect wait for ever: the time-out for sending ends that, too.
    fn connect(&self) -> Result<UnixStream, CallError> {
        let failed = |error: rustix::io::Errno| CallError::Socket(error.into());
        let address = SocketAddrUnix::new(self.path).map_err(failed)?;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(failed)?;
        set_socket_timeout(&socket, Timeout::Send, Some(self.left()?)).map_err(failed)?;
        connect(&socket, &address).map_err(failed)?;
        Ok(UnixStream::from(socket))
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left < Duration::from_millis(1) { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    fn write(&self, stream: &mut UnixStream, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            stream.set_write_timeout(Some(self.left()?))?;
            match stream.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read(&self, stream: &mut UnixStream, bytes: &mut [u8]) -> io::Result<()> {
        let mut have = 0;
        while have < bytes.len() {
            stream.set_read_timeout(Some(self.left()?))?;
            match stream.read(bytes.get_mut(have..).unwrap_or_default()) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => have += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn frame(&self, stream: &mut UnixStream) -> Result<(u8, u8, u32, Vec<u8>), CallError> {
        let mut head = [0; 9];
        self.read(stream, &mut head)?;
        let [a, b, c, kind, flags, w, x, y, z] = head;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        if length > FRAME_BYTES_MAX {
            return Err(CallError::Protocol("a frame is too long"));
        }
        let mut payload = vec![0; length];
        self.read(stream, &mut payload)?;
        Ok((kind, flags, u32::from_be_bytes([w & 0x7f, x, y, z]), payload))
    }

    fn reply(&self, stream: &mut UnixStream, kind: u8, payload: &[u8]) -> io::Result<()> {
        let mut out = Vec::new();
        put_frame(&mut out, kind, ACK, 0, payload);
        self.write(stream, &out)
    }
}

fn put_frame(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    out.extend_from_slice(&length[1..]);
    out.extend_from_slice(&[kind, flags]);
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
}

// HPACK (RFC 7541): names of the static table by their number, everything else literal and never indexed.
fn headers(method: &str) -> Vec<u8> {
    // :method POST, :scheme http
    let mut block = vec![0x83, 0x86];
    let mut literal = |name: &[u8], value: &str| {
        block.extend_from_slice(name);
        // Shorter than 127, so one byte tells the length.
        block.push(value.len() as u8);
        block.extend_from_slice(value.as_bytes());
    };
    literal(&[0x04], method);
    literal(&[0x01], "localhost");
    literal(&[0x0f, 31 - 15], "application/grpc");
    literal(b"\x00\x02te", "trailers");
    block
}

fn unpadded(flags: u8, payload: &[u8]) -> Result<&[u8], CallError> {
    if flags & PADDED == 0 {
        return Ok(payload);
    }
    let bare = payload.split_first().and_then(|(pad, rest)| {
        let end = rest.len().checked_sub(usize::from(*pad))?;
        rest.get(..end)
    });
    bare.ok_or(CallError::Protocol("its padding is longer than it"))
}

// The message once it is complete: a byte for compression, four for the length, the bytes.
fn message(body: &[u8]) -> Result<Option<&[u8]>, CallError> {
    let Some((head, rest)) = body.split_at_checked(5) else { return Ok(None) };
    let [compressed, length @ ..] = head else { return Ok(None) };
    if *compressed != 0 {
        return Err(CallError::Protocol("it is compressed"));
    }
    let length = u32::from_be_bytes(length.try_into().unwrap_or_default());
    if u64::from(length) > CONTAINER_BYTES_MAX {
        return Err(CallError::Protocol("it is too long"));
    }
    Ok(rest.get(..length as usize))
}
