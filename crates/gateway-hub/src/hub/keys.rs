//! Keys for files: whose is the one that comes with a request, and who has a name.

use sha2::{Digest as _, Sha256};

use super::{Hub, Uuid};

/// A secret key as the hub keeps it. It is looked for by its SHA-256: how long that takes depends on what was guessed and on a
/// hash that nobody can steer towards, so it tells nothing of the key; and what the hub holds is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyHash([u8; 32]);

impl KeyHash {
    pub(super) fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }
}

/// A client whose key was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// What it is known by.
    pub uuid: Uuid,
    /// Its name.
    pub name: &'a str,
    /// Whether it was the secret one, not the uuid, which every client knows.
    pub secret: bool,
}

impl<S> Hub<S> {
    /// Whose key this is: the uuid or the secret of a client that is in.
    pub fn holder(&self, key: &str) -> Option<Holder<'_>> {
        let (uuid, secret) = match Uuid::parse(key) {
            Some(uuid) => (uuid, false),
            None => (*self.keys.get(&KeyHash::of(key))?, true),
        };
        self.clients.get(&uuid).map(|client| Holder { uuid, name: &client.name, secret })
    }

    /// Whether this is the secret key of a service's owner.
    pub fn owns(&self, service: &str, key: &str) -> bool {
        let owner = self.services.get(service).map(|service| service.owner);
        self.holder(key).is_some_and(|holder| holder.secret && Some(holder.uuid) == owner)
    }

    /// The client that has this name now.
    pub fn named(&self, name: &str) -> Option<Uuid> {
        self.names.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn hub(clients: &[(&str, u8, &str)]) -> Hub<()> {
        let mut hub = Hub::new(Limits::default(), Uuid::from_random([9; 16]), "1.2.3");
        for (name, bits, key) in clients {
            let text = format!(r#"{{"name": "{name}", "version": "0.2.0"}}"#);
            let identify = serde_json::from_str(&text).expect("an identify");
            hub.enter(identify, Uuid::from_random([*bits; 16]), (), key, &mut Vec::new()).expect("let in");
        }
        hub
    }

    #[test]
    fn a_client_is_found_by_its_uuid_and_by_its_secret_until_it_goes() {
        let mut hub = hub(&[("ann", 1, "secret of ann"), ("bob", 2, "secret of bob")]);
        let ann = Uuid::from_random([1; 16]);
        let by_uuid = ann.to_string();
        assert_eq!(hub.holder(&by_uuid), Some(Holder { uuid: ann, name: "ann", secret: false }));
        assert_eq!(hub.holder(&by_uuid.to_uppercase()).map(|holder| holder.name), Some("ann"));
        assert_eq!(hub.holder("secret of ann"), Some(Holder { uuid: ann, name: "ann", secret: true }));
        assert_eq!(hub.holder("secret of bob").map(|holder| holder.name), Some("bob"));
        assert_eq!((hub.named("ann"), hub.named("secret of ann")), (Some(ann), None));
        for nobodys in
            ["", "ann", "secret of", "Secret of ann", "secret of ann ", &Uuid::from_random([3; 16]).to_string()]
        {
            assert_eq!(hub.holder(nobodys), None, "{nobodys:?}");
        }
        hub.leave(ann, &mut Vec::new());
        assert_eq!((hub.holder(&by_uuid), hub.holder("secret of ann"), hub.named("ann")), (None, None, None));
        assert_eq!(hub.holder("secret of bob").map(|holder| holder.name), Some("bob"));
    }

    #[test]
    fn who_is_not_let_in_has_no_key() {
        let mut hub = hub(&[("ann", 1, "secret of ann")]);
        let again = serde_json::from_str(r#"{"name": "ann", "version": "0.2.0"}"#).expect("an identify");
        hub.enter(again, Uuid::from_random([2; 16]), (), "another", &mut Vec::new()).expect_err("taken");
        assert_eq!(hub.holder("another"), None);
        assert!(hub.keys.len() == 1);
    }
}
