//! The sealing key: in a file of its own, which only its owner can read.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::kernel::{Doing, Entropy, Fault};
use crate::protocol::jose::SealingKey;

/// The key in `file`; made at the first start. A file that others can read is refused.
///
/// # Errors
/// When the file cannot be read or made, is not a key, or is readable by others.
pub fn sealing_key(file: &Path, entropy: &Entropy) -> Result<SealingKey, Fault> {
    match fs::read_to_string(file) {
        Ok(text) => read(file, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => make(file, entropy),
        Err(error) => Err(Fault::of("read the sealing key file ([signing] sealing_key_file)", error)),
    }
}

fn read(file: &Path, text: &str) -> Result<SealingKey, Fault> {
    let mode = fs::metadata(file).doing("look at the sealing key file")?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Fault::new("use the sealing key file: others can read it; run chmod 600 on it"));
    }
    let bytes = BASE64_STANDARD.decode(text.trim()).doing("read the sealing key: the file is not base 64")?;
    let bytes: [u8; 32] = bytes.as_slice().try_into().doing("read the sealing key: it has not 32 bytes")?;
    Ok(SealingKey::new(bytes))
}

/// Of several nodes that start at once on one folder, one makes the key and the others read it.
fn make(file: &Path, entropy: &Entropy) -> Result<SealingKey, Fault> {
    let doing = "make the sealing key file ([signing] sealing_key_file)";
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).doing(doing)?;
    }
    // Written beside and linked into place, so that nobody ever reads half a key.
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    let mut new =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside).doing(doing)?;
    writeln!(new, "{}", BASE64_STANDARD.encode(entropy.bytes::<32>())).doing(doing)?;
    new.sync_all().doing(doing)?;
    let linked = fs::hard_link(&beside, file);
    fs::remove_file(&beside).doing(doing)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Fault::of(doing, error)),
        _ => read(file, &fs::read_to_string(file).doing(doing)?),
    }
}
