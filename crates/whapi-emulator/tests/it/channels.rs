//! Several channels at one address.

use reqwest::Method;
use whapi_emulator::{Channel, Effect, Emulator, Fault, ListChange, Person, Trigger};

use crate::common::{client, get, numbered, send};

#[tokio::test]
async fn each_token_gets_the_answers_of_its_channel() {
    let office = Emulator::builder()
        .token("office-token")
        .contacts(numbered(1))
        .fault(Fault::new(Trigger::Request(2), Effect::Status(503)));
    let home = Emulator::builder().token("home-token").channel(Channel::Qr);
    let api = Emulator::builder()
        .contacts(vec![Person::new("447700900199")])
        .and_channel(office)
        .and_channel(home)
        .start()
        .await
        .unwrap();
    let ask = async |token: &str, path: &str| {
        let url = format!("{}{path}", api.base_url());
        send(client().request(Method::GET, url).bearer_auth(token)).await
    };
    let first = (
        200,
        r#"{"contacts":[{"id":"447700900199"}],"count":1,"total":1,"offset":0}"#.to_owned(),
    );
    assert_eq!(get(&api, "/contacts").await, first);
    let office =
        r#"{"contacts":[{"id":"447700900000","saved":true}],"count":1,"total":1,"offset":0}"#;
    assert_eq!(
        ask("office-token", "/contacts").await,
        (200, office.to_owned())
    );
    assert_eq!(ask("office-token", "/contacts").await.0, 503);
    assert_eq!(get(&api, "/contacts").await, first);
    assert_eq!(ask("home-token", "/contacts").await.0, 401);
    assert_eq!(ask("other-token", "/contacts").await.0, 404);

    let [first, office, home] = api.channels() else {
        panic!("three channels")
    };
    assert_eq!(
        [first, office, home].map(|channel| channel.token().to_owned()),
        ["demo-token", "office-token", "home-token"]
    );
    let statuses = |channel: &whapi_emulator::ServedChannel| {
        let journal = channel.journal().into_iter();
        journal
            .map(|entry| entry.status.unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses(first), [200, 200, 404]);
    assert_eq!(statuses(office), [200, 503]);
    assert_eq!(statuses(home), [401]);
    office.change(ListChange::Append(vec![Person::new("447700900198")]));
    assert_eq!((office.people().len(), first.people().len()), (2, 1));
    office.fault(Fault::new(Trigger::Request(3), Effect::Status(429)));
    assert_eq!(ask("office-token", "/contacts").await.0, 429);
}
