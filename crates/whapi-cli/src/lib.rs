//! The whapi command: every contact of a WhatsApp channel as vCard, CSV and more.
