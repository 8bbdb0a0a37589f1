//! What can go wrong, in words for whoever asked.

use std::time::Duration;

use parlor_rooms::policy;
use parlor_store::{AppendError, ReadError};

use crate::{name::NameError, password::PasswordError};

/// Why something was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// There are no accounts here.
    #[error("this server has no accounts; start it with `accounts = \"optional\"` or `\"required\"`")]
    Off,
    /// The policy says no.
    #[error(transparent)]
    Refused(#[from] policy::Refusal),
    /// The name or the password is wrong; nobody hears which.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many tries, or too many people at once.
    #[error("too many tries; try again in {} s", seconds(.0))]
    TryLater(Duration),
    /// The account may not log in.
    #[error("this account is disabled; ask an admin")]
    Disabled,
    /// No account may have this name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No account may have this password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Another account has this name.
    #[error("the name “{0}” is taken; choose another")]
    NameTaken(String),
    /// Another account is this one elsewhere.
    #[error("this login belongs to another account")]
    IdentityTaken,
    /// Nobody may sign up.
    #[error("here accounts are made by invitation; ask an admin for a link")]
    NoSignUp,
    /// The invitation is used up, over, or taken back, or never was one.
    #[error("this invitation is used up or over; ask for another")]
    InvitationOver,
    /// The link of the first start was used, or never was one.
    #[error("this link was used, or is from an earlier start; the server's log has the newest")]
    SetUpOver,
    /// There is no such account.
    #[error("there is no account “{0}”")]
    NoAccount(String),
    /// What is to be changed is not there, or not one's own.
    #[error("there is no such {0}")]
    Gone(&'static str),
    /// Nobody would be left who runs the server.
    #[error("this is the last admin; make somebody else one first")]
    LastAdmin,
    /// There are as many as there may be.
    #[error("there are {1} {0} already, which is as many as there may be; take one back first")]
    TooMany(&'static str, usize),
    /// A field is wrong.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// The store did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Whole seconds, rounded up: how long to wait.
pub fn seconds(wait: &Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl From<crate::password::Busy> for Error {
    fn from(_: crate::password::Busy) -> Self {
        Self::TryLater(Duration::from_secs(5))
    }
}
