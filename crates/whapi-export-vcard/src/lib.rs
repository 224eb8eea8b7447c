//! Writes contacts as vCard 3.0 or 4.0 that phones import.
