//! What every driver must do: functions whose names are the rules, run by each driver in its own tests.
//!
//! A driver's tests call [`conformance_tests!`](crate::conformance_tests) with a way to make a fresh store. Nothing here
//! looks behind the ports; what only a driver can show (that rows are gone, that syncs are shared) it tests itself.

#![allow(missing_docs, reason = "the names of the functions are sentences")]
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "they are tests, run from other crates")]

pub mod bots;
pub mod clears;
pub mod content;
pub mod control;
pub mod dispatch;
pub mod faults;
pub mod feed;
pub mod ids;
pub mod keys;
pub mod people;
pub mod reading;
pub mod retention;
pub mod search;
pub mod sessions;
pub mod state;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use parlor_rooms::{Bot, BotId, Clock, Event, EventId, Interest, Json, Message, Part, RoomName, RoomState, Timestamp};

use crate::{Append, AppendError, Appended, Committed, Store, StoredMessage, record};

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// Begins at this time.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Sets the time, also back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

/// Begins in November 2023, when the seconds had many zeros.
impl Default for FakeClock {
    fn default() -> Self {
        Self::at(Timestamp(1_700_000_000_000_000))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A fresh store, its clock, and a room.
#[derive(Debug)]
pub struct Bench<S> {
    pub store: Arc<S>,
    pub clock: Arc<FakeClock>,
    pub room: RoomName,
}

/// The highest id that can be asked for.
pub const ALL: EventId = EventId(u64::MAX);

impl<S: Store> Bench<S> {
    pub async fn new(make: impl AsyncFn(Arc<FakeClock>) -> S) -> Self {
        let clock = Arc::new(FakeClock::default());
        let store = Arc::new(make(Arc::clone(&clock)).await);
        Self { store, clock, room: room("a room") }
    }

    pub async fn append(&self, parts: Vec<Part>) -> Appended {
        self.store.append(Append::new(self.room.clone(), parts)).await.unwrap()
    }

    pub async fn say(&self, text: &str) -> Appended {
        self.append(vec![said(text)]).await
    }

    pub async fn try_append(&self, append: Append) -> Result<Appended, AppendError> {
        self.store.append(append).await
    }

    pub async fn state(&self) -> RoomState {
        self.store.open(&self.room).await.unwrap().state
    }

    /// All messages that readers see, as id and text.
    pub async fn texts(&self) -> Vec<(EventId, String)> {
        texts(&self.store.after(&self.room, EventId::ZERO, ALL, 100_000).await.unwrap())
    }

    pub async fn events(&self) -> Vec<Committed> {
        self.store.events(&self.room, EventId::ZERO, ALL, 100_000).await.unwrap()
    }

    /// Waits until everything that was asked for before is stored: an append of nothing.
    pub async fn settle(&self) {
        self.append(Vec::new()).await;
    }
}

/// A rule that is broken may mean that somebody waits for ever.
pub async fn in_time(test: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_secs(60), test).await.expect("it ends");
}

pub fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

pub fn json(text: &str) -> Json {
    Json::parse(text).unwrap()
}

pub fn said(text: &str) -> Part {
    Part::Message(Arc::new(Message::user("Ann", text)))
}

pub fn bot(id: u64, name: &str) -> Bot {
    Bot {
        responds_to: Some(format!("^{name}\\b")),
        timeout: Some(1.5),
        events: vec![Interest::Join],
        ..Bot::new(BotId(id), name, format!("http://bots.example/{name}"))
    }
}

pub fn put(bot: Bot) -> Part {
    Part::BotPut(Arc::new(bot))
}

pub fn texts(messages: &[StoredMessage]) -> Vec<(EventId, String)> {
    messages.iter().map(|message| (message.id, record::read_message(&message.record).unwrap().text)).collect()
}

/// What applying these events to a room that has had none gives.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> RoomState {
    let mut state = RoomState::default();
    events.into_iter().for_each(|event| state.apply(event));
    state
}

