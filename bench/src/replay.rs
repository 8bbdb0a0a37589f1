//! The floor of catching up: reads the stored JSON of a room's rows out of the server's own database and writes it to a socket.

use std::io::{BufWriter, Write as _};
use std::net::TcpListener;
use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, OpenFlags, params};

/// What the buffer before the socket holds.
const BUFFER: usize = 64 << 10;

/// Prints its address, and writes all rows of a room to each connection, in frames that are so many bytes longer than the row.
pub(crate) fn run(database: &Path, room: &str, more: usize) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let number: i64 = database.query_row(include_str!("replay/room.sql"), params![room], |row| row.get(0))?;
    let mut statement = database.prepare(include_str!("replay/rows.sql"))?;
    println!("{}", listener.local_addr()?);
    let filler = vec![b' '; more];
    loop {
        let (client, _) = listener.accept()?;
        client.set_nodelay(true)?;
        let mut to = BufWriter::with_capacity(BUFFER, &client);
        let mut rows = statement.query(params![number << 36, (number + 1) << 36])?;
        while let Some(row) = rows.next()? {
            let record = row.get_ref(0)?.as_str()?;
            let length = record.len() + more;
            match u16::try_from(length) {
                Ok(short @ 0..=125) => to.write_all(&[0x81, short as u8])?,
                Ok(length) => to.write_all(&[&[0x81, 126][..], &length.to_be_bytes()].concat())?,
                Err(_) => to.write_all(&[&[0x81, 127][..], &(length as u64).to_be_bytes()].concat())?,
            }
            to.write_all(record.as_bytes())?;
            to.write_all(&filler)?;
        }
        to.flush()?;
    }
}
