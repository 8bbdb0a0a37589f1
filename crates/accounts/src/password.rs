//! Passwords: which are allowed, and how they are stored and compared.
//!
//! The rules are those of NIST SP 800-63B: length counts, composition does not, and what everybody guesses first is
//! refused. They are stored as argon2id's hashes, in the string format of the Password Hashing Competition.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use icu_normalizer::ComposingNormalizerBorrowed;
use parlor_rooms::Random;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use crate::name::fold;

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 8;
/// The longest password, in bytes.
pub const PASSWORD_MAX: usize = 1_000;

/// Kibibytes, passes and lanes, as OWASP advises.
const COST: (u32, u32, u32) = (19_456, 2, 1);
const SALT: usize = 16;
const HASH: usize = 32;
/// How many are hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// How many may wait for their turn, which takes seconds then.
const WAITING: usize = 64;
/// What people try first, one a line, in small letters.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Under [`PASSWORD_MIN`] characters.
    #[error("a password has at least {PASSWORD_MIN} characters; a few words in a row are a good one")]
    TooShort,
    /// Over [`PASSWORD_MAX`] bytes.
    #[error("a password has at most {PASSWORD_MAX} bytes")]
    TooLong,
    /// Is the account's name.
    #[error("a password is not one's own name")]
    Name,
    /// Is on the list.
    #[error("this password is among the first that anybody would try; choose another")]
    Common,
}

/// Checks a new password for the account of this name.
pub(crate) fn check(password: &str, name: &str) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_MAX {
        return Err(PasswordError::TooLong);
    }
    if password.chars().count() < PASSWORD_MIN {
        return Err(PasswordError::TooShort);
    }
    let small = password.to_lowercase();
    if fold(password) == fold(name) {
        return Err(PasswordError::Name);
    }
    let first = small.chars().next();
    if small.chars().all(|letter| Some(letter) == first) || COMMON.lines().any(|common| common == small) {
        return Err(PasswordError::Common);
    }
    Ok(())
}

/// So many wait already that it would take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// Hashes on threads of their own, a few at once.
#[derive(Debug)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Counts who waits, also one who goes away meanwhile.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hashing {
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0) }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waits = Waits(&self.waiting);
        if before >= WAITING {
            return Err(Busy);
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Busy)?;
        drop(waits);
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            // Also if whoever asked is gone: the core was taken until now.
            drop(turn);
            done
        });
        work.await.map_err(|_| Busy)
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: &str, random: &dyn Random) -> Result<String, Busy> {
        let mut salt = [0; SALT];
        random.fill(&mut salt);
        let password = normal(password);
        self.run(move || {
            let (memory, passes, lanes) = COST;
            let hash = STANDARD_NO_PAD.encode(digest(&password, &salt, COST));
            format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${}${hash}", STANDARD_NO_PAD.encode(salt))
        })
        .await
    }

    /// Whether this is the password. Takes as long where there is none.
    pub(crate) async fn is_right(&self, password: &str, stored: Option<String>) -> Result<bool, Busy> {
        if password.len() > PASSWORD_MAX {
            return Ok(false);
        }
        let password = normal(password);
        self.run(move || match stored.as_deref().map(read) {
            Some(Some((cost, salt, hash))) => bool::from(digest(&password, &salt, cost).ct_eq(&hash[..])),
            none => {
                if none.is_some() {
                    tracing::error!("a stored password is in no form that this version knows; set it again");
                }
                std::hint::black_box(digest(&password, &[0; SALT], COST));
                false
            }
        })
        .await
    }
}

/// The same password, however a keyboard writes its accents.
fn normal(password: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(password).into_owned()
}

fn digest(password: &str, salt: &[u8], (memory, passes, lanes): (u32, u32, u32)) -> [u8; HASH] {
    let mut out = [0; HASH];
    let hashed = Params::new(memory, passes, lanes, Some(HASH)).and_then(|params| {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(password.as_bytes(), salt, &mut out)
    });
    if let Err(error) = hashed {
        // Whatever is compared with it then is different: random bytes are not all zero.
        tracing::error!(%error, "a password could not be hashed");
        out = [0; HASH];
    }
    out
}

