//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Change, ChannelEntry, ClassifiedContact, Classifier, DisplayName, InvalidNaming, LidLinks,
    Membership, NameKey, NameSource, NameWarning, NameWarnings, Nameless, Naming, Operation,
    Permissions, PrivateChat, ReasonIndex, ReasonKind, Reasons, Rule, SavedNames, SharedGroup,
    Snapshot, Standing, UnknownReason, UnknownStanding, Verdict,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Change>();
    can_be_shared::<NameSource>();
    can_be_shared::<NameWarning>();
    can_be_shared::<Nameless>();
    can_be_shared::<Operation>();
    can_be_shared::<ReasonKind>();
    can_be_shared::<Rule>();
    can_be_shared::<Standing>();
    can_be_shared::<Verdict>();
    can_be_shared::<ChannelEntry<'static>>();
    can_be_shared::<ClassifiedContact>();
    can_be_shared::<Classifier>();
    can_be_shared::<DisplayName<'static>>();
    can_be_shared::<InvalidNaming>();
    can_be_shared::<LidLinks>();
    can_be_shared::<Membership>();
    can_be_shared::<NameKey>();
    can_be_shared::<NameWarnings>();
    can_be_shared::<Naming>();
    can_be_shared::<Permissions>();
    can_be_shared::<PrivateChat>();
    can_be_shared::<ReasonIndex>();
    can_be_shared::<Reasons>();
    can_be_shared::<SavedNames>();
    can_be_shared::<SharedGroup>();
    can_be_shared::<Snapshot>();
    can_be_shared::<UnknownReason>();
    can_be_shared::<UnknownStanding>();
};
