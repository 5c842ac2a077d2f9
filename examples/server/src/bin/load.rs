//! Sends one picture to the server again and again over several connections, and prints the times of the answers.
//!
//! `load ADDRESS PICTURE [CONNECTIONS=4] [REQUESTS=2000]`, at most a minute.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

const LONGEST: Duration = Duration::from_secs(60);
/// Sent before anything is measured, over every connection.
const WARM_UP: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [address, picture, rest @ ..] = words.as_slice() else {
        return Err("usage: load ADDRESS PICTURE [CONNECTIONS] [REQUESTS]".into());
    };
    let number = |index: usize, usual: usize| rest.get(index).map_or(Ok(usual), |word| word.parse());
    let (connections, requests) = (number(0, 4)?.max(1), number(1, 2000)?);
    let picture = fs::read(picture)?;
    let started = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, picture) = (address.clone(), picture.clone());
            thread::spawn(move || times(&address, &picture, requests / connections, started + LONGEST))
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.join().map_err(|_| "a connection's thread panicked")??);
    }
    times.sort_unstable();
    let Some(longest) = times.last() else { return Err("there was no time for a single request".into()) };
    let quantile = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize].as_secs_f64() * 1e3;
    let busy: Duration = times.iter().sum();
    writeln!(
        io::stdout(),
        "{} requests over {connections} connections: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, longest {:.2} ms; {:.0} a second",
        times.len(),
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        longest.as_secs_f64() * 1e3,
        times.len() as f64 * connections as f64 / busy.as_secs_f64(),
    )?;
    Ok(())
}

/// How long each of `requests` took on a connection of its own; fewer where the time is up.
fn times(address: &str, picture: &[u8], requests: usize, end: Instant) -> Result<Vec<Duration>, io::Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LONGEST))?;
    let mut answers = BufReader::new(stream.try_clone()?);
    let head = format!("POST /classify HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n", picture.len());
    let request = [head.as_bytes(), picture].concat();
    let mut times = Vec::with_capacity(requests);
    for number in 0..WARM_UP + requests {
        let sent = Instant::now();
        if sent > end {
            break;
        }
        stream.write_all(&request)?;
        read_answer(&mut answers)?;
        if number >= WARM_UP {
            times.push(sent.elapsed());
        }
    }
    Ok(times)
}

/// Reads one answer to its end: anything but 200 is an error.
fn read_answer(answers: &mut impl BufRead) -> Result<(), io::Error> {
    let mut status = String::new();
    answers.read_line(&mut status)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body)?;
    match status.starts_with("HTTP/1.1 200") {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} {}", status.trim_end(), String::from_utf8_lossy(&body)))),
    }
}
