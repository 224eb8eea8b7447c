//! What a report shows, from contacts to text, JSON and HTML.

mod counts;
mod html;
mod people;
mod text;
