//! `[[rows.only]]`: rows that a table's owner lets only some parties use.

mod audiences;
mod officer;
mod silence;
mod world;
