//! A flow: states in the order of its file, read once, never changed.

use std::{collections::HashMap, sync::Arc};

use crate::{
    condition::Condition, finding::Position, id::Id, input::Input, request::Request, settings::Settings, text::Text,
};

/// A flow without errors, ready to lead visitors. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Flow(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) name: Arc<str>,
    pub(crate) text: String,
    pub(crate) version: String,
    pub(crate) settings: Settings,
    pub(crate) states: Vec<State>,
    pub(crate) index: HashMap<Arc<str>, usize>,
    /// The match of a group's item.
    pub(crate) choices: HashMap<(String, String), usize>,
    /// The match of a session's text.
    pub(crate) sessions: HashMap<String, usize>,
}

impl Flow {
    /// Its name, which is none of the file's business.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its title, if the file has one; in the visitor's language.
    pub fn title(&self, languages: &[String]) -> Option<String> {
        let title = self.0.settings.title.as_ref()?;
        Some(title.html(&self.0.settings.language(languages), &crate::Variables::new()))
    }

    /// Twelve hexadecimal digits that are others when the file is another.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The file.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What its `$flow` says, or what holds without.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Its states, in the file's order; the first is where it starts.
    pub fn states(&self) -> &[State] {
        &self.0.states
    }

    /// The state of a name.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.0.index.get(name).map(|&at| &self.0.states[at])
    }

    /// The names of the flows that it may jump to.
    pub fn jumps(&self) -> impl Iterator<Item = &str> {
        self.states().iter().filter_map(|state| match &state.kind {
            Kind::Jump { flow, .. } => Some(flow.as_str()),
            _ => None,
        })
    }

    /// What a state says or does, in a few words, in the flow's first language.
    pub fn gist(&self, state: &State) -> String {
        crate::graph::summary(self, state)
    }

    /// Whether text is taken while a choice is open, so that a client keeps its editor open.
    pub fn has_fallback(&self) -> bool {
        self.0.settings.fallback.is_some()
    }
}

/// One state of a flow.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) name: Arc<str>,
    pub(crate) at: Position,
    pub(crate) kind: Kind,
}

impl State {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands in the file.
    pub fn position(&self) -> Position {
        self.at
    }

    /// What it does, as the file calls it: `BotText`, `ChoiceRequest`, `StartChatSession`, `EndChatSession`, `Handoff`,
    /// `ChoiceResponse`, `UserText`, `request` or `jump`.
    pub fn kind(&self) -> &'static str {
        match &self.kind {
            Kind::Say { .. } => "BotText",
            Kind::Choice { .. } => "ChoiceRequest",
            Kind::Chat { .. } => "StartChatSession",
            Kind::EndChat { .. } => "EndChatSession",
            Kind::Handoff { .. } => "Handoff",
            Kind::MatchChoice { .. } => "ChoiceResponse",
            Kind::MatchText { .. } => "UserText",
            Kind::Request { .. } => "request",
            Kind::Jump { .. } => "jump",
        }
    }

    /// Whether it waits for the visitor's answer.
    pub fn asks(&self) -> bool {
        matches!(self.kind, Kind::Choice { .. } | Kind::Chat { .. })
    }
}

/// What a state does.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Say { content: Text, next: Option<Next> },
    Choice { group: Id, question: Text, choices: Vec<Choice>, save: Option<String> },
    Chat { session: Id, prompt: Option<Text>, text: Option<Text>, save: Option<String>, input: Option<Box<Input>> },
    EndChat { session: Id, next: Option<Next> },
    Handoff { message: Option<Text>, queue: Option<String>, next: Option<Next> },
    MatchChoice { group: Id, item: Id, next: Next },
    MatchText { session: Id, next: Next },
    Request { request: Box<Request>, next: Next, otherwise: Option<usize> },
    Jump { flow: String, state: Option<String> },
}

/// One choice of a question.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) item: Id,
    pub(crate) content: Text,
    pub(crate) at: Position,
}

/// Where a state leads.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    To(usize),
    When(Vec<(Condition, usize)>, usize),
}

impl Next {
    /// All the states that it may lead to.
    pub(crate) fn all(&self) -> impl Iterator<Item = usize> {
        let (when, last) = match self {
            Self::To(to) => (&[][..], *to),
            Self::When(when, last) => (when.as_slice(), *last),
        };
        when.iter().map(|(_, to)| *to).chain([last])
    }
}

impl Kind {
    /// Where a walk goes on from here without waiting for the visitor; what a request is answered counts as no wait.
    pub(crate) fn onward(&self) -> Vec<usize> {
        match self {
            Self::Say { next, .. } | Self::EndChat { next, .. } => next.iter().flat_map(Next::all).collect(),
            Self::MatchChoice { next, .. } | Self::MatchText { next, .. } => next.all().collect(),
            Self::Request { next, otherwise, .. } => next.all().chain(*otherwise).collect(),
            Self::Choice { .. } | Self::Chat { .. } | Self::Handoff { .. } | Self::Jump { .. } => Vec::new(),
        }
    }
}
