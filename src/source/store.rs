//! The texts of a run, and the only door to further files.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::elsewhere::Elsewhere;
use super::position::Counted;
use super::{SourceId, Span, path};

/// A text that was read.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the root, `/` between the parts, never absolute.
    pub path: Arc<str>,
    /// The text, without a byte order mark; of a file of another repository only what its facts quote.
    pub text: Arc<str>,
    /// The positions of a file of another repository, whose text isn't here.
    pub(super) elsewhere: Option<Elsewhere>,
    pub(super) lines: OnceLock<Box<[u32]>>,
    pub(super) marks: OnceLock<Box<[Counted]>>,
}

impl Source {
    fn new(path: Arc<str>, text: Arc<str>) -> Source {
        Source { path, text, elsewhere: None, lines: OnceLock::new(), marks: OnceLock::new() }
    }

    /// Lines of a file of another repository that are told whole: where they begin and end, and what they say.
    pub fn quoted_lines(&self) -> &[(u32, u32, Arc<str>)] {
        self.elsewhere.as_ref().map_or(&[], Elsewhere::lines)
    }

    /// Whether it is a file of another repository: its places are known, its text isn't.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere.is_some()
    }
}

/// A part of a text that something changes before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The part.
    pub part: Span,
    /// What stands there then, with [`UNKNOWN`] for what isn't known of it; nothing when nobody knows.
    pub by: Option<Arc<str>>,
}

/// Stands in a text for something that isn't known: no file holds it.
pub const UNKNOWN: char = '\u{e000}';

/// Why a file can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The path leads out of the root, also through a symbolic link.
    OutsideRoot,
    /// Nothing is there, or it is not a regular file.
    NotFound,
    /// It is there and can't be read; the reason in the system's words.
    Unreadable(String),
    /// The bytes are no UTF-8; the first bad byte's offset.
    NotUtf8(usize),
    /// The bytes are no text: they hold a NUL.
    Binary,
    /// It is larger than the limit, in bytes.
    TooLarge(u64),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::OutsideRoot => write!(f, "the path leads out of the scanned folder"),
            OpenError::NotFound => write!(f, "no such file"),
            OpenError::Unreadable(why) => write!(f, "{why}"),
            OpenError::NotUtf8(at) => write!(f, "not UTF-8 (byte {at})"),
            OpenError::Binary => write!(f, "no text (it holds NUL bytes; UTF-16 needs a byte order mark)"),
            OpenError::TooLarge(limit) => write!(f, "larger than the limit of {} MiB", limit >> 20),
        }
    }
}

/// Where files come from: a folder on disk, or memory in tests and for callers of the library.
pub trait Files: Send + Sync {
    /// The bytes of `path`, which is relative, normalized and written with `/`.
    fn read(&self, path: &str) -> Result<Vec<u8>, OpenError>;
    /// As `read`, at most the first `most` bytes.
    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, OpenError> {
        let mut bytes = self.read(path)?;
        bytes.truncate(most);
        Ok(bytes)
    }
    /// The regular files directly inside `folder` (`""` is the root), names only, sorted.
    fn list(&self, folder: &str) -> Vec<String>;
    /// The folders directly inside `folder`, names only, sorted.
    fn folders(&self, folder: &str) -> Vec<String>;
    /// Whether a file is where its path says: no link leads there.
    fn is_own(&self, _path: &str) -> bool {
        true
    }
}

/// Files of a kind that may be larger than others, because they are not read whole.
#[derive(Clone, Copy, Debug)]
pub struct Larger {
    /// How their names end, without the dot.
    pub ending: &'static str,
    /// What stands near their beginning.
    pub word: &'static str,
    /// In bytes.
    pub limit: u64,
}

impl Larger {
    fn begins(&self, file: &Path) -> std::io::Result<bool> {
        let mut head = Vec::new();
        std::fs::File::open(file)?.take(256).read_to_end(&mut head)?;
        Ok(String::from_utf8_lossy(&head).contains(self.word))
    }
}

/// A folder on disk; nothing outside it is ever opened.
#[derive(Debug)]
pub struct FolderFiles {
    root: PathBuf,
    limit: u64,
    larger: Option<Larger>,
    /// Folders that were looked at: where they really are, when that is inside of the root.
    folders: Mutex<BTreeMap<String, Result<PathBuf, OpenError>>>,
}

