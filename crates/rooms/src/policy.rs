//! Who may do what: the one place that every gateway asks.
//!
//! Without accounts everybody in a room may do everything in it; what is left are the rooms of the server itself, which
//! nobody can make, and settings, which outside of local mode only an admin may change. With accounts, a room's access
//! says who comes in, roles say who runs things, and a token's scopes take away from what its owner may.

use crate::{Access, RoomName, RoomSettings};

/// What an account is on this server; a later one may all that those before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Talks, and has bots.
    #[default]
    Member,
    /// Looks after rooms: every room, and every room's settings.
    Operator,
    /// Runs the server: people, invitations, what happened.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Operator, Self::Admin];

    /// Its name, as it is written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody with an account, who has proved to be that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account's number.
    pub id: u64,
    /// Its name, which is the author of what it says.
    pub name: String,
    /// What it is on this server.
    pub role: Role,
}

/// What one way of proving who one is allows. A session in a browser has all; a token has what it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// To read rooms.
    pub read: bool,
    /// To speak.
    pub post: bool,
    /// To manage bots, and to clear and set up rooms.
    pub manage: bool,
    /// To look after one's own account: sessions, tokens, password.
    pub account: bool,
    /// To run the server.
    pub admin: bool,
}

impl Scopes {
    /// Everything.
    pub const ALL: Self = Self { read: true, post: true, manage: true, account: true, admin: true };
    /// Nothing.
    pub const NONE: Self = Self { read: false, post: false, manage: false, account: false, admin: false };

    /// Their names, as they are written and stored.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.read, "read"),
            (self.post, "post"),
            (self.manage, "manage"),
            (self.account, "account"),
            (self.admin, "admin"),
        ];
        all.into_iter().filter_map(|(has, name)| has.then_some(name))
    }

    /// The first of these that `other` does not have.
    pub fn beyond(self, other: Self) -> Option<&'static str> {
        self.names().find(|name| !other.names().any(|has| has == *name))
    }

    /// The scopes with these names; the error is a name that none has.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        names.into_iter().try_fold(Self::NONE, |scopes, name| match name {
            "read" => Ok(Self { read: true, ..scopes }),
            "post" => Ok(Self { post: true, ..scopes }),
            "manage" => Ok(Self { manage: true, ..scopes }),
            "account" => Ok(Self { account: true, ..scopes }),
            "admin" => Ok(Self { admin: true, ..scopes }),
            unknown => Err(unknown),
        })
    }

    fn allow(self, action: Action) -> bool {
        match action {
            Action::Read => self.read,
            Action::Post => self.post,
            Action::ManageBots | Action::Clear | Action::Configure => self.manage,
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody with a name that proves nothing.
    Anyone,
    /// Somebody with an account.
    Person(Person, Scopes),
    /// The server itself, and who sits at its command line.
    Server,
}

impl Actor {
    /// Who it is, if they have proved it.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person, _) => Some(person),
            Self::Anyone | Self::Server => None,
        }
    }

    fn role(&self) -> Option<Role> {
        match self {
            Self::Anyone => None,
            Self::Person(person, _) => Some(person.role),
            Self::Server => Some(Role::Admin),
        }
    }
}

/// Whether people have accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accounts {
    /// Nobody has one.
    #[default]
    Off,
    /// Who wants has one; its name is theirs alone.
    Optional,
    /// Without one nothing can be seen or done.
    Required,
}

/// What they want in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See the room and its messages.
    Read,
    /// Post a message, submit a form, leave a conversation.
    Post,
    /// Make, change, delete bots; send their activations again.
    ManageBots,
    /// Clear the room.
    Clear,
    /// Change the room's settings.
    Configure,
}

/// What they want of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerAction {
    /// Look after one's own account: its sessions, tokens and password.
    OwnAccount,
    /// See the list of all rooms, and what is going on in them.
    Oversee,
    /// Make, change, invite and disable accounts; read what happened.
    ManagePeople,
    /// Write and publish the assistant's flows.
    ManageFlows,
}

