//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Cancelled, ChangeCounts, Channel, ChannelReport, ContactCounts, Event, ExportReport, Failure,
    Filter, LeftOut, LidLinkCounts, Outcome, Pipeline, ReasonCounts, ReasonTally, RunReport, Stage,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}
const fn can_be_sent<T: Send + Unpin>() {}

const _: () = {
    can_be_shared::<Cancelled>();
    can_be_shared::<Event>();
    can_be_shared::<Outcome>();
    can_be_shared::<Stage>();
    can_be_shared::<ChangeCounts>();
    can_be_shared::<ChannelReport>();
    can_be_shared::<ContactCounts>();
    can_be_shared::<ExportReport>();
    can_be_shared::<Failure>();
    can_be_shared::<LeftOut>();
    can_be_shared::<LidLinkCounts>();
    can_be_shared::<ReasonCounts>();
    can_be_shared::<ReasonTally>();
    can_be_shared::<RunReport>();

    // They are read or run through a mutable reference.
    can_be_sent::<Channel>();
    can_be_sent::<Filter>();
    can_be_sent::<Pipeline>();
};
