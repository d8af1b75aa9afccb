//! An office as its viewers see it, on a temporary folder.

mod catch_up;
mod commands;
mod rights;
mod rostelecom;
mod storage;
mod support;
