//! LIDs, compared with what the emulator knows.

use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, JournalEntry, Person, Trigger};
use whapi_fetch::{ApiSource, ContactSource, EnrichmentRequest, Error, ErrorKind, ScanOptions};
use whapi_model::LidLookup;

use crate::common::{Setup, always, drain, people_from, start};

async fn try_fetch(setup: &Setup, request: EnrichmentRequest) -> Result<LidLookup, Error> {
    let mut source =
        ApiSource::new(setup.client(), ScanOptions::default()).with_enrichment_request(request);
    let found = source.enrichment().await?.unwrap().lids.unwrap();
    let listed = setup.api.people().len();
    assert_eq!(drain(&mut source).await.ids.len(), listed);
    Ok(found)
}

async fn fetch_lids(setup: &Setup) -> LidLookup {
    let request = EnrichmentRequest::default().with_lids(true);
    try_fetch(setup, request).await.unwrap()
}

/// The queries to a path, in the order of arrival.
fn asked(setup: &Setup, path: &str) -> Vec<String> {
    let journal = setup.api.journal();
    let entries = journal.iter().filter(|entry| entry.path == path);
    entries.map(|entry| entry.query.clone()).collect()
}

fn pairs(found: &LidLookup) -> Vec<(String, String)> {
    let pairs = found.pairs.items.iter();
    let mut pairs: Vec<_> = pairs
        .map(|(phone, lid)| (phone.identity().to_owned(), lid.to_string()))
        .collect();
    pairs.sort();
    pairs
}

/// The account and these people, with the LIDs that the API knows.
fn truth(people: &[Person]) -> Vec<(String, String)> {
    let ids = people.iter().map(|person| person.id.as_str());
    let mut truth: Vec<_> = ids
        .chain([Emulator::ACCOUNT])
        .filter_map(|id| Some((id.to_owned(), Emulator::lid_of(id)?)))
        .collect();
    truth.sort();
    truth
}

/// 450 phone numbers, and the LID entries of every tenth of those that have one.
fn linked_contacts() -> Vec<Person> {
    let mut people = people_from(0, 450);
    let lids: Vec<_> = people
        .iter()
        .step_by(10)
        .filter_map(|person| Emulator::lid_of(&person.id))
        .collect();
    people.extend(lids.iter().map(|lid| Person::new(lid).with_saved(false)));
    people.push(Person::new("84958372615243@lid"));
    people
}

#[tokio::test]
async fn phone_numbers_and_lids_are_linked_in_batches() {
    let setup = start(Emulator::builder().contacts(linked_contacts())).await;
    let found = fetch_lids(&setup).await;
    assert_eq!(asked(&setup, "/contacts/lids").len(), 3);
    assert_eq!(EnrichmentRequest::requests_for_lids(450), 3);
    assert!(found.pairs.is_complete());
    assert_eq!(pairs(&found), truth(&people_from(0, 450)));
    let twice: Vec<_> = found
        .linked_contacts
        .iter()
        .map(|(phone, lid)| (phone.id().to_string(), lid.id().to_string()))
        .collect();
    let expected: Vec<_> = people_from(0, 450)
        .iter()
        .step_by(10)
        .filter_map(|person| Some((person.id.clone(), Emulator::lid_of(&person.id)?)))
        .collect();
    assert_eq!(twice, expected);
}

#[tokio::test]
async fn a_batch_of_lids_that_fails_leaves_the_others() {
    let fault = Fault::new(Trigger::Request(2), Effect::Status(403)).on("/contacts/lids");
    let setup = start(
        Emulator::builder()
            .contacts(people_from(0, 450))
            .fault(fault),
    )
    .await;
    let found = fetch_lids(&setup).await;
    let [doubt] = &found.pairs.missing[..] else {
        panic!("{:?}", found.pairs.missing)
    };
    assert!(
        doubt.starts_with(
            "1 of 3 requests for LIDs failed, the first because the Whapi API refused the token"
        ),
        "{doubt}"
    );
    assert!(found.pairs.items.len() > 200);
}

