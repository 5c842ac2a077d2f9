//! The folder on this machine alone.

use anyhow::{Context, Result};
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// A browser that says nothing for so long is left.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers until the program is stopped.
pub fn serve(folder: &Path, port: u16) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = listener.with_context(|| format!("cannot serve on port {port}; name another by --port"))?;
    let address = listener.local_addr().context("cannot tell where it is served")?;
    writeln!(stdout(), "http://{address}").context("cannot write to standard output")?;
    thread::scope(|scope| {
        for stream in listener.incoming().flatten() {
            // What a browser does not wait for is no failure of ours.
            scope.spawn(move || drop(answer(folder, stream)));
        }
    });
    Ok(())
}

fn answer(folder: &Path, stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(&stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, kind, bytes) =
        match name_of(&request).and_then(|name| Some((kind(name), fs::read(folder.join(name)).ok()?))) {
            Some((kind, bytes)) => ("200 OK", kind, bytes),
            None => ("404 Not Found", "text/plain", b"There is no such file.\n".to_vec()),
        };
    let length = bytes.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let mut browser = &stream;
    browser.write_all(head.as_bytes())?;
    browser.write_all(&bytes)
}

/// The file that a request asks for: one in the folder itself, by a plain name.
fn name_of(request: &str) -> Option<&str> {
    let path = request.strip_prefix("GET /")?.split([' ', '?']).next()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    match path {
        "" => Some("index.html"),
        _ if path.starts_with('.') || !path.chars().all(is_plain) => None,
        path => Some(path),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_folder_alone_are_served() {
        assert_eq!(name_of("GET / HTTP/1.1"), Some("index.html"));
        assert_eq!(name_of("GET /zoo_bg.wasm?1 HTTP/1.1"), Some("zoo_bg.wasm"));
        for path in ["/../Cargo.toml", "/%2e%2e/a", "/.hidden", "//etc/passwd", "/a/b"] {
            assert_eq!(name_of(&format!("GET {path} HTTP/1.1")), None, "{path}");
        }
        assert_eq!(name_of("POST / HTTP/1.1"), None);
    }
}
