//! A relay lasts: through crashes of the server, and from one start to the next, as the same bot.

use std::os::unix::fs::PermissionsExt as _;

use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
    http::Request,
    server::Signal,
};
use serde_json::json;

use super::{Relay, bots, command, post, tunnel::Door};
use crate::{
    bots::{activations, talk},
    kit::{id, install, say, server},
};

#[tokio::test]
async fn a_crash_of_the_server_loses_nothing_and_asks_the_program_once() {
    let (mut server, state) = (server().await, TestFolder::new());
    let door = Door::to(server.address()).await;
    let mut program = BotServer::always(Answer::Later).await;
    let address = format!("http://{}", door.address);
    let args = ["--server", &address, "--room", "a", "--name", "hey", &program.url("/hey")];
    let mut relay = Relay::run(command(&state, &args));
    relay.until("is in the room").await;
    post(&server, "a", "hey one").await;
    let one = program.next().await;
    server.kill9().await;
    relay.until("Not connected").await;
    server.start_again().await;
    door.lead(server.address());
    relay.until("Connected again").await;
    one.answer(Answer::text("survived"));
    let mut stream = server.ws("/ws/a").await;
    stream.until(|frame| frame["kind"] == "message" && frame["data"]["text"] == "survived").await;
    assert!(program.waiting().is_none(), "it was asked once");
    let records = activations(&server, "a").await;
    assert_eq!((&records[0]["status"], &records[0]["attempt"]), (&json!("answered"), &json!(2)));
    // And in order.
    server.ask_to_end();
    relay.until("the server restarts").await;
    assert!(server.ended().await.success());
    server.start_again().await;
    door.lead(server.address());
    relay.until("Connected again").await;
    let ((), two) = tokio::join!(async { drop(say(&server, "a", "hey two").await) }, async {
        program.next().await.answer(Answer::text("fine"));
    });
    let () = two;
    assert_eq!(talk(&server, "a").await, ["Ann: hey one", "hey: survived", "Ann: hey two", "hey: fine"]);
}

#[tokio::test]
async fn started_again_it_is_the_same_bot_and_ctrl_c_leaves_it_there() {
    let (server, state) = (server().await, TestFolder::new());
    let program = BotServer::always(Answer::text("hi")).await;
    let args = ["--room", "a", &program.url("/weather_bot")];
    let mut relay = Relay::start(&server, &state, &args);
    relay.until("Leave this terminal open").await;
    let first = id(&bots(&server, "a").await[0]);
    let ended = relay.interrupt().await;
    assert_eq!((ended.code, ended.error.as_str()), (Some(0), ""), "{}", ended.said);
    assert!(ended.said.contains("Weather Bot stays in the room") && ended.said.contains("--remove"), "{}", ended.said);
    let file = state.path().join("parlor/relay.json");
    let mode = std::fs::metadata(&file).expect("the token is kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
    let kept = std::fs::read_to_string(&file).expect("a file");
    let mut relay = Relay::start(&server, &state, &[&args[..], &["--responds-to", "rain"]].concat());
    relay.until("A message that matches rain").await;
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), kept, "with the same token");
    let [bot] = &bots(&server, "a").await[..] else { panic!("one bot") };
    assert_eq!((id(bot), &bot["responds_to"]), (first, &json!("rain")));
    // SIGTERM is an end in order too.
    relay.signal(Signal::TERM);
    assert_eq!(relay.ended().await.code, Some(0));
}

#[tokio::test]
async fn with_remove_the_bot_goes_at_the_end() {
    let (server, state) = (server().await, TestFolder::new());
    let mut relay = Relay::start(&server, &state, &["--room", "a", "--remove", "localhost:1/x"]);
    relay.until("Leave this terminal open").await;
    let ended = relay.interrupt().await;
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    assert!(ended.said.ends_with("X is removed from the room."), "{}", ended.said);
    assert!(bots(&server, "a").await.is_empty());
}

#[tokio::test]
async fn anothers_bot_is_taken_over_only_when_it_is_free_or_one_says_so() {
    let (server, mine, theirs) = (server().await, TestFolder::new(), TestFolder::new());
    let args = ["--room", "a", "--name", "Nora", "localhost:1/x"];
    let mut first = Relay::start(&server, &mine, &args);
    first.until("Leave this terminal open").await;
    let ended = Relay::start(&server, &theirs, &args).ended().await;
    assert_eq!(ended.code, Some(1));
    for words in ["a bot “Nora” already", "connected as it", "--name", "--take-over"] {
        assert!(ended.error.contains(words), "{}", ended.error);
    }
    let mut second = Relay::start(&server, &theirs, &[&args[..], &["--take-over"]].concat());
    second.until("Leave this terminal open").await;
    let ended = first.ended().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.error.contains("somebody made a new token for this bot"), "{}", ended.error);
    assert_eq!(bots(&server, "a").await.len(), 1);
    // Nobody is connected as it now: whoever comes may have it, with a token that is out of date, too.
    assert_eq!(second.interrupt().await.code, Some(0));
    let mut third = Relay::start(&server, &mine, &args);
    third.until("Leave this terminal open").await;
    assert_eq!(bots(&server, "a").await.len(), 1);
    // Deleted in the room, it ends with a word about it.
    let bot = id(&bots(&server, "a").await[0]);
    let delete = Request::new("DELETE", "/api/actions/bot").body(json!({ "id": bot }).to_string());
    server.send(delete).await.expect(200);
    let ended = third.ended().await;
    assert!(ended.error.contains("deleted in the room"), "{}", ended.error);
}

