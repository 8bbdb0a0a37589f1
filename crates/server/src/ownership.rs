//! Whose the files of a data folder are. Root may look after a server of another user; what it makes there has to be that
//! user's, or the server could not open it afterwards.

use std::{
    fs::{File, Metadata},
    io,
    os::unix::fs::{MetadataExt as _, fchown},
    path::Path,
};

use rustix::fs::{CWD, Dir, Mode, OFlags};

/// Gives files of root in somebody else's folder to whom the folder belongs; by anybody but root this does nothing.
pub(crate) fn hand_over(folder: &Path) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(opened) = rustix::fs::openat(CWD, folder, flags, Mode::empty()).map(File::from) else { return };
    let handed =
        opened.metadata().and_then(|owner| if owner.uid() == 0 { Ok(()) } else { all_in(&opened, &owner, true) });
    if let Err(error) = handed {
        eprintln!(
            "parlor: files in {0} stay root's ({error}); give them to the server's user: chown -R --reference={0} {0}",
            folder.display()
        );
    }
}

/// The files in a folder; and in those that are in it, if they are root's as well. The folder is somebody else's, who may
/// put links there and other things in the place of what is looked at: so nothing is named twice, and no link is followed.
fn all_in(folder: &File, owner: &Metadata, deeper: bool) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        // Sockets can't be opened, nor links.
        let Ok(file) = rustix::fs::openat(folder, name, flags, Mode::empty()).map(File::from) else { continue };
        let metadata = file.metadata()?;
        if metadata.uid() != 0 {
            continue;
        }
        if metadata.is_dir() && deeper {
            all_in(&file, owner, false)?;
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        } else if metadata.is_file() && metadata.nlink() == 1 {
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    Ok(())
}
