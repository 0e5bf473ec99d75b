//! What the environment tells the application. Names are part of the interface to administrators and
//! scripts; no secret is ever read from an environment variable, only the path of a file.

use herold_core::{Config, ProfilePaths, policy::Policy, protocol::DemoAccount};

/// `None` where there is no place for a profile.
pub(crate) fn config(policy: Policy) -> Option<Config> {
    Some(Config {
        paths: ProfilePaths::from_environment()?,
        policy,
        demo: demo_account(),
        suggested_homeserver: std::env::var("HEROLD_HOMESERVER")
            .ok()
            .filter(|name| !name.is_empty()),
        connect: true,
    })
}

/// `make run` names a file with the account of its demonstration server.
fn demo_account() -> Option<DemoAccount> {
    let path = std::env::var_os("HEROLD_DEMO_ACCOUNT")?;
    let bytes = std::fs::read(path).ok()?;
    serde_json::from_slice(&bytes).ok()
}
