//! A chunk of history to somebody who comes back: read, encode, write.

use parlor_runtime::Kinds;
use parlor_store::Append;
use tokio::{io::AsyncReadExt as _, net::TcpStream, task::yield_now};

use crate::{
    delivery::follow,
    house::{House, Search, TEXT, room},
};

/// How many messages lie there: what is read at once.
pub(crate) const MESSAGES: usize = 256;

pub(crate) fn go(rounds: usize) {
    let prepare = async |house: &House| {
        for number in 0..MESSAGES {
            let message = parlor_rooms::Message::user("Ann", format!("{number}: {TEXT}"));
            let parts = vec![parlor_rooms::Part::Message(message.into())];
            house.runtime.append(Append::new(room(), parts)).await.expect("stored");
        }
    };
    House::with(Search::Blocked, prepare, async |house, ()| {
        let mut came = Vec::with_capacity(256 << 10);
        for _ in 0..rounds {
            let client = follow(house, 1, Some(0), Kinds::NONE).await.pop().expect("one");
            client.set_nonblocking(true).expect("a socket");
            let mut client = TcpStream::from_std(client).expect("a socket");
            came.clear();
            let (mut frames, mut place) = (0, 0);
            while frames < MESSAGES {
                // Waits: going round until something is there would count how long the store's thread takes.
                assert_ne!(client.read_buf(&mut came).await.expect("a stream"), 0, "it has ended");
                while let Some([_, 126, high, low]) = came.get(place..place + 4)
                    && came.len() >= place + 4 + usize::from(u16::from_be_bytes([*high, *low]))
                {
                    place += 4 + usize::from(u16::from_be_bytes([*high, *low]));
                    frames += 1;
                }
            }
            drop(client);
            while house.runtime.metrics().followers.get() > 0 {
                yield_now().await;
            }
        }
    });
}