/// Makes a test of each rule. Takes what makes a fresh store: `async |clock: Arc<FakeClock>| -> impl Store`.
///
/// ```text
/// parlor_store::conformance_tests!(async |clock| MyStore::new(clock));
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($make:expr) => {
        $crate::conformance_tests! { @modules $make;
            ids {
                ids_grow_in_a_room
                messages_of_one_event_have_ids_of_their_own
                every_event_names_the_last_id_before_it
                time_never_goes_backwards_in_a_room
                appends_at_once_all_get_their_place
            }
            keys {
                a_key_gives_the_same_event_for_a_day
                a_key_is_forgotten_after_a_day
                a_key_counts_in_its_room_only
                keys_of_posts_and_of_answers_are_apart
                the_same_key_many_times_at_once_gives_one_event
                a_duplicate_changes_nothing
                a_key_that_is_known_never_conflicts
                a_key_counts_without_an_event_too
            }
            control {
                a_stale_expectation_is_refused_and_hears_the_current_one
                a_new_room_expects_zero
                messages_never_conflict
                of_many_that_expect_the_same_one_wins
                a_refused_append_changes_nothing
            }
            feed {
                the_feed_brings_events_in_order_of_commit
                the_feed_has_one_reader
                the_feed_begins_when_it_is_asked_for
                nobody_is_answered_before_the_feed_is_read
                a_duplicate_is_answered_after_its_event
                a_conflict_is_answered_after_what_it_names
                without_a_reader_everybody_is_answered
                an_append_that_nobody_waits_for_is_committed
                an_append_without_parts_is_no_event
            }
            state {
                a_room_without_events_has_the_default_state
                a_room_is_what_its_events_make_of_it
                the_last_time_is_told
                rooms_are_listed_in_order_of_name
            }
            sessions {
                a_file_comes_with_its_event_and_goes_with_what_is_erased
                a_session_is_there_with_its_room
                a_session_of_which_all_was_erased_is_found_no_more
                sessions_are_found_by_what_is_known_of_them_and_counted
                steps_are_counted_by_day
                sessions_are_found_by_flow_and_by_who_leads
                what_is_said_in_a_flows_sessions_is_read_in_order
                flows_are_kept_and_published
                versions_of_a_flow_are_listed_the_newest_first
                a_draft_is_written_only_over_the_one_that_was_read
            }
            reading {
                after_gives_the_first_messages_of_a_range
                before_gives_the_newest_messages_below
                rooms_do_not_mix
                events_come_whole_and_in_order
                an_event_that_began_before_the_range_is_not_in_it
                changes_are_read_without_the_messages_between
            }
            content {
                messages_come_back_as_they_were
                a_big_message_comes_back_whole
                states_and_bots_come_back_as_they_were
            }
            clears {
                a_clear_hides_what_was_before_it
                a_clear_leaves_what_is_no_message
                erasing_never_touches_newer_messages
                an_archive_is_hidden_from_readers_as_well
            }
            bots {
                a_bot_is_found_until_it_is_deleted
                bots_that_were_deleted_are_told_since_when
                a_bots_number_is_never_given_again
                a_bot_that_changes_keeps_its_secret_and_its_token
                secrets_stand_in_no_event
                a_deleted_bot_has_neither_secret_nor_token
                a_new_token_takes_the_place_of_the_old_one
            }
            dispatch {
                a_message_is_pending_only_where_there_are_bots
                a_form_is_pending_everywhere
                a_form_may_come_with_an_event
                an_attempt_is_stored_with_its_plan
                an_answer_ends_its_dispatch_with_its_event
                a_second_answer_is_a_duplicate
                a_late_plan_brings_nothing_back
                an_answer_may_end_a_dispatch_of_another_room
                what_is_pending_is_oldest_first
                records_are_newest_first
            }
            people {
                an_account_is_found_and_listed_in_order
                a_name_belongs_to_one_account
                the_first_admin_is_made_once
                roles_passwords_and_disabling_are_kept
                an_identity_belongs_to_one_account
                a_session_is_found_by_its_hash_until_it_ends
                sessions_end_together_but_one
                a_session_that_was_used_is_written_down
                old_sessions_make_way
                a_token_is_found_by_its_hash_until_it_is_revoked
                an_invitation_is_used_up
                what_happened_is_noted_with_what_was_done_and_not_without
                of_many_that_want_a_name_at_once_one_gets_it
            }
            search {
                all_words_have_to_be_there
                case_and_accents_do_not_matter
                authors_are_found_too
                pages_go_from_the_newest_backwards
                only_this_room_is_searched
                what_was_cleared_is_never_found
                of_bots_what_people_see_is_searched
                no_query_is_an_error
            }
            retention {
                messages_are_kept_for_as_many_days_as_the_room_says
                as_many_messages_are_kept_as_the_room_says_and_no_event_is_cut_in_two
                where_a_room_says_nothing_the_server_does
                an_archive_does_not_keep_what_is_too_old
                what_happened_elsewhere_keeps_its_time_within_the_rooms_order
            }
            faults {
                what_is_acknowledged_is_there_once_whatever_fails
            }
        }
    };
    (@modules $make:expr; $($module:ident { $($name:ident)* })*) => {
        $(mod $module {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::conformance::in_time($crate::conformance::$module::$name($make)).await;
                }
            )*
        })*
    };
}
