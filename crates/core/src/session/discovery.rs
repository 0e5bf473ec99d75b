//! Finds out what a server is before anybody types a password.

use herold_protocol::{ErrorKind, ErrorReason, ServerInfo};
use matrix_sdk::{
    Client,
    config::RequestConfig,
    ruma::{
        ServerName, UserId,
        api::client::{discovery::discover_homeserver, session::get_login_types::v3::LoginType},
    },
    sliding_sync::VersionBuilder,
};
use std::time::Duration;
use url::Url;

use crate::{Error, Result};

const TIMEOUT: Duration = Duration::from_secs(12);

/// Resolves what a person typed (server name, address or user identifier) with `.well-known`
/// (specification, client-server API, "Well-known URI") and asks for versions and sign-in flows.
///
/// # Errors
/// `ServerNameInvalid`, `ServerUnknown`, `ServerUnreachable`, `ServerError`, `Timeout`, `RateLimited`,
/// `CertificateExpired`, `CertificateInvalid`, `NotMatrix`, `NoSlidingSync`.
pub(crate) async fn discover(input: &str) -> Result<ServerInfo> {
    let name = clean(input)?;
    let given = address(&name)?;
    let (homeserver, passing) = match named_by(&given).await {
        Ok(named) => (address(&named)?, None),
        Err(error) => (given, Some(error).filter(passes)),
    };
    // `.well-known` may lead anywhere, also to an unprotected address.
    if !is_protected(&homeserver) {
        return Err(invalid_name());
    }
    let client = asking(&homeserver).await?;
    // What `.well-known` would have named is not known while it fails: that the address itself is no Matrix server
    // says nothing then.
    let versions = client
        .fetch_server_versions(None)
        .await
        .map_err(|error| passing.unwrap_or_else(|| not_found_means_not_matrix(error.into())))?;
    VersionBuilder::DiscoverNative.build(Some(&versions.as_supported_versions())).map_err(
        |error| {
            Error::because(ErrorKind::Unsupported, ErrorReason::NoSlidingSync).with_source(error)
        },
    )?;
    let flows = client
        .matrix_auth()
        .get_login_types()
        .await
        .map_err(|error| not_found_means_not_matrix(error.into()))?
        .flows;
    Ok(ServerInfo {
        name,
        homeserver: homeserver.to_string(),
        password_sign_in: flows.iter().any(|flow| matches!(flow, LoginType::Password(_))),
        versions: versions.versions,
    })
}

/// A client for questions that need no session. The SDK's own discovery would try three times, sleep for as long as
/// the server asks, and keep the second of two causes to itself.
async fn asking(base: &Url) -> Result<Client> {
    let config = RequestConfig::new().timeout(TIMEOUT).disable_retry();
    Ok(Client::builder().homeserver_url(base).request_config(config).build().await?)
}

/// The homeserver that `.well-known` names. Only a server name has one: an address with a path is the homeserver's.
async fn named_by(given: &Url) -> Result<String> {
    if given.path() != "/" {
        return Ok(given.to_string());
    }
    let answer = asking(given).await?.send(discover_homeserver::Request::new()).await?;
    Ok(answer.homeserver.base_url)
}

/// Whether a failure says nothing about what the server is.
fn passes(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Offline | ErrorKind::Timeout | ErrorKind::RateLimited)
}

/// A server that has none of Matrix's paths is not a Matrix server.
fn not_found_means_not_matrix(error: Error) -> Error {
    match error.kind {
        ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Invalid
            if error.reason.is_none() =>
        {
            Error { kind: ErrorKind::Unsupported, reason: Some(ErrorReason::NotMatrix), ..error }
        }
        _ => error,
    }
}

/// A server name or a base address. Unprotected `http` is accepted for this machine only.
fn clean(input: &str) -> Result<String> {
    let input = input.trim().trim_end_matches('/');
    if let Ok(user) = UserId::parse(input) {
        return Ok(user.server_name().to_string());
    }
    if input.contains("://") {
        let url = Url::parse(input).map_err(|_| invalid_name())?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        return if plain && is_protected(&url) {
            Ok(input.to_owned())
        } else {
            Err(invalid_name())
        };
    }
    ServerName::parse(input).map_err(|_| invalid_name())?;
    Ok(input.to_lowercase())
}

/// Where a server name or a base address is asked.
fn address(name: &str) -> Result<Url> {
    let url = if name.contains("://") { name.to_owned() } else { format!("https://{name}") };
    Url::parse(&url).map_err(|error| invalid_name().with_source(error))
}

fn invalid_name() -> Error {
    Error::because(ErrorKind::Invalid, ErrorReason::ServerNameInvalid)
}

/// Encrypted transport, or no network in between.
pub(crate) fn is_protected(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(url::Host::Domain(domain)) => domain == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_a_server() {
        assert_eq!(clean(" Example.ORG ").unwrap(), "example.org");
        assert_eq!(clean("@anna:example.org").unwrap(), "example.org");
        assert_eq!(clean("https://matrix.example.org/").unwrap(), "https://matrix.example.org");
        assert_eq!(clean("http://127.0.0.1:8008").unwrap(), "http://127.0.0.1:8008");
    }

    #[test]
    fn what_cannot_be_a_server_is_refused_before_the_network_is_asked() {
        for input in [
            "",
            "  ",
            "not a server",
            "http://example.org",
            "ftp://example.org",
            "https://user@example.org",
            "https://example.org/?x",
            "example.org/path",
            "💥",
        ] {
            let error = clean(input).err().unwrap_or_else(|| panic!("{input} was accepted"));
            assert_eq!(error.reason, Some(ErrorReason::ServerNameInvalid));
        }
    }
}