/// What a room is to the policy.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its name.
    pub room: &'a RoomName,
    /// Whether it has an event yet.
    pub exists: bool,
    /// Its settings.
    pub settings: &'a RoomSettings,
    /// Whether the server is for this machine only.
    pub local: bool,
    /// Whether people have accounts.
    pub accounts: Accounts,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Rooms with `~` are the server's own.
    #[error("rooms whose names begin with `~` are made by the server itself; choose a name without it")]
    ServersOwn,
    /// A session is led by its flow and in the inbox.
    #[error("this room is a visitor's session; it is read and answered in the inbox, /operator")]
    Session,
    /// Needs an account.
    #[error("log in first: this needs an account")]
    NeedsLogin,
    /// The room is for those on its list.
    #[error("this room is for the people on its list; ask whoever runs it to add you")]
    NotOnList,
    /// The token is not for this.
    #[error("this token was not made for that; make one with the scope `{0}`")]
    Scope(&'static str),
    /// Needs an operator.
    #[error("only an operator or an admin may do this")]
    NeedsOperator,
    /// Without accounts nobody is known to be an operator.
    #[error(
        "on a server that others reach this needs accounts: start it with --accounts optional, and make an operator"
    )]
    NeedsAccounts,
    /// Without accounts nobody is known to be an admin.
    #[error(
        "on a server that others reach flows are for its admins, and that needs accounts: start it with --accounts optional"
    )]
    FlowsNeedAccounts,
    /// Needs the admin.
    #[error("only an admin may do this on a server that others reach")]
    NeedsAdmin,
}

/// Whether `actor` may do `action` in `place`.
pub fn check(actor: &Actor, action: Action, place: Place<'_>) -> Result<(), Refusal> {
    if action != Action::Read && place.room.is_own() && !place.exists {
        return Err(Refusal::ServersOwn);
    }
    if let Actor::Person(_, scopes) = actor
        && !scopes.allow(action)
    {
        return Err(Refusal::Scope(scope(action)));
    }
    if place.room.session().is_some() {
        return check_session(actor, action, place);
    }
    if place.accounts != Accounts::Off {
        enter(actor, place)?;
    }
    if action != Action::Configure {
        return Ok(());
    }
    match place.accounts {
        Accounts::Off if place.local || actor.role() == Some(Role::Admin) => Ok(()),
        Accounts::Off => Err(Refusal::NeedsAdmin),
        Accounts::Optional | Accounts::Required if actor.role() >= Some(Role::Operator) => Ok(()),
        Accounts::Optional | Accounts::Required => Err(Refusal::NeedsOperator),
    }
}

/// What a visitor said is for those who look after rooms. It is written where a session's own rules are asked.
fn check_session(actor: &Actor, action: Action, place: Place<'_>) -> Result<(), Refusal> {
    match (action, actor) {
        (Action::Read, _) => operate(actor, place.local, place.accounts),
        (_, Actor::Server) => Ok(()),
        _ => Err(Refusal::Session),
    }
}

/// Whether `actor` may answer visitors: an operator; where nobody has an account, whoever is at the server's own machine.
pub fn operate(actor: &Actor, local: bool, accounts: Accounts) -> Result<(), Refusal> {
    match (accounts, actor) {
        (_, Actor::Server) => Ok(()),
        (Accounts::Off, _) if local => Ok(()),
        (Accounts::Off, _) => Err(Refusal::NeedsAccounts),
        (_, Actor::Person(_, scopes)) if !scopes.read || !scopes.post => Err(Refusal::Scope("post")),
        (_, Actor::Person(person, _)) if person.role >= Role::Operator => Ok(()),
        (_, Actor::Person(..)) => Err(Refusal::NeedsOperator),
        (_, Actor::Anyone) => Err(Refusal::NeedsLogin),
    }
}

/// Whether `actor` may write and publish flows: an admin; where nobody has an account, whoever is at the server's own machine.
pub fn manage_flows(actor: &Actor, local: bool, accounts: Accounts) -> Result<(), Refusal> {
    match (accounts, actor) {
        (Accounts::Off, Actor::Anyone | Actor::Person(..)) if local => Ok(()),
        (Accounts::Off, Actor::Anyone | Actor::Person(..)) => Err(Refusal::FlowsNeedAccounts),
        _ => check_server(actor, ServerAction::ManageFlows),
    }
}

/// Whether `actor` may come into a room at all, where there are accounts.
fn enter(actor: &Actor, place: Place<'_>) -> Result<(), Refusal> {
    let needs_login = place.accounts == Accounts::Required || place.settings.access != Access::Public;
    if needs_login && *actor == Actor::Anyone {
        return Err(Refusal::NeedsLogin);
    }
    let listed = |person: &Person| place.settings.members.contains(&person.name);
    if place.settings.access == Access::Private
        && actor.role() < Some(Role::Operator)
        && !actor.person().is_some_and(listed)
    {
        return Err(Refusal::NotOnList);
    }
    Ok(())
}

/// Whether `actor` may do this with the server.
pub fn check_server(actor: &Actor, action: ServerAction) -> Result<(), Refusal> {
    if let Actor::Person(_, scopes) = actor {
        let (scope, has) = match action {
            ServerAction::OwnAccount => ("account", scopes.account),
            ServerAction::Oversee | ServerAction::ManagePeople | ServerAction::ManageFlows => ("admin", scopes.admin),
        };
        if !has {
            return Err(Refusal::Scope(scope));
        }
    }
    let (needed, refusal) = match action {
        ServerAction::OwnAccount => (Role::Member, Refusal::NeedsLogin),
        ServerAction::Oversee => (Role::Operator, Refusal::NeedsOperator),
        ServerAction::ManagePeople | ServerAction::ManageFlows => (Role::Admin, Refusal::NeedsAdmin),
    };
    match actor.role() {
        Some(role) if role >= needed => Ok(()),
        Some(_) => Err(refusal),
        None => Err(Refusal::NeedsLogin),
    }
}

