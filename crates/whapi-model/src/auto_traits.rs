//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Chat, ChatKind, Contact, ContactId, Group, IdKind, InvalidId, Label, LidLookup, Page, Partial,
    Participant, Phone, Rank, ReasonLists, StandingBy, UnknownKind,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<ChatKind>();
    can_be_shared::<IdKind>();
    can_be_shared::<Rank>();
    can_be_shared::<StandingBy>();
    can_be_shared::<Chat>();
    can_be_shared::<Contact>();
    can_be_shared::<ContactId>();
    can_be_shared::<Group>();
    can_be_shared::<InvalidId>();
    can_be_shared::<Label>();
    can_be_shared::<LidLookup>();
    can_be_shared::<Page<()>>();
    can_be_shared::<Partial<()>>();
    can_be_shared::<Participant>();
    can_be_shared::<Phone<'static>>();
    can_be_shared::<ReasonLists>();
    can_be_shared::<UnknownKind>();
};
