//! What the environment says about the way to the network.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The environment variable that names a mirror.
pub(crate) const MIRROR_VARIABLE: &str = "ZOO_MIRROR";

/// The environment variable that names certificates, as OpenSSL and curl read it.
pub(crate) const CERTIFICATES_VARIABLE: &str = "SSL_CERT_FILE";

/// In the order to look, those that curl reads for `https` first.
const PROXY_VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/// How servers are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkSettings {
    /// An address below which files have their own names: it is asked before their publishers.
    pub mirror: Option<String>,
    /// A variable's name and value.
    pub proxy: Option<(String, String)>,
    /// Hosts that are reached without the proxy, comma-separated.
    pub no_proxy: String,
    /// PEM certificates to trust in place of the system's.
    pub certificates: Option<PathBuf>,
}

impl NetworkSettings {
    /// `ZOO_MIRROR`, `HTTPS_PROXY` and its kin, `NO_PROXY`, `SSL_CERT_FILE`.
    pub fn from_environment() -> Self {
        let proxies = || PROXY_VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?)));
        NetworkSettings {
            mirror: variable(MIRROR_VARIABLE),
            // Desktops set one for each protocol: SOCKS, which is not spoken here, only where there is no other.
            proxy: proxies().find(|(_, value)| !value.starts_with("socks")).or_else(|| proxies().next()),
            no_proxy: variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default(),
            certificates: variable(CERTIFICATES_VARIABLE).map(PathBuf::from),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    env_variable(name)?.into_string().ok()
}

/// A variable of the environment; an empty one counts as unset.
///
/// ```
/// assert!(zoo_core::env_variable("PATH").is_some_and(|folders| !folders.is_empty()));
/// assert_eq!(zoo_core::env_variable("ZOO_NO_SUCH_VARIABLE"), None);
/// ```
pub fn env_variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