#[tokio::test]
async fn a_bot_with_an_address_is_left_alone_unless_one_says_so() {
    let (server, state) = (server().await, TestFolder::new());
    crate::kit::install(&server, "a", "X", "http://localhost:5000/x").await;
    let ended = Relay::start(&server, &state, &["--room", "a", "localhost:1/x"]).ended().await;
    assert!(ended.error.contains("it has the address http://localhost:5000/x"), "{}", ended.error);
    let mut relay = Relay::start(&server, &state, &["--room", "a", "--take-over", "localhost:1/x"]);
    relay.until("Leave this terminal open").await;
    let [bot] = &bots(&server, "a").await[..] else { panic!("one bot") };
    assert_eq!(bot["url"], "socket:");
}

#[tokio::test]
async fn ctrl_c_is_heard_on_a_network_that_hangs() {
    let (server, state) = (server().await, TestFolder::new());
    let door = Door::to(server.address()).await;
    let mut program = BotServer::always(Answer::Later).await;
    let address = format!("http://{}", door.address);
    let args = ["--server", &address, "--room", "a", "--name", "hey", &program.url("/hey")];
    let mut relay = Relay::run(command(&state, &args));
    relay.until("is in the room").await;
    // More than all buffers on the way take.
    let mut asked = Vec::new();
    for n in 0..6 {
        post(&server, "a", &format!("hey {n}")).await;
        asked.push(program.next().await);
    }
    door.stall();
    for (n, asked) in asked.into_iter().enumerate() {
        asked.answer(Answer::text(&"x".repeat(4 << 20)));
        relay.until(&format!("#{}", n + 1)).await;
    }
    assert_eq!(relay.interrupt().await.code, Some(0));
}

#[tokio::test]
async fn a_number_that_is_another_bots_by_now_changes_nothing_of_it() {
    let (server, state) = (server().await, TestFolder::new());
    // The database was emptied since: the number that was kept is that of somebody else's bot.
    let theirs = install(&server, "a", "theirs", "socket:").await;
    let kept = json!([{
        "server": format!("http://{}", server.address()), "room": "a", "name": "hey", "bot": id(&theirs), "token": "0"
    }]);
    std::fs::create_dir(state.path().join("parlor")).expect("a folder");
    std::fs::write(state.path().join("parlor/relay.json"), kept.to_string()).expect("a file");
    let args = ["--room", "a", "--name", "hey", "--responds-to", "mine", "localhost:1/x"];
    let mut relay = Relay::start(&server, &state, &args);
    relay.until("is in the room").await;
    let all = bots(&server, "a").await;
    assert_eq!((all.len(), &all[0]), (2, &theirs));
    assert_eq!((&all[1]["name"], &all[1]["responds_to"]), (&json!("hey"), &json!("mine")));
}

#[tokio::test]
async fn a_bot_is_changed_only_after_its_token_was_accepted() {
    let (server, state, other) = (server().await, TestFolder::new(), TestFolder::new());
    let mut theirs = Relay::start(&server, &other, &["--room", "a", "--name", "hey", "localhost:1/x"]);
    theirs.until("is in the room").await;
    // The program says so before the server has taken notice.
    let mut before = bots(&server, "a").await;
    while before[0]["connected"] != true {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        before = bots(&server, "a").await;
    }
    let kept = json!([{
        "server": format!("http://{}", server.address()), "room": "a", "name": "hey", "bot": id(&before[0]), "token": "0"
    }]);
    std::fs::create_dir(state.path().join("parlor")).expect("a folder");
    std::fs::write(state.path().join("parlor/relay.json"), kept.to_string()).expect("a file");
    let args = ["--room", "a", "--name", "hey", "--responds-to", "mine", "localhost:1/x"];
    let ended = Relay::start(&server, &state, &args).ended().await;
    assert!(ended.error.contains("somebody’s program is connected as it"), "{}", ended.error);
    assert_eq!(bots(&server, "a").await, before);
}
