//! Compiles the migrations in again when one is added; cargo would not see a new file by itself.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
