//! What can be wished about people, and what comes of it; the same over the control socket and in a folder.

use std::{sync::Arc, time::Duration};

use parlor_accounts::{Accounts, By, Error, Name};
use parlor_rooms::policy::{self, Role};
use parlor_store::people::Account;
use serde::{Deserialize, Serialize};

use super::open_accounts;
use crate::control::Control;

/// How many accounts one answer lists.
const PAGE: usize = 500;

/// A wish. It may hold a password, so it is never printed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub(crate) enum Wish {
    /// Whether the name can be had.
    MayAdd {
        name: String,
    },
    Add {
        name: String,
        role: String,
        password: Option<String>,
    },
    List {
        after: u64,
    },
    Find {
        name: String,
    },
    Password {
        name: String,
        password: String,
    },
    Disable {
        name: String,
    },
    Enable {
        name: String,
    },
    Role {
        name: String,
        role: String,
    },
    LogOut {
        name: String,
    },
    Invite {
        role: String,
        uses: u32,
        seconds: u64,
    },
}

/// What came of it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Done,
    Account {
        row: Row,
        /// Whether the server runs without accounts, so that it does not count yet.
        idle: bool,
    },
    People(Vec<Row>),
    Invitation {
        secret: String,
        /// The address of the pages, if the server runs.
        url: Option<String>,
    },
}

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) disabled: bool,
    /// Whether it has a password.
    pub(crate) password: bool,
    /// When it was made: seconds since 1970.
    pub(crate) made: i64,
}

impl From<Account> for Row {
    fn from(account: Account) -> Self {
        let Account { id, name, role, disabled, password, made, .. } = account;
        Self { id, name, role: role.name().to_owned(), disabled, password, made: made.seconds() }
    }
}

/// Carries out a wish in the running server. Where it has no accounts, those in its store can be looked after all the same.
pub(crate) async fn of_running(control: &Control, wish: Wish) -> Result<Answer, Error> {
    let idle = control.accounts.mode() == policy::Accounts::Off;
    let answer = if idle {
        carry_out(&open_accounts(Arc::clone(&control.store)).await?, wish).await?
    } else {
        carry_out(&control.accounts, wish).await?
    };
    Ok(match answer {
        Answer::Account { row, .. } => Answer::Account { row, idle },
        Answer::Invitation { secret, .. } => Answer::Invitation { secret, url: Some(control.facts.shown.url.clone()) },
        other => other,
    })
}

/// Carries out a wish.
pub(super) async fn carry_out(accounts: &Accounts, wish: Wish) -> Result<Answer, Error> {
    let by = By::server();
    let account = match wish {
        Wish::MayAdd { name } => {
            let name = Name::parse(&name)?;
            if accounts.is_taken(&name.typed) {
                return Err(Error::NameTaken(name.typed));
            }
            return Ok(Answer::Done);
        }
        Wish::List { after } => {
            let page = accounts.people(&by, after, PAGE).await?;
            return Ok(Answer::People(page.into_iter().map(Row::from).collect()));
        }
        Wish::Invite { role, uses, seconds } => {
            let life = Duration::from_secs(seconds);
            let (secret, _) = accounts.make_invitation(&by, named(&role)?, uses, life).await?;
            return Ok(Answer::Invitation { secret, url: None });
        }
        Wish::Find { name } => accounts.account(&by, &name)?,
        Wish::Add { name, role, password } => accounts.add(&by, &name, named(&role)?, password.as_deref()).await?,
        Wish::Disable { name } => accounts.set_disabled(&by, &name, true).await?,
        Wish::Enable { name } => accounts.set_disabled(&by, &name, false).await?,
        Wish::Role { name, role } => accounts.set_role(&by, &name, named(&role)?).await?,
        Wish::Password { name, password } => {
            accounts.set_password(&by, &name, &password).await?;
            accounts.account(&by, &name)?
        }
        Wish::LogOut { name } => {
            accounts.end_sessions_of(&by, &name).await?;
            accounts.account(&by, &name)?
        }
    };
    Ok(Answer::Account { row: account.into(), idle: false })
}

fn named(role: &str) -> Result<Role, Error> {
    Role::named(role).ok_or(Error::Invalid("role", "say member, operator or admin"))
}
