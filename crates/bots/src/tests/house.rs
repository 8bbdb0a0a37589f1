//! A server in miniature: a runtime, bots, and one room.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use parlor_outbound::{Client, Rules};
use parlor_rooms::{Bot, BotId, Bots as RoomBots, Conversation, EventId, Json, Message, RoomName, RoomState};
use parlor_runtime::{Asked, BotChange, BotControl as _, Builder, Dispatch, FormSubmission, Runtime};
use parlor_store::{Activation, Activations as _, Log as _, Pending, Store, Trigger, Wanted, record};
use parlor_testkit::{FakeClock, FakeRandom, Faults, MemoryStore};
use serde_json::{Value, json};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use crate::{Bots, Builtin, Options, Registry, Reply};

/// A bot's activation, which the test answers.
pub(super) struct Call {
    pub(super) bot: String,
    pub(super) got: Value,
    answer: oneshot::Sender<Reply>,
}

impl Call {
    pub(super) fn answer(self, answer: &Value) {
        self.reply(200, answer);
    }

    pub(super) fn reply(self, status: u16, answer: &Value) {
        let body = Bytes::from(answer.to_string());
        // The attempt may have been given up.
        let _ = self.answer.send(Reply { status, body, ..Reply::default() });
    }

    /// Answers with this text.
    pub(super) fn say(self, text: &str) {
        self.answer(&json!({ "text": text }));
    }
}

/// A bot that waits for the test.
struct Held {
    name: &'static str,
    calls: mpsc::UnboundedSender<Call>,
}

#[async_trait]
impl Builtin for Held {
    async fn answer(&self, activation: Bytes) -> Reply {
        let (answer, answered) = oneshot::channel();
        let got = serde_json::from_slice(&activation).unwrap();
        let _ = self.calls.send(Call { bot: self.name.to_owned(), got, answer });
        match answered.await {
            Ok(reply) => reply,
            Err(_) => std::future::pending().await,
        }
    }
}

/// Stands between runtime and bots, so that bots can be replaced by others: as far as they can tell, after a crash.
#[derive(Default)]
struct Switch(Mutex<Option<Arc<Bots>>>);

impl Dispatch for Switch {
    fn asked(&self, asked: Asked) {
        if let Some(bots) = &*self.0.lock().unwrap() {
            bots.asked(asked);
        }
    }

    fn changed(&self, room: &RoomName, bots: &RoomBots, conversation: Option<&Conversation>) {
        if let Some(to) = &*self.0.lock().unwrap() {
            to.changed(room, bots, conversation);
        }
    }
}

pub(super) struct House {
    pub(super) runtime: Runtime,
    pub(super) bots: Arc<Bots>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) room: RoomName,
    switch: Arc<Switch>,
    sender: mpsc::UnboundedSender<Call>,
    calls: AsyncMutex<mpsc::UnboundedReceiver<Call>>,
}

impl House {
    pub(super) async fn new() -> Self {
        Self::with_faults(Faults::none(), 0).await
    }

    pub(super) async fn with_faults(faults: Faults, seed: u64) -> Self {
        let clock = Arc::new(FakeClock::default());
        let store = Arc::new(MemoryStore::with_faults(clock.clone(), faults, seed));
        let runtime = Builder::new(Arc::clone(&store) as Arc<dyn Store>, clock).start();
        let switch = Arc::new(Switch::default());
        runtime.set_dispatch(Arc::clone(&switch) as Arc<dyn Dispatch>);
        let (sender, calls) = mpsc::unbounded_channel();
        let bots = new_bots(&runtime, &sender);
        *switch.0.lock().unwrap() = Some(Arc::clone(&bots));
        let room = RoomName::parse("room").unwrap();
        Self { runtime, bots, store, room, switch, sender, calls: AsyncMutex::new(calls) }
    }

    /// The server ends without warning; what was under way hangs for ever. Another one has not started yet.
    pub(super) fn crash(&mut self) {
        *self.switch.0.lock().unwrap() = None;
        self.bots = new_bots(&self.runtime, &self.sender);
    }

    /// Another server takes over.
    pub(super) async fn restart(&mut self) {
        self.crash();
        *self.switch.0.lock().unwrap() = Some(Arc::clone(&self.bots));
        self.bots.recover().await.unwrap();
    }

