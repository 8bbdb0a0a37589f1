//! The chat service that is built in, and other services that are rooms.

use std::sync::Arc;

use parlor_gateway_hub::{Settings, Tie};
use parlor_rooms::{Access, Kind, Message, Part, RoomName, RoomSettings, policy::Accounts};
use parlor_runtime::Caller;
use parlor_store::Append;
use serde_json::{Value, json};

use crate::talk::{Client, House};

/// A hub with the chat service.
async fn house() -> House {
    House::build(Settings::default(), Accounts::Off, |builder| builder).await
}

fn room() -> RoomName {
    RoomName::parse("~hub/chat_service").expect("a room")
}

/// Comes to the service, which is not empty then; the others' news of that are taken.
async fn join(house: &House, name: &str, others: &mut [&mut Client]) -> Client {
    let mut client = house.enter(name).await;
    client.ws.say(r#"{"type":"SELF_SUBSCRIBE","service":"chat_service"}"#).await;
    client.seq = 1;
    let result = client.ws.json().await;
    assert_eq!(
        (&result["type"], &result["successful"], &result["seq"]),
        (&json!("SELF_SUBSCRIBE_RESULT"), &json!(true), &json!(0))
    );
    assert_eq!(said(&mut client).await, status(&format!("{name} joined the chat.")), "after the answer");
    for other in others {
        let came = other.ws.take(3).await;
        let types: Vec<&Value> = came.iter().map(|payload| &payload["type"]).collect();
        assert_eq!(types, ["CLIENT_JOINED", "SERVICE_CLIENT_SUBSCRIBED", "MESSAGE"]);
        assert_eq!(came[2]["data"], status(&format!("{name} joined the chat.")));
    }
    client
}

/// The data of the next message of the chat service.
async fn said(client: &mut Client) -> Value {
    let mut message = client.ws.json().await;
    assert_eq!((&message["type"], &message["origin"]["service"]["name"]), (&json!("MESSAGE"), &json!("chat_service")));
    message["data"].take()
}

fn status(text: &str) -> Value {
    json!({"type": "STATUS", "text": text})
}

fn text(client: &Client, text: &str) -> Value {
    let author = client.nickname.as_ref().unwrap_or(&client.name);
    json!({"type": "TEXT", "author": author, "author_uuid": client.uuid, "text": text})
}

/// Says something to the chat service, which answers OK before anybody hears it.
async fn say(client: &mut Client, data: &Value) {
    let payload = json!({"type": "MESSAGE", "target": {"type": "SERVICE", "service": "chat_service"}, "data": data});
    assert_eq!(client.ask(payload).await, json!({"type": "OK"}));
}

async fn post(house: &House, author: &str, text: &str) {
    house.runtime.post(&Caller::anyone(None), room(), Message::user(author, text), None).await.expect("posted");
}

async fn append(house: &House, message: Message) {
    let parts = vec![Part::Message(Arc::new(message))];
    house.runtime.append(Append::new(room(), parts)).await.expect("appended");
}

/// What the room has been told, as author and text.
async fn stored(house: &House) -> Vec<(String, String)> {
    let store = house.runtime.store();
    let upto = house.runtime.snapshot(&room()).await.expect("readable").last;
    let messages = store.after(&room(), parlor_rooms::EventId::ZERO, upto, 100).await.expect("readable");
    let read = |record: &[u8]| parlor_runtime::log::record::read_message(record).expect("a record");
    let messages = messages.iter().map(|message| read(&message.record));
    messages.filter(|message| message.kind == Kind::User).map(|message| (message.author, message.text)).collect()
}

#[tokio::test]
async fn the_chat_service_is_there_and_the_servers_own() {
    let house = house().await;
    let mut ann = house.enter("ann").await;
    let mut fetched = ann.ask(json!({"type": "SERVICE_FETCH_ALL"})).await;
    let owner = fetched["services"][0]["owner_uuid"].take();
    let shape = json!({"name": "chat_service", "nickname": "Chat Service", "owner_uuid": null, "subscribers": []});
    assert_eq!(fetched, json!({"type": "SERVICE_FETCH_ALL_RESULT", "services": [shape]}));
    assert_eq!(ann.ask(json!({"type": "SERVICE_CREATE", "service": "chat_service"})).await["successful"], false);
    assert_eq!(ann.ask(json!({"type": "SERVICE_DELETE", "service": "chat_service"})).await, json!({"type": "BAD"}));
    let target = json!({"type": "SERVICE", "service": "chat_service"});
    assert_eq!(ann.send(&target, &json!({"text": "hi"})).await, json!({"type": "BAD"}), "not a subscriber");
    let target = json!({"type": "SERVICE_CLIENT_UUID", "service": "chat_service", "uuid": ann.uuid});
    assert_eq!(ann.send(&target, &json!(1)).await, json!({"type": "BAD"}), "not the owner");
    let server = ann.ask(json!({"type": "CLIENT_FETCH", "uuid": owner})).await;
    assert_eq!((&server["type"], &server["client"]["uuid"]), (&json!("CLIENT_FETCH_RESULT"), &owner));
    let clients = ann.ask(json!({"type": "CLIENT_FETCH_ALL"})).await;
    assert_eq!(clients["clients"], json!([ann.shape()]), "but it is no client");
}

#[tokio::test]
async fn without_it_a_client_may_own_its_name() {
    let house = House::open().await;
    house.enter("ann").await.create("chat_service").await;
}

#[tokio::test]
async fn all_subscribers_hear_who_joins_what_is_said_and_who_leaves() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut bob = join(&house, "bob", &mut [&mut ann]).await;
    let mut other = house.enter("other").await;
    for client in [&mut ann, &mut bob] {
        assert_eq!(client.ws.json().await["type"], "CLIENT_JOINED");
    }
    for words in ["Hello!", " two\nlines, <b>not HTML</b> &amp; \u{1F600}", "\u{1F600}"] {
        say(&mut ann, &json!({"text": words, "more": [1]})).await;
        for client in [0, 1] {
            let expected = text(&ann, words);
            assert_eq!(said(if client == 0 { &mut ann } else { &mut bob }).await, expected);
        }
    }
    assert_eq!(stored(&house).await.len(), 3, "it is the room's, too");
    let answer = bob.ask(json!({"type": "SELF_UNSUBSCRIBE", "service": "chat_service"})).await;
    assert_eq!(answer["successful"], true);
    assert_eq!(ann.ws.json().await["type"], "SERVICE_CLIENT_UNSUBSCRIBED");
    assert_eq!(said(&mut ann).await, status("bob left the chat."));
    say(&mut ann, &json!({"text": "alone"})).await;
    assert_eq!(said(&mut ann).await, text(&ann, "alone"));
    assert!(bob.heard().await.is_empty());
    assert!(other.heard().await.is_empty());
    // Who goes altogether leaves, too.
    bob.ask(json!({"type": "SELF_SUBSCRIBE", "service": "chat_service"})).await;
    assert_eq!(ann.ws.json().await["type"], "SERVICE_CLIENT_SUBSCRIBED");
    assert_eq!(said(&mut ann).await, status("bob joined the chat."));
    drop(bob);
    assert_eq!(ann.ws.json().await["type"], "SERVICE_CLIENT_UNSUBSCRIBED");
    assert_eq!(said(&mut ann).await, status("bob left the chat."));
    assert_eq!(ann.ws.json().await["type"], "CLIENT_LEFT");
}

