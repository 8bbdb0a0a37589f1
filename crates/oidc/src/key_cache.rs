//! A provider's keys as they were fetched last: kept for an hour, and fetched again when a token names one that is not there.

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::{sync::Mutex, time::Instant};

use crate::{Error, TokenError, fetch::Fetch, jws::Token, keys::Keys, metadata::Metadata};

/// How long keys count that were fetched.
const LIFE: Duration = Duration::from_secs(60 * 60);
/// How soon they are fetched again for a token whose key is not among them: anybody can name a key.
const PAUSE: Duration = Duration::from_secs(30);

const WHAT: &str = "the provider's keys";

/// The keys, and when they came. Whoever needs them waits for the one who fetches them.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<Option<(Keys, Instant)>>);

impl KeyCache {
    /// What a token says, if one of the provider's keys has signed it.
    pub(crate) async fn open(
        &self,
        token: &str,
        metadata: &Metadata,
        fetch: &Fetch,
    ) -> Result<Map<String, Value>, Error> {
        let token = Token::parse(token)?;
        let mut kept = self.0.lock().await;
        let age = kept.as_ref().map(|(_, fetched)| fetched.elapsed());
        // A provider that names no keys may have changed the only one.
        let fits = kept.as_ref().is_some_and(|(keys, _)| {
            token.has_key(keys) && (token.names_key() || token.open(keys) != Err(TokenError::Signature))
        });
        let again = match age {
            None => true,
            Some(age) if fits => age >= LIFE,
            Some(age) => age >= PAUSE,
        };
        if again {
            let bytes = fetch.get(WHAT, metadata.keys.as_str(), None).await?;
            let keys = Keys::parse(&bytes).map_err(|why| Error::Answer { what: WHAT, why })?;
            *kept = Some((keys, Instant::now()));
        }
        let (keys, _) = kept.as_ref().ok_or(TokenError::Key)?;
        Ok(token.open(keys)?)
    }
}
