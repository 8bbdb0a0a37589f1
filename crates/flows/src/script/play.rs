//! Plays a script with a flow.

use std::collections::VecDeque;

use super::{Line, Mismatch, Script, lines::spaced};
use crate::{
    Answer, Flow, Given, Progress, Refusal, Reply, Say, Step, Waiting,
    words::{meant, plain},
};

/// What the bot does, as a script tells it.
#[derive(Clone, Debug)]
enum Told {
    Says(String),
    Choices(Vec<(String, String)>),
    Editor(String),
}

impl Told {
    fn words(&self) -> String {
        match self {
            Self::Says(text) => format!("the bot says: {text}"),
            Self::Choices(choices) => format!("it offers the choices [{}]", contents(choices)),
            Self::Editor(prompt) => format!("it opens the editor with the prompt {prompt:?}"),
        }
    }
}

fn contents(choices: &[(String, String)]) -> String {
    choices.iter().map(|(content, _)| spaced(content)).collect::<Vec<_>>().join(", ")
}

/// Plays a script with a flow, up to the first difference.
///
/// # Errors
///
/// They differ.
pub fn play(flow: &Flow, script: &Script) -> Result<(), Mismatch> {
    let mut playing =
        Playing { flow, told: VecDeque::new(), choices: Vec::new(), progress: Progress::new(&[]), refused: None };
    let mut begun = false;
    let mut last = 0;
    for (line, what) in &script.lines {
        last = *line;
        let wrong = |(expected, came)| Mismatch { line: *line, expected, came };
        match what {
            Line::Languages(_) | Line::Set(..) if begun => {
                return Err(wrong((String::new(), "`lang` and `set` stand before everything else.".into())));
            }
            Line::Languages(tags) => {
                let tags: Vec<_> = tags.iter().map(String::as_str).collect();
                playing.progress.languages = Progress::new(&tags).languages;
                continue;
            }
            Line::Set(name, value) => {
                playing.progress.set(name, value);
                continue;
            }
            _ => {}
        }
        if !begun {
            begun = true;
            playing.begin();
        }
        playing.forgive(what).map_err(|(line, expected, came)| Mismatch { line, expected, came })?;
        playing.line(*line, what).map_err(wrong)?;
    }
    if !begun {
        playing.begin();
    }
    let over = |(line, expected, came)| Mismatch { line, expected, came };
    playing.forgive(&Line::End).map_err(over)?;
    match playing.told.front() {
        Some(told) => Err(Mismatch { line: last + 1, expected: "the end of the script".into(), came: told.words() }),
        None => Ok(()),
    }
}

/// What was expected, and what came.
type Difference = (String, String);

struct Playing<'f> {
    flow: &'f Flow,
    told: VecDeque<Told>,
    /// Those of the question that was asked last.
    choices: Vec<(String, String)>,
    progress: Progress,
    /// An answer was not taken, in this line; the next one is to say so.
    refused: Option<(u32, Refusal)>,
}

