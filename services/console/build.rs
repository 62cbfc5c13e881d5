//! Writes tables of the files of `web/dist` and `widget/dist`, which `make console` builds. Without them the tables are empty, so
//! that the server can be compiled where there is no Node.js.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let target = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    fs::write(target.join("console.rs"), table(&folder.join("web/dist"))?)?;
    fs::write(target.join("widget.rs"), table(&folder.join("widget/dist"))?)
}

/// The files of a folder as an expression of Rust.
fn table(dist: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(dist, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files.iter().filter(|file| file.extension().is_none_or(|extension| extension != "gz")) {
        let name = file.strip_prefix(dist).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let gzip = PathBuf::from(format!("{}.gz", file.display()));
        let packed = if gzip.is_file() { format!("Some(include_bytes!({gzip:?}))") } else { "None".to_owned() };
        let _ = writeln!(table, "File {{ path: {name:?}, bytes: include_bytes!({file:?}), gzip: {packed} }},");
    }
    table.push(']');
    Ok(table)
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, into)? } else { into.push(path) }
    }
    Ok(())
}
