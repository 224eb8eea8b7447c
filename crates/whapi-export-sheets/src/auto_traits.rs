//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Columns, Mode, SheetsConfig, SheetsExporter};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Columns>();
    can_be_shared::<Mode>();
    can_be_shared::<SheetsConfig>();
    can_be_shared::<SheetsExporter>();
};