impl FolderFiles {
    /// Files below `root`, none larger than `limit` bytes.
    pub fn new(root: &Path, limit: u64) -> std::io::Result<FolderFiles> {
        Ok(FolderFiles { root: root.canonicalize()?, limit, larger: None, folders: Mutex::default() })
    }

    /// Lets files of one kind be larger than others.
    pub fn but(self, larger: Larger) -> FolderFiles {
        FolderFiles { larger: Some(larger), ..self }
    }

    /// The limit of a file that is larger than the general one.
    fn limit_of(&self, full: &Path) -> u64 {
        let larger = self.larger.filter(|larger| full.extension().is_some_and(|ending| ending == larger.ending));
        larger.filter(|larger| larger.begins(full).unwrap_or(false)).map_or(self.limit, |larger| larger.limit)
    }

    /// The real path of a regular file inside of the root.
    fn locate(&self, path: &str) -> Result<PathBuf, OpenError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let written = self.folder(folder)?.join(name);
        let about = written.symlink_metadata().map_err(unreadable)?;
        let full = if about.is_symlink() { self.inside(&written)? } else { written };
        let about = if about.is_symlink() { full.metadata().map_err(unreadable)? } else { about };
        match about.is_file() {
            true if about.len() <= self.limit => Ok(full),
            true => match self.limit_of(&full) {
                limit if about.len() > limit => Err(OpenError::TooLarge(limit)),
                _ => Ok(full),
            },
            false => Err(OpenError::NotFound),
        }
    }

    fn folder(&self, folder: &str) -> Result<PathBuf, OpenError> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(folder) {
            return known.clone();
        }
        let found = self.inside(&self.root.join(folder));
        folders.insert(folder.to_owned(), found.clone());
        found
    }

    fn inside(&self, path: &Path) -> Result<PathBuf, OpenError> {
        let full = path.canonicalize().map_err(unreadable)?;
        if full.starts_with(&self.root) { Ok(full) } else { Err(OpenError::OutsideRoot) }
    }
}

fn unreadable(error: std::io::Error) -> OpenError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => OpenError::NotFound,
        std::io::ErrorKind::PermissionDenied => OpenError::Unreadable("permission denied".to_owned()),
        kind => OpenError::Unreadable(kind.to_string()),
    }
}

impl Files for FolderFiles {
    fn is_own(&self, path: &str) -> bool {
        let written = self.root.join(path);
        written.canonicalize().is_ok_and(|full| full == written)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, OpenError> {
        std::fs::read(self.locate(path)?).map_err(unreadable)
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, OpenError> {
        let mut head = Vec::new();
        let file = std::fs::File::open(self.locate(path)?).map_err(unreadable)?;
        file.take(most as u64).read_to_end(&mut head).map_err(unreadable)?;
        Ok(head)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.root.join(folder)) else { return Vec::new() };
        let files = entries.flatten().filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.root.join(folder)) else { return Vec::new() };
        // What a link leads to is asked for again when a file in it is opened.
        let folders = entries.flatten().filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryFiles(pub BTreeMap<String, Vec<u8>>);

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, OpenError> {
        self.0.get(path).cloned().ok_or(OpenError::NotFound)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        below.filter(|rest| !rest.contains('/')).map(str::to_owned).collect()
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&prefix)?.split_once('/'));
        let mut names: Vec<String> = below.map(|(name, _)| name.to_owned()).collect();
        names.dedup();
        names
    }
}

/// The texts of a run. Shared by reference; reading a further file takes `&self`.
pub struct Store {
    files: Box<dyn Files>,
    /// A folder beside the root, and the first part of the paths that lead into it.
    beside: Option<(String, Box<dyn Files>)>,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    sources: Vec<Arc<Source>>,
    by_path: BTreeMap<String, Result<SourceId, OpenError>>,
    rewritten: BTreeMap<SourceId, Vec<Rewrite>>,
}

impl Store {
    /// A store that opens further files from `files`.
    pub fn new(files: impl Files + 'static) -> Store {
        Store { files: Box::new(files), beside: None, read: Mutex::default() }
    }

    /// This store with a second folder, whose files have paths that begin with `name`. Nothing in the tree leads there.
    pub fn with(self, name: &str, files: impl Files + 'static) -> Store {
        Store { beside: Some((name.to_owned(), Box::new(files))), ..self }
    }

