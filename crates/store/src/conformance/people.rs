//! Accounts, sessions, tokens, invitations, and what happened to them.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{
    Clock as _, Timestamp,
    policy::{Role, Scopes},
};

use super::{Bench, FakeClock};
use crate::{
    Store,
    people::{
        Account, ApiToken, Change, Changed, Happened, Identity, Invitation, NewAccount, Note, SESSIONS_MAX, Session,
    },
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn new(name: &str, made: Timestamp) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        folded: name.to_lowercase(),
        role: Role::Member,
        password: None,
        identity: None,
        invitation: None,
        first: false,
        made,
    }
}

fn subject(subject: &str) -> Identity {
    Identity { issuer: "https://login.example".to_owned(), subject: subject.to_owned() }
}

impl<S: Store> Bench<S> {
    async fn change(&self, change: Change) -> Changed {
        self.store.change_people(change, None).await.unwrap()
    }

    async fn made(&self, change: Change) -> u64 {
        match self.change(change).await {
            Changed::Done(id) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn add(&self, name: &str) -> u64 {
        self.made(Change::AddAccount(Box::new(new(name, self.clock.now())))).await
    }

    async fn add_with(&self, name: &str, with: impl FnOnce(&mut NewAccount)) -> Changed {
        let mut account = new(name, self.clock.now());
        with(&mut account);
        self.change(Change::AddAccount(Box::new(account))).await
    }

    async fn begin(&self, hash: u8, account: u64) -> u64 {
        let now = self.clock.now();
        let (address, agent) = (Some("192.0.2.1".to_owned()), Some("Firefox".to_owned()));
        let session = Session { id: 0, account, made: now, seen: now, expires: now.plus(DAY), address, agent };
        self.made(Change::AddSession([hash; 32], Box::new(session))).await
    }

    async fn has_session(&self, hash: u8) -> bool {
        self.store.session([hash; 32]).await.unwrap().is_some()
    }

    async fn invite(&self, hash: u8, uses: u32) -> u64 {
        let now = self.clock.now();
        let new =
            Invitation { id: 0, role: Role::Operator, uses, made: now, expires: now.plus(DAY), by: "Ada".to_owned() };
        self.made(Change::AddInvitation([hash; 32], Box::new(new))).await
    }
}

pub async fn an_account_is_found_and_listed_in_order<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ids = [bench.add("Ann B. Smith").await, bench.add("Łukasz").await, bench.add("c").await];
    assert!(ids[0] > 0 && ids.is_sorted());
    let all = bench.store.accounts(0, 10).await.unwrap();
    let ann = Account {
        id: ids[0],
        name: "Ann B. Smith".to_owned(),
        folded: "ann b. smith".to_owned(),
        role: Role::Member,
        disabled: false,
        password: false,
        made: bench.clock.now(),
    };
    assert_eq!(all[0], ann);
    assert_eq!(bench.store.account(ids[0]).await.unwrap(), Some(ann));
    assert_eq!(all.iter().map(|account| account.id).collect::<Vec<_>>(), ids);
    let page = bench.store.accounts(ids[0], 1).await.unwrap();
    assert_eq!(page.iter().map(|account| account.id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(bench.store.account(u64::MAX).await.unwrap(), None);
    assert_eq!(bench.store.accounts(u64::MAX, usize::MAX).await.unwrap(), []);
}

pub async fn a_name_belongs_to_one_account<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.add("Ann").await;
    assert_eq!(bench.add_with("ANN", |_| {}).await, Changed::NameTaken);
    assert_eq!(bench.store.accounts(0, 10).await.unwrap().len(), 1);
}

pub async fn the_first_admin_is_made_once<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.add("Ann").await;
    let first = |new: &mut NewAccount| (new.first, new.role) = (true, Role::Admin);
    assert!(matches!(bench.add_with("Ada", first).await, Changed::Done(_)));
    assert_eq!(bench.add_with("Eve", first).await, Changed::NotFirst);
}

pub async fn roles_passwords_and_disabling_are_kept<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ann = bench.add("Ann").await;
    let password = Some("$argon2id$…".to_owned());
    bench.change(Change::SetPassword { account: ann, password: password.clone(), keep: None }).await;
    bench.change(Change::SetRole(ann, Role::Admin)).await;
    bench.change(Change::SetDisabled(ann, true)).await;
    let account = bench.store.account(ann).await.unwrap().unwrap();
    assert_eq!((account.role, account.disabled, account.password), (Role::Admin, true, true));
    assert_eq!(bench.store.password(ann).await.unwrap(), password);
    bench.change(Change::SetPassword { account: ann, password: None, keep: None }).await;
    bench.change(Change::SetDisabled(ann, false)).await;
    let account = bench.store.account(ann).await.unwrap().unwrap();
    assert_eq!((account.disabled, account.password), (false, false));
    assert_eq!(bench.store.password(ann).await.unwrap(), None);
    for change in [
        Change::SetRole(ann + 99, Role::Admin),
        Change::SetDisabled(ann + 99, true),
        Change::SetPassword { account: ann + 99, password, keep: None },
    ] {
        assert_eq!(bench.change(change).await, Changed::Gone);
    }
}

