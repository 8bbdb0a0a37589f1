//! The fuzzer: libFuzzer, which calls the target that FUZZ_TARGET names. `cargo xtask fuzz` builds and runs it.

#![no_main]
#![allow(unsafe_code, reason = "the engine calls us over C's conventions; its macro writes the few lines for that")]

use std::sync::LazyLock;

static TARGET: LazyLock<fuzz::Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::find(&name).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: `{name}`"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    (TARGET.run)(bytes);
});