#[tokio::test]
async fn messages_of_the_chat_service_have_the_shape_of_any_services() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut service = ann.ask(json!({"type": "SERVICE_FETCH", "service": "chat_service"})).await["service"].take();
    say(&mut ann, &json!({"text": "hi"})).await;
    let mut message = ann.ws.json().await;
    let mut origin = message["origin"].take();
    assert_eq!(origin["service"], service);
    assert_eq!(service["subscribers"], json!([ann.uuid]));
    assert_eq!(origin["uuid"].take(), service["owner_uuid"].take());
    let mut keys: Vec<&str> = origin.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["name", "nickname", "service", "tags", "uuid"]);
    let target = json!({"type": "SERVICE", "service": "chat_service"});
    let data = text(&ann, "hi");
    assert_eq!(message, json!({"type": "MESSAGE", "origin": null, "target": target, "data": data}));
}

#[tokio::test]
async fn nicknames_are_shown_and_names_where_there_are_none() {
    let house = house().await;
    let identify = json!({"name": "ann", "nickname": "Ann, the \"first\"", "version": "0.2.0"});
    let mut ann = Client::identify(house.ws().await, identify).await;
    ann.ask(json!({"type": "SELF_SUBSCRIBE", "service": "chat_service"})).await;
    assert_eq!(said(&mut ann).await, status("Ann, the \"first\" joined the chat."));
    say(&mut ann, &json!({"text": "hi"})).await;
    assert_eq!(said(&mut ann).await, text(&ann, "hi"));
    assert_eq!(stored(&house).await, [("Ann, the \"first\"".to_owned(), "hi".to_owned())]);
}

