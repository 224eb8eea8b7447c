//! LIDs of phone numbers, and numbers of LIDs.

use whapi_emulator::{Emulator, Person};

use crate::common::{error, get, numbered};

#[tokio::test]
async fn lids_of_known_phones_only() {
    let api = Emulator::builder()
        .contacts(numbered(40))
        .start()
        .await
        .unwrap();
    let list: Vec<_> = api.people().into_iter().map(|person| person.id).collect();
    let target = format!("/contacts/lids?ContactIDList={}", list.join(","));
    let (_, body) = get(&api, &target).await;
    let found: serde_json::Value = serde_json::from_str(&body).unwrap();
    let found = found.as_object().unwrap();
    assert!((25..40).contains(&found.len()), "{}", found.len());
    for (phone, lid) in found {
        assert!(list.contains(phone));
        assert!(lid["lid"].as_str().unwrap().ends_with("@lid"));
    }
    assert_eq!(
        get(
            &api,
            "/contacts/lids?ContactIDList=447700999999,84958372615243@lid"
        )
        .await,
        (200, "{}".to_owned())
    );
    for id in ["123456", "1@lid", "1234567890123456", "+447700900101", ""] {
        assert_eq!(
            get(
                &api,
                &format!("/contacts/lids?ContactIDList=447700999999,{id}")
            )
            .await,
            error(
                400,
                "Bad Request",
                "ContactIDList must hold ids of 7 to 15 digits"
            ),
            "{id}"
        );
    }
    assert_eq!(
        get(&api, "/contacts/lids").await,
        error(400, "Bad Request", "ContactIDList is missing")
    );
}

#[tokio::test]
async fn a_lid_that_the_api_refuses_or_knows_the_number_of() {
    let lid = "84958372615243@lid";
    let builder = Emulator::builder()
        .contacts(vec![Person::new("447700900101"), Person::new(lid)])
        .phone_of_lid(lid, "447700900102")
        .refuse_lid_of("447700900101");
    let api = builder.start().await.unwrap();
    assert_eq!(
        get(&api, &format!("/contacts/ids/{lid}")).await,
        (200, r#"{"id":"447700900102@s.whatsapp.net"}"#.to_owned())
    );
    assert_eq!(
        get(&api, "/contacts/ids/84958372615244@lid").await,
        error(404, "Not Found", "no number of this LID is known")
    );
    assert_eq!(
        get(&api, "/contacts/lids?ContactIDList=447700900101")
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn made_up_lids_are_paired_or_have_a_number_or_neither() {
    let api = Emulator::builder().start().await.unwrap();
    let people = api.people();
    let lids = people.iter().filter(|person| person.id.ends_with("@lid"));
    let (mut listed, mut unlisted, mut unknown) = (0, 0, 0);
    for lid in lids {
        let (status, body) = get(&api, &format!("/contacts/ids/{}", lid.id)).await;
        let number = body
            .strip_prefix(r#"{"id":""#)
            .and_then(|body| body.strip_suffix(r#"@s.whatsapp.net"}"#));
        match (status, number) {
            (200, Some(number)) if people.iter().any(|one| one.id == number) => listed += 1,
            (200, Some(_)) => unlisted += 1,
            _ => unknown += 1,
        }
    }
    assert_eq!((listed, unlisted, unknown), (29, 14, 14));
}