type Stored = ((u32, u32, u32), Vec<u8>, [u8; HASH]);

/// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
fn read(stored: &str) -> Option<Stored> {
    let mut parts = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut costs =
        parts.next()?.split(',').zip(["m=", "t=", "p="]).map(|(part, key)| part.strip_prefix(key)?.parse().ok());
    let cost = (costs.next()??, costs.next()??, costs.next()??);
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let hash: [u8; HASH] = STANDARD_NO_PAD.decode(parts.next()?).ok()?.try_into().ok()?;
    (parts.next().is_none() && hash != [0; HASH]).then_some((cost, salt, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_testkit::FakeRandom;

    #[test]
    fn length_counts_and_what_everybody_guesses_is_refused() {
        use PasswordError::{Common, Name, TooLong, TooShort};
        for (password, wanted) in [
            ("", Err(TooShort)),
            ("1234567", Err(TooShort)),
            ("ééééééé", Err(TooShort)),
            ("password", Err(Common)),
            ("PassWord123", Err(Common)),
            ("aaaaaaaaaaaa", Err(Common)),
            ("Ann B. Smith", Err(Name)),
            ("ann b. smith", Err(Name)),
            ("xkcd rules", Ok(())),
            ("李雷李雷李雷李雷", Ok(())),
            ("\u{0}\n\t\u{1}\u{2}\u{3}\u{4}\u{5}", Ok(())),
        ] {
            assert_eq!(check(password, "Ann B. Smith"), wanted, "{password:?}");
        }
        assert_eq!(check(&"xy".repeat(500), "Ann"), Ok(()));
        assert_eq!(check(&"xy".repeat(501), "Ann"), Err(TooLong));
    }

    #[test]
    fn the_list_of_common_ones_holds_what_the_length_does_not_refuse() {
        for common in COMMON.lines() {
            assert!(common.chars().count() >= PASSWORD_MIN && common == common.to_lowercase(), "{common}");
        }
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_however_it_is_typed() {
        let hashing = Hashing::new();
        let hash = hashing.hash("caf\u{e9} au lait", &FakeRandom::default()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(hashing.is_right("cafe\u{301} au lait", Some(hash.clone())).await, Ok(true));
        assert_eq!(hashing.is_right("cafe au lait", Some(hash.clone())).await, Ok(false));
        assert_eq!(hashing.is_right("caf\u{e9} au lait", None).await, Ok(false));
        assert_eq!(hashing.is_right("caf\u{e9} au lait", Some("nonsense".to_owned())).await, Ok(false));
        assert_eq!(hashing.is_right(&"x".repeat(PASSWORD_MAX + 1), Some(hash)).await, Ok(false));
    }

    #[test]
    fn what_is_no_hash_is_read_as_none() {
        let good = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(read(good).is_some());
        for wrong in [
            String::new(),
            good.replace("argon2id", "argon2i"),
            good.replace("m=8", "m=x"),
            good.replace(",p=1", ""),
            good.replace('Q', ""),
            format!("{good}$more"),
            good.replace("$AQAA", "$AAAA"),
        ] {
            assert!(read(&wrong).is_none(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn so_many_may_wait_and_no_more() {
        let hashing = Hashing::new();
        let _turns = Arc::clone(&hashing.turns).acquire_many_owned(2).await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(hashing.is_right("x", None))).collect();
        for one in &mut waiting {
            let polled = std::future::poll_fn(|context| std::task::Poll::Ready(one.as_mut().poll(context))).await;
            assert!(polled.is_pending());
        }
        assert_eq!(hashing.is_right("x", None).await, Err(Busy));
        waiting.pop();
        assert_eq!(hashing.waiting.load(Ordering::Relaxed), WAITING - 1, "who goes away waits no longer");
    }
}
