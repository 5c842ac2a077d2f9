//! A file at the other end of an HTTP connection, as something to read and seek in.

use std::io::{self, Read, Seek, SeekFrom};
use std::thread;

use super::http::{Client, Reply};
use crate::error::Problem;
use crate::store::Retry;

/// A zip's directory stands at its end: this much of the end is fetched at once and kept.
const TAIL: u64 = 64 * 1024;

/// The most one request asks for. Reading on asks again; seeking away drops the connection, and what was sent in vain
/// stays small because nothing is read ahead.
const SPAN: u64 = 16 * 1024 * 1024;

/// Jumps ahead up to this far are read over: that is quicker than to ask again.
const JUMP: u64 = 4 * 1024;

/// A connection that breaks after so much was worth opening.
const ENOUGH: u64 = 1024 * 1024;

/// Reads by range requests, one for each stretch that is read in order; broken ones are taken up where they broke.
pub(crate) struct RemoteFile<'a> {
    client: &'a Client,
    retry: Retry,
    url: &'a str,
    length: u64,
    position: u64,
    tail: Vec<u8>,
    stretch: Option<Stretch>,
    /// How often connections broke since one brought [`ENOUGH`].
    breaks: u32,
}

/// A reply being read: its next byte is the file's byte `position`, its last the one before `end`.
struct Stretch {
    reply: Reply,
    position: u64,
    end: u64,
}

impl<'a> RemoteFile<'a> {
    /// Asks for the end of the file, which also tells whether the server knows ranges and has a file of this length.
    pub(crate) fn open(client: &'a Client, retry: Retry, url: &'a str, length: u64) -> Result<Self, Problem> {
        let start = length.saturating_sub(TAIL);
        let mut reply = client.get_range(url, start..length, length)?;
        let mut tail = vec![0; (length - start) as usize];
        let mut filled = 0;
        while filled < tail.len() {
            match reply.read(&mut tail[filled..])? {
                0 => return Err(Problem::Truncated { found: filled as u64, expected: length - start }),
                count => filled += count,
            }
        }
        Ok(RemoteFile { client, retry, url, length, position: 0, tail, stretch: None, breaks: 0 })
    }

    fn tail_start(&self) -> u64 {
        self.length - self.tail.len() as u64
    }

    fn read_tail(&self, buffer: &mut [u8]) -> usize {
        let from = (self.position - self.tail_start()).min(self.tail.len() as u64) as usize;
        let count = buffer.len().min(self.tail.len() - from);
        buffer[..count].copy_from_slice(&self.tail[from..from + count]);
        count
    }

    fn read_patiently(&mut self, buffer: &mut [u8]) -> Result<usize, Problem> {
        loop {
            match self.read_stretch(buffer) {
                Err(problem) if !problem.is_final() && self.breaks + 1 < self.retry.rounds => {
                    tracing::warn!("{}: {problem}", self.url);
                    self.stretch = None;
                    self.breaks += 1;
                    thread::sleep(self.retry.wait(self.breaks));
                }
                result => return result,
            }
        }
    }

    fn read_stretch(&mut self, buffer: &mut [u8]) -> Result<usize, Problem> {
        let mut stretch = match self.stretch.take() {
            Some(stretch) if stretch.leads_to(self.position) => stretch,
            _ => self.open_stretch()?,
        };
        stretch.skip_to(self.position)?;
        let count = stretch.read(buffer)?;
        if stretch.position == stretch.end || stretch.position - stretch.reply.start >= ENOUGH {
            self.breaks = 0;
        }
        self.stretch = Some(stretch);
        Ok(count)
    }

    fn open_stretch(&self) -> Result<Stretch, Problem> {
        let end = (self.position + SPAN).min(self.tail_start());
        let reply = self.client.get_range(self.url, self.position..end, self.length)?;
        Ok(Stretch { reply, position: self.position, end })
    }
}

impl Stretch {
    fn leads_to(&self, position: u64) -> bool {
        (self.position..self.end).contains(&position) && position - self.position <= JUMP
    }

    fn skip_to(&mut self, position: u64) -> Result<(), Problem> {
        let mut skipped = [0; JUMP as usize];
        while self.position < position {
            self.read(&mut skipped[..(position - self.position) as usize])?;
        }
        Ok(())
    }

    /// Reads at least one byte of the stretch.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Problem> {
        let wanted = (self.end - self.position).min(buffer.len() as u64) as usize;
        match self.reply.read(&mut buffer[..wanted])? {
            0 => Err(Problem::Truncated { found: self.position, expected: self.end }),
            count => {
                self.position += count as u64;
                Ok(count)
            }
        }
    }
}

impl Read for RemoteFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = match self.position >= self.tail_start() {
            true => self.read_tail(buffer),
            false => self.read_patiently(buffer).map_err(io::Error::other)?,
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for RemoteFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
