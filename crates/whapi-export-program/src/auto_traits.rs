//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Program, ProgramCommand, Timeouts};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Program>();
    can_be_shared::<ProgramCommand>();
    can_be_shared::<Timeouts>();
};
