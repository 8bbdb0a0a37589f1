//! The rules, over a store in memory and a clock that is turned by hand.

use std::{net::IpAddr, sync::Arc, time::Duration};

use parlor_rooms::{
    Clock as _,
    policy::{self, Actor, Person, Refusal, Role, Scopes},
};
use parlor_store::{
    People as _,
    people::{Happened, Identity},
};
use parlor_testkit::{FakeClock, FakeRandom, MemoryStore};

use crate::{Accounts, By, Client, Credential, Error, LoggedIn, Options, Seen};

const PASSWORD: &str = "a good long password";
/// What a token of a member may allow.
const MEMBERS: Scopes = Scopes { admin: false, ..Scopes::ALL };
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

struct House {
    accounts: Accounts,
    store: Arc<MemoryStore>,
    clock: Arc<FakeClock>,
}

/// Somebody who has logged in, and may all that they may.
fn all(person: &Person) -> Seen {
    Seen { person: person.clone(), scopes: Scopes::ALL, credential: Credential::Session(1), session: None }
}

impl House {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(set: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(FakeClock::default());
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let mut options = Options { mode: policy::Accounts::Optional, ..Options::default() };
        set(&mut options);
        let accounts =
            Accounts::open(store.clone(), clock.clone(), Arc::new(FakeRandom::default()), options).await.unwrap();
        Self { accounts, store, clock }
    }

    /// A second server over the same store, later.
    async fn again(&self) -> Accounts {
        let (store, options) = (self.store.clone(), self.accounts.options().clone());
        Accounts::open(store, self.clock.clone(), Arc::new(FakeRandom::default()), options).await.unwrap()
    }

    async fn add(&self, name: &str, role: Role) -> Person {
        let account = self.accounts.add(&By::server(), name, role, Some(PASSWORD)).await.unwrap();
        Person { id: account.id, name: account.name, role }
    }

    async fn log_in(&self, name: &str) -> LoggedIn {
        self.accounts.log_in(name, PASSWORD, &client(1)).await.unwrap()
    }

    async fn is_in(&self, token: &str) -> bool {
        self.accounts.session(token, None).await.unwrap().is_some()
    }

    async fn happened(&self) -> Vec<(Happened, String, String)> {
        let mut notes = self.accounts.audit(&By::server(), None, 100).await.unwrap();
        notes.reverse();
        notes.into_iter().map(|(_, note)| (note.what, note.who, note.about)).collect()
    }
}

fn client(last: u8) -> Client {
    Client { address: Some(IpAddr::from([192, 0, 2, last])), agent: Some("Firefox".to_owned()) }
}

fn as_person(person: &Person) -> By {
    By::new(Actor::Person(person.clone(), Scopes::ALL), client(9).address)
}

fn wrong<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[tokio::test]
async fn who_knows_the_password_is_in_until_they_log_out() {
    let house = House::new().await;
    let ann = house.add("Ann Smith", Role::Member).await;
    let one = house.accounts.log_in(" ANN  smith ", PASSWORD, &client(1)).await.unwrap();
    assert_eq!(one.person, ann);
    assert!(!format!("{one:?}").contains(&one.token));
    let other = house.log_in("Ann Smith").await;
    assert_ne!(one.token, other.token);
    let seen = house.accounts.session(&one.token, None).await.unwrap().unwrap();
    assert_eq!((seen.session_id(), seen.person, seen.scopes), (Some(one.session.id), ann, Scopes::ALL));
    house.accounts.log_out(&one.token, &client(1)).await.unwrap();
    house.accounts.log_out(&one.token, &client(1)).await.unwrap();
    assert!(!house.is_in(&one.token).await);
    assert!(house.is_in(&other.token).await);
    for nonsense in ["", "parlor_session_", &other.token[1..], &other.token.replace("session", "token")] {
        assert!(!house.is_in(nonsense).await);
        assert!(house.accounts.api_token(nonsense).await.unwrap().is_none());
    }
    assert!(house.again().await.session(&other.token, None).await.unwrap().is_some(), "also after a restart");
}

