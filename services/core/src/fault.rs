//! Places where a test may have the process die, as if the power had failed there. Builds without debug assertions have none.

/// Dies (`abort`: nothing is unwound, flushed or sent) when the environment's `PAIGONG_TEST_CRASH` is `name`, or `name:N`
/// and this is the Nth passage.
#[inline]
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    armed::passed(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static CRASH: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let crash = std::env::var("PAIGONG_TEST_CRASH").ok().filter(|crash| !crash.is_empty())?;
        let (name, passage) = crash.split_once(':').unwrap_or((&crash, "1"));
        Some((name.to_owned(), passage.parse().unwrap_or(1)))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);

    pub(super) fn passed(name: &str) {
        if let Some((crash, passage)) = CRASH.as_ref()
            && crash == name
            && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *passage
        {
            eprintln!("dying at {name}, as the test wants");
            std::process::abort();
        }
    }
}
