//! How much of a bot there may be at once.

use crate::gate::{IN_FLIGHT, WAITING};
use parlor_runtime::BotControl as _;
use parlor_store::{BotRecords as _, Status};
use sha2::{Digest as _, Sha256};

use super::house::House;

#[tokio::test(start_paused = true)]
async fn so_many_in_flight_so_many_wait_and_the_loop_is_named_once() {
    let house = House::new().await;
    house.bot("x", "builtin:a").await;
    for _ in 0..IN_FLIGHT + WAITING {
        house.say("x").await;
    }
    let mut calls = Vec::new();
    for _ in 0..IN_FLIGHT {
        calls.push(house.call("a").await);
    }
    assert!(house.is_quiet().await);
    for _ in 0..3 {
        let trigger = house.say("x").await;
        house.answered(&trigger).await;
    }
    let said = house.said().await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("x has 1000 messages waiting") && said[0].contains("loop"), "{said:?}");
    let failed = house.records().await.into_iter().filter(|record| record.status == Status::Failed).count();
    assert_eq!(failed, 3);
    calls.pop().unwrap().say("done");
    calls.push(house.call("a").await);
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn a_token_is_stored_hashed_and_replaces_the_one_before() {
    let house = House::new().await;
    let bot = house.bot("x", "socket:").await;
    let hash = |token: &str| Sha256::digest(token.as_bytes()).into();
    let first = house.bots.new_token(bot).await.unwrap();
    assert_eq!(first.len(), 40);
    assert_eq!(house.store.bot_with_token(hash(&first)).await.unwrap(), Some(bot));
    let second = house.bots.new_token(bot).await.unwrap();
    assert_eq!(house.store.bot_with_token(hash(&first)).await.unwrap(), None);
    assert_eq!(house.store.bot_with_token(hash(&second)).await.unwrap(), Some(bot));
    assert!(house.bots.new_token(parlor_rooms::BotId(999)).await.is_err());
}