#[tokio::test]
async fn who_is_wrong_hears_the_same_whatever_is() {
    let house = House::new().await;
    house.add("Ann", Role::Member).await;
    let by = By::server();
    house.accounts.add(&by, "Nopass", Role::Member, None).await.unwrap();
    for (name, password) in [("Ann", "wrong password"), ("Nobody", PASSWORD), ("Nopass", ""), ("", ""), ("\u{0}", "x")]
    {
        assert!(matches!(house.accounts.log_in(name, password, &client(1)).await, Err(Error::Wrong)), "{name}");
    }
    let long = "x".repeat(1_000_000);
    assert!(matches!(house.accounts.log_in(&long, &long, &client(1)).await, Err(Error::Wrong)));
}

#[tokio::test]
async fn guessing_is_slowed_and_somebody_elses_guesses_keep_nobody_out() {
    let house = House::new().await;
    house.add("Ann", Role::Member).await;
    for _ in 0..5 {
        assert!(matches!(house.accounts.log_in("Ann", "wrong", &client(1)).await, Err(Error::Wrong)));
    }
    let Err(Error::TryLater(wait)) = house.accounts.log_in("ann", PASSWORD, &client(1)).await else {
        panic!("it is slowed, also for the right password")
    };
    assert_eq!(wait, Duration::from_secs(1));
    house.accounts.log_in("Ann", PASSWORD, &client(2)).await.expect("she is elsewhere");
    house.clock.advance(wait);
    house.accounts.log_in("Ann", PASSWORD, &client(1)).await.expect("the wait is over");
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_and_one_that_is_lasts() {
    let house = House::new().await;
    house.add("Ann", Role::Member).await;
    let (used, unused) = (house.log_in("Ann").await, house.log_in("Ann").await);
    for _ in 0..29 {
        house.clock.advance(DAY);
        assert!(house.is_in(&used.token).await);
    }
    house.clock.advance(DAY);
    assert!(house.is_in(&used.token).await);
    assert!(!house.is_in(&unused.token).await);
    assert!(house.again().await.session(&used.token, None).await.unwrap().is_some(), "that it was used is stored");
    let mut days = 30;
    while house.is_in(&used.token).await {
        house.clock.advance(DAY);
        days += 1;
        assert!(days < 400, "it ends after a year");
    }
}

#[tokio::test]
async fn an_account_that_is_disabled_is_out_at_once() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Member).await;
    let one = house.log_in("Ann").await;
    let (token, _) = house.accounts.make_token(&all(&ann), "t", MEMBERS, None, &client(1)).await.unwrap();
    let seen = house.accounts.session(&one.token, None).await.unwrap().unwrap();
    let held = house.accounts.hold(&seen).await.unwrap();
    assert!(house.accounts.api_token(&token).await.unwrap().is_some());
    house.accounts.set_disabled(&By::server(), "ann", true).await.unwrap();
    assert!(!house.is_in(&one.token).await);
    assert!(house.accounts.api_token(&token).await.unwrap().is_none());
    assert!(held.ended().is_cancelled());
    assert!(house.accounts.hold(&seen).await.unwrap().ended().is_cancelled(), "also who comes late");
    assert!(matches!(house.accounts.log_in("Ann", PASSWORD, &client(1)).await, Err(Error::Disabled)));
    assert!(matches!(house.accounts.by_name_from_proxy("Ann", &client(1)).await, Err(Error::Disabled)));
    assert!(house.accounts.is_taken("Ann"), "nobody else gets the name");
    house.accounts.set_disabled(&By::server(), "Ann", false).await.unwrap();
    assert!(!house.is_in(&one.token).await, "what ended stays ended");
    assert!(house.accounts.api_token(&token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Member).await;
    let (here, there) = (house.log_in("Ann").await, house.log_in("Ann").await);
    let keep = Some(here.session.id);
    let change = |old, new| house.accounts.change_password(&ann, old, new, keep, &CLIENT);
    static CLIENT: Client = Client { address: None, agent: None };
    assert!(matches!(change(Some("wrong"), "another good one").await, Err(Error::Wrong)));
    assert!(matches!(change(None, "another good one").await, Err(Error::Wrong)));
    assert_eq!(
        wrong(change(Some(PASSWORD), "short").await),
        "a password has at least 8 characters; a few words in a row are a good one"
    );
    assert!(house.is_in(&there.token).await);
    change(Some(PASSWORD), "another good one").await.unwrap();
    assert_eq!((house.is_in(&here.token).await, house.is_in(&there.token).await), (true, false));
    assert!(matches!(house.accounts.log_in("Ann", PASSWORD, &client(1)).await, Err(Error::Wrong)));
    house.accounts.log_in("Ann", "another good one", &client(1)).await.unwrap();
    house.accounts.set_password(&By::server(), "Ann", "by the command line").await.unwrap();
    assert!(!house.is_in(&here.token).await);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_whose_they_are() {
    let house = House::new().await;
    let (ann, bob) = (house.add("Ann", Role::Member).await, house.add("Bob", Role::Member).await);
    let (here, there) = (house.log_in("Ann").await, house.log_in("Ann").await);
    let seen = house.accounts.session(&there.token, None).await.unwrap().unwrap();
    let held = house.accounts.hold(&seen).await.unwrap();
    assert_eq!(house.accounts.sessions(&ann).await.unwrap().len(), 2);
    assert_eq!(wrong(house.accounts.end_session(&bob, there.session.id, &client(1)).await), "there is no such session");
    assert!(!held.ended().is_cancelled());
    house.accounts.end_session(&ann, there.session.id, &client(1)).await.unwrap();
    assert!(held.ended().is_cancelled());
    assert!(!house.is_in(&there.token).await);
    let third = house.log_in("Ann").await;
    house.accounts.log_out_everywhere(&ann, Some(here.session.id), &client(1)).await.unwrap();
    assert_eq!((house.is_in(&here.token).await, house.is_in(&third.token).await), (true, false));
    house.accounts.end_sessions_of(&By::server(), "Ann").await.unwrap();
    assert!(!house.is_in(&here.token).await);
}

#[tokio::test]
async fn a_token_allows_what_it_was_made_for_until_it_is_over() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Member).await;
    let scopes = Scopes { read: true, ..Scopes::NONE };
    let (secret, token) =
        house.accounts.make_token(&all(&ann), " my script ", scopes, Some(DAY), &client(1)).await.unwrap();
    assert!(secret.starts_with("parlor_token_"));
    assert_eq!(token.name, "my script");
    let seen = house.accounts.api_token(&secret).await.unwrap().unwrap();
    assert_eq!((seen.person.id, seen.scopes), (ann.id, scopes));
    assert_eq!(house.accounts.tokens(&ann).await.unwrap()[0].used, Some(house.clock.now()));
    let held = house.accounts.hold(&seen).await.unwrap();
    assert!(!held.ended().is_cancelled());
    house.accounts.revoke_token(&ann, token.id, &client(1)).await.unwrap();
    assert!(held.ended().is_cancelled());
    assert!(house.accounts.api_token(&secret).await.unwrap().is_none());
    assert_eq!(wrong(house.accounts.revoke_token(&ann, token.id, &client(1)).await), "there is no such token");
    let (secret, _) = house.accounts.make_token(&all(&ann), "other", MEMBERS, Some(DAY), &client(1)).await.unwrap();
    house.clock.advance(DAY);
    assert!(house.accounts.api_token(&secret).await.unwrap().is_none());
    for name in ["", "  ", "a\nb", &"x".repeat(65)] {
        assert!(house.accounts.make_token(&all(&ann), name, MEMBERS, None, &client(1)).await.is_err(), "{name:?}");
    }
    assert!(house.accounts.make_token(&all(&ann), "nothing", Scopes::NONE, None, &client(1)).await.is_err());
}

