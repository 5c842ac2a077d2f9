//! The HTTP client as the environment wants it: proxy, certificates, patience.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy, ProxyProtocol};

use crate::network::{CERTIFICATES_VARIABLE, NetworkSettings};
use crate::store::Retry;
use crate::{DataError, Store};

const USER_AGENT: &str = concat!("burn-zoo/", env!("CARGO_PKG_VERSION"));

/// Where Debian, Fedora, SUSE, macOS and Alpine keep the certificates they trust, a company's own among them.
const SYSTEM_CERTIFICATES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-bundle.crt",
];

/// Far more than any system trusts.
const MOST_BYTES: u64 = 16 << 20;

pub(crate) fn agent(store: &Store) -> Result<Agent, DataError> {
    let Retry { connect, stall, .. } = store.retry;
    let config = Agent::config_builder()
        .user_agent(USER_AGENT)
        .http_status_as_error(false)
        .proxy(proxy(&store.network)?)
        .tls_config(TlsConfig::builder().root_certs(root_certificates(&store.network)?).build())
        .timeout_resolve(Some(connect))
        .timeout_connect(Some(connect))
        .timeout_recv_response(Some(stall))
        .timeout_per_read(Some(stall))
        .build();
    Ok(config.new_agent())
}

fn proxy(settings: &NetworkSettings) -> Result<Option<Proxy>, DataError> {
    let Some((variable, value)) = &settings.proxy else { return Ok(None) };
    let is_spoken = |proxy: &Proxy| matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https);
    let wrong = || DataError::Setting {
        variable: variable.clone(),
        found: without_password(value),
        expected: "the address of an HTTP proxy, as http://proxy.example:8080 (SOCKS is not spoken); set it or unset it",
    };
    let proxy = Proxy::new(value).ok().filter(is_spoken).ok_or_else(wrong)?;
    let mut builder = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
    if let Some(username) = proxy.username() {
        builder = builder.username(username);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    for host in settings.no_proxy.split(',') {
        builder = builder.no_proxy(host.trim());
    }
    builder.build().map(Some).map_err(|_| wrong())
}

/// Messages and logs are passed on.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => address.to_owned(),
    }
}

/// Those named, else the system's, else the ones compiled in.
fn root_certificates(settings: &NetworkSettings) -> Result<RootCerts, DataError> {
    if let Some(path) = &settings.certificates {
        return match certificates(path).unwrap_or_default().as_slice() {
            [] => Err(DataError::Setting {
                variable: CERTIFICATES_VARIABLE.to_owned(),
                found: path.display().to_string(),
                expected: "a file of PEM certificates that can be read",
            }),
            certificates => Ok(RootCerts::new_with_certs(certificates)),
        };
    }
    let system = SYSTEM_CERTIFICATES.iter().filter_map(|path| certificates(Path::new(path)).ok());
    let system = system.into_iter().find(|certificates| !certificates.is_empty());
    Ok(system.map_or(RootCerts::WebPki, |certificates| RootCerts::new_with_certs(&certificates)))
}

fn certificates(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let mut pem = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut pem)?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    Ok(parse_pem(&pem).filter_map(certificate).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn proxied(value: &str) -> Result<Option<Proxy>, DataError> {
        let proxy = Some(("HTTPS_PROXY".to_owned(), value.to_owned()));
        proxy_of(NetworkSettings { proxy, ..NetworkSettings::default() })
    }

    fn proxy_of(settings: NetworkSettings) -> Result<Option<Proxy>, DataError> {
        proxy(&settings)
    }

    #[test]
    fn an_http_proxy_is_used_with_its_password() {
        for address in ["http://me:secret@proxy.example:8080", "me:secret@proxy.example:8080"] {
            let proxy = proxied(address).unwrap().unwrap();
            let parts = (proxy.host(), proxy.port(), proxy.username(), proxy.password());
            assert_eq!(parts, ("proxy.example", 8080, Some("me"), Some("secret")));
        }
        assert_eq!(proxy_of(NetworkSettings::default()).unwrap(), None);
    }

    #[test]
    fn other_proxies_are_refused_without_their_password() {
        for (address, shown) in [("socks5://me:secret@proxy:1080", "\"socks5://proxy:1080\""), ("a b", "\"a b\"")] {
            let message = proxied(address).unwrap_err().to_string();
            assert!(
                message.starts_with(&format!("HTTPS_PROXY is {shown}, expected the address of an HTTP proxy")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for path in [file.path(), Path::new("nowhere.pem")] {
            let certificates = Some(path.to_owned());
            let settings = NetworkSettings { certificates, ..NetworkSettings::default() };
            let message = root_certificates(&settings).unwrap_err().to_string();
            assert!(message.starts_with(&format!("SSL_CERT_FILE is {path:?}, expected a file of PEM")), "{message}");
        }
    }
}
