//! What the command line says of the pages: a skin, and a host for bots' content.

use anyhow::{Result, bail};
use parlor_gateway_web::{Base, ContentOrigin, Look, Origins, Proxies, Skin};
use parlor_runtime::metrics::Page;
use url::{Host, Url};

use crate::{config::Config, metrics};

/// Where the server is found on its own machine, which is what counts while nothing says where others reach it.
pub(crate) struct Here {
    /// Whether only this machine reaches it.
    pub(crate) local: bool,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    pub(crate) port: u16,
}

/// Reads the skin, and checks that bots' content really gets an origin of its own.
pub(crate) fn look(config: &Config, here: &Here) -> Result<Look> {
    let server = &config.server;
    let skin = server.skin.as_deref().map(Skin::open).transpose()?;
    let content = server.content_origin.clone().map(|url| content(url, server.public_url.as_ref(), here));
    let own = server.public_url.as_ref().map(|url| url.origin().ascii_serialization());
    let proxies = Proxies::new(server.trusted_proxies.clone());
    let base = server.public_url.as_ref().map(|url| Base::new(url.path())).unwrap_or_default();
    let allowed = server.allowed_origins.iter().map(|origin| origin.0.clone()).collect();
    let origins = Origins { own, allowed };
    let metrics = (here.local || config.metrics.public).then_some(metrics::process as fn(&mut Page));
    Ok(Look {
        skin,
        content: content.transpose()?,
        origins,
        proxies,
        base,
        metrics,
        login_header: config.login_header.name.as_ref().map(|name| name.0.clone()),
        oidc: None,
        flows: None,
    })
}

fn content(mut url: Url, public: Option<&Url>, here: &Here) -> Result<ContentOrigin> {
    let Here { local, scheme, port } = *here;
    if url.port() == Some(0) {
        // It has a host, so it can have a port.
        let _ = url.set_port(Some(port));
    }
    let origin = url.origin().ascii_serialization();
    let pages: Vec<String> = match public {
        Some(public) => vec![public.origin().ascii_serialization()],
        None if local => {
            if !is_loopback(&url) {
                bail!(
                    "--content-origin {origin} is not an address of this machine alone, and this server answers to nothing else; \
                     say with --public-url where others reach it, or try {scheme}://127.0.0.1:0"
                );
            }
            if url.scheme() != scheme || url.port_or_known_default() != Some(port) {
                bail!(
                    "--content-origin {origin} is not where this server answers; give it its scheme and port, \
                     such as {scheme}://127.0.0.1:{port}"
                );
            }
            let names =
                ["localhost", "127.0.0.1", "[::1]", "*.localhost"].map(|name| format!("{scheme}://{name}:{port}"));
            names.into_iter().filter(|name| *name != origin).collect()
        }
        None => bail!("--content-origin needs --public-url: the two must be known to differ"),
    };
    if pages.contains(&origin) {
        bail!(
            "--content-origin is the same as --public-url; bots' content needs another host name, such as content.example.org"
        );
    }
    Ok(ContentOrigin::new(&origin, &pages))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