#[tokio::test]
async fn only_numbers_of_seven_to_fifteen_digits_are_asked_for() {
    let ids = [
        "447700900101:7@S.WHATSAPP.NET",
        "+44 7700 900102",
        "447700900103@hosted",
        "1234567",
        "123456",
        "2001",
        "84958372615243@lid",
        "120363000000000001@g.us",
        "US.13491208655302741918",
    ];
    let setup = start(Emulator::builder().contacts(ids.map(Person::new).to_vec())).await;
    let found = fetch_lids(&setup).await;
    let account = Emulator::ACCOUNT;
    assert_eq!(
        asked(&setup, "/contacts/lids"),
        [format!(
            "ContactIDList=447700900101,447700900102,447700900103,1234567,{account}"
        )]
    );
    assert!(found.pairs.is_complete());
}

#[tokio::test]
async fn a_refused_batch_is_halved_until_the_number_is_alone() {
    let people = people_from(0, 450);
    let bad = [people[3].id.clone(), people[301].id.clone()];
    let builder = Emulator::builder().contacts(people.clone());
    let setup = start(bad.iter().fold(builder, EmulatorBuilder::refuse_lid_of)).await;
    let found = fetch_lids(&setup).await;
    let mut expected = truth(&people);
    expected.retain(|(phone, _)| !bad.contains(phone));
    assert_eq!(pairs(&found), expected);
    assert_eq!(
        found.pairs.missing,
        ["the Whapi API refused 2 ids in requests about LIDs (400)"]
    );
    // Two batches of 200 are halved eight times at most, with two requests each.
    let requests = asked(&setup, "/contacts/lids").len();
    assert!((3 + 14 * 2..=3 + 16 * 2).contains(&requests), "{requests}");
}

#[tokio::test]
async fn a_call_that_refuses_everything_is_not_asked_for_each_number() {
    let setup = start(
        Emulator::builder()
            .contacts(people_from(0, 2000))
            .fault(always(Effect::Status(400)).on("/contacts/lids")),
    )
    .await;
    let found = fetch_lids(&setup).await;
    let requests = asked(&setup, "/contacts/lids").len();
    assert!(requests < 150, "{requests}");
    let [failed, refused] = &found.pairs.missing[..] else {
        panic!("{:?}", found.pairs.missing)
    };
    assert!(
        failed.starts_with("11 of 11 requests for LIDs failed, the first because the Whapi API"),
        "{failed}"
    );
    assert!(refused.starts_with("the Whapi API refused 2"), "{refused}");
}

#[tokio::test]
async fn the_accounts_own_lid_is_known() {
    let own = Emulator::lid_of(Emulator::ACCOUNT).unwrap();
    let setup = start(Emulator::builder().contacts(vec![Person::new(&own)])).await;
    let found = fetch_lids(&setup).await;
    assert_eq!(pairs(&found), [(Emulator::ACCOUNT.to_owned(), own)]);
    assert_eq!(
        asked(&setup, &format!("/contacts/ids/{}", pairs(&found)[0].1)).len(),
        0
    );
}

/// LIDs without a number in the list. The first 3 have one that the API knows.
fn lids_alone(count: usize) -> EmulatorBuilder {
    let lid = |index: usize| format!("849583726152{index:02}@lid");
    let people = (0..count).map(|index| Person::new(lid(index)));
    let builder = Emulator::builder().contacts(people.collect());
    (0..3).fold(builder, |builder, index| {
        builder.phone_of_lid(lid(index), format!("44770090010{index}"))
    })
}

fn single_lookups(setup: &Setup) -> usize {
    let journal = setup.api.journal();
    let is_single = |entry: &&JournalEntry| entry.path.starts_with("/contacts/ids/");
    journal.iter().filter(is_single).count()
}

