//! Inputs of one make and kind, `TRUBKA_FUZZ=<make>/<kind>`, made by a fuzzer that is led by coverage.

#![no_main]

use std::{env, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use pbx::Make;
use trubka_fuzz::Kind;

static READER: LazyLock<(Make, Kind)> = LazyLock::new(|| {
    let named = env::var("TRUBKA_FUZZ").expect("TRUBKA_FUZZ=<make>/<kind>");
    let (make, kind) = named.split_once('/').expect("<make>/<kind>");
    (make.parse().expect("a make"), kind.parse().expect("webhook, frame or answer"))
});

fuzz_target!(|bytes: &[u8]| {
    let (make, kind) = *READER;
    trubka_fuzz::check(make, kind, bytes);
});