#[tokio::test]
async fn a_token_makes_none_that_allows_more_or_lasts_longer_than_itself() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Member).await;
    let scopes = Scopes { read: true, account: true, ..Scopes::NONE };
    let make = |seen: Seen, scopes: Scopes, days: Option<u32>| {
        let accounts = house.accounts.clone();
        async move { accounts.make_token(&seen, "t", scopes, days.map(|days| DAY * days), &client(1)).await }
    };
    let refused = wrong(make(all(&ann), Scopes::ALL, None).await);
    assert!(refused.contains("operators and admins"), "{refused}");
    let (secret, _) = make(all(&ann), scopes, Some(10)).await.unwrap();
    let seen = house.accounts.api_token(&secret).await.unwrap().unwrap();
    let refused = wrong(make(seen.clone(), Scopes { post: true, ..scopes }, Some(1)).await);
    assert!(refused.contains("`post`"), "{refused}");
    for days in [None, Some(11)] {
        let refused = wrong(make(seen.clone(), scopes, days).await);
        assert!(refused.contains("longer"), "{refused}");
    }
    let (_, same) = make(seen.clone(), scopes, Some(10)).await.unwrap();
    assert_eq!(same.scopes, scopes);
    let (lasting, _) = make(all(&ann), scopes, None).await.unwrap();
    let seen = house.accounts.api_token(&lasting).await.unwrap().unwrap();
    assert_eq!(make(seen, scopes, None).await.unwrap().1.expires, None);
}