pub async fn an_identity_belongs_to_one_account<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let made = bench.add_with("Ann", |new| new.identity = Some(subject("1"))).await;
    let Changed::Done(ann) = made else { panic!("{made:?}") };
    let eve = bench.add("Eve").await;
    assert_eq!(bench.store.account_of(&subject("1")).await.unwrap(), Some(ann));
    assert_eq!(bench.store.account_of(&subject("2")).await.unwrap(), None);
    assert_eq!(bench.add_with("Bob", |new| new.identity = Some(subject("1"))).await, Changed::IdentityTaken);
    assert_eq!(bench.change(Change::Link(eve, subject("1"))).await, Changed::IdentityTaken);
    assert_eq!(bench.change(Change::Link(ann, subject("2"))).await, Changed::Done(0));
    assert_eq!(bench.store.identities(ann).await.unwrap(), [subject("1"), subject("2")]);
    assert_eq!(bench.store.identities(eve).await.unwrap(), []);
}

pub async fn a_session_is_found_by_its_hash_until_it_ends<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let (ann, bob) = (bench.add("Ann").await, bench.add("Bob").await);
    let first = bench.begin(1, ann).await;
    bench.begin(2, bob).await;
    let session = bench.store.session([1; 32]).await.unwrap().unwrap();
    assert_eq!((session.id, session.account, session.agent.as_deref()), (first, ann, Some("Firefox")));
    assert!(!bench.has_session(9).await);
    assert_eq!(bench.change(Change::EndSession { account: bob, id: first }).await, Changed::Gone, "not his");
    assert_eq!(bench.change(Change::EndSession { account: ann, id: first }).await, Changed::Done(0));
    assert!(!bench.has_session(1).await);
    assert!(bench.has_session(2).await);
    assert!(bench.begin(3, ann).await > first, "no number is given again");
}

pub async fn sessions_end_together_but_one<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let (ann, bob) = (bench.add("Ann").await, bench.add("Bob").await);
    bench.begin(1, ann).await;
    let kept = bench.begin(2, ann).await;
    bench.begin(3, bob).await;
    bench.change(Change::SetPassword { account: ann, password: Some("x".to_owned()), keep: Some(kept) }).await;
    assert_eq!((bench.has_session(1).await, bench.has_session(2).await), (false, true));
    bench.begin(1, ann).await;
    bench.change(Change::EndSessions { account: ann, keep: Some(kept) }).await;
    assert_eq!((bench.has_session(1).await, bench.has_session(2).await), (false, true));
    bench.change(Change::EndSessions { account: ann, keep: None }).await;
    assert!(!bench.has_session(2).await);
    bench.begin(2, ann).await;
    bench.change(Change::SetDisabled(ann, true)).await;
    assert_eq!((bench.has_session(2).await, bench.has_session(3).await), (false, true));
}

pub async fn a_session_that_was_used_is_written_down<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ann = bench.add("Ann").await;
    let id = bench.begin(1, ann).await;
    let (seen, expires) = (bench.clock.now().plus(DAY / 2), bench.clock.now().plus(DAY * 2));
    let touched = Change::TouchSession { id, seen, expires, address: Some("2001:db8::1".to_owned()) };
    bench.store.touch(touched).await.unwrap();
    bench.settle().await;
    let session = bench.store.session([1; 32]).await.unwrap().unwrap();
    assert_eq!((session.seen, session.expires, session.address.as_deref()), (seen, expires, Some("2001:db8::1")));
}

pub async fn old_sessions_make_way<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ann = bench.add("Ann").await;
    for hash in 0..=u8::try_from(SESSIONS_MAX).unwrap() {
        bench.clock.advance(Duration::from_secs(1));
        bench.begin(hash, ann).await;
    }
    assert_eq!((bench.has_session(0).await, bench.has_session(1).await), (false, true));
    let all = bench.store.sessions(ann).await.unwrap();
    assert_eq!(all.len(), SESSIONS_MAX);
    assert!(all.is_sorted_by_key(|session| std::cmp::Reverse(session.seen)), "the last used first");
    bench.clock.advance(DAY);
    bench.begin(200, ann).await;
    assert_eq!(bench.store.sessions(ann).await.unwrap().len(), 1, "those that are over are forgotten");
}

