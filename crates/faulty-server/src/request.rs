//! The little of HTTP requests that the server looks at.

use std::io::{self, BufRead, BufReader, Read};

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The path with its leading slash.
    pub path: String,
    /// The value of the `Range` header.
    pub range: Option<String>,
    /// The value of the `User-Agent` header.
    pub user_agent: Option<String>,
}

impl HttpRequest {
    pub(crate) fn read(connection: &mut impl Read) -> io::Result<HttpRequest> {
        let mut lines = BufReader::new(connection).lines();
        let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut request = HttpRequest { path, range: None, user_agent: None };
        for line in lines {
            let line = line?;
            match line.split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("range") => request.range = Some(value.to_owned()),
                Some((name, value)) if name.eq_ignore_ascii_case("user-agent") => {
                    request.user_agent = Some(value.to_owned());
                }
                None if line.is_empty() => break,
                _ => {}
            }
        }
        Ok(request)
    }
}

/// The bytes that `bytes=2-`, `bytes=2-5` or `bytes=-3` names in a body of `length` bytes, end exclusive.
pub(crate) fn resolve(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (first, last) {
        ("", suffix) => (length.saturating_sub(suffix.parse().ok()?), length),
        (first, "") => (first.parse().ok()?, length),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.checked_add(1)?.min(length)),
    };
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn ranges_name_bytes() {
        assert_eq!(resolve("bytes=2-", 10), Some((2, 10)));
        assert_eq!(resolve("bytes=2-5", 10), Some((2, 6)));
        assert_eq!(resolve("bytes=-3", 10), Some((7, 10)));
        assert_eq!(resolve("bytes=2-99", 10), Some((2, 10)));
        assert_eq!(resolve("bytes=10-", 10), None);
    }
}
