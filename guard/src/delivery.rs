//! One frame to everybody in a room: drain, outbox, write.

use std::net::{Ipv4Addr, TcpListener as StdListener, TcpStream as StdStream};

use parlor_rooms::{EventId, RoomSettings};
use parlor_runtime::{Follow, Kinds, Signal};
use parlor_sockets::{Connection, Limits};
use socket2::SockRef;
use tokio::{net::TcpStream, task::yield_now};

use crate::house::{House, Search, caller, room};

/// How many follow the room.
pub(crate) const MEMBERS: usize = 300;

/// What is delivered are the room's settings, which go the way of messages but are not stored: storing one would be the larger
/// part of what is counted.
pub(crate) fn go(rounds: usize) {
    let prepare = async |house: &House| {
        // Nobody reads: the kernel takes what a few hundred small frames are, and no more than that may be sent here.
        let clients = follow(house, MEMBERS, None, Kinds::SETTINGS).await;
        // Each is told the settings when it becomes a member.
        for client in &clients {
            client.set_nonblocking(true).expect("a socket");
            while client.peek(&mut [0]).is_err() {
                yield_now().await;
            }
        }
        clients
    };
    House::with(Search::Waits, prepare, async |house, _clients| {
        let settings = RoomSettings::default();
        for round in 1..=rounds {
            house.runtime.signal(&room(), &Signal::Settings(&settings));
            while house.runtime.metrics().frames.get() < (round * MEMBERS) as u64 {
                yield_now().await;
            }
        }
    });
}

/// Has so many follow the room over TCP; gives their ends of the connections, once all are members.
pub(crate) async fn follow(house: &House, count: usize, since: Option<u64>, also: Kinds) -> Vec<StdStream> {
    // Loads it asleep: going round until it is loaded would count how long the store's thread takes.
    house.runtime.snapshot(&room()).await.expect("readable");
    let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(StdStream::connect(address).expect("it listens"));
        let (stream, _) = listener.accept().expect("it came");
        stream.set_nonblocking(true).expect("a socket");
        // Room for all that is sent, whenever the kernel gets to acknowledge it.
        SockRef::from(&stream).set_send_buffer_size(1 << 20).expect("a socket");
        let connection = Connection::over_tcp(TcpStream::from_std(stream).expect("a socket"), &[], Limits::CLIENT);
        let since = since.map(EventId);
        let follow = Follow { caller: caller(), room: room(), since, last: None, also, encoder: house.encoder };
        let runtime = house.runtime.clone();
        house.runtime.tracker().spawn(async move { runtime.follow(connection, follow).await });
    }
    while house.runtime.metrics().followers.get() < count as i64 {
        yield_now().await;
    }
    clients
}
