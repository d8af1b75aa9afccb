//! An office as its viewers see it, on a temporary folder.

mod rostelecom;
mod support;