impl Playing<'_> {
    fn begin(&mut self) {
        if let Some(step) = self.flow.arrive(&self.progress, None) {
            self.take(step);
        }
    }

    fn take(&mut self, step: Step) {
        for say in step.says {
            match say {
                Say::BotText { content } => self.told.push_back(Told::Says(spaced(&content))),
                Say::ChoiceRequest { question, choices, .. } => {
                    self.told.push_back(Told::Says(spaced(&question)));
                    self.choices = choices
                        .into_iter()
                        .map(|choice| (plain(&choice.content), choice.item_id.key().into_owned()))
                        .collect();
                    self.told.push_back(Told::Choices(self.choices.clone()));
                }
                Say::StartChatSession { chat_prompt, chat_text, .. } => {
                    self.told.extend(chat_text.map(|text| Told::Says(spaced(&text))));
                    self.told.push_back(Told::Editor(chat_prompt.unwrap_or_default()));
                }
                Say::EndChatSession { .. } => {}
                Say::Handoff { message } => self.told.extend(message.map(|text| Told::Says(spaced(&text)))),
            }
        }
        self.progress = step.progress;
    }

    /// An answer that was not taken must be followed by `refused`.
    fn forgive(&mut self, next: &Line) -> Result<(), (u32, String, String)> {
        match &self.refused {
            Some((line, refusal)) if *next != Line::Refused => {
                Err((*line, "that the answer is taken".into(), format!("it is refused: {refusal}")))
            }
            _ => Ok(()),
        }
    }

    /// What there is instead of what was expected.
    fn instead(&self) -> String {
        if let Some(told) = self.told.front() {
            return told.words();
        }
        match &self.progress.waiting {
            Waiting::Answer => "it waits for an answer".into(),
            Waiting::Request { .. } => format!("it waits for the request {}", self.request().unwrap_or_default()),
            Waiting::Handoff { .. } => "it waits for a person".into(),
            Waiting::Jump { flow, .. } => format!("it jumps to the flow {flow}"),
            Waiting::End => "the conversation is at its end".into(),
        }
    }

    fn request(&self) -> Option<String> {
        let request = self.flow.resolve_request(&self.progress)?;
        let body = request.body.map(|body| format!(" {body}")).unwrap_or_default();
        Some(format!("{} {}{body}", request.method.name(), request.url))
    }

    fn line(&mut self, number: u32, line: &Line) -> Result<(), Difference> {
        match line {
            Line::Says(wanted) => match self.told.front() {
                Some(Told::Says(text)) if text == wanted => drop(self.told.pop_front()),
                Some(Told::Says(text)) => {
                    return Err((format!("the bot to say: {wanted}"), format!("it says: {text}")));
                }
                _ => return Err((format!("the bot to say: {wanted}"), self.instead())),
            },
            Line::Anything => {
                while matches!(self.told.front(), Some(Told::Says(_))) {
                    self.told.pop_front();
                }
            }
            Line::Choices(wanted) => match self.told.front() {
                Some(Told::Choices(choices)) if contents(choices) == *wanted => drop(self.told.pop_front()),
                Some(Told::Choices(choices)) => {
                    return Err((format!("the choices [{wanted}]"), format!("they are [{}]", contents(choices))));
                }
                _ => return Err((format!("the choices [{wanted}]"), self.instead())),
            },
            Line::Editor(wanted) => match self.told.front() {
                Some(Told::Editor(prompt)) if prompt == wanted => drop(self.told.pop_front()),
                Some(Told::Editor(prompt)) => {
                    return Err((
                        format!("the editor with the prompt {wanted:?}"),
                        format!("its prompt is {prompt:?}"),
                    ));
                }
                _ => return Err((format!("the editor with the prompt {wanted:?}"), self.instead())),
            },
            Line::Choose(text) => {
                self.quiet("an answer is given")?;
                let group = self.open_group();
                let choices = self.choices.iter().map(|(content, id)| (content.clone(), id.as_str()));
                let item = meant(text, choices).map_or(text.as_str(), |at| self.choices[at].1.as_str());
                self.answer(number, &Answer::choice(group.as_str(), item));
            }
            Line::Type(text) => {
                self.quiet("an answer is given")?;
                self.answer(number, &Answer::text(None, text));
            }
            Line::Send(name, size) => {
                self.quiet("a file is sent")?;
                let given = Given::Text { session_id: None, content: name.clone(), size: Some(*size) };
                self.answer(number, &Answer { given, answer_to: None });
            }
            Line::Refused => {
                if self.refused.take().is_none() {
                    return Err(("that the answer is refused".into(), "it is taken".into()));
                }
            }
            Line::Asks(wanted) => match self.request().filter(|_| self.told.is_empty()) {
                Some(request) if request == *wanted || request.starts_with(&format!("{wanted} ")) => {}
                Some(request) => return Err((format!("the request {wanted}"), format!("it is {request}"))),
                None => return Err((format!("the request {wanted}"), self.instead())),
            },
            Line::Reply(reply) => {
                self.quiet("a request is answered")?;
                let reply = reply.as_ref().map(|(status, body)| Reply { status: *status, body: body.as_bytes() });
                match self.flow.requested(&self.progress, reply) {
                    Some(step) => self.take(step),
                    None => return Err(("a request".into(), self.instead())),
                }
            }
            Line::Is(name, wanted) => self.is(name, wanted.as_deref())?,
            Line::Handoff(wanted) => {
                self.quiet("a handoff")?;
                match &self.progress.waiting {
                    Waiting::Handoff { queue, .. } if wanted.is_none() || wanted == queue => {}
                    Waiting::Handoff { queue, .. } => {
                        let queue = queue.as_deref().unwrap_or("no queue");
                        let wanted = wanted.as_deref().unwrap_or_default();
                        return Err((format!("a handoff to {wanted}"), format!("it is to {queue}")));
                    }
                    _ => return Err(("a handoff".into(), self.instead())),
                }
            }
            Line::Back => {
                self.quiet("a person hands back")?;
                match self.flow.handed_back(&self.progress) {
                    Some(step) => self.take(step),
                    None => return Err(("a person to hand back".into(), self.instead())),
                }
            }
            Line::Jump(wanted) => {
                self.quiet("a jump")?;
                match &self.progress.waiting {
                    Waiting::Jump { flow, state } => {
                        let to = state.as_ref().map_or_else(|| flow.clone(), |state| format!("{flow}/{state}"));
                        if to != *wanted {
                            return Err((format!("a jump to {wanted}"), format!("it is to {to}")));
                        }
                    }
                    _ => return Err((format!("a jump to {wanted}"), self.instead())),
                }
            }
            Line::End => {
                if !self.told.is_empty() || self.progress.waiting != Waiting::End {
                    return Err(("the end".into(), self.instead()));
                }
            }
            Line::Languages(_) | Line::Set(..) => {}
        }
        Ok(())
    }

    /// All that the bot said has to be told before somebody else does something.
    fn quiet(&self, before: &str) -> Result<(), Difference> {
        match self.told.front() {
            Some(told) => Err((format!("nothing more of the bot before {before}"), told.words())),
            None => Ok(()),
        }
    }

    fn open_group(&self) -> String {
        let state = self.progress.open.as_ref().and_then(|open| self.flow.state(&open.state));
        match state.map(|state| &state.kind) {
            Some(crate::flow::Kind::Choice { group, .. }) => group.key().into_owned(),
            _ => String::new(),
        }
    }

    fn answer(&mut self, number: u32, answer: &Answer) {
        // A script has no repeats: the same answer again is one to the question that is open.
        let answer = Answer { answer_to: self.progress.number(), ..answer.clone() };
        match self.flow.answer(&self.progress, &answer) {
            Ok(step) => self.take(step),
            Err(refusal) => self.refused = Some((number, refusal)),
        }
    }

    fn is(&self, name: &str, wanted: Option<&str>) -> Result<(), Difference> {
        let variable = self.progress.variables.get(name);
        let fits = match (variable, wanted) {
            (Some(variable), Some(wanted)) => variable.value == wanted || variable.label() == wanted,
            (None, None) => true,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let wanted = wanted.map_or_else(|| format!("{name} not to be set"), |wanted| format!("{name} to be {wanted}"));
        let is = variable.map_or_else(|| "it is not set".to_owned(), |variable| format!("it is {}", variable.value));
        Err((wanted, is))
    }
}
