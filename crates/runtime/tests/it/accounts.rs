//! Whose names are whose, and who may stay in a room, where people have accounts.

use std::sync::{Arc, Mutex};

use parlor_rooms::{
    Access, Message, RoomName,
    policy::{Accounts, Actor, Person, Role, Scopes},
};
use parlor_runtime::{Caller, CommandError, Kinds, Register};
use parlor_sockets::Limits;
use parlor_store::record;
use parlor_testkit::Faults;

use crate::kit::{Kit, room};

/// Ann and Bob have accounts.
#[derive(Default)]
struct AnnAndBob {
    noted: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Register for AnnAndBob {
    fn account(&self, name: &str) -> Option<String> {
        ["Ann", "Bob"].into_iter().find(|known| name.trim().eq_ignore_ascii_case(known)).map(str::to_owned)
    }

    async fn configured(&self, _: &Caller, room: &RoomName, what: &str) {
        self.noted.lock().expect("nobody panics with it").push(format!("{room}: {what}"));
    }
}

fn kit(accounts: Accounts) -> Kit {
    with(accounts, Arc::default())
}

fn with(accounts: Accounts, register: Arc<AnnAndBob>) -> Kit {
    Kit::with(Faults::none(), 1, |builder| builder.accounts(accounts).register(register))
}

fn person(name: &str) -> Caller {
    let person = Person { id: 1, name: name.to_owned(), role: Role::Member };
    Caller { actor: Actor::Person(person, Scopes::ALL), address: None }
}

async fn author(kit: &Kit, caller: &Caller, said: &str) -> Result<String, CommandError> {
    let posted = kit.runtime.post(caller, room(), Message::user(said, "hi"), None).await?;
    Ok(record::read_message(&posted.message.record).expect("a record").author)
}

async fn configure(kit: &Kit, access: Access, members: &[&str]) {
    let members: Vec<String> = members.iter().map(|name| (*name).to_owned()).collect();
    let change = move |settings: &mut parlor_rooms::RoomSettings| {
        (settings.access, settings.members) = (access, members.clone());
    };
    kit.runtime.configure(&Caller::SERVER, &room(), change).await.expect("configured");
}

#[tokio::test]
async fn nobody_speaks_under_the_name_of_an_account_but_who_has_it() {
    let kit = kit(Accounts::Optional);
    let anyone = Caller::anyone(None);
    assert_eq!(author(&kit, &anyone, "Carl").await.expect("posted"), "Carl");
    for name in ["Ann", " aNN "] {
        let refused = author(&kit, &anyone, name).await;
        assert!(matches!(refused, Err(CommandError::NameTaken(_))), "{name}");
    }
    for said in ["Ann", "Bob", ""] {
        assert_eq!(author(&kit, &person("Ann"), said).await.expect("posted"), "Ann", "whatever is said");
    }
}

#[tokio::test]
async fn without_accounts_a_name_is_just_a_name() {
    let kit = Kit::new(Faults::none(), 1);
    assert_eq!(author(&kit, &Caller::anyone(None), "Ann").await.expect("posted"), "Ann");
}

#[tokio::test]
async fn an_account_is_here_under_its_own_name_and_others_are_not() {
    let mut kit = kit(Accounts::Optional);
    let mut watches = kit.ask(Kinds::NONE, Limits::CLIENT, 65_536);
    watches.told().await;
    let mut pretends = kit.ask(Kinds::NONE, Limits::CLIENT, 65_536);
    pretends.say("name Ann").await;
    pretends.say("name Dora").await;
    kit.caller = person("Ann");
    let mut ann = kit.ask(Kinds::NONE, Limits::CLIENT, 65_536);
    ann.say("name Carl").await;
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let told = watches.next().await;
        seen.extend(["Ann", "Dora", "Carl"].into_iter().filter(|name| told.contains(&format!("+{name}"))));
    }
    seen.sort_unstable();
    assert_eq!(seen, ["Ann", "Dora"]);
}

#[tokio::test]
async fn who_may_no_longer_read_a_room_hears_nothing_more_of_it() {
    let mut kit = kit(Accounts::Optional);
    let mut anyone = kit.join(None);
    kit.caller = person("Ann");
    let mut ann = kit.join(None);
    kit.caller = person("Bob");
    let mut bob = kit.join(None);
    kit.say("public").await.expect("posted");
    for client in [&mut anyone, &mut ann, &mut bob] {
        assert!(client.next().await.ends_with(" public"));
    }
    configure(&kit, Access::Members, &[]).await;
    assert_eq!(anyone.closed().await, 1008);
    kit.say("members").await.expect("posted");
    assert!(bob.next().await.ends_with(" members"));
    configure(&kit, Access::Private, &["Ann"]).await;
    assert_eq!(bob.closed().await, 1008);
    kit.caller = person("Ann");
    kit.say("private").await.expect("posted");
    assert!(ann.next().await.ends_with(" members"));
    assert!(ann.next().await.ends_with(" private"));
    kit.caller = Caller::anyone(None);
    assert_eq!(kit.join(None).closed().await, 1008, "who comes now is not let in");
}

#[tokio::test]
async fn on_a_rooms_list_are_accounts_by_their_own_names_and_changes_are_noted() {
    let register = Arc::new(AnnAndBob::default());
    let kit = with(Accounts::Optional, Arc::clone(&register));
    let set = async |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let change = move |settings: &mut parlor_rooms::RoomSettings| settings.members.clone_from(&names);
        Ok::<_, CommandError>(kit.runtime.configure(&Caller::SERVER, &room(), change).await?.members)
    };
    assert_eq!(set(&["bob", " ANN ", "Bob"]).await.expect("set"), ["Bob", "Ann"]);
    let refused = set(&["Ann", "Carl"]).await.expect_err("nobody is called so");
    assert_eq!(refused.to_string(), "members: there is no account “Carl”");
    assert_eq!(set(&["Bob", "Ann"]).await.expect("set"), ["Bob", "Ann"]);
    assert_eq!(set(&[]).await.expect("set"), [""; 0]);
    let noted = register.noted.lock().expect("nobody panics with it").clone();
    assert_eq!(noted, ["a: members Bob, Ann", "a: members nobody"], "what changed nothing is not");
}
