//! Makes a published file present: from disk, else from the first origin that gives it whole.

mod agent;
mod http;
mod lock;
mod open;
mod origins;
mod part;
mod remote;
mod unpack;

use std::fs;
use std::path::{Path, PathBuf};

use self::http::Client;
use self::origins::first_that_works;
use self::part::{Part, Wanted};
use crate::archive::{Member, MemberError, copy_member};
use crate::error::Problem;
use crate::network::MIRROR_VARIABLE;
use crate::progress::{Meter, Unit};
use crate::{DataError, Store};

/// How much is read from a connection at once.
const CHUNK: usize = 64 * 1024;

/// A published file: a data set is a list of these.
#[derive(Clone, Copy, Debug)]
pub struct DataFile<'a> {
    /// Its name below the data folder.
    pub name: &'a str,
    /// Its addresses, in the order to try them.
    pub origins: &'a [&'a str],
    /// Its size in bytes.
    pub bytes: u64,
    /// Its sha256, in lower-case hexadecimal.
    pub sha256: &'a str,
}

impl Store {
    /// Makes `file` present and returns its path.
    ///
    /// A file that is there already is left alone: either it was verified before it got its name, or it is the user's
    /// own. A download goes to a temporary name, which a later call takes up where it broke off, and is renamed only when
    /// its sha256 is the published one. One process works on a file at a time; others wait and then find it.
    ///
    /// # Errors
    /// When the store is offline, no origin gives the file, or it cannot be written.
    pub fn fetch(&self, file: &DataFile<'_>) -> Result<PathBuf, DataError> {
        let target = self.dir.join(file.name);
        if target.exists() {
            return Ok(target);
        }
        if self.offline {
            return Err(self.missing(file.name, format!("{} (from {})", file.name, file.origins.join(" or "))));
        }
        let _lock = self.lock(&target)?;
        if !target.exists() {
            self.download(file, &target)?;
        }
        Ok(target)
    }

    /// Fetches single members of the zip `archive`, by range requests, into `folder` below the data folder, each under
    /// its own name without the archive's folders. Where no origin answers range requests the whole archive is fetched
    /// instead, and `folder` stays as it is: look for the archive then.
    ///
    /// # Errors
    /// As [`Store::fetch`].
    pub fn fetch_members(&self, archive: &DataFile<'_>, members: &[Member<'_>], folder: &str) -> Result<(), DataError> {
        if self.offline {
            return Err(self.missing(folder, format!("{} (from {})", archive.name, archive.origins.join(" or "))));
        }
        let folder = self.dir.join(folder);
        let lock = self.lock(&folder)?;
        let client = Client::new(self)?;
        let result = first_that_works(&self.retry, &self.origins(archive)?, |url| {
            if members.iter().all(|member| folder.join(member.file_name()).exists()) {
                return Ok(());
            }
            let remote = remote::RemoteFile::open(&client, self.retry, url, archive.bytes)?;
            self.store_members(remote, members, &folder)
        });
        drop(lock);
        match result {
            Ok(()) => Ok(()),
            Err(gave_up) if gave_up.lacks_ranges() => self.fetch(archive).map(drop),
            Err(gave_up) => Err(gave_up.into_error(archive.name, self)),
        }
    }

    /// The error of a data set that is not here while the network is forbidden: `folder` lacks the files `absent`, and `archive`
    /// would serve as well; if one of `other_versions` lies here, that is not what is wanted.
    pub fn missing_files(
        &self,
        name: &str,
        (folder, absent): (&Path, &[String]),
        archive: &DataFile<'_>,
        other_versions: &[&str],
    ) -> DataError {
        let place = match folder.strip_prefix(&self.dir) {
            Ok(below) if !below.as_os_str().is_empty() => format!("{}/ with ", below.display()),
            _ => String::new(),
        };
        let origin = archive.origins.first().unwrap_or(&"its publisher");
        let mut wanted = format!("{place}{}, or {} (from {origin})", absent.join(", "), archive.name);
        if let Some(other) = self.find(other_versions) {
            wanted += &format!("; {} is another version of it, which is not read", other.display());
        }
        self.missing(name, wanted)
    }

    /// Where to ask for `file`: a mirror first, which is held to the same sha256.
    fn origins(&self, file: &DataFile<'_>) -> Result<Vec<String>, DataError> {
        let mirrored = self.network.mirror.as_deref().map(|mirror| match mirror.split_once("://") {
            Some(("http" | "https", _)) => Ok(format!("{}/{}", mirror.trim_end_matches('/'), file.name)),
            _ => Err(DataError::Setting {
                variable: MIRROR_VARIABLE.to_owned(),
                found: mirror.to_owned(),
                expected: "an address that starts with https:// or http://, below which the files have their own names",
            }),
        });
        mirrored.into_iter().chain(file.origins.iter().map(|origin| Ok((*origin).to_owned()))).collect()
    }

    fn lock(&self, target: &Path) -> Result<lock::Lock, DataError> {
        fs::create_dir_all(&self.dir).map_err(DataError::io("create", &self.dir))?;
        lock::lock(target)
    }

    fn download(&self, file: &DataFile<'_>, target: &Path) -> Result<(), DataError> {
        let (client, origins) = (Client::new(self)?, self.origins(file)?);
        let mut part = Part::open(target)?;
        let mut meter = Meter::start(self.progress, file.name, file.bytes, Unit::Bytes);
        first_that_works(&self.retry, &origins, |url| {
            if part.length() > file.bytes {
                part.restart()?;
            }
            part.resume();
            if part.length() < file.bytes {
                stream(&client, url, file.bytes, &mut part, &mut meter)?;
            }
            part.publish(Wanted { bytes: Some(file.bytes), sha256: Some(file.sha256) })
        })
        .map_err(|gave_up| gave_up.into_error(file.name, self))
    }

    fn store_members(
        &self,
        remote: remote::RemoteFile<'_>,
        members: &[Member<'_>],
        folder: &Path,
    ) -> Result<(), Problem> {
        let mut archive = zip::ZipArchive::new(remote).map_err(MemberError::from)?;
        fs::create_dir_all(folder).map_err(DataError::io("create", folder))?;
        for member in members {
            let target = folder.join(member.file_name());
            if !target.exists() {
                self.store_member(&mut archive, member, &target)?;
            }
        }
        Ok(())
    }

    fn store_member(
        &self,
        archive: &mut zip::ZipArchive<remote::RemoteFile<'_>>,
        member: &Member<'_>,
        target: &Path,
    ) -> Result<(), Problem> {
        let mut part = Part::open(target)?;
        part.restart()?;
        let size = archive.by_name(member.name).map_or(member.limit, |file| file.size());
        let mut meter = Meter::start(self.progress, member.file_name(), size, Unit::Bytes);
        copy_member(archive, member, |bytes| {
            meter.add(bytes.len() as u64);
            part.append(bytes)
        })?;
        part.publish(Wanted { bytes: None, sha256: member.sha256 })
    }
}

/// Appends to `part` what `url` sends, until it holds `length` bytes.
fn stream(client: &Client, url: &str, length: u64, part: &mut Part, meter: &mut Meter) -> Result<(), Problem> {
    let mut reply = client.get_from(url, part.length(), length)?;
    if reply.start != part.length() {
        part.restart()?;
    }
    meter.resume_at(part.length());
    let mut buffer = vec![0; CHUNK];
    while part.length() < length {
        let wanted = (length - part.length()).min(CHUNK as u64) as usize;
        let count = reply.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(Problem::Truncated { found: part.length(), expected: length });
        }
        part.append(&buffer[..count])?;
        meter.add(count as u64);
    }
    Ok(())
}
