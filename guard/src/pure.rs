//! What does no I/O: encoding, patterns, limits, reading frames.

use std::{hint::black_box, io::Cursor, sync::Arc};

use parlor_gateway_web::RoomsEncoder;
use parlor_rooms::{
    Content, Event, EventId, Message, Part, Timestamp,
    pattern::{Budget, Pattern},
};
use parlor_runtime::{
    Encoder as _,
    limits::{Limiter, Limits, What},
    log::{Committed, record},
};
use parlor_sockets::{Connection, Incoming};
use tokio::runtime;

use crate::{
    counted,
    house::{TEXT, caller, room},
};

/// A message into the frame that everybody gets.
pub(crate) fn encode(rounds: usize) {
    let message = Message::user("Ann", TEXT);
    let records = vec![record::message(&room(), &message)];
    let parts = vec![Part::Message(Arc::new(message))];
    let event = Event { room: room(), id: EventId(7), prev: EventId(6), at: Timestamp(1_700_000_000_250_000), parts };
    let committed = Committed { event: Arc::new(event), records, pending: false };
    counted(|| {
        for _ in 0..rounds {
            let mut frames = Vec::new();
            RoomsEncoder.event(black_box(&committed), Content::Open, &mut frames);
            assert_eq!(black_box(frames).len(), 1);
        }
    });
}

/// The kinds of patterns that a class's bots have; one of them fits.
const PATTERNS: [&str; 12] = [
    r"hello|hi\b|good (morning|evening)",
    r"^!(?P<command>\w+)(?:\s+(?P<rest>.*))?$",
    r"(?P<left>\d+)\s*(?P<op>[-+*/])\s*(?P<right>\d+)",
    r"weather (?:in|for) (?P<city>[A-Z][a-z]+)",
    r"\btask (?P<number>\d{1,3})\b",
    r"why .* (?P<thing>list|set|dict)",
    r"https?://[^\s]+",
    r"[^@\s]+@[^@\s]+\.\w+",
    r"remind me (?:in|at) (?P<when>.+)",
    r"(\w+) \1",
    r"^\s*$",
    r"bot,? (please )?(?P<wish>.+)\?",
];

/// A message against the patterns of a room's bots.
pub(crate) fn patterns(rounds: usize) {
    let patterns = PATTERNS.map(|source| Pattern::parse(source).expect("a pattern"));
    counted(|| {
        for _ in 0..rounds {
            let mut budget = Budget::for_text(TEXT.len());
            let found = patterns.iter().filter(|pattern| matches!(pattern.search(TEXT, &mut budget), Ok(Some(_))));
            assert_eq!(black_box(found.count()), 1);
        }
    });
}

/// One taken from the buckets of an address.
pub(crate) fn limits(rounds: usize) {
    let tokio = runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _inside = tokio.enter();
    let plenty = "1000000000/s".parse().expect("a rate");
    let limiter = Limiter::new(Limits { posts_per_address: plenty, ..Limits::default() }, Arc::default());
    let caller = caller();
    counted(|| {
        for _ in 0..rounds {
            limiter.take(black_box(&caller), What::Posts).expect("there is plenty");
        }
    });
}

/// A client's frame, of 100 bytes and masked.
pub(crate) fn frame(rounds: usize) {
    let mut one = vec![0x81, 0x80 | u8::try_from(TEXT.len()).expect("short"), 1, 2, 3, 4];
    one.extend(TEXT.bytes().zip([1, 2, 3, 4].into_iter().cycle()).map(|(byte, mask)| byte ^ mask));
    let stream = tokio::io::join(Cursor::new(one.repeat(rounds)), tokio::io::sink());
    let tokio = runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    counted(|| {
        tokio.block_on(async {
            let mut connection = Connection::over_io(stream, &[], parlor_sockets::Limits::CLIENT);
            for _ in 0..rounds {
                let Incoming::Text(text) = connection.next().await else { panic!("a text") };
                assert_eq!(text.len(), TEXT.len());
            }
        });
    });
}