fn scope(action: Action) -> &'static str {
    match action {
        Action::Read => "read",
        Action::Post => "post",
        Action::ManageBots | Action::Clear | Action::Configure => "manage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_accounts_all_is_allowed_but_the_servers_own_rooms_and_settings() {
        let (plain, own) = (RoomName::parse("a").expect("a name"), RoomName::parse("~hub/x").expect("a name"));
        let settings = RoomSettings { access: Access::Private, ..RoomSettings::default() };
        let place = |room, exists, local| Place { room, exists, local, settings: &settings, accounts: Accounts::Off };
        for action in [Action::Read, Action::Post, Action::ManageBots, Action::Clear] {
            assert_eq!(check(&Actor::Anyone, action, place(&plain, false, false)), Ok(()));
            assert_eq!(check(&Actor::Anyone, action, place(&own, true, false)), Ok(()));
        }
        assert_eq!(check(&Actor::Anyone, Action::Read, place(&own, false, true)), Ok(()));
        assert_eq!(check(&Actor::Server, Action::Post, place(&own, false, true)), Err(Refusal::ServersOwn));
        assert_eq!(check(&Actor::Anyone, Action::Configure, place(&plain, true, true)), Ok(()));
        assert_eq!(check(&Actor::Anyone, Action::Configure, place(&plain, true, false)), Err(Refusal::NeedsAdmin));
        assert_eq!(check(&Actor::Server, Action::Configure, place(&plain, true, false)), Ok(()));
    }

    fn person(name: &str, role: Role) -> Actor {
        Actor::Person(Person { id: 1, name: name.to_owned(), role }, Scopes::ALL)
    }

    #[test]
    fn with_accounts_the_table_of_who_room_and_action_holds() {
        use Access::{Members, Private, Public};
        use Accounts::{Optional, Required};
        use Refusal::{NeedsLogin, NeedsOperator, NotOnList};
        let (yes, talk, configure) = (Ok(()), Action::Post, Action::Configure);
        let (ann, joel) = (person("Ann", Role::Member), person("Joel", Role::Member));
        let (operator, admin) = (person("Olga", Role::Operator), person("Ada", Role::Admin));
        let table = [
            (&Actor::Anyone, Optional, Public, talk, yes),
            (&Actor::Anyone, Optional, Public, configure, Err(NeedsOperator)),
            (&Actor::Anyone, Optional, Members, talk, Err(NeedsLogin)),
            (&Actor::Anyone, Optional, Private, talk, Err(NeedsLogin)),
            (&Actor::Anyone, Required, Public, talk, Err(NeedsLogin)),
            (&ann, Required, Public, talk, yes),
            (&ann, Required, Members, talk, yes),
            (&ann, Required, Private, talk, yes),
            (&joel, Required, Private, talk, Err(NotOnList)),
            (&joel, Optional, Private, talk, Err(NotOnList)),
            (&ann, Required, Private, configure, Err(NeedsOperator)),
            (&operator, Required, Private, talk, yes),
            (&operator, Required, Private, configure, yes),
            (&admin, Optional, Private, configure, yes),
            (&Actor::Server, Required, Private, configure, yes),
        ];
        let room = RoomName::parse("a").expect("a name");
        for (actor, accounts, access, action, wanted) in table {
            let settings = RoomSettings { access, members: vec!["Ann".to_owned()], ..RoomSettings::default() };
            let place = Place { room: &room, exists: true, settings: &settings, local: false, accounts };
            for action in
                if action == talk { vec![Action::Read, talk, Action::ManageBots, Action::Clear] } else { vec![action] }
            {
                assert_eq!(check(actor, action, place), wanted, "{actor:?} {accounts:?} {access:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_token_allows_what_it_was_made_for_and_no_more() {
        let room = RoomName::parse("a").expect("a name");
        let settings = RoomSettings::default();
        let place =
            Place { room: &room, exists: true, settings: &settings, local: false, accounts: Accounts::Required };
        let ada = Person { id: 1, name: "Ada".to_owned(), role: Role::Admin };
        let with = |scopes| Actor::Person(ada.clone(), scopes);
        let reader = with(Scopes { read: true, ..Scopes::NONE });
        assert_eq!(check(&reader, Action::Read, place), Ok(()));
        assert_eq!(check(&reader, Action::Post, place), Err(Refusal::Scope("post")));
        assert_eq!(check(&reader, Action::Configure, place), Err(Refusal::Scope("manage")));
        assert_eq!(check_server(&reader, ServerAction::ManagePeople), Err(Refusal::Scope("admin")));
        assert_eq!(check_server(&reader, ServerAction::OwnAccount), Err(Refusal::Scope("account")));
        assert_eq!(check_server(&with(Scopes::ALL), ServerAction::ManagePeople), Ok(()));
        let owns = Scopes { account: true, ..Scopes::NONE };
        assert_eq!(check_server(&with(owns), ServerAction::OwnAccount), Ok(()));
        assert_eq!(check_server(&with(owns), ServerAction::Oversee), Err(Refusal::Scope("admin")));
        assert_eq!(check_server(&Actor::Anyone, ServerAction::OwnAccount), Err(Refusal::NeedsLogin));
        assert_eq!((owns.beyond(Scopes::ALL), Scopes::ALL.beyond(owns)), (None, Some("read")));
    }

    #[test]
    fn scopes_are_read_by_the_names_that_they_are_written_with() {
        assert_eq!(Scopes::named(Scopes::ALL.names()), Ok(Scopes::ALL));
        assert_eq!(Scopes::named(["read", "everything"]), Err("everything"));
    }

    #[test]
    fn the_server_is_run_by_operators_and_admins() {
        let table = [
            (Actor::Anyone, Err(Refusal::NeedsLogin), Err(Refusal::NeedsLogin)),
            (person("a", Role::Member), Err(Refusal::NeedsOperator), Err(Refusal::NeedsAdmin)),
            (person("a", Role::Operator), Ok(()), Err(Refusal::NeedsAdmin)),
            (person("a", Role::Admin), Ok(()), Ok(())),
            (Actor::Server, Ok(()), Ok(())),
        ];
        for (actor, oversee, people) in table {
            assert_eq!(check_server(&actor, ServerAction::Oversee), oversee, "{actor:?}");
            assert_eq!(check_server(&actor, ServerAction::ManagePeople), people, "{actor:?}");
        }
    }

    #[test]
    fn flows_are_for_admins_and_for_who_is_alone() {
        let may = |actor: &Actor, local, accounts| manage_flows(actor, local, accounts);
        assert_eq!(may(&Actor::Anyone, true, Accounts::Off), Ok(()));
        assert_eq!(may(&Actor::Anyone, false, Accounts::Off), Err(Refusal::FlowsNeedAccounts));
        assert_eq!(may(&Actor::Server, false, Accounts::Off), Ok(()));
        for accounts in [Accounts::Optional, Accounts::Required] {
            assert_eq!(may(&Actor::Anyone, true, accounts), Err(Refusal::NeedsLogin), "also on its own machine");
            assert_eq!(may(&person("a", Role::Operator), true, accounts), Err(Refusal::NeedsAdmin));
            assert_eq!(may(&person("a", Role::Admin), false, accounts), Ok(()));
        }
        let ada = Person { id: 1, name: "Ada".to_owned(), role: Role::Admin };
        let token = Actor::Person(ada, Scopes { read: true, post: true, ..Scopes::NONE });
        assert_eq!(may(&token, false, Accounts::Required), Err(Refusal::Scope("admin")));
    }

    #[test]
    fn what_a_visitor_said_is_for_operators() {
        let room = RoomName::of_session("welcome", "a").expect("a room");
        let settings = RoomSettings::default();
        let person = |role| Actor::Person(Person { id: 1, name: "Mei".to_owned(), role }, Scopes::ALL);
        let may = |actor: &Actor, action, local, accounts| {
            check(actor, action, Place { room: &room, exists: true, settings: &settings, local, accounts })
        };
        assert_eq!(may(&Actor::Anyone, Action::Read, true, Accounts::Off), Ok(()));
        assert_eq!(may(&Actor::Anyone, Action::Read, false, Accounts::Off), Err(Refusal::NeedsAccounts));
        for accounts in [Accounts::Optional, Accounts::Required] {
            assert_eq!(may(&Actor::Anyone, Action::Read, false, accounts), Err(Refusal::NeedsLogin));
            assert_eq!(may(&person(Role::Member), Action::Read, false, accounts), Err(Refusal::NeedsOperator));
            assert_eq!(may(&person(Role::Operator), Action::Read, false, accounts), Ok(()));
        }
        for action in [Action::Post, Action::ManageBots, Action::Clear, Action::Configure] {
            assert_eq!(may(&person(Role::Admin), action, true, Accounts::Required), Err(Refusal::Session));
            assert_eq!(may(&Actor::Server, action, false, Accounts::Off), Ok(()));
        }
    }
}
