//! Reports of contacts as text, JSON and HTML.

mod counts;
mod html;
mod people;
mod text;
