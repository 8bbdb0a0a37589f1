//! What holds around every handler, in this order on the way in: whom the server is for, the count of requests, compression,
//! what the API's callers may do, the gate. One function and not a stack of layers, each of which would allocate its future
//! and clone all those within for every request.

use std::pin::Pin;

use axum::{
    extract::{MatchedPath, Request},
    handler::Handler,
    response::Response,
};
use http::header;

use crate::{Gate, Web, assets::Coding, compress, front, gate, guard, headers, requests, table::Part};

/// A handler with what holds around it.
#[derive(Clone)]
pub(crate) struct Around<H> {
    pub(crate) part: Part,
    pub(crate) gate: Gate,
    pub(crate) handler: H,
}

impl<H: Handler<T, Web>, T: 'static> Handler<T, Web> for Around<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, web: Web) -> Self::Future {
        Box::pin(self.answer(request, web))
    }
}

impl<H> Around<H> {
    async fn answer<T>(self, mut request: Request, web: Web) -> Response
    where
        H: Handler<T, Web>,
    {
        front::forward(&web, &mut request);
        if let Some(mut refused) = guard::misdirected(&web, &request) {
            let status = refused.status();
            headers::complete(refused.headers_mut(), status, false);
            return refused;
        }
        let content = web.content().filter(|content| content.is_asked(request.headers()));
        let frame = content.filter(|_| request.uri().path() == "/frame");
        let mut response = match content.and_then(|content| content.refuse(&request)) {
            Some(refused) => refused,
            None => self.counted(request, &web).await,
        };
        if let Some(policy) = frame.and_then(|content| content.frame_policy()) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        let status = response.status();
        headers::complete(response.headers_mut(), status, web.origins().is_https());
        response
    }

    async fn counted<T>(self, request: Request, web: &Web) -> Response
    where
        H: Handler<T, Web>,
    {
        let path = request.extensions().get::<MatchedPath>().cloned();
        let (method, coding) = (requests::word(request.method()), Coding::takes_gzip(request.headers()));
        let response = match self.part {
            Part::Calls => guard::open(match guard::api(web, &request) {
                Some(answer) => answer,
                None => self.gated(request, web).await,
            }),
            Part::Streams | Part::Pages => self.gated(request, web).await,
        };
        let response = compress::answer(response, coding).await;
        if let Some(path) = path {
            web.requests().count(path.as_str(), (method, response.status().as_u16()));
        }
        response
    }

    async fn gated<T>(self, request: Request, web: &Web) -> Response
    where
        H: Handler<T, Web>,
    {
        match gate::enter(self.gate, web, request).await {
            Ok(request) => self.handler.call(request, web.clone()).await,
            Err(refused) => *refused,
        }
    }
}
