//! Leads a visitor through a flow: from where a session is and what came, to what is said and where it is then. It knows no
//! time and no chance, so the same always leads to the same.

use std::sync::Arc;

use crate::{
    answer::{Answer, Given, Record, Refusal},
    flow::{Choice, Flow, Kind, Next, State},
    id::Id,
    input::{self, Bound, Input, InputType},
    progress::{Progress, Waiting},
    request::{Reply, RequestToMake},
    say::{SaidChoice, SaidInput, Say},
    settings::Hours,
    text::{Language, Text, Variable, escape},
    words,
};

/// The variable that an e-mail address is kept in which is asked for where nobody is there, and the session of its editor.
pub(crate) const EMAIL: &str = "email";
/// What is said where nobody is there, unless the flow says something else.
const CLOSED: &str = "Nobody is here at the moment. Leave your e-mail address, and somebody will write to you.";
/// The same where the address is known.
const CLOSED_TO: &str = "Nobody is here at the moment. Somebody will write to you.";
/// How long a variable may be, in characters; what is over is cut off.
const LONGEST_VARIABLE: usize = 4_000;

/// A step of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The answer that it began with, as it is to be stored, if it began with one.
    pub answer: Option<Record>,
    /// What the flow says, in order.
    pub says: Vec<Say>,
    /// Where the session is then.
    pub progress: Progress,
    /// Every state that it came to, in order: for counts.
    pub passed: Vec<Passed>,
}

/// A state that a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The flow.
    pub flow: Arc<str>,
    /// The flow's own name for it.
    pub state: Arc<str>,
}

impl Step {
    /// This step and the one that follows it at once, as one.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.says.extend(next.says);
        self.passed.extend(next.passed);
        Self { progress: next.progress, ..self }
    }
}

impl Flow {
    /// Begins a session, for a browser that wants these languages, best first.
    pub fn start(&self, languages: &[&str]) -> Step {
        self.walk(Progress::new(languages)).to(0)
    }

    /// Goes on in this flow: from a jump, or to begin with variables that are set. At the first state if none is named;
    /// nothing if there is none of that name.
    pub fn arrive(&self, progress: &Progress, state: Option<&str>) -> Option<Step> {
        let at = state.map_or(Some(0), |name| self.0.index.get(name).copied())?;
        // What the other flow left open can't be answered here.
        let progress = Progress { open: None, aside: None, tries: 0, ..progress.clone() };
        Some(self.walk(progress).to(at))
    }

    /// What an answer leads to.
    ///
    /// # Errors
    ///
    /// It does not fit. Then nothing has changed, and the client is told why, unless it is a [`Refusal::Repeat`].
    pub fn answer(&self, progress: &Progress, answer: &Answer) -> Result<Step, Refusal> {
        answer.fits()?;
        let print = answer.fingerprint();
        if answer.answer_to.is_some() && answer.answer_to != progress.number() {
            let repeat = progress.was_closed(answer.answer_to, &print);
            return Err(if repeat { Refusal::Repeat } else { Refusal::NotOpen });
        }
        self.taken(progress, answer).map_err(|refusal| {
            let repeat = answer.answer_to.is_none() && progress.was_closed(None, &print);
            if repeat { Refusal::Repeat } else { refusal }
        })
    }

    /// The request that a session waits for, to be made now. Nothing if it waits for something else.
    pub fn resolve_request(&self, progress: &Progress) -> Option<RequestToMake> {
        let Waiting::Request { state } = &progress.waiting else { return None };
        match &self.state(state)?.kind {
            Kind::Request { request, .. } => Some(request.fill(&progress.variables)),
            _ => None,
        }
    }

    /// What the answer to a request leads to; without one, the request failed. Nothing if the session waits for something
    /// else.
    pub fn requested(&self, progress: &Progress, reply: Option<Reply<'_>>) -> Option<Step> {
        let Waiting::Request { state } = &progress.waiting else { return None };
        let Kind::Request { request, next, otherwise } = &self.state(state)?.kind else { return None };
        let mut walk = self.walk(progress.clone());
        let went_well = request.keep(reply, &mut walk.progress.variables);
        let to = match otherwise {
            Some(otherwise) if !went_well => *otherwise,
            _ => walk.choose(next),
        };
        Some(walk.to(to))
    }

    /// Goes on when a person hands back to the flow. Nothing if the session waits for something else.
    pub fn handed_back(&self, progress: &Progress) -> Option<Step> {
        let Waiting::Handoff { state, .. } = &progress.waiting else { return None };
        let Kind::Handoff { next, .. } = &self.state(state)?.kind else { return None };
        Some(self.walk(progress.clone()).on(next.as_ref()))
    }