#[tokio::test]
async fn about_and_what_is_refused_is_whispered_to_who_said_it() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut bob = join(&house, "bob", &mut [&mut ann]).await;
    let too_long = "x".repeat(house.runtime.limits().limits().text + 1);
    for (data, begins) in [
        (json!({"text": "/about"}), "Chat Service (Parlor)\nVersion: "),
        (json!({"text": " /about \n"}), "Chat Service (Parlor)\nVersion: "),
        (json!({"text": ""}), "there is nothing in it"),
        (json!({"text": " \n\t"}), "there is nothing in it"),
        (json!({"text": too_long}), "`text` is longer than "),
        (json!({"text": 1}), "This service understands {\"text\": "),
        (json!({"words": "hi"}), "This service understands {\"text\": "),
        (json!(null), "This service understands {\"text\": "),
        (json!("hi"), "This service understands {\"text\": "),
    ] {
        say(&mut ann, &data).await;
        let mut message = ann.ws.json().await;
        let whispered = message["data"]["text"].take();
        let target = json!({"type": "SERVICE_CLIENT_UUID", "service": "chat_service", "uuid": ann.uuid});
        assert_eq!(message["target"], target);
        let shape = json!({"type": "TEXT", "author": "System Message", "author_uuid": "0", "text": null});
        assert_eq!(message["data"], shape);
        let (first, rest) = whispered.as_str().and_then(|text| text.split_once('\n')).expect("two lines");
        assert_eq!(first, "(Only you can see this!)");
        assert!(rest.starts_with(begins), "{rest}");
    }
    assert!(bob.heard().await.is_empty());
    assert!(stored(&house).await.is_empty());
}

#[tokio::test]
async fn what_is_said_in_the_room_the_subscribers_hear_and_html_becomes_text() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut uuids = Vec::new();
    for (author, words) in [("Web", "from the page & <i>typed</i>"), ("Web", "again"), ("Other", "hi")] {
        post(&house, author, words).await;
        let mut data = said(&mut ann).await;
        uuids.push(data["author_uuid"].take());
        assert_eq!(data, json!({"type": "TEXT", "author": author, "author_uuid": null, "text": words}));
    }
    assert_eq!(uuids[0], uuids[1], "who writes again is the same");
    assert_ne!(uuids[0], uuids[2]);
    let mut bot = Message::system("<p>One &amp; <b>two</b></p><script>alert(1)</script><p>three</p>");
    (bot.kind, bot.author, bot.image) = (Kind::Bot, "Bot".to_owned(), Some("https://bot.example/a.png".to_owned()));
    append(&house, bot).await;
    let data = said(&mut ann).await;
    assert_eq!(data["author"], "Bot");
    let text = data["text"].as_str().expect("text");
    assert!(text.starts_with("One & two") && text.contains("three"), "{text}");
    assert!(!text.contains(['<', '>']) && !text.contains("alert"), "{text}");
    assert!(text.ends_with("\nhttps://bot.example/a.png"), "{text}");
}