    /// Adds a bot: `builtin:a`, `builtin:b` and `builtin:c` wait for the test.
    pub(super) async fn bot(&self, name: &str, url: &str) -> BotId {
        self.bot_in(&self.room, name, None, url).await
    }

    pub(super) async fn bot_in(&self, room: &RoomName, name: &str, responds_to: Option<&str>, url: &str) -> BotId {
        let change = BotChange {
            name: Some(name.into()),
            responds_to: Some(responds_to.map(Into::into)),
            url: Some(url.into()),
            ..BotChange::default()
        };
        self.runtime.put_bot(&parlor_runtime::Caller::anyone(None), room, change).await.unwrap().id
    }

    pub(super) async fn change(&self, bot: BotId, change: BotChange) -> Bot {
        self.runtime
            .put_bot(&parlor_runtime::Caller::anyone(None), &self.room, BotChange { id: Some(bot), ..change })
            .await
            .unwrap()
    }

    pub(super) async fn say(&self, text: &str) -> Trigger {
        let posted = self
            .runtime
            .post(&parlor_runtime::Caller::anyone(None), self.room.clone(), Message::user("Ann", text), None)
            .await;
        Trigger::Message(posted.unwrap().message.id)
    }

    pub(super) async fn submit(&self, bot: BotId, action: Option<&str>, data: &Value) -> Trigger {
        let form = FormSubmission {
            caller: parlor_runtime::Caller::anyone(None),
            room: self.room.clone(),
            author: "Ann".into(),
            bot,
            action_url: action.map(Into::into),
            form_data: Json::from(data),
        };
        self.bots.submit_form(form).await.unwrap()
    }

    pub(super) async fn answered(&self, trigger: &Trigger) {
        self.bots.answered(&self.room, trigger).await;
    }

    /// The next activation of a bot that waits for the test.
    pub(super) async fn call(&self, bot: &str) -> Call {
        let call = self.calls.lock().await.recv().await.unwrap();
        assert_eq!(call.bot, bot, "got {}", call.got);
        call
    }

    /// That no bot was asked whose activation the test has not taken.
    pub(super) async fn is_quiet(&self) -> bool {
        // Everything that is ready gets its turn before time, which is paused, moves.
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.calls.lock().await.try_recv().is_err()
    }

    /// What was said in the room, but for what people said: author and text.
    pub(super) async fn said(&self) -> Vec<String> {
        self.said_in(&self.room).await
    }

    pub(super) async fn said_in(&self, room: &RoomName) -> Vec<String> {
        let messages = self.messages(room).await;
        let said = messages.into_iter().filter(|message| message.kind != parlor_rooms::Kind::User);
        said.map(|message| format!("{}: {}", message.author, message.text)).collect()
    }

    pub(super) async fn messages(&self, room: &RoomName) -> Vec<Message> {
        let stored = self.store.before(room, EventId(u64::MAX), 10_000).await.unwrap();
        stored.iter().map(|stored| record::read_message(&stored.record).unwrap()).collect()
    }

    pub(super) async fn last(&self) -> Message {
        self.messages(&self.room).await.pop().unwrap()
    }

    pub(super) async fn state(&self) -> RoomState {
        self.runtime.snapshot(&self.room).await.unwrap()
    }

    pub(super) async fn pending(&self) -> Vec<Pending> {
        self.store.pending().await.unwrap().into_iter().map(|(pending, _)| pending).collect()
    }

    /// The records, oldest first.
    pub(super) async fn records(&self) -> Vec<Activation> {
        let mut records = self.store.activations(Wanted { limit: 10_000, ..Wanted::default() }).await.unwrap();
        records.reverse();
        records
    }
}

fn new_bots(runtime: &Runtime, calls: &mpsc::UnboundedSender<Call>) -> Arc<Bots> {
    let mut builtin = Registry::demonstration();
    for name in ["a", "b", "c"] {
        builtin.add(name, Held { name, calls: calls.clone() });
    }
    let client = Client::new(Rules { allow_local: true, ..Rules::default() });
    let options = Options { builtin, ..Options::new(Arc::new(FakeRandom::default())) };
    Bots::new(runtime.clone(), client, options)
}
