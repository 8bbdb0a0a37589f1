//! Running it for years: in the background, under a service manager, through restarts, with TLS.

mod background;
mod manager;
mod restart;
pub(crate) mod secure;
mod tls;