    /// Takes in a text that somebody else has read (the walk, standard input). A path taken in before keeps its text.
    pub fn add(&self, path: &str, bytes: Vec<u8>) -> Result<SourceId, OpenError> {
        if let Some(known) = self.lock().by_path.get(path) {
            return known.clone();
        }
        self.keep(path, decode(bytes))
    }

    /// An id for a file that could not be read, so that it can be spoken of. Its text is empty; opening it still fails.
    pub fn refused(&self, path: &str) -> SourceId {
        self.lock().push(path, "".into())
    }

    /// An id for a file of another repository, of which only places are known. Nothing in the tree leads there.
    pub fn add_elsewhere(&self, file: Elsewhere) -> SourceId {
        self.lock().push_elsewhere(file)
    }

    /// Opens `relative` as a file that `from` names: relative to the folder of `from`, inside the root.
    pub fn open(&self, from: SourceId, relative: &str) -> Result<SourceId, OpenError> {
        let source = self.source(from);
        let folder = path::folder_of(&source.path);
        self.open_path(&relative_to(folder, relative).ok_or(OpenError::OutsideRoot)?)
    }

    /// Opens a path relative to the root.
    pub fn open_path(&self, path: &str) -> Result<SourceId, OpenError> {
        if let Some(known) = self.lock().by_path.get(path) {
            return known.clone();
        }
        self.keep(path, self.text(path))
    }

