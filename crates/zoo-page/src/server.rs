//! Files for browsers of this machine alone.

use crate::request::{Refusal, Request};
use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The port where nobody names another.
pub const PORT: u16 = 8642;

/// A browser has so long to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// And so long to take it.
const LONGEST_SENDING: Duration = Duration::from_secs(60);
/// Bytes of a request: cookies of other programs on this machine come along.
const LONGEST_REQUEST: usize = 1 << 15;
/// Requests at once: browsers make six to one address.
const MOST_AT_ONCE: usize = 64;
/// Before asking again for connections that the system could not give.
const PAUSE: Duration = Duration::from_millis(50);

/// What is sent back.
struct Reply {
    status: &'static str,
    kind: &'static str,
    bytes: Cow<'static, [u8]>,
    has_body: bool,
}

/// A server on the loopback address: no other machine reaches it, and no page of another site reads from it.
#[derive(Debug)]
pub struct LocalServer {
    listener: TcpListener,
    address: SocketAddr,
    patience: Duration,
}

impl LocalServer {
    /// Takes the port, or for 0 any that is free.
    ///
    /// # Errors
    /// If the system refuses, such as where another program has it.
    pub fn open(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, patience: PATIENCE })
    }

    /// Where a browser finds it: `http://127.0.0.1:8642`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers until the program ends, each request on a thread of its own. `answer` gives the file of a plain name, such as `main.js`,
    /// if there is one; its name's end says of what kind it is.
    pub fn serve<A>(&self, answer: A)
    where
        A: Fn(&str) -> Option<Cow<'static, [u8]>> + Sync,
    {
        let (busy, answer, patience) = (&AtomicUsize::new(0), &answer, self.patience);
        thread::scope(|scope| {
            for browser in self.listener.incoming() {
                let Ok(browser) = browser else {
                    thread::sleep(PAUSE);
                    continue;
                };
                // What finds no place, or no thread, is closed.
                let Some(place) = Place::among(busy) else { continue };
                let _ = thread::Builder::new().spawn_scoped(scope, move || {
                    let _place = place;
                    // What a browser does not wait for is no failure of ours.
                    drop(converse(&browser, patience, answer));
                });
            }
        });
    }
}

/// One of the requests at once, until it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn among(busy: &'a AtomicUsize) -> Option<Self> {
        let place = Self(busy);
        (busy.fetch_add(1, Ordering::SeqCst) < MOST_AT_ONCE).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn converse<A>(browser: &TcpStream, patience: Duration, answer: &A) -> io::Result<()>
where
    A: Fn(&str) -> Option<Cow<'static, [u8]>>,
{
    let head = head(browser, Instant::now() + patience)?;
    let reply = match head {
        Some(head) => reply(&String::from_utf8_lossy(&head), answer),
        None => Reply::of(Refusal::TooLong),
    };
    let until = Instant::now() + LONGEST_SENDING;
    send(browser, reply.head().as_bytes(), until)?;
    if reply.has_body { send(browser, &reply.bytes, until) } else { Ok(()) }
}

/// A request up to its empty line; `None` if it is too long.
fn head(mut browser: &TcpStream, until: Instant) -> io::Result<Option<Vec<u8>>> {
    const END: &[u8] = b"\r\n\r\n";
    let (mut head, mut part) = (Vec::new(), [0; 1 << 10]);
    while head.len() < LONGEST_REQUEST {
        browser.set_read_timeout(Some(left(until)?))?;
        let count = browser.read(&mut part)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        // The end may have begun before.
        let from = head.len().saturating_sub(END.len() - 1);
        head.extend_from_slice(&part[..count]);
        if head[from..].windows(END.len()).any(|bytes| bytes == END) {
            return Ok(Some(head));
        }
    }
    Ok(None)
}

fn send(mut browser: &TcpStream, mut bytes: &[u8], until: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        browser.set_write_timeout(Some(left(until)?))?;
        match browser.write(bytes)? {
            0 => return Err(ErrorKind::WriteZero.into()),
            count => bytes = &bytes[count..],
        }
    }
    Ok(())
}

/// The time up to then.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

