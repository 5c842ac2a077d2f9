//! HTTPS, by certificates that only tests trust.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificate of the authority that vouches for the server, in PEM. `certificates/make.sh` made it.
pub const AUTHORITY: &str = include_str!("../certificates/authority.pem");

const SERVER: &[u8] = include_bytes!("../certificates/server.pem");
const KEY: &[u8] = include_bytes!("../certificates/server.key");

pub(crate) fn config() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(SERVER).expect("the certificate is PEM");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("the key is PEM");
    let builder = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into());
    let builder = builder.with_safe_default_protocol_versions().expect("the provider has suites").with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate], key).expect("the key is the certificate's"))
}
