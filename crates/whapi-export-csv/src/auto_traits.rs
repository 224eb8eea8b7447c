//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Columns, CsvConfig, CsvEncoder, Encoding, FormulaGuard, Profile, Separator};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Columns>();
    can_be_shared::<Encoding>();
    can_be_shared::<FormulaGuard>();
    can_be_shared::<Profile>();
    can_be_shared::<Separator>();
    can_be_shared::<CsvConfig>();
    can_be_shared::<CsvEncoder>();
};
