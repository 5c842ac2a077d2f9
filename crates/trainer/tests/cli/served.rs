//! The zoo's page with a run's own network in it, served to this machine alone.
#![cfg(unix)]

use crate::Desk;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

const INDEX: &str = "<p>the page</p>";

/// A `trainer serve`, which ends with the test, also where that fails.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(desk: &Desk, words: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
            .current_dir(desk.path(""))
            .args(words.split_whitespace())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_default().to_string();
        Self { child, address }
    }

    /// The status and the bytes of what is answered.
    fn get(&self, path: &str) -> (String, Vec<u8>) {
        let Self { address, .. } = self;
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        (head.split(' ').nth(1).unwrap_or_default().to_string(), answer[end + 4..].to_vec())
    }
}

/// What `cargo xtask web` makes, as far as the trainer looks at it.
fn make_page(desk: &Desk) {
    fs::create_dir(desk.path("page")).unwrap();
    fs::write(desk.path("page/index.html"), INDEX).unwrap();
    fs::write(desk.path("page/zoo.json"), r#"{"lessons":"../report/","weights":{"mlp_emnist":{"parameters":1}}}"#)
        .unwrap();
}

#[test]
fn a_run_is_shown_on_the_page_until_ctrl_c() {
    let desk = Desk::new();
    make_page(&desk);
    let report = desk.train("--model mlp_digits --epochs 2", "run");
    let mut served = Served::start(&desk, "serve --run run --page page --port 0");
    assert_eq!(served.get("/"), ("200".to_string(), INDEX.as_bytes().to_vec()));
    let facts: Value = serde_json::from_slice(&served.get("/zoo.json").1).unwrap();
    assert_eq!(facts["own"]["name"], "mlp_digits in run");
    let own = &facts["weights"][facts["own"]["network"].as_str().unwrap()];
    assert_eq!(own["parameters"], report.parameters);
    assert_eq!(own["accuracy"], report.test.accuracy);
    assert_eq!((&own["data"], &own["provenance"]), (&"digits".into(), &"official".into()));
    assert!(own["sureFrom"].as_f64().is_some_and(|from| (0.0..=1.0).contains(&from)), "{own}");
    // The others stay.
    assert_eq!(facts["weights"]["mlp_emnist"]["parameters"], 1);
    let file = format!("/{}.safetensors", facts["own"]["network"].as_str().unwrap());
    assert_eq!(served.get(&file), ("200".to_string(), fs::read(desk.path("run/model.safetensors")).unwrap()));
    assert_eq!(served.get("/../run/model.safetensors").0, "404");

    let port = served.address.rsplit(':').next().unwrap().to_string();
    let refused = desk.refused(&format!("serve --run run --page page --port {port}"));
    assert!(refused.contains(&format!("cannot serve on port {port}")) && refused.contains("--port"), "{refused}");

    Command::new("kill").args(["-INT", &served.child.id().to_string()]).status().unwrap();
    assert_eq!(served.child.wait().unwrap().code(), Some(130));
}

#[test]
fn weights_that_ship_are_shown_without_a_run() {
    let desk = Desk::new();
    make_page(&desk);
    let served = Served::start(&desk, "serve --pretrained cnn_digits --page page --port 0");
    let shipped = trainer::pretrained::find("cnn_digits").unwrap();
    assert_eq!(served.get("/own.safetensors"), ("200".to_string(), shipped.bytes().to_vec()));
    let facts: Value = serde_json::from_slice(&served.get("/zoo.json").1).unwrap();
    assert_eq!(facts["weights"]["own"]["accuracy"], shipped.entry().unwrap().metrics.accuracy);
    assert_eq!(facts["weights"]["own"]["sureFrom"], Value::Null);
}

#[test]
fn without_a_page_it_is_said_what_makes_it() {
    let desk = Desk::new();
    let refused = desk.refused("serve --pretrained cnn_digits");
    assert!(refused.contains("target/web holds no page") && refused.contains("`cargo xtask web`"), "{refused}");
    make_page(&desk);
    fs::write(desk.path("page/zoo.json"), "[]").unwrap();
    let refused = desk.refused("serve --pretrained cnn_digits --page page");
    assert!(refused.contains("page/zoo.json") && refused.contains("`cargo xtask web`"), "{refused}");
    fs::remove_file(desk.path("page/zoo.json")).unwrap();
    assert!(desk.refused("serve --pretrained cnn_digits --page page").contains("page/zoo.json"));
}

#[test]
fn what_takes_no_pictures_is_refused() {
    let desk = Desk::new();
    make_page(&desk);
    desk.train("--model logistic_breast_cancer --seed 1", "run");
    for flag in ["--run run", "--pretrained mlp_breast_cancer"] {
        let refused = desk.refused(&format!("serve {flag} --page page --port 0"));
        assert!(refused.contains("rows of tables"), "{refused}");
        assert!(refused.contains(&format!("`trainer predict {flag} FILE`")), "{refused}");
    }
    let refused = desk.refused("serve run");
    assert!(refused.contains("trainer serve --run run"), "{refused}");
    for port in ["65536", "-1", "http"] {
        assert!(desk.refused(&format!("serve --run run --port {port}")).contains("from 0 to 65535"));
    }
    // Another program's port.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = desk.refused(&format!("serve --pretrained mlp_digits --page page --port {port}"));
    assert!(refused.contains(&format!("cannot serve on port {port}")), "{refused}");
}