    /// Reads many files at once; afterwards the store knows them, in this order.
    pub fn open_all(&self, paths: &[String]) -> Vec<Result<SourceId, OpenError>> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let texts: Vec<_> = std::thread::scope(|threads| {
            let read = |part: &[String]| part.iter().map(|path| self.text(path)).collect::<Vec<_>>();
            let parts = paths.chunks(paths.len().div_ceil(cores).max(1));
            let readers: Vec<_> = parts.map(|part| threads.spawn(move || read(part))).collect();
            readers.into_iter().flat_map(|reader| reader.join().unwrap_or_default()).collect()
        });
        match texts.len() == paths.len() {
            true => paths.iter().zip(texts).map(|(path, text)| self.keep(path, text)).collect(),
            // A reader that fell over leaves the rest to a slower way.
            false => paths.iter().map(|path| self.open_path(path)).collect(),
        }
    }

    /// Whether a file of the tree is where its path says: no link leads there, and it is not of another folder.
    pub fn is_own(&self, path: &str) -> bool {
        let elsewhere = self.beside.as_ref().is_some_and(|(name, _)| path.starts_with(name.as_str()));
        !elsewhere && self.files.is_own(path)
    }

    /// The bytes of a file of the tree as they are, which the store doesn't keep.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, OpenError> {
        self.files.read(path)
    }

    /// The text of a file, which the store doesn't keep.
    pub fn peek(&self, path: &str) -> Result<Arc<str>, OpenError> {
        let known = self.lock().by_path.get(path).cloned();
        known.map_or_else(|| self.text(path), |known| known.map(|source| self.source(source).text.clone()))
    }

    /// The first bytes of a file as text; empty when it can't be read.
    pub fn head(&self, path: &str, most: usize) -> String {
        String::from_utf8_lossy(&self.files.head(path, most).unwrap_or_default()).into_owned()
    }

    fn text(&self, path: &str) -> Result<Arc<str>, OpenError> {
        let beside = self
            .beside
            .as_ref()
            .and_then(|(name, files)| Some((files, path.strip_prefix(name.as_str())?.strip_prefix('/')?)));
        match beside {
            Some((files, path)) => decode(files.read(path)?),
            None => decode(self.files.read(path)?),
        }
    }

    /// Keeps what came of reading a file. A path taken in before keeps its text.
    fn keep(&self, path: &str, text: Result<Arc<str>, OpenError>) -> Result<SourceId, OpenError> {
        let mut read = self.lock();
        if let Some(known) = read.by_path.get(path) {
            return known.clone();
        }
        let outcome = text.map(|text| read.push(path, text));
        read.by_path.insert(path.to_owned(), outcome.clone());
        outcome
    }

    /// The file names directly inside the folder of `from`, sorted.
    pub fn siblings(&self, from: SourceId) -> Vec<String> {
        let source = self.source(from);
        self.list(path::folder_of(&source.path))
    }

    /// The file names directly inside a folder relative to the root (`""` is the root), sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        self.files.list(folder)
    }

    /// The folders directly inside a folder relative to the root (`""` is the root), sorted.
    pub fn folders(&self, folder: &str) -> Vec<String> {
        self.files.folders(folder)
    }

    /// Whether the tree has a file or a folder of this path.
    pub fn has(&self, path: &str) -> bool {
        !self.list(path).is_empty() || !self.folders(path).is_empty() || self.open_path(path).is_ok()
    }

    /// The source of an id. An id of another store gives an empty source, never a panic.
    pub fn source(&self, id: SourceId) -> Arc<Source> {
        let found = self.lock().sources.get(id.0 as usize).cloned();
        found.unwrap_or_else(|| Arc::new(Source::new("".into(), "".into())))
    }

    /// The text that a span covers; empty when the span is not of this store.
    pub fn snippet(&self, span: Span) -> String {
        self.source(span.source).text.get(span.range()).unwrap_or_default().to_owned()
    }

    /// Says that something changes a part of a text before it is used.
    pub fn rewrite(&self, rewrite: Rewrite) {
        let mut read = self.lock();
        let parts = read.rewritten.entry(rewrite.part.source).or_default();
        if !parts.contains(&rewrite) {
            parts.push(rewrite);
        }
    }

    /// The parts of a text that something changes before it is used.
    pub fn rewritten(&self, id: SourceId) -> Vec<Rewrite> {
        self.lock().rewritten.get(&id).cloned().unwrap_or_default()
    }

    /// All sources read so far, in the order of reading.
    pub fn sources(&self) -> Vec<(SourceId, Arc<Source>)> {
        let read = self.lock();
        read.sources.iter().enumerate().map(|(at, source)| (SourceId(at as u32), source.clone())).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read {
    fn push(&mut self, path: &str, text: Arc<str>) -> SourceId {
        self.sources.push(Arc::new(Source::new(path.into(), text)));
        SourceId(self.sources.len() as u32 - 1)
    }

    fn push_elsewhere(&mut self, file: Elsewhere) -> SourceId {
        let (path, text) = (file.path.clone(), file.text.clone());
        self.sources.push(Arc::new(Source { elsewhere: Some(file), ..Source::new(path, text) }));
        SourceId(self.sources.len() as u32 - 1)
    }
}

/// UTF-8 with or without a byte order mark; UTF-16 with one, as PowerShell's `>` writes it.
pub fn decode(bytes: Vec<u8>) -> Result<Arc<str>, OpenError> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units =
            bytes.get(2..).unwrap_or_default().chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(read));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| OpenError::NotUtf8(2))
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => return Ok(utf16(u16::from_le_bytes)?.into()),
        [0xfe, 0xff, ..] => return Ok(utf16(u16::from_be_bytes)?.into()),
        _ => {}
    }
    if bytes.contains(&0) {
        return Err(OpenError::Binary);
    }
    let text = String::from_utf8(bytes).map_err(|error| OpenError::NotUtf8(error.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
}

/// `relative` seen from `folder`; nothing when it leads out of the root or is absolute.
fn relative_to(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    let absolute = relative.starts_with('/') || relative.contains(':') || relative.contains('\0');
    if absolute { None } else { path::joined(folder, &relative) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        assert_eq!(relative_to("infra/modules", "../main.bicep").as_deref(), Some("infra/main.bicep"));
        assert_eq!(relative_to("infra", "./a//b.bicep").as_deref(), Some("infra/a/b.bicep"));
        assert_eq!(relative_to("infra", "..\\a.json").as_deref(), Some("a.json"));
        assert_eq!(relative_to("infra", "../../x"), None);
        assert_eq!(relative_to("infra", "/etc/passwd"), None);
        assert_eq!(relative_to("infra", "C:/x"), None);
    }

    #[test]
    fn marks_are_taken_off_and_utf16_is_read() {
        assert_eq!(&*decode(b"\xef\xbb\xbfa".to_vec()).unwrap(), "a");
        assert_eq!(&*decode(b"\xff\xfea\0b\0".to_vec()).unwrap(), "ab");
        assert_eq!(decode(b"a\xffb".to_vec()), Err(OpenError::NotUtf8(1)));
        assert_eq!(decode(b"a\0b\0".to_vec()), Err(OpenError::Binary));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_root_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret"), root.join("link")).unwrap();
        let files = FolderFiles::new(&root, 1 << 20).unwrap();
        assert_eq!(files.read("link"), Err(OpenError::OutsideRoot));
        assert_eq!(files.read("none"), Err(OpenError::NotFound));
    }
}
