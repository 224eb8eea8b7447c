//! Answers that differ from the document, for which there is a setting each.

use crate::common::get;
use serde_json::json;
use whapi_emulator::{Emulator, EmulatorBuilder};

/// An API with one chat, one group with four participants, and one blocked id.
fn small() -> EmulatorBuilder {
    let participants = [
        "447700900101",
        "447700900102",
        "84958372615243@lid",
        "447700900104",
    ];
    let participants = participants.map(|id| json!({"id": id, "rank": "member"}));
    Emulator::builder().chats_and_groups(
        vec![json!({"id": "447700900101@s.whatsapp.net"})],
        vec![json!({"id": "1@g.us", "participants": participants, "participants_count": 4})],
        vec!["447700900102".to_owned()],
    )
}

#[tokio::test]
async fn both_answers_about_a_group_may_be_cut() {
    let api = small().participants_cap(1).group_cap(2);
    let api = api.start().await.unwrap();
    assert_eq!(
        get(&api, "/groups").await.1,
        r#"{"groups":[{"id":"1@g.us","participants":[{"id":"447700900101","rank":"member"}],"participants_count":4}],"count":1,"total":1,"offset":0}"#
    );
    assert_eq!(
        get(&api, "/groups/1@g.us").await.1,
        r#"{"id":"1@g.us","participants":[{"id":"84958372615243@lid","rank":"member"},{"id":"447700900104","rank":"member"}],"participants_count":4}"#
    );
}

#[tokio::test]
async fn chats_may_have_huge_numbers() {
    let api = small().huge_numbers(true).start().await.unwrap();
    assert_eq!(
        get(&api, "/chats").await.1,
        r#"{"chats":[{"id":"447700900101@s.whatsapp.net","mute_until":18446744073709551616,"unread":1e400}],"count":1,"total":1,"offset":0}"#
    );
}

#[tokio::test]
async fn blocked_people_may_be_named_by_lids() {
    let lid = Emulator::lid_of("447700900102").unwrap();
    let blocked = ["447700900102", "84958372615243@lid", "447700900101"];
    let api = |lids| {
        let blocked = blocked.map(str::to_owned).to_vec();
        let builder = Emulator::builder().chats_and_groups(vec![], vec![], blocked);
        builder.blocked_lids(lids).start()
    };
    assert_eq!(Emulator::lid_of("447700900101"), None);
    assert_eq!(
        get(&api(true).await.unwrap(), "/blacklist").await.1,
        format!(r#"["{lid}","84958372615243@lid","447700900101"]"#)
    );
    assert_eq!(
        get(&api(false).await.unwrap(), "/blacklist").await.1,
        r#"["447700900102","84958372615243@lid","447700900101"]"#
    );
}
