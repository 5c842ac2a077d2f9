//! The little of HTTP requests that the server looks at.

/// By what names a browser of this machine calls it. A page of another site that has its own name lead here keeps that name.
const OWN_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    /// A plain name: of a file in the folder itself.
    pub(crate) name: &'a str,
    /// Whether the file itself is wanted, and not only what is said of it.
    pub(crate) wants_body: bool,
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    TooLong,
    OtherHost,
    OtherMethod,
    NoSuchFile,
}

impl Refusal {
    /// The status, and what it means here.
    pub(crate) fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Malformed => ("400 Bad Request", "This is no request of HTTP/1.1.\n"),
            Self::TooLong => ("431 Request Header Fields Too Large", "The request is too long.\n"),
            Self::OtherHost => ("403 Forbidden", "This is for browsers of this machine, at localhost or 127.0.0.1.\n"),
            Self::OtherMethod => ("405 Method Not Allowed", "Files are read here, by GET or HEAD.\n"),
            Self::NoSuchFile => ("404 Not Found", "There is no such file.\n"),
        }
    }
}

impl<'a> Request<'a> {
    /// Reads a request's lines up to the empty one.
    pub(crate) fn parse(head: &'a str) -> Result<Self, Refusal> {
        let mut lines = head.lines();
        let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
        let [method, target, version] = words[..] else { return Err(Refusal::Malformed) };
        if !version.starts_with("HTTP/1.") {
            return Err(Refusal::Malformed);
        }
        let headers = lines.filter_map(|line| line.split_once(':'));
        let mut hosts = headers.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
        match (hosts.next(), hosts.next()) {
            (Some((_, host)), None) if is_own(host.trim()) => {}
            _ => return Err(Refusal::OtherHost),
        }
        let wants_body = match method {
            "GET" => true,
            "HEAD" => false,
            _ => return Err(Refusal::OtherMethod),
        };
        Ok(Self { name: name_of(target).ok_or(Refusal::NoSuchFile)?, wants_body })
    }
}

/// Whether it is a name of this machine, with a port or without.
fn is_own(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    OWN_HOSTS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The file that a request is for: one in the folder itself, by a plain name.
fn name_of(target: &str) -> Option<&str> {
    let path = target.strip_prefix('/')?.split('?').next()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    match path {
        "" => Some("index.html"),
        _ if path.starts_with('.') || !path.chars().all(is_plain) => None,
        path => Some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_in(first: &str) -> Result<String, Refusal> {
        let head = format!("{first}\r\nAccept: */*\r\nhost: 127.0.0.1:8642\r\n\r\n");
        Request::parse(&head).map(|request| request.name.to_string())
    }

    #[test]
    fn files_of_the_folder_alone_are_served() {
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assert_eq!(Request::parse(head), Ok(Request { name: "index.html", wants_body: true }));
        assert_eq!(name_in("GET /zoo_bg.wasm?1 HTTP/1.1"), Ok("zoo_bg.wasm".to_string()));
        for path in ["/../Cargo.toml", "/%2e%2e/a", "/.hidden", "//etc/passwd", "/a/b", "/a\\b", "http://other/a"] {
            assert_eq!(name_in(&format!("GET {path} HTTP/1.1")), Err(Refusal::NoSuchFile), "{path}");
        }
    }

    #[test]
    fn only_reading_is_allowed() {
        let head = "HEAD /main.js HTTP/1.1\r\nHost: localhost:1\r\n\r\n";
        assert_eq!(Request::parse(head), Ok(Request { name: "main.js", wants_body: false }));
        assert_eq!(name_in("POST / HTTP/1.1"), Err(Refusal::OtherMethod));
        for first in ["", "GET /", "GET / HTTP/1.1 twice", "GET / SPDY/3"] {
            assert_eq!(name_in(first), Err(Refusal::Malformed), "{first}");
        }
    }

    #[test]
    fn other_names_of_this_machine_are_refused() {
        let of_host = |host: &str| Request::parse(&format!("GET / HTTP/1.1\r\n{host}\r\n\r\n")).map(|_| ());
        for host in ["Host: localhost", "HOST:LocalHost:80", "Host: 127.0.0.1:8642", "Host: [::1]", "Host: [::1]:1"] {
            assert_eq!(of_host(host), Ok(()), "{host}");
        }
        for host in [
            "Accept: */*",
            "Host:",
            "Host: rebound.example",
            "Host: rebound.example:8642",
            "Host: localhost.example",
            "Host: 127.0.0.1.example:8642",
            "Host: localhost\r\nHost: rebound.example",
        ] {
            assert_eq!(of_host(host), Err(Refusal::OtherHost), "{host}");
        }
    }
}
