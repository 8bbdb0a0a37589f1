//! The first room, and the bots in it.

use parlor_rooms::RoomName;

use super::house::House;
use crate::furnish;

#[tokio::test(start_paused = true)]
async fn the_first_room_is_furnished_once_and_its_bots_answer() {
    let mut house = House::new().await;
    furnish(&house.runtime).await.unwrap();
    furnish(&house.runtime).await.unwrap();
    house.room = RoomName::parse("welcome").unwrap();
    let said = house.said().await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("Parlor: <p><b>Welcome to Parlor.</b>"));
    assert_eq!(house.state().await.bots.len(), 5);
    let talk = [
        ("Hello EchoBot", "EchoBot: Hello Ann."),
        ("Can you decorate that?", "Decorator: <style>"),
        ("What is on the menu?", "Menu: <form>"),
        ("Please count", "Counter: I count"),
        ("stop", "Counter: I stop."),
        ("oops json", "Parlor: <p>Oops answered with the status code 200"),
    ];
    for (text, expected) in talk {
        let trigger = house.say(text).await;
        house.answered(&trigger).await;
        let said = house.said().await;
        assert!(said.last().unwrap().starts_with(expected), "{text}: {said:?}");
    }
    assert_eq!(house.said().await.len(), 1 + talk.len());
}