#[tokio::test]
async fn lids_without_a_number_are_looked_up_one_by_one() {
    let setup = start(lids_alone(9)).await;
    let found = fetch_lids(&setup).await;
    let mut expected = truth(&[]);
    expected.extend([0, 1, 2].map(|index| {
        (
            format!("44770090010{index}"),
            format!("8495837261520{index}@lid"),
        )
    }));
    expected.sort();
    assert_eq!(pairs(&found), expected);
    assert_eq!(single_lookups(&setup), 9);
    assert_eq!(found.pairs.missing, Vec::<String>::new());
}

#[tokio::test]
async fn single_lookups_have_a_limit() {
    let request = EnrichmentRequest::default().with_lids(true);
    for (most, asked, known, missing) in [
        (
            2,
            2,
            2,
            "7 LIDs without a known number left out, since --max-lid-lookups allows 2 single requests",
        ),
        (0, 0, 0, ""),
    ] {
        let setup = start(lids_alone(9)).await;
        let found = try_fetch(&setup, request.with_max_lid_lookups(most)).await;
        let found = found.unwrap();
        assert_eq!(single_lookups(&setup), asked);
        assert_eq!(found.pairs.items.len(), truth(&[]).len() + known);
        assert_eq!(found.pairs.missing.concat(), missing);
    }
}

#[tokio::test]
async fn a_failure_ends_the_single_lookups_and_keeps_what_is_known() {
    let fault = always(Effect::Status(402)).on("/contacts/ids/84958372615202@lid");
    let setup = start(lids_alone(9).fault(fault)).await;
    let found = fetch_lids(&setup).await;
    assert_eq!(found.pairs.items.len(), truth(&[]).len() + 2);
    assert_eq!(
        found.pairs.missing,
        [
            "the requests for the numbers of single LIDs ended early, because the channel's quota is \
          used up (402): Payment Required: a fault of the emulator"
        ]
    );
}

#[tokio::test]
async fn the_limit_on_requests_holds_for_single_lookups() {
    let setup = start(lids_alone(9)).await;
    let client = setup.builder().max_requests(5).build().unwrap();
    let mut source = ApiSource::new(client, ScanOptions::default())
        .with_enrichment_request(EnrichmentRequest::default().with_lids(true));
    let error = source.enrichment().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
    assert_eq!(setup.api.journal().len(), 5);
}

#[tokio::test]
async fn answers_of_another_shape_are_counted() {
    let (lid, same) = ("84958372615200@lid", "84958372615201@lid");
    let people = vec![
        Person::new(lid),
        Person::new(same),
        Person::new("447700900101"),
    ];
    let lids =
        Effect::Json(r#"{"447700900101":"1@lid","447700900109":{"lid":"2@lid"}}"#.to_owned());
    let setup = start(
        Emulator::builder()
            .contacts(people)
            .phone_of_lid(lid, "12345")
            .phone_of_lid(same, "84958372615201")
            .fault(always(lids).on("/contacts/lids")),
    )
    .await;
    let found = fetch_lids(&setup).await;
    assert_eq!(found.pairs.items, []);
    assert_eq!(
        found.pairs.missing,
        ["4 answers about LIDs had another shape than documented and were passed over"]
    );
}

#[tokio::test]
async fn the_number_in_a_contacts_own_field_is_a_link() {
    let lid = "84958372615243@lid";
    // The API knows no LID of this number.
    let mut numbers = (0..1000).map(|index| format!("447700900{index:03}"));
    let number = numbers.find(|number| Emulator::lid_of(number).is_none());
    let number = number.unwrap();
    let people = vec![
        Person::new(&number).with_saved(false),
        Person::new(lid).with_phone(format!("+{number}")),
    ];
    let setup = start(Emulator::builder().contacts(people)).await;
    let found = fetch_lids(&setup).await;
    assert_eq!(single_lookups(&setup), 0);
    let twice: Vec<_> = found
        .linked_contacts
        .iter()
        .map(|(phone, lid)| (phone.id().to_string(), lid.id().to_string()))
        .collect();
    assert_eq!(twice, [(number, lid.to_owned())]);
}
