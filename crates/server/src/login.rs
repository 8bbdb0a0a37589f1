//! Logins by another server, as the settings have it.

use anyhow::{Result, bail};
use parlor_gateway_web::Oidc;
use parlor_oidc::Provider;
use parlor_outbound::{Client, Rules};
use parlor_rooms::policy::Accounts;

use crate::config::Config;

/// The provider of OpenID Connect, if there is one. Nothing is asked of it here.
pub(crate) fn oidc(config: &Config, local: bool) -> Result<Option<Oidc>> {
    let Some(settings) = config.oidc.provider(local)? else { return Ok(None) };
    let accounts = config.accounts.options();
    if accounts.mode == Accounts::Off {
        tracing::warn!(
            "there is a provider in [accounts.oidc], and no accounts: set `accounts.mode` to optional or required"
        );
        return Ok(None);
    }
    if !local && config.server.public_url.is_none() {
        bail!(
            "logins by OpenID Connect need `server.public_url`: the provider sends people back to PUBLIC_URL/login/oidc/callback, \
             and has to know that address"
        );
    }
    // Whoever runs the server has named the provider, so its host may be called wherever it is.
    let named = config.oidc.issuer.as_ref().and_then(|issuer| issuer.host().parse().ok());
    let allow = config.outbound.allow.iter().cloned().chain(named).collect();
    let client = Client::new(Rules { allow_local: local || config.bots.allow_local, allow, ..Rules::default() });
    Ok(Some(Oidc {
        provider: Provider::new(settings, client),
        label: config.oidc.name.trim().to_owned(),
        sign_up: config.oidc.sign_up.unwrap_or(accounts.sign_up),
    }))
}
