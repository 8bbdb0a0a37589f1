//! What bots answer, over HTTP and over their socket.

pub(crate) fn answer(bytes: &[u8]) {
    parlor_bots::fuzzing::answer(bytes);
    parlor_bots::fuzzing::frame(crate::text(bytes));
}
