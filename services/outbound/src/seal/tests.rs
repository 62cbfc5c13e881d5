use proptest::prelude::*;

use super::*;

const OLD: &str = "2024:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "2025:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

fn ring(text: &str) -> Keyring {
    Keyring::parse(text).expect("a ring")
}

fn place() -> Place<'static> {
    Place { tenant: Uuid::from_u128(1), table: "endpoints", row: Uuid::from_u128(2), column: "secret" }
}

#[test]
fn what_is_sealed_opens_in_its_place() {
    let ring = ring(OLD);
    for plain in [&b""[..], b"a", "密码".as_bytes(), &[0; 10_000]] {
        let sealed = ring.seal(&place(), plain);
        assert_eq!(sealed.len(), 2 + 4 + 24 + plain.len() + 16);
        assert_eq!(ring.open(&place(), &sealed).expect("opens").as_slice(), plain);
    }
}

/// Sealed by another implementation: HChaCha20 as its draft (draft-irtf-cfrg-xchacha-03) writes it, OpenSSL's
/// ChaCha20-Poly1305, and the layout as this module's documentation gives it.
#[test]
fn a_value_of_an_earlier_release_still_opens() {
    let sealed = STANDARD.decode(FIXTURE).expect("base64");
    assert_eq!(ring(OLD).open(&place(), &sealed).expect("opens").as_slice(), b"opened by every release");
}

const FIXTURE: &str = "AQQyMDI0QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXu0lgHrWEWXT21OLIyu4csuDfwaFyKja3ROGNGJbGggIxE2f14EWx";

#[test]
fn the_same_value_is_never_sealed_to_the_same_bytes() {
    assert_ne!(ring(OLD).seal(&place(), b"secret"), ring(OLD).seal(&place(), b"secret"));
}

#[test]
fn what_was_moved_does_not_open() {
    let ring = ring(OLD);
    let sealed = ring.seal(&place(), b"secret");
    let elsewhere = [
        Place { tenant: Uuid::from_u128(3), ..place() },
        Place { table: "endpoint", ..place() },
        Place { row: Uuid::from_u128(3), ..place() },
        Place { column: "secrets", ..place() },
        Place { tenant: place().row, row: place().tenant, ..place() },
    ];
    for place in elsewhere {
        assert_eq!(ring.open(&place, &sealed).map(drop), Err(OpenError::Rejected), "{place:?}");
    }
}

#[test]
fn a_replaced_key_still_opens_and_the_first_one_seals() {
    let (old, both) = (ring(OLD), ring(&format!("{NEW},\n {OLD}\n")));
    let sealed = old.seal(&place(), b"secret");
    assert_eq!(both.open(&place(), &sealed).expect("opens").as_slice(), b"secret");
    assert!(old.is_current(&sealed));
    assert!(!both.is_current(&sealed));

    let again = both.seal(&place(), b"secret");
    assert!(both.is_current(&again));
    let unknown = OpenError::UnknownKey { id: "2025".to_owned() };
    assert!(unknown.to_string().contains("2025"));
    assert_eq!(old.open(&place(), &again).map(drop), Err(unknown));
}

#[test]
fn another_key_of_the_same_id_does_not_open() {
    let sealed = ring(OLD).seal(&place(), b"secret");
    let other = ring(&NEW.replace("2025", "2024"));
    assert_eq!(other.open(&place(), &sealed).map(drop), Err(OpenError::Rejected));
}

#[test]
fn a_value_given_another_keys_id_does_not_open() {
    let both = ring(&format!("{OLD},same:{}", &OLD[5..]));
    let mut sealed = both.seal(&place(), b"secret");
    sealed[2..6].copy_from_slice(b"same");
    assert_eq!(both.open(&place(), &sealed).map(drop), Err(OpenError::Rejected));
}

#[test]
fn a_ring_that_cannot_be_used_says_which_key_and_repeats_none() {
    let key = &OLD[5..];
    let cases = [
        (String::new(), Error::Empty),
        (" ,\n".to_owned(), Error::Empty),
        (key.to_owned(), Error::NoId(1)),
        (format!("{OLD},{key}"), Error::NoId(2)),
        (format!(":{key}"), Error::Id(1)),
        (format!("A:{key}"), Error::Id(1)),
        (format!("{key}:a"), Error::Id(1)),
        (format!("a2345678901234567:{key}"), Error::Id(1)),
        (format!("{OLD}\na:"), Error::Key(2)),
        ("a:AAECAwQF".to_owned(), Error::Key(1)),
        (format!("a:{key}AAAA"), Error::Key(1)),
        (format!("a:!{key}"), Error::Key(1)),
        (format!("{OLD},{OLD}"), Error::Twice(2)),
    ];
    for (text, expected) in cases {
        let error = Keyring::parse(&text).expect_err(&text);
        assert_eq!(error, expected, "{text}");
        assert!(!error.to_string().contains("AAEC"), "{error}");
    }
    assert_eq!(format!("{:?}", ring(&format!("{OLD},{NEW}"))), r#"Keyring(["2024", "2025"])"#);
}

#[test]
fn a_generated_line_is_a_ring() {
    let line = Keyring::generate_line("k_1-a").expect("a line");
    assert!(line.starts_with("k_1-a:"));
    let sealed = ring(&line).seal(&place(), b"secret");
    assert_eq!(ring(&line).open(&place(), &sealed).expect("opens").as_slice(), b"secret");
    assert_ne!(*line, *Keyring::generate_line("k_1-a").expect("a line"));
    assert!(Keyring::generate_line("K").is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(ring(OLD).open(&place(), &bytes).is_err());
        ring(OLD).is_current(&bytes);
    }

    #[test]
    fn any_bytes_behind_a_plausible_header_are_an_error_and_no_panic(
        length in 0_u8..=20,
        bytes in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let sealed = [&[VERSION, length][..], b"2024", &bytes].concat();
        prop_assert!(ring(OLD).open(&place(), &sealed).is_err());
        ring(OLD).is_current(&sealed);
    }

    #[test]
    fn one_bit_that_was_altered_or_a_value_that_was_cut_is_noticed(
        plain in prop::collection::vec(any::<u8>(), 0..50),
        at in any::<prop::sample::Index>(),
        bit in 0..8,
    ) {
        let sealed = ring(OLD).seal(&place(), &plain);
        prop_assert!(ring(OLD).open(&place(), &sealed[..at.index(sealed.len())]).is_err());
        let mut altered = sealed;
        let at = at.index(altered.len());
        altered[at] ^= 1_u8 << bit;
        prop_assert!(ring(OLD).open(&place(), &altered).is_err());
    }
}
