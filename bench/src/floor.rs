//! The floor: a process that does only what can't be left out, one `write(2)` of the same bytes to each socket.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use anyhow::Result;

/// Prints its address, takes a controlling connection and so many others, and then for each byte that it is sent on the first
/// writes a text frame of so many bytes to all others, and a byte back.
pub(crate) fn run(sockets: usize, frame: usize) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (mut control, _) = listener.accept()?;
    control.set_nodelay(true)?;
    let mut clients: Vec<TcpStream> = Vec::with_capacity(sockets);
    for _ in 0..sockets {
        let (client, _) = listener.accept()?;
        client.set_nodelay(true)?;
        clients.push(client);
    }
    control.write_all(b"!")?;
    let frame = text_frame(frame);
    let mut orders = [0; 64];
    loop {
        let count = control.read(&mut orders)?;
        if count == 0 {
            return Ok(());
        }
        for _ in 0..count {
            for client in &mut clients {
                client.write_all(&frame)?;
            }
            control.write_all(b"!")?;
        }
    }
}

/// A frame that has so many bytes, header included.
fn text_frame(length: usize) -> Vec<u8> {
    let header = if length <= 127 { 2 } else { 4 };
    let text = "x".repeat(length.saturating_sub(header));
    parlor_sockets::Frame::text(&text).bytes().to_vec()
}