#[tokio::test]
async fn what_clients_say_keeps_its_order_among_what_others_say() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut bob = join(&house, "bob", &mut [&mut ann]).await;
    let target = json!({"type": "SERVICE", "service": "chat_service"});
    for n in 0..20 {
        let payload = json!({"type": "MESSAGE", "target": target, "data": {"text": n.to_string()}});
        ann.ws.say(&payload.to_string()).await;
        post(&house, "Web", &format!("web {n}")).await;
    }
    for client in [&mut ann, &mut bob] {
        let (mut anns, mut webs) = (Vec::new(), Vec::new());
        while anns.len() + webs.len() < 40 {
            let payload = client.ws.json().await;
            match payload["data"]["author"].as_str() {
                Some("ann") => anns.push(payload["data"]["text"].clone()),
                Some("Web") => webs.push(payload["data"]["text"].clone()),
                _ => assert_eq!(payload["type"], "OK"),
            }
        }
        assert_eq!(anns, (0..20).map(|n| json!(n.to_string())).collect::<Vec<_>>());
        assert_eq!(webs, (0..20).map(|n| json!(format!("web {n}"))).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn who_comes_and_goes_on_the_page_the_subscribers_hear() {
    let house = house().await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut listener = house.runtime.listen(&room()).await.expect("readable");
    let web = listener.link().arrive("Web");
    assert_eq!(said(&mut ann).await, status("Web joined the chat."));
    drop(web);
    assert_eq!(said(&mut ann).await, status("Web left the chat."));
    // And the page hears who is here from the hub; the subscribers, who have heard it, do not hear it twice.
    let mut bob = join(&house, "bob", &mut [&mut ann]).await;
    loop {
        let heard = parlor_testkit::http::within("news", listener.next()).await.expect("readable");
        if matches!(heard, parlor_runtime::Heard::Presence(parlor_runtime::PresenceChange::Joined(name)) if name == "bob")
        {
            break;
        }
    }
    say(&mut bob, &json!({"text": "hi"})).await;
    for _ in 0..2 {
        assert_eq!(said(&mut ann).await["type"], "TEXT");
        post(&house, "Web", "hi").await;
        assert_eq!(said(&mut bob).await["type"], "TEXT");
    }
}

#[tokio::test]
async fn any_other_service_can_be_a_room_too_and_each_hears_its_own() {
    let tables = RoomName::parse("~hub/tables").expect("a room");
    let mut settings = Settings::default();
    settings.ties.push(Tie { service: "tables".to_owned(), nickname: None, room: tables.clone() });
    let house = House::build(settings, Accounts::Off, |builder| builder).await;
    let mut ann = join(&house, "ann", &mut []).await;
    let mut bob = house.enter("bob").await;
    assert_eq!(ann.ws.json().await["type"], "CLIENT_JOINED");
    bob.ask(json!({"type": "SELF_SUBSCRIBE", "service": "tables"})).await;
    let joined = bob.ws.json().await;
    assert_eq!(
        (&joined["data"], &joined["origin"]["service"]["name"]),
        (&status("bob joined the chat."), &json!("tables"))
    );
    let target = json!({"type": "SERVICE", "service": "tables"});
    assert_eq!(bob.send(&target, &json!({"text": "four"})).await, json!({"type": "OK"}));
    let message = bob.ws.json().await;
    assert_eq!((&message["target"], &message["data"]), (&target, &text(&bob, "four")));
    let message = Message::user("Web", "five");
    house.runtime.post(&Caller::anyone(None), tables, message, None).await.expect("posted");
    assert_eq!(bob.ws.json().await["data"]["text"], "five");
    assert_eq!(bob.send(&target, &json!({"text": "/about"})).await, json!({"type": "OK"}));
    let about = bob.ws.json().await["data"]["text"].take();
    assert!(about.as_str().is_some_and(|about| about.contains("\ntables (Parlor)\n")), "{about}");
    assert!(ann.heard().await.is_empty());
}

#[tokio::test]
async fn who_may_not_read_the_room_any_more_is_taken_out_and_nobody_new_comes_in() {
    let house = House::build(Settings::default(), Accounts::Optional, |builder| builder).await;
    let mut ann = join(&house, "ann", &mut []).await;
    let close = |settings: &mut RoomSettings| settings.access = Access::Members;
    house.runtime.configure(&Caller::SERVER, &room(), close).await.expect("configured");
    let whispered = said(&mut ann).await;
    assert_eq!(whispered["author"], "System Message");
    let result = ann.ws.json().await;
    assert_eq!((&result["type"], &result["successful"]), (&json!("SELF_UNSUBSCRIBE_RESULT"), &json!(true)));
    assert_eq!(result["service"]["subscribers"], json!([]));
    let answer = ann.ask(json!({"type": "SELF_SUBSCRIBE", "service": "chat_service"})).await;
    assert_eq!(answer["type"], "ERROR_PROTOCOL");
}