    /// What a step does that asks for a person when nobody is there: it says so, and asks for an e-mail address first, unless one is
    /// known. Other steps stay as they are. `hours` are those that hold.
    pub fn nobody_there(&self, step: Step, hours: &Hours) -> Step {
        // Who has just left an address came to no new state by that.
        let Some((Waiting::Handoff { state, .. }, _)) = Some(&step.progress.waiting).zip(step.passed.last()) else {
            return step;
        };
        let Step { answer, mut says, progress, passed } = step.clone();
        let mut walk = self.walk(progress);
        let known = walk.progress.variables.get(EMAIL).is_some_and(|known| input::is_email(&known.value));
        let content = match &hours.closed {
            Some(text) => walk.html(text),
            None => if known { CLOSED_TO } else { CLOSED }.to_owned(),
        };
        if known {
            let at = says.len().saturating_sub(1);
            says.insert(at, Say::BotText { content });
        } else {
            says.pop_if(|last| matches!(last, Say::Handoff { .. }));
            says.push(Say::BotText { content });
            walk.ask_for_email(state);
            says.append(&mut walk.says);
        }
        Step { answer, says, passed, progress: walk.progress }
    }

    fn walk(&self, mut progress: Progress) -> Walk<'_> {
        self.name().clone_into(&mut progress.flow);
        self.version().clone_into(&mut progress.version);
        let language = self.0.settings.language(&progress.languages);
        Walk { flow: self, language, progress, answer: None, says: Vec::new(), passed: Vec::new() }
    }

    fn taken(&self, progress: &Progress, answer: &Answer) -> Result<Step, Refusal> {
        match progress.waiting {
            Waiting::Answer => {}
            Waiting::Request { .. } | Waiting::Jump { .. } => return Err(Refusal::Busy),
            Waiting::Handoff { .. } => return Err(Refusal::HandedOff),
            Waiting::End => return Err(Refusal::Ended),
        }
        let open = progress.open.as_ref().ok_or(Refusal::Ended)?;
        let state = self.state(&open.state).ok_or(Refusal::Changed)?;
        let walk = self.walk(progress.clone());
        let takes_file = matches!(&state.kind, Kind::Chat { input: Some(input), .. } if input.kind == InputType::File);
        if matches!(answer.given, Given::Text { size: Some(_), .. }) && !takes_file {
            return Err(Refusal::NoFile);
        }
        match (&state.kind, &answer.given) {
            (Kind::Choice { group, choices, .. }, Given::Choice { group_id, item_id }) => {
                if group != group_id {
                    return Err(Refusal::NotOpen);
                }
                let choice = choices.iter().find(|choice| choice.item == *item_id).ok_or(Refusal::UnknownChoice)?;
                walk.chosen(state, choice, answer)
            }
            (Kind::Choice { choices, .. }, Given::Text { session_id, content, .. }) => {
                let fallback = self.0.settings.fallback.ok_or(Refusal::NotOpen)?;
                let shown = choices.iter().map(|choice| (walk.html(&choice.content), choice.item.key()));
                let shown: Vec<_> = shown.collect();
                let meant = words::meant(content, shown.iter().map(|(content, id)| (content.clone(), id.as_ref())));
                match meant {
                    Some(at) => walk.chosen(state, &choices[at], answer),
                    None => Ok(walk.fall_back(fallback, session_id.clone(), content)),
                }
            }
            (Kind::Chat { session, save, input, .. }, Given::Text { session_id, content, size }) => {
                if session_id.as_ref().is_some_and(|other| other != session) {
                    return Err(Refusal::NotOpen);
                }
                let to = *self.0.sessions.get(&*session.key()).ok_or(Refusal::Changed)?;
                let record =
                    Record::UserText { session_id: Some(session.clone()), content: content.clone(), size: *size };
                let walk = Walk { answer: Some(record), ..walk };
                match input {
                    None => Ok(walk.typed(save.as_deref(), Variable::new(content.trim()), answer).to(to)),
                    Some(input) => match input.judge(content, *size, &walk.language, &progress.variables) {
                        Some(value) => Ok(walk.typed(save.as_deref(), value, answer).to(to)),
                        None => Ok(walk.wrong(input, save.as_deref(), answer, to)),
                    },
                }
            }
            (Kind::Handoff { queue, .. }, Given::Text { session_id, content, .. }) => {
                let session = Id::from(EMAIL);
                if session_id.as_ref().is_some_and(|other| *other != session) {
                    return Err(Refusal::NotOpen);
                }
                let record = Record::UserText { session_id: Some(session), content: content.clone(), size: None };
                let walk = Walk { answer: Some(record), ..walk };
                Ok(walk.reached_by(state, queue.clone(), content, answer))
            }
            (Kind::Chat { .. } | Kind::Handoff { .. }, Given::Choice { .. }) => Err(Refusal::NotOpen),
            _ => Err(Refusal::Changed),
        }
    }
}

