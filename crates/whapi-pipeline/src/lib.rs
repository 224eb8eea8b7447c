//! One scan of a channel's contacts, classified and handed to any number of exporters.
