//! Classifies pictures over HTTP with a model of the zoo: an example of what an app does with it.
//!
//! ```sh
//! cargo run --release -p classify-server                                # 127.0.0.1:8080, or the address named
//! curl --data-binary @cat.jpg http://127.0.0.1:8080/classify
//! cargo run --release -p classify-server --bin load -- 127.0.0.1:8080 cat.jpg   # p50 and p99 under load
//! ```

use std::env;
use std::io::Write;
use std::sync::Arc;
use std::thread::available_parallelism;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use zoo_cnn::{Classification, Classifier, ClassifyError, CnnWeights, decode};

const LARGEST_PICTURE: usize = 16 << 20;
/// Requests that wait for a processor; more are told to come back.
const WAITING: usize = 256;

/// One model, shared by all requests.
struct App {
    classifier: Classifier,
    /// One permit a processor: more pictures at once would only share them.
    processors: Semaphore,
    waiting: Semaphore,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_string());
    let app = App {
        classifier: Classifier::pretrained(CnnWeights::Cifar10Best)?,
        processors: Semaphore::new(available_parallelism()?.get()),
        waiting: Semaphore::new(WAITING),
    };
    let routes = Router::new()
        .route("/health", get(|| async { "ready\n" }))
        .route("/classify", post(classify))
        .layer(DefaultBodyLimit::max(LARGEST_PICTURE))
        .with_state(Arc::new(app));
    let listener = TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    Ok(axum::serve(listener, routes).with_graceful_shutdown(stopped).await?)
}

/// The classes of the picture in the body, as JSON; what is no picture is the client's fault.
async fn classify(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let Ok(_place) = app.waiting.try_acquire() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "too many requests are waiting; try again later");
    };
    let Ok(_processor) = app.processors.acquire().await else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping");
    };
    let shared = Arc::clone(&app);
    // Decoding and the network keep a processor busy: neither belongs among the tasks that wait for sockets.
    match spawn_blocking(move || answer(&shared.classifier, &body)).await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(error)) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the picture could not be classified"),
    }
}

fn answer(classifier: &Classifier, body: &[u8]) -> Result<Classification, ClassifyError> {
    classifier.classify(&decode(body.to_vec())?)
}

fn refusal(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
