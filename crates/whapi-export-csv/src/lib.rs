//! Writes contacts as CSV that spreadsheets and scripts read without harm.