pub async fn a_token_is_found_by_its_hash_until_it_is_revoked<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ann = bench.add("Ann").await;
    let scopes = Scopes { read: true, manage: true, ..Scopes::NONE };
    let made = bench.clock.now();
    let token = |name: &str, expires| {
        Box::new(ApiToken { id: 0, account: ann, name: name.to_owned(), scopes, made, used: None, expires })
    };
    let first = bench.made(Change::AddToken([1; 32], token("script", None))).await;
    let second = bench.made(Change::AddToken([2; 32], token("other", Some(made.plus(DAY))))).await;
    assert_eq!(bench.store.token([1; 32]).await.unwrap(), Some(ApiToken { id: first, ..*token("script", None) }));
    bench.store.touch(Change::TouchToken(second, made.plus(DAY / 2))).await.unwrap();
    bench.settle().await;
    let tokens = bench.store.tokens(ann, 10).await.unwrap();
    assert_eq!(tokens.iter().map(|token| token.id).collect::<Vec<_>>(), [second, first], "the newest first");
    assert_eq!((tokens[0].used, tokens[0].expires), (Some(made.plus(DAY / 2)), Some(made.plus(DAY))));
    assert_eq!(bench.change(Change::RevokeToken { account: ann + 1, id: first }).await, Changed::Gone);
    assert_eq!(bench.change(Change::RevokeToken { account: ann, id: first }).await, Changed::Done(0));
    assert_eq!(bench.store.token([1; 32]).await.unwrap(), None);
    assert_eq!(
        bench.change(Change::AddToken([3; 32], Box::new(ApiToken { account: 99, ..*token("x", None) }))).await,
        Changed::Gone
    );
}

pub async fn an_invitation_is_used_up<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let id = bench.invite(1, 2).await;
    assert!(matches!(bench.add_with("a", |new| new.invitation = Some(id)).await, Changed::Done(_)));
    assert_eq!(bench.add_with("A", |new| new.invitation = Some(id)).await, Changed::NameTaken, "that uses nothing");
    let found = bench.store.invitation([1; 32]).await.unwrap().unwrap();
    assert_eq!((found.id, found.uses, found.role, found.by.as_str()), (id, 1, Role::Operator, "Ada"));
    assert!(matches!(bench.add_with("b", |new| new.invitation = Some(id)).await, Changed::Done(_)));
    assert_eq!(bench.add_with("c", |new| new.invitation = Some(id)).await, Changed::InvitationOver);
    let other = bench.invite(2, 5).await;
    assert_eq!(bench.store.invitations(10).await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>(), [other, id]);
    bench.clock.advance(DAY);
    assert_eq!(bench.add_with("c", |new| new.invitation = Some(other)).await, Changed::InvitationOver, "too late");
    let third = bench.invite(3, 1).await;
    assert_eq!(bench.store.invitations(10).await.unwrap().len(), 1, "those that are over are forgotten");
    assert_eq!(bench.change(Change::RevokeInvitation(third)).await, Changed::Done(0));
    assert_eq!(bench.change(Change::RevokeInvitation(third)).await, Changed::Gone);
}

pub async fn what_happened_is_noted_with_what_was_done_and_not_without<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    let note = |what, about: &str| Note {
        at: bench.clock.now(),
        who: "Ada".to_owned(),
        what,
        about: about.to_owned(),
        address: Some("192.0.2.1".to_owned()),
    };
    let mut wanted = Vec::new();
    for what in Happened::ALL {
        let note = note(what, "x");
        bench.store.change_people(Change::Nothing, Some(note.clone())).await.unwrap();
        wanted.insert(0, note);
    }
    let gone = Change::SetRole(99, Role::Admin);
    bench.store.change_people(gone, Some(note(Happened::RoleChanged, "nobody"))).await.unwrap();
    let all = bench.store.notes(u64::MAX, 100).await.unwrap();
    assert_eq!(all.iter().map(|(_, note)| note.clone()).collect::<Vec<_>>(), wanted, "the newest first");
    let page = bench.store.notes(all[4].0, 2).await.unwrap();
    assert_eq!(page, all[5..7]);
}

pub async fn of_many_that_want_a_name_at_once_one_gets_it<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let tries = (0..8).map(|_| {
        let (store, new) = (Arc::clone(&bench.store), new("Ann", bench.clock.now()));
        async move { store.change_people(Change::AddAccount(Box::new(new)), None).await.unwrap() }
    });
    let mut done = 0;
    let mut tasks = tokio::task::JoinSet::new();
    tries.for_each(|one| drop(tasks.spawn(one)));
    while let Some(changed) = tasks.join_next().await {
        done += u32::from(matches!(changed.unwrap(), Changed::Done(_)));
    }
    assert_eq!(done, 1);
}
