//! What a channel has left.

use std::time::Duration;

use whapi_emulator::{Effect, Emulator};
use whapi_fetch::ErrorKind;

use crate::common::{Setup, always, start};

async fn with(effect: Effect) -> Setup {
    start(Emulator::builder().fault(always(effect).on("/limits"))).await
}

#[tokio::test]
async fn a_trial_has_limits_and_other_channels_have_none() {
    let setup = start(Emulator::builder()).await;
    let limits = setup.client().limits().await.unwrap().unwrap();
    let numbers = [limits.requests, limits.messages, limits.checks];
    assert_eq!(numbers, [Some(1000), Some(100), Some(100)]);

    let setup = start(Emulator::builder().no_limits(true)).await;
    assert_eq!(setup.client().limits().await.unwrap(), None);
    let journal = setup.api.journal();
    let [request] = &journal[..] else {
        panic!("{journal:?}")
    };
    let asked = (&*request.method, &*request.path, &*request.query);
    assert_eq!(asked, ("GET", "/limits", ""));
}

#[tokio::test]
async fn failures_are_those_of_any_request() {
    for (status, kind, requests) in [
        (401, ErrorKind::Token, 1),
        (402, ErrorKind::Quota, 1),
        (404, ErrorKind::Token, 1),
        (503, ErrorKind::Api, 3),
    ] {
        let setup = with(Effect::Status(status)).await;
        let error = setup.client().limits().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(setup.api.journal().len(), requests, "{status}");
    }
}

#[tokio::test]
async fn an_answer_without_limits_is_no_verdict() {
    let setup = with(Effect::Json("{}".to_owned())).await;
    let error = setup.client().limits().await.unwrap_err();
    let waited = setup.clock.sleeps().iter().sum::<Duration>().as_secs();
    assert_eq!(
        error.to_string(),
        format!(
            "the Whapi API answered JSON without a list of limits; gave up after 3 tries in {waited} s"
        )
    );
}

#[tokio::test]
async fn an_empty_answer_is_none_of_a_list() {
    let setup = start(Emulator::builder().fault(always(Effect::Status(204)))).await;
    assert_eq!(
        setup.page_error().await.to_string(),
        "the Whapi API gave an unexpected answer (204)"
    );
}
