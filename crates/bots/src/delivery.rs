//! One delivery to one bot: what is sent, sending it, and what came back, with the record of it. Real ones and those that
//! are only tried go the same way.

use std::{sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use parlor_outbound::{HeaderName, HeaderValue};
use parlor_rooms::{self as rooms, Bot, RoomName};
use parlor_store::{Activation, Status};
use url::Url;

use crate::{
    answer::{self, Answer},
    bots::Inner,
    endpoint::{Endpoint, Request},
    fault::Fault,
    record, request, sign,
};

/// The longest time that a bot's own setting may ask for.
const TIMEOUT_MAX: f64 = 3_600.0;

/// What a delivery is made of.
pub(crate) struct Delivery<'a> {
    pub(crate) room: &'a RoomName,
    pub(crate) bot: &'a Bot,
    /// Where it goes.
    pub(crate) url: &'a str,
    pub(crate) secret: Option<String>,
    pub(crate) body: Bytes,
}

impl Inner {
    /// What is sent, and the record of it, made of what is known so far.
    pub(crate) fn pack(&self, delivery: Delivery<'_>, record: Activation) -> (Request, Activation) {
        let Delivery { room, bot, url, secret, body } = delivery;
        let started = self.runtime.clock().now();
        let seconds = started.seconds();
        let mut headers = request::headers(&record.id, seconds, room, record.trigger.message());
        let sent = record::sent(url, &headers, &body);
        if let Some(secret) = secret.filter(|_| is_of(bot, url)) {
            let signature = sign::signature(&secret, &record.id.0, seconds, &body);
            let value = HeaderValue::from_str(&signature).expect("base64 is legal in a header");
            headers.insert(HeaderName::from_static("webhook-signature"), value);
        }
        let record = Activation { started, status: Status::Running, request: Some(sent), ..record };
        let limit = answer::body_max(self.text_max());
        (Request { headers, body, within: self.within(bot), limit }, record)
    }

    /// Sends it and reads what comes back; the record has all of it but the end.
    pub(crate) async fn deliver(
        &self,
        endpoint: &Endpoint,
        request: Request,
        record: Activation,
    ) -> (Result<Answer, Fault>, Activation) {
        let reply = endpoint.deliver(&self.client, request).await;
        let record = Activation {
            took: Some(self.micros_since(&record)),
            response: reply.as_ref().ok().map(record::received),
            ..record
        };
        let answer = reply
            .and_then(|reply| answer::read(&reply, self.text_max()).map_err(|fault| fault.at(reply.url.clone())))
            .map(|answer| answer.frozen(&endpoint.base()));
        (answer, record)
    }

    /// The longest text of an answer.
    fn text_max(&self) -> usize {
        self.runtime.limits().limits().answer
    }

    /// How long ago the attempt began, in microseconds.
    pub(crate) fn micros_since(&self, record: &Activation) -> u64 {
        u64::try_from(self.runtime.clock().now().since(record.started).as_micros()).unwrap_or(u64::MAX)
    }

    fn within(&self, bot: &Bot) -> Duration {
        let own = bot.timeout.filter(|seconds| *seconds > 0.0).map(|seconds| seconds.min(TIMEOUT_MAX));
        let all = || Duration::from_millis(self.timeout.load(Ordering::Relaxed));
        own.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_else(all)
    }
}

/// Whether this url is on the bot's own server: a secret signs nothing that goes elsewhere.
pub(crate) fn is_of(bot: &Bot, url: &str) -> bool {
    bot.url == url
        || bot.endpoint() == rooms::Endpoint::Socket && url.starts_with("socket:")
        || matches!((Url::parse(&bot.url), Url::parse(url)), (Ok(own), Ok(url)) if own.origin() == url.origin())
}
