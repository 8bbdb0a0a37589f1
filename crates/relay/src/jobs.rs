//! Many jobs at once, whatever becomes of the connection meanwhile: none is done twice because it was lost.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::{
    frames::{self, Activation, Frame, Wanted},
    local::{self, Local},
    show::Show,
};

/// How many jobs are under way at once.
const AT_ONCE: usize = 64;
/// How many answers are kept, in case the server asks for them again after a lost connection, and how long they may be.
const KEPT: usize = 64;
const KEPT_LENGTH: usize = 256 << 10;

/// The jobs of this relay.
pub(crate) struct Jobs {
    local: Arc<Local>,
    show: Arc<Show>,
    turns: Arc<Semaphore>,
    running: JoinSet<()>,
    under_way: HashSet<String>,
    done: VecDeque<(String, String)>,
    send: mpsc::UnboundedSender<(String, String)>,
    answers: mpsc::UnboundedReceiver<(String, String)>,
    /// Taken off the queue, and not sent yet.
    sending: Option<(String, String)>,
}

impl Jobs {
    pub(crate) fn new(local: Local, show: Arc<Show>) -> Self {
        let (send, answers) = mpsc::unbounded_channel();
        Self {
            local: Arc::new(local),
            show,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            running: JoinSet::new(),
            under_way: HashSet::new(),
            done: VecDeque::new(),
            send,
            answers,
            sending: None,
        }
    }

    /// Takes a frame of the server: what it wants is under way from now on, if it is not already.
    pub(crate) fn take(&mut self, text: &str) {
        while self.running.try_join_next().is_some() {}
        let wanted = match frames::read(text) {
            Some(Frame::Wanted(wanted)) => wanted,
            Some(Frame::Error(why)) => return self.show.server_says(&why),
            None => return,
        };
        if self.under_way.contains(&wanted.id) {
            return;
        }
        if let Some((id, answer)) = self.done.iter().find(|(id, _)| *id == wanted.id) {
            let _ = self.send.send((id.clone(), answer.clone()));
            return;
        }
        self.under_way.insert(wanted.id.clone());
        let (local, show, turns, send) =
            (Arc::clone(&self.local), Arc::clone(&self.show), Arc::clone(&self.turns), self.send.clone());
        self.running.spawn(async move {
            // Only a closed semaphore gives an error, and this one never is.
            let _turn = turns.acquire().await;
            let answer = carry_out(&local, &show, &wanted).await;
            // The receiver lives as long as the relay.
            let _ = send.send((wanted.id, answer));
        });
    }

    /// The next answer for the server: the same one again until it was [`Jobs::sent`]. Cancel-safe.
    pub(crate) async fn answer(&mut self) -> String {
        if self.sending.is_none() {
            self.sending = self.answers.recv().await;
        }
        match &self.sending {
            Some((_, answer)) => answer.clone(),
            None => std::future::pending().await,
        }
    }

    /// The answer is on its way to the server, whole; it is kept, for that way may be lost.
    pub(crate) fn sent(&mut self) {
        let Some((id, answer)) = self.sending.take() else { return };
        self.under_way.remove(&id);
        if answer.len() <= KEPT_LENGTH && !self.done.iter().any(|(done, _)| *done == id) {
            self.done.truncate(KEPT - 1);
            self.done.push_front((id, answer));
        }
    }
}

async fn carry_out(local: &Local, show: &Show, wanted: &Wanted) -> String {
    let Some(activation) = &wanted.activation else {
        return match &wanted.get {
            Some(path) => local.fetch(wanted, path).await,
            None => frames::failed(&wanted.id, "", "this relay does not know what is wanted; a newer one may"),
        };
    };
    let said: Activation = serde_json::from_str(activation.get()).unwrap_or_default();
    let number = show.asked(&said.author, &said.room, &local::line(&said));
    let outcome = local.activate(wanted, activation.get().to_owned()).await;
    show.answered(number, &outcome);
    outcome.frame
}
