//! One GET request, with or without a range.

use std::io::{self, Read};
use std::ops::Range;
use std::time::{Duration, Instant};

use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body, Timeout};

use super::agent::agent;
use crate::error::Problem;
use crate::network::CERTIFICATES_VARIABLE;
use crate::store::Retry;
use crate::{DataError, Store};

/// Speaks HTTP(S), follows redirects, and gives up on connections that are silent or crawl.
pub(crate) struct Client {
    agent: Agent,
    /// As messages call it.
    proxy: Option<String>,
    retry: Retry,
}

/// A body that is on its way, and the file's byte it starts with.
pub(crate) struct Reply {
    pub(crate) start: u64,
    body: Box<dyn Read + Send>,
    pace: Pace,
}

/// What arrived since when.
struct Pace {
    retry: Retry,
    since: Instant,
    bytes: u64,
}

impl Client {
    pub(crate) fn new(store: &Store) -> Result<Client, DataError> {
        let agent = agent(store)?;
        let variable = store.network.proxy.as_ref().map(|(variable, _)| variable);
        let proxy = agent.config().proxy().zip(variable);
        let proxy = proxy.map(|(proxy, variable)| format!("{}:{} of {variable}", proxy.host(), proxy.port()));
        Ok(Client { agent, proxy, retry: store.retry })
    }

    /// Asks for the file of `length` bytes from byte `start` on. The reply starts there, or at 0 where the server knows
    /// no ranges or has no byte `start`.
    pub(crate) fn get_from(&self, url: &str, start: u64, length: u64) -> Result<Reply, Problem> {
        if start == 0 {
            return self.get_whole(url, length);
        }
        let response = self.send(url, Some(format!("bytes={start}-")))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => self.partial(response, start, length),
            StatusCode::RANGE_NOT_SATISFIABLE => self.get_whole(url, length),
            _ => self.whole(response, length),
        }
    }

    /// Asks for `range` of the file of `length` bytes, and for nothing else.
    pub(crate) fn get_range(&self, url: &str, range: Range<u64>, length: u64) -> Result<Reply, Problem> {
        let last = range.end.saturating_sub(1);
        let response = self.send(url, Some(format!("bytes={}-{last}", range.start)))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => self.partial(response, range.start, length),
            StatusCode::OK | StatusCode::RANGE_NOT_SATISFIABLE => Err(Problem::NoRanges),
            status => Err(Problem::Status(status.as_u16())),
        }
    }

    fn get_whole(&self, url: &str, length: u64) -> Result<Reply, Problem> {
        self.whole(self.send(url, None)?, length)
    }

    fn send(&self, url: &str, range: Option<String>) -> Result<Response<Body>, Problem> {
        // An address that is encrypted must not lead to one that is not.
        let request = self.agent.get(url).config().https_only(url.starts_with("https://")).build();
        let request = match range {
            Some(range) => request.header(header::RANGE, range),
            None => request,
        };
        request.call().map_err(|error| self.problem(error))
    }

    fn whole(&self, response: Response<Body>, length: u64) -> Result<Reply, Problem> {
        if response.status() != StatusCode::OK {
            return Err(Problem::Status(response.status().as_u16()));
        }
        check_size(response.body().content_length(), length)?;
        Ok(self.reply(response, 0))
    }

    fn partial(&self, response: Response<Body>, start: u64, length: u64) -> Result<Reply, Problem> {
        let content_range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let (first, total) = content_range.and_then(parse_content_range).ok_or(Problem::NoRanges)?;
        check_size(total, length)?;
        if first != start {
            return Err(Problem::NoRanges);
        }
        Ok(self.reply(response, start))
    }

    fn reply(&self, response: Response<Body>, start: u64) -> Reply {
        // `into_reader` sets no limit of its own: whoever reads stops at the size it expects.
        let pace = Pace { retry: self.retry, since: Instant::now(), bytes: 0 };
        Reply { start, body: Box::new(response.into_body().into_reader()), pace }
    }

    fn problem(&self, error: ureq::Error) -> Problem {
        let said = error.to_string();
        match (error, &self.proxy) {
            (ureq::Error::Timeout(Timeout::PerRead | Timeout::RecvResponse), _) => Problem::Stalled(self.retry.stall),
            (ureq::Error::RequireHttpsOnly(address), _) => Problem::Network(format!(
                "the server leads to {address}, which is not encrypted, and is not followed there"
            )),
            _ if said.contains("certificate") => {
                Problem::Network(format!("{said}; {CERTIFICATES_VARIABLE} may name a file of certificates to trust"))
            }
            (ureq::Error::ConnectProxyFailed(reason), Some(proxy)) => {
                Problem::Network(format!("the proxy {proxy} refused: {reason}"))
            }
            (_, Some(proxy)) => Problem::Connection(format!("{said} (by way of the proxy {proxy})")),
            (_, None) => Problem::Connection(said),
        }
    }
}

impl Reply {
    /// Reads what has arrived, at least one byte, or 0 at the end.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Problem> {
        let count = self.body.read(buffer).map_err(|error| read_problem(error, self.pace.retry.stall))?;
        self.pace.check(count)?;
        Ok(count)
    }
}

impl Pace {
    fn check(&mut self, count: usize) -> Result<(), Problem> {
        self.bytes += count as u64;
        let (bytes, time) = (self.bytes, self.since.elapsed());
        if time < self.retry.stall {
            return Ok(());
        }
        (self.since, self.bytes) = (Instant::now(), 0);
        match bytes < self.retry.slowest.saturating_mul(time.as_secs()) {
            true => Err(Problem::Slow { bytes, time }),
            false => Ok(()),
        }
    }
}

/// A body's timeouts come as `io::Error`s around ureq's own.
fn read_problem(error: io::Error, stall: Duration) -> Problem {
    match error.downcast::<ureq::Error>() {
        Ok(ureq::Error::Timeout(_)) => Problem::Stalled(stall),
        Ok(error) => Problem::Connection(error.to_string()),
        Err(error) => Problem::Connection(error.to_string()),
    }
}

fn check_size(found: Option<u64>, expected: u64) -> Result<(), Problem> {
    match found {
        Some(found) if found != expected => Err(Problem::Size { found, expected }),
        _ => Ok(()),
    }
}

/// First byte and total size of `bytes 100-199/200`; the total may be unknown (`*`).
fn parse_content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.trim().parse().ok()?, total.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_understood() {
        assert_eq!(parse_content_range("bytes 100-199/200"), Some((100, Some(200))));
        assert_eq!(parse_content_range("bytes 0-9/*"), Some((0, None)));
        assert_eq!(parse_content_range("bytes */200"), None);
        assert_eq!(parse_content_range("items 0-9/10"), None);
    }
}