#[tokio::test]
async fn a_name_is_taken_however_it_is_written() {
    let house = House::new().await;
    assert!(!house.accounts.is_taken("Ann"));
    house.add("Zoë  Ann", Role::Member).await;
    for name in ["Zoë Ann", "ZOE\u{308} ANN", " zoë\u{200b} ann"] {
        assert!(house.accounts.is_taken(name), "{name:?}");
        assert_eq!(house.accounts.canonical(name).as_deref(), Some("Zoë Ann"));
        let again = house.accounts.add(&By::server(), &name.replace('\u{200b}', ""), Role::Member, None).await;
        assert!(matches!(again, Err(Error::NameTaken(_))));
    }
    assert!(!house.accounts.is_taken("Zoe Ann"));
    assert!(house.again().await.is_taken("zoë ann"), "also after a restart");
}

#[tokio::test]
async fn only_admins_run_the_server_and_one_stays() {
    let house = House::new().await;
    let (ada, ann) = (house.add("Ada", Role::Admin).await, house.add("Ann", Role::Operator).await);
    let accounts = &house.accounts;
    let refused = wrong(accounts.set_role(&as_person(&ann), "Ann", Role::Admin).await);
    assert_eq!(refused, Refusal::NeedsAdmin.to_string());
    let refusals = [
        accounts.set_disabled(&as_person(&ann), "Ada", true).await.map(drop),
        accounts.set_password(&as_person(&ann), "Ada", PASSWORD).await,
        accounts.add(&as_person(&ann), "Eve", Role::Admin, None).await.map(drop),
        accounts.people(&as_person(&ann), 0, 10).await.map(drop),
        accounts.account(&as_person(&ann), "Ada").map(drop),
        accounts.audit(&as_person(&ann), None, 10).await.map(drop),
        accounts.make_invitation(&as_person(&ann), Role::Admin, 1, DAY).await.map(drop),
        accounts.invitations(&as_person(&ann)).await.map(drop),
        accounts.revoke_invitation(&as_person(&ann), 1).await,
        accounts.end_sessions_of(&as_person(&ann), "Ada").await,
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(Error::Refused(Refusal::NeedsAdmin))), "{refusal:?}");
    }
    let by = as_person(&ada);
    assert!(matches!(accounts.set_role(&by, "ada", Role::Member).await, Err(Error::LastAdmin)));
    assert!(matches!(accounts.set_disabled(&by, "Ada", true).await, Err(Error::LastAdmin)));
    let seen = accounts.session(&house.log_in("Ann").await.token, None).await.unwrap().unwrap();
    let held = accounts.hold(&seen).await.unwrap();
    accounts.set_role(&by, "Ann", Role::Admin).await.unwrap();
    assert!(held.ended().is_cancelled(), "she comes back as what she is now");
    accounts.set_role(&by, "Ada", Role::Member).await.unwrap();
    assert_eq!(house.log_in("Ada").await.person.role, Role::Member);
    accounts.set_disabled(&By::server(), "Ann", true).await.expect("the command line may");
    assert_eq!(wrong(accounts.set_role(&By::server(), "Nobody", Role::Admin).await), "there is no account “Nobody”");
}

