//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Channel, Effect, Emulator, EmulatorBuilder, Fault, JournalEntry, ListChange, Person,
    ServedChannel, TotalMode, Trigger,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Channel>();
    can_be_shared::<Effect>();
    can_be_shared::<ListChange>();
    can_be_shared::<TotalMode>();
    can_be_shared::<Trigger>();
    can_be_shared::<EmulatorBuilder>();
    can_be_shared::<Emulator>();
    can_be_shared::<Fault>();
    can_be_shared::<JournalEntry>();
    can_be_shared::<Person>();
    can_be_shared::<ServedChannel>();
};
