//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{VcardConfig, VcardEncoder, VcardVersion};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<VcardVersion>();
    can_be_shared::<VcardConfig>();
    can_be_shared::<VcardEncoder>();
};
