//! Accounts and sessions, from the side of the administrator.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{Synapse, config::random_text};

/// An account on a test server.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// `@anna-k3x9:herold.test`
    pub id: String,
    pub localpart: String,
    pub password: String,
    pub display_name: String,
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Synapse {
    /// A new account whose name is unique on this server: "anna" becomes `anna-k3x9q2`.
    pub async fn user(&self, name: &str) -> User {
        let localpart = format!("{}-{}", name.to_lowercase(), random_text(6).to_lowercase());
        self.register(&localpart, &random_text(20), name).await
    }

    /// A new account with exactly this name.
    pub async fn register(&self, localpart: &str, password: &str, display_name: &str) -> User {
        self.register_as(localpart, password, display_name, false).await;
        User {
            id: format!("@{localpart}:{}", self.server_name()),
            localpart: localpart.to_owned(),
            password: password.to_owned(),
            display_name: display_name.to_owned(),
        }
    }

    /// The access token of an administrator of this server.
    pub async fn admin_token(&self) -> &str {
        let token = self.admin_token.get_or_init(async || {
            const NAME: &str = "testkit-admin";
            let password = format!("admin-{}", self.settings.secret);
            let login = json!({
                "type": "m.login.password",
                "identifier": { "type": "m.id.user", "user": NAME },
                "password": password,
                "device_id": "TESTKIT",
            });
            let path = "/_matrix/client/v3/login";
            let token = |answer: Value| answer["access_token"].as_str().map(str::to_owned);
            if let Ok(answer) = self.call("POST", path, None, Some(&login)).await {
                return token(answer).expect("a login answer has an access token");
            }
            token(self.register_as(NAME, &password, "Testkit", true).await)
                .expect("a registration answer has an access token")
        });
        token.await
    }

    /// Calls the server as its administrator. Panics on an error answer.
    pub async fn admin(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let token = self.admin_token().await.to_owned();
        self.call(method, path, Some(&token), body)
            .await
            .unwrap_or_else(|error| panic!("{method} {path} as administrator: {error}"))
    }

    /// Ends one session for good, as the account's owner could from another device.
    pub async fn log_out_device(&self, user_id: &str, device_id: &str) {
        let path = format!("/_synapse/admin/v2/users/{}/devices/{device_id}", encode(user_id));
        self.admin("DELETE", &path, None).await;
    }

    /// The ids of all devices of an account.
    pub async fn devices(&self, user_id: &str) -> Vec<String> {
        let path = format!("/_synapse/admin/v2/users/{}/devices", encode(user_id));
        let answer = self.admin("GET", &path, None).await;
        let devices = answer["devices"].as_array().expect("a device list");
        devices
            .iter()
            .filter_map(|device| device["device_id"].as_str().map(str::to_owned))
            .collect()
    }

    /// What an account told the administrators about messages, the latest first.
    pub async fn reports_by(&self, user_id: &str) -> Vec<Value> {
        let path = format!("/_synapse/admin/v1/event_reports?user_id={}", encode(user_id));
        let answer = self.admin("GET", &path, None).await;
        answer["event_reports"].as_array().expect("a list of reports").clone()
    }

    /// Gives an account another password; `log_out` ends all its sessions.
    pub async fn reset_password(&self, user_id: &str, password: &str, log_out: bool) {
        let path = format!("/_synapse/admin/v1/reset_password/{}", encode(user_id));
        let body = json!({ "new_password": password, "logout_devices": log_out });
        self.admin("POST", &path, Some(&body)).await;
    }

    /// Closes an account and ends all its sessions.
    pub async fn deactivate(&self, user_id: &str) {
        let path = format!("/_synapse/admin/v1/deactivate/{}", encode(user_id));
        self.admin("POST", &path, Some(&json!({ "erase": false }))).await;
    }

    /// Signs in without matrix-sdk and returns `(access token, device id)`.
    pub async fn log_in(&self, user: &User) -> (String, String) {
        let body = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": user.localpart },
            "password": user.password,
        });
        let answer = self
            .call("POST", "/_matrix/client/v3/login", None, Some(&body))
            .await
            .unwrap_or_else(|error| panic!("signing in as {}: {error}", user.id));
        let text = |name: &str| answer[name].as_str().expect("a login answer").to_owned();
        (text("access_token"), text("device_id"))
    }

    /// One HTTP call; `Err` holds the status and the server's words.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let method = method.parse().expect("an HTTP method");
        let mut request = self.http.request(method, format!("{}{path}", self.url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| format!("{error:?}"))?;
        if !status.is_success() {
            return Err(format!("{status}: {text}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))
    }

    /// Uploads a file and returns its `mxc://` address.
    pub async fn upload(&self, token: &str, kind: &str, bytes: Vec<u8>) -> String {
        let answer = self
            .http
            .post(format!("{}/_matrix/media/v3/upload", self.url()))
            .bearer_auth(token)
            .header("Content-Type", kind)
            .body(bytes)
            .send()
            .await
            .expect("uploading a file");
        let answer: Value = answer.json().await.expect("reading the answer to an upload");
        answer["content_uri"].as_str().expect("the address of an uploaded file").to_owned()
    }

    /// Registration with the shared secret of this server (Synapse's admin API).
    async fn register_as(&self, name: &str, password: &str, shown: &str, admin: bool) -> Value {
        const PATH: &str = "/_synapse/admin/v1/register";
        let nonce = self.call("GET", PATH, None, None).await.expect("fetching a nonce");
        let nonce = nonce["nonce"].as_str().expect("a nonce");
        let role = if admin { "admin" } else { "notadmin" };
        let body = json!({
            "nonce": nonce,
            "username": name,
            "displayname": shown,
            "password": password,
            "admin": admin,
            "mac": mac(&self.settings.secret, &[nonce, name, password, role]),
        });
        self.call("POST", PATH, None, Some(&body))
            .await
            .unwrap_or_else(|error| panic!("registering {name}: {error}"))
    }
}

/// The user id as one segment of a path, or as one value of a query.
pub(crate) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// HMAC-SHA1 over the parts, separated by NUL: what Synapse asks for.
fn mac(secret: &str, parts: &[&str]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let tag = hmac::sign(&key, parts.join("\0").as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
