//! A pack as a zip: read within bounds, written.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _, Write as _};

use paigong_core::Bilingual;
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::FILES;

/// Entries of an archive at most, folders and what is passed over among them.
const ENTRIES: usize = 1_000;
/// Bytes of a file at most.
const FILE: u64 = 256 * 1024;
/// Bytes of all files at most.
const ALL: u64 = 8 * 1024 * 1024;
/// How many times larger than in the archive a file may be.
const RATIO: u64 = 200;

/// The files of a pack in `archive`, by name: `pack.yaml`, `*.skill.yaml` and `*.test.yaml` at its top or in its only folder. Others,
/// such as documents and tables, are passed over.
pub(super) fn read(archive: &[u8]) -> Result<BTreeMap<String, String>, Bilingual> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(|error| unreadable(&error))?;
    if archive.len() > ENTRIES {
        let (zh, en) = ("压缩包中的条目过多：最多 {}", "the zip has too many entries; at most {}");
        return Err(both(zh, en, ENTRIES));
    }
    let (mut files, mut total, mut folder) = (BTreeMap::new(), 0, None);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        let Some(path) = entry.enclosed_name().filter(|path| !path.as_os_str().is_empty()) else {
            let (zh, en) = ("压缩包中的路径 {} 指向包外", "the path {} leads out of the zip");
            return Err(both(zh, en, entry.name().unwrap_or_default()));
        };
        let mut parts: Vec<_> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let Some(name) = parts.pop() else { continue };
        if !entry.is_file() || !is_of_pack(&name) || parts.len() > 1 {
            continue;
        }
        let within = parts.pop();
        if within.as_deref() == Some("__MACOSX") {
            continue;
        }
        if folder.get_or_insert_with(|| within.clone()) != &within {
            let (zh, en) = (
                "压缩包中有多个文件夹，一次只能导入一个技能包：{}",
                "the zip has several folders; it must have one pack: {}",
            );
            return Err(both(zh, en, path.display()));
        }
        if files.len() == FILES {
            return Err(both("压缩包中的文件过多：最多 {}", "the zip has too many files of a pack; at most {}", FILES));
        }
        let (packed, mut text) = (entry.compressed_size(), Vec::new());
        // What the archive says of the size may be wrong: never more is read than may be there.
        let most = FILE.min(packed.saturating_mul(RATIO).max(4096));
        entry.take(most + 1).read_to_end(&mut text).map_err(|error| unreadable(&error.into()))?;
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        total += size;
        if size > most || total > ALL {
            let (zh, en) = ("文件 {} 解压后过大", "{} is too large when it is unpacked");
            return Err(both(zh, en, name));
        }
        let Ok(text) = String::from_utf8(text) else {
            return Err(both("文件 {} 不是 UTF-8 文本", "{} is not a text in UTF-8", name));
        };
        if files.insert(name.clone(), text).is_some() {
            return Err(both("压缩包中有两个 {}", "the zip has {} twice", name));
        }
    }
    Ok(files)
}

/// An archive with these files.
pub(super) fn write(files: &BTreeMap<String, String>) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn is_of_pack(name: &str) -> bool {
    !name.starts_with('.') && (name == "pack.yaml" || name.ends_with(".skill.yaml") || name.ends_with(".test.yaml"))
}

fn unreadable(error: &ZipError) -> Bilingual {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            both("压缩包不完整{}", "the zip is cut off{}", "")
        }
        error => both("不是可读取的 zip 压缩包：{}", "this is no zip that can be read: {}", error),
    }
}

/// Both texts with `what` in the place of `{}`.
fn both(zh: &str, en: &str, what: impl std::fmt::Display) -> Bilingual {
    let what = what.to_string();
    Bilingual { zh: zh.replace("{}", &what), en: en.replace("{}", &what) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            archive.start_file(*name, SimpleFileOptions::default()).expect("begun");
            archive.write_all(content).expect("written");
        }
        archive.finish().expect("finished").into_inner()
    }

    #[test]
    fn what_is_written_is_read_and_the_rest_of_a_pack_passed_over() {
        let files = BTreeMap::from([("a.b.skill.yaml".to_owned(), "skill: a.b\n".to_owned())]);
        assert_eq!(read(&write(&files).expect("written")).expect("read"), files);
        let inside =
            [("hr/a.b.skill.yaml", &b"skill: a.b\n"[..]), ("hr/schema.sql", b"x"), ("hr/handbook/c.test.yaml", b"x")];
        let beside = [("__MACOSX/a.b.skill.yaml", &b"x"[..]), ("hr/._a.b.skill.yaml", b"x")];
        assert_eq!(read(&packed(&[&inside[..], &beside[..]].concat())).expect("read"), files);
    }

    #[test]
    fn what_is_no_pack_is_refused_in_both_languages() {
        let bomb = vec![b' '; 200 * 1024];
        let large: Vec<u8> =
            (0..300_u32 * 1024).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x7f).collect();
        for (archive, expected) in [
            (b"PK".to_vec(), "zip"),
            (packed(&[("../a.skill.yaml", b"x")]), "leads out"),
            (packed(&[("a.skill.yaml", &[0xff])]), "UTF-8"),
            (packed(&[("a/a.skill.yaml", b"x"), ("b/a.skill.yaml", b"x")]), "several folders"),
            (packed(&[("a.skill.yaml", &bomb)]), "too large"),
            (packed(&[("a.skill.yaml", &large)]), "too large"),
        ] {
            let refused = read(&archive).expect_err(expected);
            assert!(refused.en.contains(expected), "{refused:?}");
            assert!(!refused.zh.is_ascii(), "{refused:?}");
        }
    }
}
