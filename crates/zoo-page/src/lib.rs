//! The page of `crates/web` on this machine: a [server](LocalServer) that nobody else reaches, and the form of what the page says of its
//! [networks](NetworkFacts).

mod request;
mod server;

mod facts;

pub use facts::{FACTS_FILE, NetworkFacts, OWN_WEIGHTS_FILE, Reliability, sure_from, with_own, zoo_json};
pub use server::{LocalServer, PORT, file_in};