#[tokio::test]
async fn the_first_admin_is_made_with_the_servers_link_once() {
    let house = House::new().await;
    let accounts = &house.accounts;
    let token = accounts.setup_token().expect("there is nobody");
    house.add("Ann", Role::Member).await;
    assert_eq!(accounts.setup_token(), Some(token.clone()), "she can't run it");
    assert!(accounts.is_setup_token(&token) && !accounts.is_setup_token(&token.replace("setup", "invite")));
    let other = House::new().await.accounts.setup_token().unwrap();
    assert!(matches!(accounts.set_up(&other, "Eve", PASSWORD, &client(1)).await, Err(Error::SetUpOver)));
    assert!(matches!(accounts.set_up(&token, "Ann", PASSWORD, &client(1)).await, Err(Error::NameTaken(_))));
    assert!(matches!(accounts.set_up(&token, "Ada", "12345678", &client(1)).await, Err(Error::Password(_))));
    let (one, two) = (
        accounts.set_up(&token, "Ada", PASSWORD, &CLIENT).await,
        accounts.set_up(&token, "Eve", PASSWORD, &CLIENT).await,
    );
    static CLIENT: Client = Client { address: None, agent: None };
    assert_eq!(one.unwrap().person.role, Role::Admin);
    assert!(matches!(two, Err(Error::SetUpOver)));
    assert_eq!((accounts.setup_token(), house.again().await.setup_token()), (None, None));
}

#[tokio::test]
async fn an_invitation_makes_as_many_accounts_as_it_has_uses() {
    let house = House::new().await;
    let accounts = &house.accounts;
    let (secret, invitation) = accounts.make_invitation(&By::server(), Role::Operator, 2, DAY).await.unwrap();
    let accept = async |name: &str| accounts.accept_invitation(&secret, name, PASSWORD, &client(1)).await;
    assert_eq!(accounts.invitation(&secret).await.unwrap(), invitation);
    assert!(matches!(accept("~x").await, Err(Error::Name(_))));
    assert_eq!(accept("Ann").await.unwrap().person.role, Role::Operator);
    assert!(matches!(accept("Ann").await, Err(Error::NameTaken(_))));
    assert!(house.is_in(&accept("Bob").await.unwrap().token).await);
    assert!(matches!(accept("Carl").await, Err(Error::InvitationOver)));
    assert_eq!(accounts.invitations(&By::server()).await.unwrap(), []);
    let (late, _) = accounts.make_invitation(&By::server(), Role::Member, 1, DAY).await.unwrap();
    let (gone, revoked) = accounts.make_invitation(&By::server(), Role::Member, 1, DAY * 2).await.unwrap();
    house.clock.advance(DAY);
    accounts.revoke_invitation(&By::server(), revoked.id).await.unwrap();
    for secret in [late, gone, String::new(), "parlor_invite_x".to_owned()] {
        let refused = accounts.accept_invitation(&secret, "Carl", PASSWORD, &client(1)).await;
        assert!(matches!(refused, Err(Error::InvitationOver)), "{secret}");
    }
    for (uses, life) in [(0, DAY), (10_001, DAY), (1, Duration::ZERO), (1, DAY * 400)] {
        assert!(accounts.make_invitation(&By::server(), Role::Member, uses, life).await.is_err());
    }
}

#[tokio::test]
async fn signing_up_is_a_setting() {
    let house = House::new().await;
    assert!(matches!(house.accounts.sign_up("Ann", PASSWORD, &client(1)).await, Err(Error::NoSignUp)));
    let house = House::with(|options| options.sign_up = true).await;
    let ann = house.accounts.sign_up("Ann", PASSWORD, &client(1)).await.unwrap();
    assert_eq!(ann.person.role, Role::Member);
    assert!(house.is_in(&ann.token).await);
    assert!(matches!(house.accounts.sign_up("ann", PASSWORD, &client(1)).await, Err(Error::NameTaken(_))));
    assert!(matches!(house.accounts.sign_up("Bob", "bob", &client(1)).await, Err(Error::Password(_))));
}