/// A session on its way.
struct Walk<'f> {
    flow: &'f Flow,
    language: Language<'f>,
    progress: Progress,
    answer: Option<Record>,
    says: Vec<Say>,
    passed: Vec<Passed>,
}

impl Walk<'_> {
    fn html(&self, text: &Text) -> String {
        text.html(&self.language, &self.progress.variables)
    }

    fn chosen(mut self, state: &State, choice: &Choice, answer: &Answer) -> Result<Step, Refusal> {
        let Kind::Choice { group, save, .. } = &state.kind else { return Err(Refusal::Changed) };
        let key = (group.key().into_owned(), choice.item.key().into_owned());
        let to = *self.flow.0.choices.get(&key).ok_or(Refusal::Changed)?;
        let content = self.html(&choice.content);
        let label = Some(words::plain(&content)).filter(|label| *label != key.1);
        let (group_id, item_id) = (group.clone(), choice.item.clone());
        self.answer = Some(Record::ChoiceResponse { group_id, item_id, content });
        Ok(self.typed(save.as_deref(), Variable { value: key.1, label }, answer).to(to))
    }

    /// Closes the question, and keeps its answer if it has a name.
    fn typed(mut self, save: Option<&str>, mut value: Variable, answer: &Answer) -> Self {
        if let Some(name) = save {
            if let Some((end, _)) = value.value.char_indices().nth(LONGEST_VARIABLE) {
                value.value.truncate(end);
            }
            self.progress.variables.insert(name.to_owned(), value);
        }
        self.progress.close(answer.fingerprint());
        self
    }

    fn ask_for_email(&mut self, state: &str) {
        let session_id = Id::from(EMAIL);
        self.progress.editor = Some(session_id.clone());
        self.progress.aside = self.progress.open.take();
        let input = SaidInput {
            r#type: InputType::Email.name().to_owned(),
            min: None,
            max: None,
            pattern: None,
            choices: Vec::new(),
        };
        self.says.push(Say::StartChatSession { session_id, chat_prompt: None, chat_text: None, input: Some(input) });
        self.progress.ask(state);
    }

    /// Asks for a person who is not there now, and knows how to reach the visitor later.
    fn reached_by(mut self, state: &State, queue: Option<String>, content: &str, answer: &Answer) -> Step {
        let content = content.trim();
        if !input::is_email(content) {
            let mut content = String::new();
            escape(InputType::Email.error(), &mut content);
            self.says.push(Say::BotText { content });
            return self.end();
        }
        let mut walk = self.typed(Some(EMAIL), Variable::new(content), answer);
        (walk.progress.editor, walk.progress.open) = (None, walk.progress.aside.take());
        walk.says.push(Say::EndChatSession { session_id: Id::from(EMAIL) });
        let thanks = walk.flow.0.settings.hours.as_ref().and_then(|hours| hours.thanks.as_ref());
        let message = thanks.map(|thanks| walk.html(thanks));
        walk.says.push(Say::Handoff { message });
        walk.wait_for_person(state, queue);
        walk.end()
    }

    fn wait_for_person(&mut self, state: &State, queue: Option<String>) {
        let queue = queue.or_else(|| self.flow.0.settings.queue.clone());
        self.progress.waiting = Waiting::Handoff { state: state.name.to_string(), queue };
    }

    /// What a wrong text leads to: the same question again, or after the last try, on.
    fn wrong(mut self, input: &Input, save: Option<&str>, answer: &Answer, to: usize) -> Step {
        // A file that does not fit is not kept.
        if let Some(Record::UserText { size, .. }) = &mut self.answer {
            *size = None;
        }
        self.progress.tries += 1;
        if input.retries.is_some_and(|retries| self.progress.tries >= retries) {
            save.map(|name| self.progress.variables.remove(name));
            self.progress.close(answer.fingerprint());
            return self.to(input.otherwise.unwrap_or(to));
        }
        let mut content = String::new();
        match &input.error {
            Some(text) => content = self.html(text),
            None => escape(input.kind.error(), &mut content),
        }
        self.says.push(Say::BotText { content });
        self.end()
    }

    /// Goes to the fallback with a text that means none of the choices, which stay open.
    fn fall_back(mut self, fallback: usize, session_id: Option<crate::Id>, content: &str) -> Step {
        self.answer = Some(Record::UserText { session_id, content: content.to_owned(), size: None });
        self.to(fallback)
    }

    fn choose(&self, next: &Next) -> usize {
        match next {
            Next::To(to) => *to,
            Next::When(when, last) => {
                let holds = when.iter().find(|(condition, _)| condition.holds(&self.progress.variables));
                holds.map_or(*last, |(_, to)| *to)
            }
        }
    }

    /// Goes on, if it goes on.
    fn on(self, next: Option<&Next>) -> Step {
        match next {
            Some(next) => {
                let to = self.choose(next);
                self.to(to)
            }
            None => self.finish(),
        }
    }

    /// Goes to a state and from there as far as nobody is waited for.
    fn to(mut self, mut at: usize) -> Step {
        let flow = self.flow;
        // The checker found no round without a wait, so no state is passed twice.
        for _ in 0..flow.0.states.len() {
            let state = &flow.0.states[at];
            self.passed.push(Passed { flow: Arc::clone(&flow.0.name), state: Arc::clone(&state.name) });
            let next = match &state.kind {
                Kind::Say { content, next } => {
                    let content = self.html(content);
                    self.says.push(Say::BotText { content });
                    next.as_ref()
                }
                Kind::EndChat { session, next } => {
                    if self.progress.editor.as_ref() == Some(session) {
                        self.progress.editor = None;
                    }
                    self.says.push(Say::EndChatSession { session_id: session.clone() });
                    next.as_ref()
                }
                Kind::MatchChoice { next, .. } | Kind::MatchText { next, .. } => Some(next),
                Kind::Choice { .. } | Kind::Chat { .. } => {
                    self.ask(state);
                    return self.end();
                }
                Kind::Handoff { message, queue, .. } => {
                    let message = message.as_ref().map(|message| self.html(message));
                    self.says.push(Say::Handoff { message });
                    self.wait_for_person(state, queue.clone());
                    return self.end();
                }
                Kind::Request { .. } => {
                    self.progress.waiting = Waiting::Request { state: state.name.to_string() };
                    return self.end();
                }
                Kind::Jump { flow, state } => {
                    self.progress.waiting = Waiting::Jump { flow: flow.clone(), state: state.clone() };
                    return self.end();
                }
            };
            match next {
                Some(next) => at = self.choose(next),
                None => return self.finish(),
            }
        }
        self.finish()
    }

    fn ask(&mut self, state: &State) {
        let say = match &state.kind {
            Kind::Choice { group, question, choices, .. } => {
                let said =
                    |choice: &Choice| SaidChoice { item_id: choice.item.clone(), content: self.html(&choice.content) };
                Say::ChoiceRequest {
                    group_id: group.clone(),
                    question: self.html(question),
                    choices: choices.iter().map(said).collect(),
                    fallback: self.flow.has_fallback(),
                }
            }
            Kind::Chat { session, prompt, text, input, .. } => {
                self.progress.editor = Some(session.clone());
                Say::StartChatSession {
                    session_id: session.clone(),
                    chat_prompt: prompt.as_ref().map(|text| self.html(text)),
                    chat_text: text.as_ref().map(|text| self.html(text)),
                    input: input.as_ref().map(|input| self.said(input)),
                }
            }
            _ => return,
        };
        self.says.push(say);
        self.progress.ask(&state.name);
    }

    fn said(&self, input: &Input) -> SaidInput {
        let bound = |bound: &Option<Bound>| match bound {
            Some(Bound::Number(number)) => Some(number.clone().into()),
            Some(Bound::Date(date)) => Some(date.clone().into()),
            None => None,
        };
        SaidInput {
            r#type: input.kind.name().to_owned(),
            min: bound(&input.min),
            max: bound(&input.max),
            pattern: input.pattern.as_ref().map(|pattern| pattern.source().to_owned()),
            choices: input.choices.iter().map(|choice| self.html(choice)).collect(),
        }
    }

    /// The end of a way: the flow's, unless a fallback went it and the question is open still.
    fn finish(mut self) -> Step {
        self.progress.waiting = if self.progress.open.is_some() { Waiting::Answer } else { Waiting::End };
        self.end()
    }

    fn end(self) -> Step {
        Step { answer: self.answer, says: self.says, progress: self.progress, passed: self.passed }
    }
}
