//! A database of its own for every test, copied from a migrated template. Only with the feature `testing`.