#[tokio::test]
async fn who_comes_by_another_server_is_never_somebody_who_is_here_already() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Admin).await;
    let accounts = &house.accounts;
    let identity = |subject: &str| Identity { issuer: "https://login.example".into(), subject: subject.into() };
    let come = async |subject: &str, name: &str| {
        accounts.external(&identity(subject), name, true, &client(1)).await.unwrap().person
    };
    assert!(matches!(accounts.external(&identity("1"), "A", false, &client(1)).await, Err(Error::NoSignUp)));
    let other = come("1", "Ann").await;
    assert_eq!((other.name.as_str(), other.role), ("Ann 2", Role::Member));
    assert_eq!(come("1", "Renamed").await, other, "whatever it is called there now");
    assert_eq!(come("2", "\u{202e}").await.name, "Guest");
    assert_eq!(come("3", "~a\u{200b}\nb").await.name, "ab");
    assert_eq!(come("4", &"x".repeat(500)).await.name, "x".repeat(59));
    accounts.link(&ann, &identity("5"), &client(1)).await.unwrap();
    assert_eq!(come("5", "Eve").await, ann, "she linked it herself");
    assert!(matches!(accounts.link(&ann, &identity("1"), &client(1)).await, Err(Error::IdentityTaken)));
    assert_eq!(accounts.identities(&ann).await.unwrap(), [identity("5")]);
    accounts
        .change_password(&other, None, PASSWORD, None, &client(1))
        .await
        .expect("a first password needs none before");
    house.log_in("Ann 2").await;
}

#[tokio::test]
async fn a_proxys_word_is_taken_and_makes_accounts() {
    let house = House::new().await;
    let ann = house.add("Ann", Role::Operator).await;
    let seen = house.accounts.by_name_from_proxy("ANN", &client(1)).await.unwrap();
    assert_eq!(seen.person, ann);
    let held = house.accounts.hold(&seen).await.unwrap();
    let bob = house.accounts.by_name_from_proxy("bob@example.org", &client(1)).await.unwrap().person;
    assert_eq!((bob.name.as_str(), bob.role), ("bob@example.org", Role::Member));
    assert!(house.accounts.by_name_from_proxy("\n", &client(1)).await.is_err());
    assert!(!held.ended().is_cancelled());
    house.accounts.set_disabled(&By::server(), "Ann", true).await.unwrap();
    assert!(held.ended().is_cancelled());
}

#[tokio::test]
async fn what_happened_is_noted_without_secrets() {
    let house = House::new().await;
    let accounts = &house.accounts;
    let ada = house.add("Ada", Role::Admin).await;
    let one = house.log_in("Ada").await;
    let (token, _) = accounts.make_token(&all(&ada), "t", Scopes::ALL, None, &client(1)).await.unwrap();
    for _ in 0..2 {
        let _ = accounts.log_in("Ada", "wrong", &client(1)).await;
        let _ = accounts.log_in("my secret password", "", &client(1)).await;
    }
    let room = parlor_rooms::RoomName::parse("a room").unwrap();
    accounts.room_configured(&as_person(&ada), &room, "access is private").await.unwrap();
    accounts.log_out(&one.token, &client(1)).await.unwrap();
    let entry = |what, who: &str, about: &str| (what, who.to_owned(), about.to_owned());
    let happened = house.happened().await;
    assert_eq!(
        happened,
        [
            entry(Happened::AccountMade, "the command line", "Ada as admin"),
            entry(Happened::LoggedIn, "Ada", "with a password"),
            entry(Happened::TokenMade, "Ada", "t (read, post, manage, account, admin)"),
            entry(Happened::LogInFailed, "Ada", "wrong password"),
            entry(Happened::LogInFailed, "somebody", "no such account"),
            entry(Happened::RoomConfigured, "Ada", "a room: access is private"),
            entry(Happened::LoggedOut, "Ada", ""),
        ]
    );
    let all = format!("{:?}", house.store.notes(u64::MAX, 100).await.unwrap());
    assert!(!all.contains(&token) && !all.contains(&one.token) && all.contains("192.0.2.1"), "{all}");
}

#[tokio::test]
async fn without_accounts_there_is_nothing() {
    let house = House::with(|options| options.mode = policy::Accounts::Off).await;
    for accounts in [house.accounts, Accounts::off()] {
        assert!(matches!(accounts.log_in("Ann", PASSWORD, &client(1)).await, Err(Error::Off)));
        assert!(matches!(accounts.sign_up("Ann", PASSWORD, &client(1)).await, Err(Error::Off)));
        assert!(matches!(accounts.set_up("x", "Ann", PASSWORD, &client(1)).await, Err(Error::Off)));
        assert!(accounts.session("parlor_session_x", None).await.unwrap().is_none());
        assert_eq!((accounts.setup_token(), accounts.is_taken("Ann")), (None, false));
        let room = parlor_rooms::RoomName::parse("a").unwrap();
        accounts.room_configured(&By::server(), &room, "x").await.unwrap();
    }
}
