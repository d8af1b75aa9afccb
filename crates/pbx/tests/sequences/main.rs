//! Calls as the vendors' own pages tell them, from the wire into the book: whatever is lost, repeated, swapped or
//! restarted, every call ends, and one that was answered is never missed.

mod era;
mod mango;
mod mango_vpbx;
mod office;
mod properties;
mod ringcloud;
mod rostelecom;
mod zadarma;
