//! The shapes of one's own account, and of what admins see and change: people, invitations, rooms, what happened.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rooms_api::Settings;

/// The account that asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAccount {
    /// Its name, which is the author of what it says.
    pub name: String,
    /// `member`, `operator` or `admin`.
    pub role: String,
    /// Whether it has a password; without one it comes in by another login.
    pub password: bool,
    /// What it may with what it has shown: a login has all, a token what it was made for.
    pub scopes: Vec<String>,
    /// The session with which it asks, if it is one.
    pub session: Option<u64>,
    /// The token with which it asks, if it is one.
    pub token: Option<u64>,
}

/// A new password of one's own.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangePassword {
    /// The one before; needed where there is one.
    pub old: Option<String>,
    /// The new one: 8 characters to 1,000 bytes.
    pub new: String,
}

/// A browser in which one is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its number.
    pub id: u64,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The browser, as it says.
    pub agent: Option<String>,
    /// From where it was used last.
    pub address: Option<String>,
    /// When it began: seconds since 1970, UTC.
    pub made: f64,
    /// When it was used last, give or take a few minutes.
    pub seen: f64,
    /// When it ends by itself.
    pub expires: f64,
}

/// Which sessions end: one, or all others.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EndSessions {
    /// This one.
    #[schema(example = 3)]
    pub id: Option<u64>,
    /// All but the one that asks.
    pub others: Option<bool>,
}

/// A token for programs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Its number.
    pub id: u64,
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it was made: seconds since 1970, UTC.
    pub made: f64,
    /// When it was used last, give or take a few minutes; null if never.
    pub used: Option<f64>,
    /// When it ends by itself; null: when it is taken back.
    pub expires: Option<f64>,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for.
    #[schema(example = "Nightly report")]
    pub name: String,
    /// What it allows: `read`, `post`, `manage`, `account`, `admin`; by a token, no more than that one allows.
    #[schema(example = json!(["read"]))]
    pub scopes: Vec<String>,
    /// For how many days, up to 3,660; null: until it is taken back.
    #[schema(example = 90)]
    pub days: Option<u32>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// To be sent as `Authorization: Bearer …`; it is shown this once.
    pub token: String,
    /// Its number.
    pub id: u64,
    /// When it ends by itself: seconds since 1970, UTC; null: when it is taken back.
    pub expires: Option<f64>,
}

/// Names one session, token or invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ById {
    /// Its number.
    pub id: u64,
}

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// The account's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `member`, `operator` or `admin`.
    pub role: String,
    /// Whether it may not log in.
    pub disabled: bool,
    /// Whether it has a password.
    pub password: bool,
    /// When it was made: seconds since 1970, UTC.
    pub made: f64,
}

/// An account to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPerson {
    /// Its name.
    #[schema(example = "Ann Smith")]
    pub name: String,
    /// `member`, `operator` or `admin`; `member` without.
    pub role: Option<String>,
    /// Its password; without one nobody can log in to it by a password.
    pub password: Option<String>,
}

/// Names one account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ByName {
    /// Its name, however it is written.
    #[schema(example = "Ann Smith")]
    pub name: String,
}

/// An account's new role.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeRole {
    /// Its name.
    #[schema(example = "Ann Smith")]
    pub name: String,
    /// `member`, `operator` or `admin`.
    #[schema(example = "operator")]
    pub role: String,
}

/// Whether an account may log in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Disable {
    /// Its name.
    #[schema(example = "Ann Smith")]
    pub name: String,
    /// True: it is out at once, everywhere. False: it may again.
    pub disabled: bool,
}

/// An account's new password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetPassword {
    /// Its name.
    #[schema(example = "Ann Smith")]
    pub name: String,
    /// The new password: 8 characters to 1,000 bytes.
    pub password: String,
}

/// An invitation that can still be used.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Its number.
    pub id: u64,
    /// What people become with it.
    pub role: String,
    /// How many more can use it.
    pub uses: u32,
    /// When it was made: seconds since 1970, UTC.
    pub made: f64,
    /// When it ends by itself.
    pub expires: f64,
    /// Who made it.
    pub by: String,
}

/// An invitation to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// What people become; `member` without.
    pub role: Option<String>,
    /// How many can use it, up to 10,000; 1 without.
    pub uses: Option<u32>,
    /// For how many days, up to 366; 7 without.
    pub days: Option<u32>,
}

/// An invitation that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeInvitation {
    /// The link to hand on; it is shown this once.
    pub link: String,
    /// Its number.
    pub id: u64,
    /// When it ends by itself: seconds since 1970, UTC.
    pub expires: f64,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    /// Its number.
    pub id: u64,
    /// When: seconds since 1970, UTC.
    pub at: f64,
    /// Who did it.
    pub who: String,
    /// What: `logged_in`, `log_in_failed`, `role_changed` and so on.
    pub what: String,
    /// About whom or what, and how.
    pub about: String,
    /// From which address.
    pub address: Option<String>,
}

/// A room, as those see it who run the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverseenRoom {
    /// Its name.
    pub room: String,
    /// Its settings, with its list.
    pub settings: Settings,
    /// How many bots it has.
    pub bots: usize,
    /// When it was spoken in last: seconds since 1970, UTC; null: never, or that was cleared.
    pub last: Option<f64>,
}
