//! A local HTTP server that misbehaves as told, for tests of downloads.
//!
//! It serves one body under every path, answers range requests, and plays a script of faults, one a request; when the
//! script is over it serves well.
//!
//! ```
//! use faulty_server::{Fault, FaultyServer};
//!
//! let server = FaultyServer::start(b"content".to_vec(), [Fault::Status(503)]);
//! assert!(server.url("file").starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! ```

mod request;
mod tls;

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub use request::HttpRequest;
pub use tls::AUTHORITY;

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The connection ends after so many bytes of the body.
    Truncate(usize),
    /// This byte of the file is sent with its bits flipped, if it is among those asked for.
    Corrupt(usize),
    /// After so many bytes of the body nothing more comes, but the connection stays open.
    Stall(usize),
    /// One byte comes each time so long has passed.
    Trickle(Duration),
    /// The whole file comes, whatever range was asked for.
    IgnoreRange,
    /// 416 to any request with a range; the whole file to others.
    RefuseRange,
    /// This status and a short page.
    Status(u16),
    /// The client is sent to this path (or address).
    Redirect(String),
    /// Another file comes, complete and well.
    Substitute(Vec<u8>),
}

/// The server: it runs until dropped.
#[derive(Debug)]
pub struct FaultyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// For HTTPS.
    tls: Option<Arc<ServerConfig>>,
    body: Vec<u8>,
    script: Mutex<VecDeque<Fault>>,
    /// What happens when the script is over.
    habit: Fault,
    requests: Mutex<Vec<HttpRequest>>,
    closing: AtomicBool,
}

impl FaultyServer {
    /// Serves `body` on a free port of this machine, with `script` for the first requests and no faults afterwards.
    ///
    /// # Panics
    /// When the machine has no free local port.
    pub fn start(body: Vec<u8>, script: impl IntoIterator<Item = Fault>) -> FaultyServer {
        FaultyServer::launch(body, script.into_iter().collect(), Fault::None, None)
    }

    /// As [`start`](Self::start), by HTTPS under a certificate of [`AUTHORITY`].
    ///
    /// # Panics
    /// When the machine has no free local port.
    pub fn start_https(body: Vec<u8>, script: impl IntoIterator<Item = Fault>) -> FaultyServer {
        FaultyServer::launch(body, script.into_iter().collect(), Fault::None, Some(tls::config()))
    }

    /// Serves `body` with the same `fault` for every request.
    ///
    /// # Panics
    /// When the machine has no free local port.
    pub fn always(body: Vec<u8>, fault: Fault) -> FaultyServer {
        FaultyServer::launch(body, VecDeque::new(), fault, None)
    }

    fn launch(body: Vec<u8>, script: VecDeque<Fault>, habit: Fault, tls: Option<Arc<ServerConfig>>) -> FaultyServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free local port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            tls,
            body,
            script: Mutex::new(script),
            habit,
            requests: Mutex::new(Vec::new()),
            closing: AtomicBool::new(false),
        });
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        FaultyServer { address, shared, acceptor: Some(acceptor) }
    }

    /// The address of `path` on this server.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/{path}", self.address)
    }

    /// The requests so far, in order.
    pub fn requests(&self) -> Vec<HttpRequest> {
        locked(&self.shared.requests).clone()
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        // A last connection wakes the acceptor, which then sees the flag.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.closing.load(Ordering::SeqCst) {
            return;
        }
        let Ok(connection) = connection else { continue };
        let shared = Arc::clone(shared);
        // A client that hangs up early is part of the tests: its error matters to nobody here.
        thread::spawn(move || shared.greet(connection));
    }
}

impl Shared {
    fn greet(&self, socket: TcpStream) -> io::Result<()> {
        let Some(tls) = &self.tls else { return self.serve(&socket, &socket) };
        let session = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
        self.serve(StreamOwned::new(session, &socket), &socket)
    }

    /// `connection` goes by way of `socket`.
    fn serve(&self, mut connection: impl Read + Write, socket: &TcpStream) -> io::Result<()> {
        let request = HttpRequest::read(&mut connection)?;
        locked(&self.requests).push(request.clone());
        let fault = locked(&self.script).pop_front().unwrap_or_else(|| self.habit.clone());
        match &fault {
            Fault::Status(status) => write_head(&mut connection, &format!("{status} Fault"), &[], 5)
                .and_then(|()| connection.write_all(b"sorry")),
            Fault::Redirect(to) => write_head(&mut connection, "302 Found", &[format!("Location: {to}")], 0),
            Fault::Trickle(pause) => {
                socket.set_read_timeout(Some(*pause))?;
                send(&mut connection, &self.body, &request, &fault)
            }
            Fault::Substitute(other) => send(&mut connection, other, &request, &Fault::None),
            Fault::RefuseRange if request.range.is_some() => {
                let total = format!("Content-Range: bytes */{}", self.body.len());
                write_head(&mut connection, "416 Range Not Satisfiable", &[total], 0)
            }
            fault => send(&mut connection, &self.body, &request, fault),
        }
    }
}

fn send(connection: &mut (impl Read + Write), body: &[u8], request: &HttpRequest, fault: &Fault) -> io::Result<()> {
    let range = match fault {
        Fault::IgnoreRange => None,
        _ => request.range.as_deref(),
    };
    let (start, end) = match range.map(|range| request::resolve(range, body.len())) {
        None => (0, body.len()),
        Some(Some(bounds)) => bounds,
        Some(None) => return write_head(connection, "416 Range Not Satisfiable", &[], 0),
    };
    let (status, headers) = match range {
        None => ("200 OK", vec![]),
        Some(_) => ("206 Partial Content", vec![format!("Content-Range: bytes {start}-{}/{}", end - 1, body.len())]),
    };
    write_head(connection, status, &headers, end - start)?;
    send_body(connection, body[start..end].to_vec(), start, fault)
}

fn send_body(connection: &mut (impl Read + Write), mut bytes: Vec<u8>, start: usize, fault: &Fault) -> io::Result<()> {
    match *fault {
        Fault::Corrupt(at) if at >= start && at - start < bytes.len() => bytes[at - start] ^= 0xFF,
        Fault::Truncate(length) | Fault::Stall(length) => bytes.truncate(length),
        _ => {}
    }
    if let Fault::Trickle(_) = fault {
        return trickle(connection, &bytes);
    }
    connection.write_all(&bytes)?;
    if let Fault::Stall(_) = fault {
        // Silent until the client hangs up.
        connection.read_to_end(&mut Vec::new())?;
    }
    Ok(())
}

/// Until the client hangs up.
fn trickle(connection: &mut (impl Read + Write), bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        connection.write_all(&[*byte])?;
        // The client has nothing to say: this waits as long as the socket does.
        if connection.read(&mut [0]).is_ok() {
            break;
        }
    }
    Ok(())
}

fn write_head(connection: &mut impl Write, status: &str, headers: &[String], length: usize) -> io::Result<()> {
    let extra: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{extra}\r\n")
}

/// A test that failed with the lock held has said so already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
