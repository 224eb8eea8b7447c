//! Contacts of several channels: the filter, the rows, the details, the print.

use serde_json::json;
use whapi_export::conformance::channel_contacts;
use whapi_export::{Available, RunEnd};

use crate::page::{Page, WIDE};
use crate::paper::WATCH;

#[test]
fn the_channel_is_a_filter_and_stands_beside_each_contact() {
    let mut available = Available::default();
    available.channels = true;
    let end = RunEnd::complete();
    let Some(page) = Page::open_with(WIDE, [], available, &channel_contacts(), &end) else {
        return;
    };
    // A line end is a space on one line.
    let odd = "=1+\"1\" </b>,;../x";
    assert_eq!(
        page.options("facet-channel"),
        ["All (4)", &format!("{odd} (1)"), "office (1)", "shop (2)",]
    );
    assert_eq!(
        page.texts(".row .facts"),
        [
            "+447700900811 · \u{2068}office\u{2069}",
            "+447700900811 · \u{2068}shop\u{2069}",
            &format!("\u{2068}{odd}\u{2069}"),
            "\u{2068}shop\u{2069}",
        ]
    );

    page.choose("facet-channel", "shop");
    assert_eq!(page.names(), ["Ada", "84958372615288@lid"]);
    page.browser.click(".row");
    let facts = page.texts("#details dl > div");
    assert_eq!(facts[0], "Channelshop");

    page.browser.run(WATCH);
    let _ = page.browser.print();
    assert_eq!(
        page.value("printed"),
        json!([
            "Channel|Name|Number|Country|Standing",
            "shop|Ada|+447700900811||Saved",
            "shop|84958372615288@lid|84958372615288@lid||Discovered",
        ])
    );
    page.close();
}

#[test]
fn a_page_of_one_channel_has_no_filter_for_it() {
    let end = RunEnd::complete();
    let contacts = whapi_export::conformance::sample_contacts();
    let Some(page) = Page::open_with(WIDE, [], Available::default(), &contacts, &end) else {
        return;
    };
    assert_eq!(
        page.value("document.getElementById('facet-channel')"),
        json!(null)
    );
    assert_eq!(
        page.value("facets.some((facet) => facet.key === 'channel')"),
        false
    );
    page.close();
}
