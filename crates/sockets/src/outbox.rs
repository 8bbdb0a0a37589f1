//! The queue of bytes in front of a socket.
