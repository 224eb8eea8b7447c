//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Report, ScanSummary, Stats, TextStyle};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Report<'static>>();
    can_be_shared::<ScanSummary>();
    can_be_shared::<Stats>();
    can_be_shared::<TextStyle>();
};
