//! The exporter contract: implement one trait, register one definition.
