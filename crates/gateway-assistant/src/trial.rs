//! A flow that is written is tried: checked and drawn, and played a step at a time. Nothing is stored, and nothing is asked of any
//! other server: where a flow makes a request, who tries it says what is answered.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use parlor_flows::{
    Answer, Finding, Flow, Given, Progress, Record, Refusal, Reply, Severity, Step, Waiting, check as check_text,
    graph::Drawing, version,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Door,
    ask::{From, Path},
    desk::given,
    door::refuse,
    session::follow,
};

#[derive(Deserialize)]
struct Text {
    text: String,
}

/// What the checker says of a text.
#[derive(Serialize)]
struct Judged {
    version: String,
    findings: Vec<Finding>,
    /// Nothing of what is no JSON.
    drawing: Option<Drawing>,
}

/// A step of a trial: where it is, as the step before has told, and what happens.
#[derive(Deserialize)]
struct Trial {
    text: String,
    progress: Option<Progress>,
    #[serde(default)]
    languages: Vec<String>,
    happens: Option<Happens>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Happens {
    /// The visitor says something.
    Answer { message: Value },
    /// The request that it waits for is answered; without a status, it failed.
    Reply {
        status: Option<u16>,
        #[serde(default)]
        body: String,
    },
    /// The person hands back.
    HandBack,
}

/// Where a trial is.
#[derive(Serialize)]
struct Tried {
    /// What is said, as on the wire.
    said: Vec<Value>,
    progress: Progress,
    /// The variables, as they read.
    variables: BTreeMap<String, String>,
    /// The states that it came to, of this flow and of others.
    passed: Vec<String>,
    /// What would be asked of another server now.
    request: Option<Asked>,
}

#[derive(Serialize)]
struct Asked {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

pub(crate) async fn check(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let text = match door.flow_writer(&from).and_then(|_| given(body)) {
        Ok(Text { text }) => text,
        Err(refused) => return *refused,
    };
    // A large flow takes a while; who shares this thread does not wait for it.
    let here = Arc::clone(&door);
    let judged = door.runtime.tracker().spawn_blocking(move || {
        let mut checked = check_text(&name, &text);
        // A jump to a flow that is yet to be published keeps neither of the two from it.
        let between = checked.flow.as_ref().map(|flow| here.offer.between_with(flow)).unwrap_or_default();
        checked.findings.extend(between.into_iter().map(|one| Finding { severity: Severity::Warning, ..one }));
        checked.findings.sort_by_key(|finding| (finding.line, finding.column));
        Judged { version: version(&text), drawing: Drawing::of(&checked), findings: checked.findings }
    });
    match judged.await {
        Ok(judged) => Json(judged).into_response(),
        Err(error) => {
            tracing::error!(%error, "a flow could not be checked");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "this flow can't be checked; the server's log says why")
        }
    }
}

pub(crate) async fn step(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let trial: Trial = match door.flow_writer(&from).and_then(|_| given(body)) {
        Ok(trial) => trial,
        Err(refused) => return *refused,
    };
    let Some(flow) = check_text(&name, &trial.text).flow else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "this flow has errors; mend them, then try it");
    };
    match door.tried(&flow, trial) {
        Ok(tried) => Json(tried).into_response(),
        Err(refusal) => {
            // What a visitor would be told; a repeat is passed over.
            let said: Vec<Value> = match refusal {
                Refusal::Repeat => Vec::new(),
                refusal => vec![json!({"kind": "Error", "message": refusal.to_string()})],
            };
            Json(json!({ "said": said })).into_response()
        }
    }
}

impl Door {
    fn tried(&self, flow: &Flow, trial: Trial) -> Result<Tried, Refusal> {
        let find = |name: &str| if name == flow.name() { Some(flow.clone()) } else { self.offer.flow(name) };
        let languages: Vec<&str> = trial.languages.iter().map(String::as_str).collect();
        let (step, own) = match (trial.progress, trial.happens) {
            (Some(at), Some(happens)) => {
                let there = find(&at.flow).ok_or(Refusal::Changed)?;
                happened(&there, &at, &happens)?
            }
            _ => (flow.start(&languages), true),
        };
        let step = follow(step, find);
        let mut said = Vec::new();
        if !own {
            said.extend(step.answer.iter().map(|answer| json!(answer)));
        }
        said.extend(step.says.iter().map(|say| json!(say)));
        let request = find(&step.progress.flow).and_then(|there| there.resolve_request(&step.progress));
        let request = request.map(|request| Asked {
            method: request.method.name(),
            url: request.url,
            headers: request.headers,
            body: request.body,
        });
        if let Waiting::Jump { flow, state } = &step.progress.waiting {
            let to = state.as_ref().map_or_else(|| flow.clone(), |state| format!("{flow}/{state}"));
            said.push(json!({"kind": "Error", "message": format!("The flow jumps to {to}, which is not offered.")}));
        }
        let variables = step.progress.variables.iter();
        let variables = variables.map(|(name, value)| (name.clone(), value.label().to_owned())).collect();
        Ok(Tried {
            said,
            variables,
            passed: step.passed.iter().map(|passed| passed.state.to_string()).collect(),
            request,
            progress: step.progress,
        })
    }
}

/// What comes of what happens; and whether who tries it sees their own answer already.
fn happened(flow: &Flow, at: &Progress, happens: &Happens) -> Result<(Step, bool), Refusal> {
    match happens {
        Happens::Answer { message } => {
            let mut answer = Answer::of(message)?;
            // Nobody looks at a file that is tried.
            if let Given::Text { size, .. } = &mut answer.given {
                *size = message.get("size").and_then(Value::as_u64);
            }
            let step = flow.answer(at, &answer)?;
            let chose = matches!(step.answer, Some(Record::ChoiceResponse { .. }));
            let own = !(chose && matches!(answer.given, Given::Text { .. }));
            Ok((step, own))
        }
        Happens::Reply { status, body } => {
            let reply = status.map(|status| Reply { status, body: body.as_bytes() });
            flow.requested(at, reply).map(|step| (step, true)).ok_or(Refusal::Changed)
        }
        Happens::HandBack => flow.handed_back(at).map(|step| (step, true)).ok_or(Refusal::Changed),
    }
}
