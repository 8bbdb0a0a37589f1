//! `parlor user`: people with an account, from the command line; through the running server, or in the folder of one that
//! does not run.

mod password;
mod print;
mod wish;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use hyper::{Method, StatusCode};
use parlor_accounts::{Accounts, Options};
use parlor_rooms::policy::{self, Role};
use parlor_store::Store;
use parlor_store_sqlite::SqliteStore;

pub(crate) use self::wish::{Answer, Wish, of_running};
use crate::{
    clock::SystemClock,
    config::{self, Config, Environment, Loaded, PlaceFlags},
    control, ownership,
    random::SystemRandom,
};

/// People with an account.
#[derive(Debug, Clone, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Make an account; asks for its password
    Add {
        /// The person's name, as others see it
        name: String,
        /// What they are: a member talks, an operator looks after rooms, an admin runs the server
        #[arg(long, default_value = "member", value_parser = role)]
        role: Role,
        #[command(flatten)]
        source: Source,
        /// Without a password, for who comes in another way
        #[arg(long, conflicts_with = "password_stdin")]
        no_password: bool,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// List all accounts
    List {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// Give somebody another password; all their sessions end
    Passwd {
        /// Whose
        name: String,
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// Keep somebody out, at once and everywhere
    Disable {
        /// Whom
        name: String,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// Let somebody in again
    Enable {
        /// Whom
        name: String,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// Make somebody a member, an operator, or an admin
    Role {
        /// Whom
        name: String,
        /// What
        #[arg(value_parser = role)]
        role: Role,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// End all sessions of somebody
    LogOut {
        /// Whose
        name: String,
        #[command(flatten)]
        place: PlaceFlags,
    },
    /// Print a link with which people make accounts of their own
    Invite {
        /// What they become
        #[arg(long, default_value = "member", value_parser = role)]
        role: Role,
        /// How many people can use it
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        uses: u32,
        /// How long it lasts
        #[arg(long = "for", value_name = "DURATION", default_value = "7d", value_parser = config::duration)]
        life: Duration,
        #[command(flatten)]
        place: PlaceFlags,
    },
}

/// From where a password comes.
#[derive(Debug, Clone, Copy, Args)]
struct Source {
    /// Read the password from standard input, its first line, instead of asking twice in the terminal
    #[arg(long)]
    password_stdin: bool,
}

fn role(name: &str) -> Result<Role, String> {
    Role::named(name).ok_or_else(|| "say member, operator or admin".to_owned())
}

pub(crate) fn run(user: &User) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    runtime.block_on(carry_out(&user.command))
}

async fn carry_out(command: &Command) -> Result<()> {
    match command {
        Command::Add { name, role, source, no_password, place } => {
            let house = House::find(place, true).await?;
            house.wish(Wish::MayAdd { name: name.clone() }).await?;
            let password = if *no_password { None } else { Some(password::get(source.password_stdin)?) };
            let wish = Wish::Add { name: name.clone(), role: role.name().to_owned(), password };
            house.tell(wish, |row| format!("{} is {} now.", row.name, print::a_role(&row.role))).await
        }
        Command::List { json, place } => list(*json, &House::find(place, false).await?).await,
        Command::Passwd { name, source, place } => {
            let house = House::find(place, false).await?;
            house.wish(Wish::Find { name: name.clone() }).await?;
            let password = password::get(source.password_stdin)?;
            let wish = Wish::Password { name: name.clone(), password };
            house.tell(wish, |row| format!("{} has a new password, and is logged out everywhere.", row.name)).await
        }
        Command::Disable { name, place } => {
            let wish = Wish::Disable { name: name.clone() };
            let said = |row: &wish::Row| format!("{} is out, and can't log in any more.", row.name);
            House::find(place, false).await?.tell(wish, said).await
        }
        Command::Enable { name, place } => {
            let wish = Wish::Enable { name: name.clone() };
            House::find(place, false).await?.tell(wish, |row| format!("{} can log in again.", row.name)).await
        }
        Command::Role { name, role, place } => {
            let wish = Wish::Role { name: name.clone(), role: role.name().to_owned() };
            let said = |row: &wish::Row| format!("{} is {} now.", row.name, print::a_role(&row.role));
            House::find(place, false).await?.tell(wish, said).await
        }
        Command::LogOut { name, place } => {
            let wish = Wish::LogOut { name: name.clone() };
            House::find(place, false).await?.tell(wish, |row| format!("{} is logged out everywhere.", row.name)).await
        }
        Command::Invite { role, uses, life, place } => {
            invite(*role, *uses, *life, &House::find(place, true).await?).await
        }
    }
}

async fn list(json: bool, house: &House) -> Result<()> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map_or(0, |row: &wish::Row| row.id);
        let Answer::People(page) = house.wish(Wish::List { after }).await? else { bail!(UNEXPECTED) };
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    house.close().await;
    print::out(&if json { print::json(&all)? } else { print::table(&all) })
}

async fn invite(role: Role, uses: u32, life: Duration, house: &House) -> Result<()> {
    let wish = Wish::Invite { role: role.name().to_owned(), uses, seconds: life.as_secs() };
    let Answer::Invitation { secret, url } = house.wish(wish).await? else { bail!(UNEXPECTED) };
    house.close().await;
    let people = if uses == 1 { "one person".to_owned() } else { format!("{uses} people") };
    eprintln!("Whoever opens this makes an account ({people}, as {}):", print::a_role(role.name()));
    let url = url.unwrap_or_else(|| house.url.clone());
    print::out(&format!("{url}join#{secret}\n"))
}

/// A server and a command line of different versions.
const UNEXPECTED: &str = "the server answered something else than was asked; is it of another version?";

/// Where people are: in a running server, or in its folder.
struct House {
    data: std::path::PathBuf,
    /// Its pages' address, as far as the settings tell.
    url: String,
    /// Open if no server runs.
    closed: Option<(Arc<SqliteStore>, Accounts)>,
}

impl House {
    /// Finds it; `make` where it may be the first thing that is there.
    async fn find(place: &PlaceFlags, make: bool) -> Result<Self> {
        let loaded = Loaded::read(&place.0, &Environment::of_process())?;
        let server = &loaded.config.server;
        let data = server.data.clone();
        if data == Path::new(":memory:") {
            bail!("a server without a folder can't be asked from here; name its folder with --data");
        }
        let url = address(&loaded.config)?;
        let mut house = Self { data, url, closed: None };
        if !house.runs().await? {
            house.closed = Some(house.open(make).await?);
        }
        Ok(house)
    }

    /// Whether a server answers. What it says to nothing at all does not matter.
    async fn runs(&self) -> Result<bool> {
        Ok(control::ask(&self.data, Method::GET, "/", Vec::new()).await?.is_some())
    }

    /// Opens the folder, and keeps servers out of it meanwhile.
    async fn open(&self, make: bool) -> Result<(Arc<SqliteStore>, Accounts)> {
        if !make && !SqliteStore::is_in(&self.data) {
            bail!("there is no Parlor in {}; name the server's folder with --data", self.data.display());
        }
        let store = SqliteStore::open(&self.data, Arc::new(SystemClock), &parlor_store_sqlite::Options::default())?;
        let store = Arc::new(store);
        let accounts = open_accounts(Arc::clone(&store) as Arc<dyn Store>).await?;
        Ok((store, accounts))
    }

    async fn wish(&self, wish: Wish) -> Result<Answer> {
        if let Some((_, accounts)) = &self.closed {
            let answer = wish::carry_out(accounts, wish).await;
            if answer.is_err() {
                self.close().await;
            }
            return Ok(answer?);
        }
        let body = serde_json::to_vec(&wish)?;
        let said = control::ask(&self.data, Method::POST, "/user", body).await?;
        let said = said.ok_or_else(|| anyhow!("the server has ended meanwhile; try again"))?;
        if said.status != StatusCode::OK {
            let message: serde_json::Value = serde_json::from_slice(&said.body).unwrap_or_default();
            bail!("{}", message["message"].as_str().unwrap_or(UNEXPECTED));
        }
        serde_json::from_slice(&said.body).context(UNEXPECTED)
    }

    /// Has something done to an account, and says what came of it.
    async fn tell(&self, wish: Wish, said: impl FnOnce(&wish::Row) -> String) -> Result<()> {
        let Answer::Account { row, idle } = self.wish(wish).await? else { bail!(UNEXPECTED) };
        self.close().await;
        if idle {
            eprintln!("The server runs without accounts; start it with `--accounts optional` or `required`.");
        }
        print::out(&format!("{}\n", said(&row)))
    }

    async fn close(&self) {
        if let Some((store, _)) = &self.closed {
            store.close().await;
            ownership::hand_over(&self.data);
        }
    }
}

/// The address of the pages, as far as the settings tell, with a slash at its end.
fn address(config: &Config) -> Result<String> {
    if let Some(url) = &config.server.public_url {
        return Ok(format!("{}/", url.as_str().trim_end_matches('/')));
    }
    let listen = config.server.listen.0.first().map(ToString::to_string).unwrap_or_default();
    Ok(match listen.split_once(':') {
        // Whoever is before such a server knows its address.
        Some(("unix" | "redirect", _)) | None => "/".to_owned(),
        Some(("http" | "https", _)) => format!("{listen}/"),
        Some(_) if config.tls.files()?.is_some() => format!("https://{listen}/"),
        Some(_) => format!("http://{listen}/"),
    })
}

/// The accounts in a store, whether or not the server has them.
async fn open_accounts(store: Arc<dyn Store>) -> Result<Accounts, parlor_accounts::Error> {
    let options = Options { mode: policy::Accounts::Optional, ..Options::default() };
    Ok(Accounts::open(store, Arc::new(SystemClock), Arc::new(SystemRandom), options).await?)
}
