//! `parlor flow run`: a conversation in the terminal, or through pipes.

use std::{
    io::{self, BufRead as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use parlor_flows::{
    Answer, Flow, Given, Id, Method, Progress, Refusal, Reply, RequestToMake, Say, Step, Waiting, plain,
};
use parlor_outbound::{Client, DEFAULT_LIMIT, HeaderMap, HeaderName, HeaderValue, Rules};

use super::Run;

/// Where a line of the bot begins, and one of this program.
const BOT: &str = "  ";

pub(super) fn run(flows: &[Flow], options: &Run) -> Result<ExitCode> {
    let languages: Vec<_> = options.lang.iter().map(String::as_str).collect();
    let begin = Progress::new(&languages);
    let mut flow = flows.first().context("there is no flow")?;
    let step = flow.arrive(&begin, None).context("the flow has no states")?;
    let mut playing = Playing { question: None, requests: options.requests };
    let mut progress = playing.show(step);
    loop {
        let step = match &progress.waiting {
            Waiting::End => {
                println!("(The end.)");
                return Ok(ExitCode::SUCCESS);
            }
            Waiting::Answer => {
                let Some(line) = line("> ")? else { return Ok(ExitCode::SUCCESS) };
                let Some(answer) = playing.answer(&line, &progress, flow) else { continue };
                match flow.answer(&progress, &answer) {
                    Ok(step) => Some(step),
                    Err(refusal) => {
                        println!("({refusal})");
                        continue;
                    }
                }
            }
            Waiting::Request { .. } => {
                let request = flow.resolve_request(&progress).context("the request is gone")?;
                match playing.request(&request)? {
                    Asked::Over => return Ok(ExitCode::SUCCESS),
                    Asked::Failed => flow.requested(&progress, None),
                    Asked::Answered(status, body) => flow.requested(&progress, Some(Reply { status, body: &body })),
                }
            }
            Waiting::Handoff { queue, .. } => {
                let whom = queue.as_ref().map(|queue| format!(" of `{queue}`")).unwrap_or_default();
                println!("(A person{whom} is asked for. An empty line hands back to the flow.)");
                if line("")?.is_none() {
                    return Ok(ExitCode::SUCCESS);
                }
                flow.handed_back(&progress)
            }
            Waiting::Jump { flow: name, state } => {
                let other = flows.iter().find(|flow| flow.name() == name);
                flow = other.ok_or_else(|| anyhow!("there is no file for the flow `{name}` beside this one"))?;
                flow.arrive(&progress, state.as_deref())
            }
        };
        progress = playing.show(step.context("the flow does not go on")?);
    }
}

/// A line that is typed, without its end; nothing at the end of all of them.
fn line(prompt: &str) -> Result<Option<String>> {
    print!("{prompt}");
    io::stdout().flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).context("can't read what is typed")?;
    if read == 0 {
        println!();
    }
    Ok((read > 0).then(|| line.trim().to_owned()))
}

enum Asked {
    Over,
    Failed,
    Answered(u16, Vec<u8>),
}

struct Playing {
    /// The open question with its choices.
    question: Option<(Id, Vec<(Id, String)>)>,
    requests: bool,
}

impl Playing {
    /// Prints what the bot says.
    fn show(&mut self, step: Step) -> Progress {
        for say in step.says {
            match say {
                Say::BotText { content } => println!("{BOT}{}", plain(&content)),
                Say::ChoiceRequest { group_id, question, choices, .. } => {
                    println!("{BOT}{}", plain(&question));
                    let choices: Vec<_> =
                        choices.into_iter().map(|choice| (choice.item_id, plain(&choice.content))).collect();
                    for (number, (_, content)) in (1..).zip(&choices) {
                        println!("{BOT}{number}. {content}");
                    }
                    self.question = Some((group_id, choices));
                }
                Say::StartChatSession { chat_prompt, chat_text, .. } => {
                    chat_text.iter().for_each(|text| println!("{BOT}{}", plain(text)));
                    chat_prompt.iter().for_each(|prompt| println!("{BOT}[{prompt}]"));
                    self.question = None;
                }
                Say::EndChatSession { .. } => {}
                Say::Handoff { message } => message.iter().for_each(|text| println!("{BOT}{}", plain(text))),
            }
        }
        step.progress
    }

    /// What a line answers: a choice by its number, its content or its id; else a text.
    fn answer(&self, line: &str, progress: &Progress, flow: &Flow) -> Option<Answer> {
        if line.is_empty() {
            return None;
        }
        let answer = match &self.question {
            Some((group, choices)) => {
                let number = line.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
                let like = |(id, content): &&(Id, String)| {
                    content.to_lowercase() == line.to_lowercase() || *id == Id::from(line)
                };
                match number.or_else(|| choices.iter().find(like)) {
                    Some((item, _)) => {
                        let given = Given::Choice { group_id: group.clone(), item_id: item.clone() };
                        Answer { given, answer_to: None }
                    }
                    None if flow.has_fallback() => Answer::text(None, line),
                    None => {
                        println!("({} Type its number.)", Refusal::UnknownChoice);
                        return None;
                    }
                }
            }
            None => Answer::text(None, line),
        };
        Some(Answer { answer_to: progress.number(), ..answer })
    }

    fn request(&self, request: &RequestToMake) -> Result<Asked> {
        println!("({} {})", request.method.name(), request.url);
        request.body.iter().for_each(|body| println!("({body})"));
        let is_made = matches!(request.method, Method::Get | Method::Post);
        if self.requests && is_made {
            return made(request);
        }
        if self.requests {
            println!("(Only GET and POST are made from here.)");
        }
        println!("(What is it answered? A status and a body, such as 200 {{\"a\": 1}}; an empty line if it fails.)");
        loop {
            let Some(line) = line("! ")? else { return Ok(Asked::Over) };
            if line.is_empty() {
                return Ok(Asked::Failed);
            }
            let (status, body) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            match status.parse() {
                Ok(status) if (100..600).contains(&status) => {
                    return Ok(Asked::Answered(status, body.trim().as_bytes().to_vec()));
                }
                _ => println!("(A status is a number, such as 200.)"),
            }
        }
    }
}

/// Makes a request, under the rules that hold on one's own machine.
fn made(request: &RequestToMake) -> Result<Asked> {
    let client = Client::new(Rules { allow_local: true, ..Rules::default() });
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).context("a header has no right name")?;
        headers.insert(name, HeaderValue::from_str(value).context("a header has no right value")?);
    }
    let within = Duration::from_secs(request.timeout.into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    let answer = runtime.block_on(async {
        match &request.body {
            Some(body) => client.post_json(&request.url, &headers, body.clone().into(), within, DEFAULT_LIMIT).await,
            None if request.method == Method::Post => {
                client.post_json(&request.url, &headers, "".into(), within, DEFAULT_LIMIT).await
            }
            None => client.get(&request.url, &headers, within, DEFAULT_LIMIT).await,
        }
    });
    Ok(match answer {
        Ok(answer) => {
            println!("({})", answer.status);
            Asked::Answered(answer.status, answer.body.to_vec())
        }
        Err(error) => {
            println!("({error})");
            Asked::Failed
        }
    })
}
