//! `[metrics]`.

use super::{
    Listen,
    setting::{About, SETTING, section},
};

section! {
    /// Numbers for a monitoring system, at `/metrics`.
    struct Metrics as metrics in "metrics" {
        /// An address of its own for them, to which `/healthz` and `/readyz` answer too
        listen: Option<Listen> = None, About { example: "\"127.0.0.1:9277\"", ..SETTING };

        /// Answer `/metrics` where rooms are, to everybody (always so when only this machine can reach the server)
        public: bool = false, About { switch: true, ..SETTING };
    }
}