fn reply<A>(head: &str, answer: &A) -> Reply
where
    A: Fn(&str) -> Option<Cow<'static, [u8]>>,
{
    let Request { name, wants_body } = match Request::parse(head) {
        Ok(request) => request,
        Err(refusal) => return Reply::of(refusal),
    };
    match answer(name) {
        Some(bytes) => Reply { status: "200 OK", kind: kind(name), bytes, has_body: wants_body },
        None => Reply { has_body: wants_body, ..Reply::of(Refusal::NoSuchFile) },
    }
}

impl Reply {
    fn of(refusal: Refusal) -> Self {
        let (status, sentence) = refusal.told();
        Self { status, kind: "text/plain", bytes: Cow::Borrowed(sentence.as_bytes()), has_body: true }
    }

    /// Nothing is kept by the browser: another run may be served at the same address.
    fn head(&self) -> String {
        let Self { status, kind, bytes, .. } = self;
        let lines = [
            format!("HTTP/1.1 {status}"),
            format!("content-type: {kind}"),
            format!("content-length: {}", bytes.len()),
            "cache-control: no-store".to_string(),
            "x-content-type-options: nosniff".to_string(),
            "connection: close".to_string(),
        ];
        lines.join("\r\n") + "\r\n\r\n"
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// The file of a plain name in a folder, if there is one that can be read.
pub fn file_in(folder: &Path, name: &str) -> Option<Cow<'static, [u8]>> {
    let path = folder.join(name);
    // A pipe would be waited for.
    if !path.is_file() {
        return None;
    }
    fs::read(path).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    /// The address of a server of one file, which waits that long.
    fn started(patience: Duration) -> SocketAddr {
        let server = LocalServer { patience, ..LocalServer::open(0).unwrap() };
        let address = server.address;
        let file = |name: &str| (name == "main.js").then_some(Cow::Borrowed(b"let a;".as_slice()));
        thread::spawn(move || server.serve(file));
        address
    }

    /// All that is answered to these bytes.
    fn answered(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_file_is_answered_with_its_kind_and_length() {
        let address = started(PATIENCE);
        let get = answered(address, b"GET /main.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(get.starts_with("HTTP/1.1 200 OK\r\n") && get.ends_with("\r\n\r\nlet a;"), "{get}");
        assert!(get.contains("content-type: text/javascript; charset=utf-8\r\ncontent-length: 6\r\n"), "{get}");
        let head = answered(address, b"HEAD /main.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(head, get.strip_suffix("let a;").unwrap());
        for (request, status) in [
            ("GET /other.js HTTP/1.1\r\nHost: localhost\r\n\r\n", "404"),
            ("GET /main.js HTTP/1.1\r\nHost: rebound.example\r\n\r\n", "403"),
            ("DELETE /main.js HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
            ("hello\r\n\r\n", "400"),
        ] {
            let answer = answered(address, request.as_bytes());
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
        }
    }

    #[test]
    fn a_request_without_an_end_is_given_up() {
        let endless = answered(started(PATIENCE), &[b'a'; LONGEST_REQUEST]);
        assert!(endless.starts_with("HTTP/1.1 431 "), "{endless}");
        let mut slow = TcpStream::connect(started(Duration::from_millis(50))).unwrap();
        let (mut answer, _) = (Vec::new(), slow.write_all(b"GET /main.js"));
        // It may as well be cut off.
        let _ = slow.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{answer:?}");
    }

    #[test]
    fn no_more_are_served_at_once_than_there_are_places() {
        let busy = AtomicUsize::new(MOST_AT_ONCE - 1);
        let last = Place::among(&busy);
        assert!(last.is_some() && Place::among(&busy).is_none());
        drop(last);
        assert!(Place::among(&busy).is_some());
        assert_eq!(busy.load(Ordering::SeqCst), MOST_AT_ONCE - 1);
    }

    #[test]
    fn only_files_are_taken_from_a_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(file_in(folder, "Cargo.toml").is_some_and(|bytes| bytes.starts_with(b"[package]")));
        assert!(file_in(folder, "src").is_none() && file_in(folder, "none.js").is_none());
    }
}
