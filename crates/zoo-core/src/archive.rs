//! Members of archives. Only those asked for are unpacked, under names of our own and up to sizes of our own: what an
//! archive says about paths and sizes is never believed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Take};
use std::path::Path;

use tar::EntryType;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::Problem;
use crate::files::open_file;
use crate::gzip::{Gunzip, MAGIC};
use crate::{DataError, FileBytes};

/// What a tar may hold besides the members asked for: read-me files and the like.
const SLACK: u64 = 16 * 1024 * 1024;

const CHUNK: usize = 64 * 1024;

/// A file inside an archive.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its name in the archive: `gzip/emnist-letters-test-labels-idx1-ubyte.gz`.
    pub name: &'a str,
    /// The most bytes it may have when unpacked from the archive.
    pub limit: u64,
    /// Its sha256, where published; [`Store::fetch_members`](crate::Store::fetch_members) checks it.
    pub sha256: Option<&'a str>,
}

impl<'a> Member<'a> {
    /// Its name without folders.
    pub fn file_name(&self) -> &'a str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }
}

/// Unpacks `members` of the tar at `path`, gzipped or not, in the order asked for, and verifies the gzip checksum. A member may
/// lie in another folder of the archive than its name says.
///
/// # Errors
/// When the archive is missing, damaged, lacks a member, or unpacks to more than it should.
pub fn read_tar(path: &Path, members: &[Member<'_>]) -> Result<Vec<FileBytes>, DataError> {
    let total = members.iter().map(|member| member.limit).sum::<u64>() + SLACK;
    let mut file = BufReader::new(open_file(path)?);
    let is_gzip = file.fill_buf().map_err(DataError::io("read", path))?.starts_with(&MAGIC);
    let tar: Box<dyn Read> = if is_gzip { Box::new(Gunzip::new(file)) } else { Box::new(file) };
    unpack(tar.take(total), path, members).map_err(|problem| problem.at(path))
}

fn unpack(tar: Take<impl Read>, path: &Path, members: &[Member<'_>]) -> Result<Vec<FileBytes>, MemberError> {
    let mut found: Vec<Option<FileBytes>> = vec![None; members.len()];
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let Some((index, is_in_place)) = wanted(&entry, members) else { continue };
        if found[index].is_some() && !is_in_place {
            continue;
        }
        let size = entry.size();
        let mut bytes = Vec::new();
        copy_bounded(&mut entry, &members[index], size, |chunk| {
            bytes.extend_from_slice(chunk);
            Ok(())
        })?;
        found[index] = Some(FileBytes { path: path.join(members[index].name), bytes });
    }
    drain(archive.into_inner())?;
    let named = found.into_iter().zip(members);
    named.map(|(file, member)| file.ok_or_else(|| MemberError::Archive(format!("it lacks {}", member.name)))).collect()
}

/// Which member the entry is, and whether it lies in the member's own folder.
fn wanted(entry: &tar::Entry<'_, impl Read>, members: &[Member<'_>]) -> Option<(usize, bool)> {
    let regular = matches!(entry.header().entry_type(), EntryType::Regular | EntryType::Continuous);
    let name = entry.path_bytes();
    let name = name.strip_prefix(b"./").unwrap_or(&name);
    let file_name = name.rsplit(|byte| *byte == b'/').next();
    let index = members.iter().position(|member| regular && file_name == Some(member.file_name().as_bytes()))?;
    Some((index, members[index].name.as_bytes() == name))
}

/// Reads to the end, where the checksum stands.
fn drain(mut rest: Take<impl Read>) -> Result<(), MemberError> {
    io::copy(&mut rest, &mut io::sink())?;
    match rest.limit() {
        0 => Err(MemberError::Archive("it unpacks to more than the published size".to_owned())),
        _ => Ok(()),
    }
}

/// Unpacks `members` of the zip at `path`, in the order asked for, their checksums verified.
///
/// # Errors
/// When the archive is missing, damaged, lacks a member, or unpacks to more than it should.
pub fn read_zip(path: &Path, members: &[Member<'_>]) -> Result<Vec<FileBytes>, DataError> {
    let file: File = open_file(path)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| MemberError::from(error).at(path))?;
    let read = |member: &Member<'_>| {
        let mut bytes = Vec::new();
        copy_member(&mut archive, member, |chunk| {
            bytes.extend_from_slice(chunk);
            Ok(())
        })
        .map_err(|problem| problem.at(path))?;
        Ok(FileBytes { path: path.join(member.name), bytes })
    };
    members.iter().map(read).collect()
}

/// Hands `member` of `archive` to `sink`, chunk by chunk. The zip reader verifies the checksum at the member's end.
pub(crate) fn copy_member(
    archive: &mut ZipArchive<impl Read + Seek>,
    member: &Member<'_>,
    sink: impl FnMut(&[u8]) -> Result<(), DataError>,
) -> Result<(), MemberError> {
    let file = archive.by_name(&name_in(archive, member)).map_err(|error| match error {
        ZipError::FileNotFound => MemberError::Archive(format!("it lacks {}", member.name)),
        error => error.into(),
    })?;
    let size = file.size();
    copy_bounded(file, member, size, sink)
}

/// The member's own name, or that of the only file so called in other folders.
fn name_in(archive: &ZipArchive<impl Read + Seek>, member: &Member<'_>) -> String {
    let names = archive.file_names().filter_map(Result::ok);
    let mut alike = names.filter(|name| name.rsplit('/').next() == Some(member.file_name()));
    match (archive.index_for_name(member.name), alike.next(), alike.next()) {
        (None, Some(name), None) => name.into_owned(),
        _ => member.name.to_owned(),
    }
}

fn copy_bounded(
    mut from: impl Read,
    member: &Member<'_>,
    declared: u64,
    mut sink: impl FnMut(&[u8]) -> Result<(), DataError>,
) -> Result<(), MemberError> {
    let mut buffer = vec![0; CHUNK];
    let mut total = declared;
    let mut copied = 0;
    loop {
        if total > member.limit {
            let (name, limit) = (member.name, member.limit);
            return Err(MemberError::Archive(format!("{name} has {total} bytes, at most {limit} expected")));
        }
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        copied += count as u64;
        total = total.max(copied);
        if total <= member.limit {
            sink(&buffer[..count]).map_err(MemberError::Sink)?;
        }
    }
}

/// Why a member could not be unpacked.
#[derive(Debug)]
pub(crate) enum MemberError {
    /// The archive is not what it should be.
    Archive(String),
    /// The archive is far away and the way to it is broken.
    Remote(Problem),
    /// What was unpacked could not be put away.
    Sink(DataError),
}

impl MemberError {
    fn at(self, path: &Path) -> DataError {
        match self {
            MemberError::Archive(problem) => DataError::Archive { path: path.to_owned(), problem },
            MemberError::Remote(problem) => DataError::Archive { path: path.to_owned(), problem: problem.to_string() },
            MemberError::Sink(error) => error,
        }
    }
}

impl From<io::Error> for MemberError {
    /// A remote file hands its problems through the archive's reader as the source of an `io::Error`.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Problem>() {
            Ok(problem) => MemberError::Remote(problem),
            Err(error) => MemberError::Archive(error.to_string()),
        }
    }
}

impl From<ZipError> for MemberError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            error => MemberError::Archive(error.to_string()),
        }
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::Archive(problem) => Problem::Archive(problem),
            MemberError::Remote(problem) => problem,
            MemberError::Sink(error) => error.into(),
        }
    }
}
