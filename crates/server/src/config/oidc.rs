//! `[accounts.oidc]`.

use std::{fmt, str::FromStr, time::Duration};

use anyhow::{Result, bail};
use parlor_oidc::Settings;
use url::{Host, Url};

use super::{
    setting::{About, SETTING, section, text_setting},
    values::Secret,
};

/// How long each answer of a provider may take.
const TIMEOUT: Duration = Duration::from_secs(10);

section! {
    /// Logins by OpenID Connect: another server (Keycloak, Authentik, GitLab, Google …) says who people are.
    /// The address to which it sends them back is PUBLIC_URL/login/oidc/callback.
    struct Oidc as oidc in "accounts.oidc" {
        /// The provider, exactly as it calls itself: what stands before /.well-known/openid-configuration
        issuer: Option<Issuer> = None,
            About { example: "\"https://auth.example.org/realms/school\"", ..SETTING };

        /// What the provider calls this server
        client_id: Option<String> = None,
            About { example: "\"parlor\"", ..SETTING };

        /// The secret that the provider has given this server; none for a public client
        client_secret: Option<Secret> = None,
            About { secret: true, example: "\"…\"", ..SETTING };

        /// What the provider is called on the button “Log in with …”
        name: String = "OpenID".to_owned(),
            About { example: "\"Keycloak\"", ..SETTING },
            check short;

        /// What the provider is asked to say of people, besides who they are
        scopes: Vec<Scope> = vec![Scope("profile".to_owned()), Scope("email".to_owned())],
            About { ..SETTING };

        /// The claim that becomes somebody's name; where it is missing it is the email address up to its @, or `name`
        name_claim: String = "preferred_username".to_owned(),
            About { ..SETTING },
            check some;

        /// Make an account for somebody of the provider who has none here. If it is not set, `sign_up` in [accounts] counts
        sign_up: Option<bool> = None,
            About { example: "true", ..SETTING };

        /// Let in only who has a verified email address of one of these domains
        allowed_domains: Vec<Domain> = Vec::new(),
            About { example: "[\"school.example.org\"]", ..SETTING };
    }
}

impl Oidc {
    /// The provider, if there is one. `local`: this server is for its own machine only.
    pub(crate) fn provider(&self, local: bool) -> Result<Option<Settings>> {
        let (issuer, client_id) = match (&self.issuer, &self.client_id) {
            (Some(issuer), Some(client_id)) => (issuer, client_id),
            (Some(_), None) => bail!("`accounts.oidc.issuer` is set and `client_id` is not; set that, too"),
            (None, None) if self.client_secret.is_none() => return Ok(None),
            (None, _) => bail!("in [accounts.oidc] there is no `issuer`; set the provider's address there"),
        };
        if client_id.trim().is_empty() {
            bail!("`accounts.oidc.client_id` is empty; set what the provider calls this server");
        }
        if !issuer.is_secure() && !local && !issuer.is_loopback() {
            bail!(
                "`accounts.oidc.issuer` begins with http://, where anybody on the way could log in as anybody; \
                 it has to begin with https:// unless it is on this machine"
            );
        }
        Ok(Some(Settings {
            issuer: issuer.text.clone(),
            client_id: client_id.clone(),
            client_secret: self.client_secret.as_ref().map(|secret| parlor_oidc::Secret::new(secret.reveal())),
            scopes: self.scopes.iter().map(|scope| scope.0.clone()).collect(),
            name_claim: self.name_claim.clone(),
            allowed_domains: self.allowed_domains.iter().map(|domain| domain.0.clone()).collect(),
            timeout: TIMEOUT,
        }))
    }
}

/// The provider's address, and how it was written: the provider compares the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The host, as a list of hosts that may be called has it.
    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl FromStr for Issuer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let say = |what: &str| {
            Err(format!("{what}; give the provider's address, such as https://auth.example.org/realms/school"))
        };
        let Ok(url) = Url::parse(text) else { return say("this is no whole address") };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return say("an issuer begins with https://");
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return say("an issuer has no `?`, no `#` and no password");
        }
        if url.path().trim_end_matches('/').ends_with("/.well-known/openid-configuration") {
            return say("leave out /.well-known/openid-configuration");
        }
        // What a browser would not mind, and the comparison with what the provider says would.
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return say("there is a space or a line's end in it");
        }
        Ok(Self { text: text.to_owned(), url })
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_setting!(Issuer, "URL");

/// Something that a provider can be asked to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope(String);

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // RFC 6749, 3.3.
        let plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | ',');
        if !text.is_empty() && text.chars().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err("a scope is a word, such as profile".to_owned())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Scope, "SCOPE,…");

/// The part of an email address behind its `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Domain(String);

impl FromStr for Domain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !text.contains('*') && !name.starts_with('.') => Ok(Self(name)),
            _ => Err("give a domain as it stands behind the @, such as school.example.org".to_owned()),
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Domain, "DOMAIN,…");

#[allow(clippy::ptr_arg, reason = "checks are given the setting as it is")]
fn short(name: &String) -> Result<(), String> {
    if !name.trim().is_empty() && name.chars().count() <= 40 && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err("give a name of at most 40 characters, such as Keycloak".to_owned())
}

#[allow(clippy::ptr_arg, reason = "checks are given the setting as it is")]
fn some(claim: &String) -> Result<(), String> {
    if claim.trim().is_empty() { Err("give the name of a claim, such as name".to_owned()) } else { Ok(()) }
}
