//! The one guarded HTTP client: whatever Parlor fetches because somebody typed a URL goes through here.
//!
//! A bot's url comes from strangers and is called from inside one's own network, so this client
//! - resolves the name itself, checks **every** address it gets ([`Rules`]) and connects to those addresses only;
//! - checks addresses that are written in the url in the same way, in whatever spelling;
//! - speaks `http` and `https` only, follows no redirect, keeps no cookie, uses no proxy of the environment;
//! - bounds the whole request in time, and the answer's headers and body in size.
//!
//! ```no_run
//! # async fn example() -> Result<(), parlor_outbound::Error> {
//! use parlor_outbound::{Client, HeaderMap, Rules};
//! use std::time::Duration;
//!
//! let client = Client::new(Rules { allow_local: true, ..Rules::default() });
//! let body = r#"{"text": "hello"}"#.into();
//! let url = "http://localhost:5000/echo";
//! let answer = client.post_json(url, &HeaderMap::new(), body, Duration::from_secs(120), 1 << 20).await?;
//! assert_eq!(answer.status, 200);
//! # Ok(())
//! # }
//! ```

mod address;
mod client;
mod error;
pub mod failure;
mod rules;
#[cfg(test)]
mod tests;
mod tls;

pub use bytes::Bytes;
pub use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};

pub use crate::client::{Answer, Client, DEFAULT_LIMIT, Lookup, MAX_HEADER_BYTES, Resolved};
pub use crate::error::{Error, Rule, Setting};
pub use crate::rules::{HostOrCidr, NotHostOrCidr, Rules};
pub use crate::tls::machine_tls;
