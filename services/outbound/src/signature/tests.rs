use super::*;

const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: i64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;

fn published() -> Secret {
    Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("the specification's secret")
}

fn verify_now(secrets: &[Secret], header: &str) -> Result<(), Invalid> {
    verify(secrets, ID, AT, header, BODY, AT, TOLERANCE)
}

#[test]
fn the_published_vector_is_signed_and_believed() {
    let signature = sign(&[published()], ID, AT, BODY).expect("a signature");
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(verify_now(&[published()], &signature), Ok(()));
}

#[test]
fn the_headers_are_those_of_the_specification() {
    let headers = headers(&[published()], ID, AT, BODY).expect("headers");
    let value = |name: &str| headers[name].to_str().expect("text").to_owned();
    assert_eq!(value("webhook-id"), ID);
    assert_eq!(value("webhook-timestamp"), "1614265330");
    assert_eq!(value("webhook-signature"), sign(&[published()], ID, AT, BODY).expect("a signature"));
}

#[test]
fn anything_altered_is_not_believed() {
    let secrets = [published()];
    let signature = sign(&secrets, ID, AT, BODY).expect("a signature");
    let check = |secrets: &[Secret], id: &str, at: i64, header: &str, body: &[u8]| {
        verify(secrets, id, at, header, body, AT, TOLERANCE)
    };
    let mismatch = Err(Invalid::Mismatch);
    assert_eq!(check(&secrets, ID, AT, &signature, br#"{"test": 2432232315}"#), mismatch);
    assert_eq!(check(&secrets, ID, AT, &signature, b""), mismatch);
    assert_eq!(check(&secrets, "msg_other", AT, &signature, BODY), mismatch);
    assert_eq!(check(&secrets, ID, AT + 1, &signature, BODY), mismatch);
    assert_eq!(check(&[Secret::generate()], ID, AT, &signature, BODY), mismatch);
    assert_eq!(check(&[], ID, AT, &signature, BODY), mismatch);
    assert_eq!(check(&secrets, ID, AT, &signature.replace("g0", "g1"), BODY), mismatch);
    assert_eq!(check(&secrets, ID, AT, "v1,", BODY), mismatch);
    assert_eq!(check(&secrets, ID, AT, "v1,AAAA", BODY), mismatch);
}

#[test]
fn what_moves_a_dot_between_id_and_timestamp_is_not_believed() {
    let secrets = [published()];
    assert_eq!(sign(&secrets, "a.1", 2, b""), Err(Error::Id));
    let signature = sign(&secrets, "a", 1, b"2.body").expect("a signature");
    assert_eq!(verify(&secrets, "a.1", 2, &signature, b"body", 2, TOLERANCE), Err(Invalid::Mismatch));
}

#[test]
fn during_a_rotation_either_secret_is_enough() {
    let (old, new) = (published(), Secret::generate());
    let both = sign(&[new.clone(), old.clone()], ID, AT, BODY).expect("signatures");
    assert_eq!(both.split(' ').count(), 2);
    assert_eq!(verify_now(std::slice::from_ref(&old), &both), Ok(()));
    assert_eq!(verify_now(std::slice::from_ref(&new), &both), Ok(()));
    let one = sign(std::slice::from_ref(&old), ID, AT, BODY).expect("a signature");
    assert_eq!(verify_now(&[new, old], &one), Ok(()));
}

#[test]
fn signatures_of_other_schemes_are_passed_over() {
    let signature = sign(&[published()], ID, AT, BODY).expect("a signature");
    assert_eq!(verify_now(&[published()], &format!("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw== {signature}")), Ok(()));
    assert_eq!(verify_now(&[published()], &signature.replace("v1,", "v2,")), Err(Invalid::Missing));
    assert_eq!(verify_now(&[published()], &signature.replace("v1,", "")), Err(Invalid::Missing));
    assert_eq!(verify_now(&[published()], ""), Err(Invalid::Missing));
}

#[test]
fn a_timestamp_may_be_five_minutes_off_and_no_more() {
    let secrets = [published()];
    let signature = sign(&secrets, ID, AT, BODY).expect("a signature");
    let at = |now| verify(&secrets, ID, AT, &signature, BODY, now, TOLERANCE);
    assert_eq!(at(AT + 300), Ok(()));
    assert_eq!(at(AT + 301), Err(Invalid::Old));
    assert_eq!(at(AT - 300), Ok(()));
    assert_eq!(at(AT - 301), Err(Invalid::Early));
    assert_eq!(at(i64::MAX), Err(Invalid::Old));
    assert_eq!(at(i64::MIN), Err(Invalid::Early));
    let extreme = verify(&secrets, ID, i64::MIN, &signature, BODY, i64::MAX, Duration::MAX);
    assert_eq!(extreme, Err(Invalid::Old));
}

#[test]
fn what_cannot_be_signed_says_so() {
    let secrets = [published()];
    assert_eq!(sign(&[], ID, AT, BODY), Err(Error::NoSecret));
    for id in ["", "a.b", "a b", "a\nb", "信"] {
        assert_eq!(sign(&secrets, id, AT, BODY), Err(Error::Id), "{id}");
    }
    assert_eq!(sign(&secrets, ID, -1, BODY), Err(Error::Timestamp));
}

#[test]
fn a_secret_is_whsec_and_24_to_64_bytes() {
    for length in [24, 32, 64] {
        let text = format!("whsec_{}", STANDARD.encode(vec![7; length]));
        assert_eq!(*Secret::parse(&text).expect("a secret").reveal(), text);
    }
    for length in [0, 23, 65] {
        assert!(Secret::parse(&format!("whsec_{}", STANDARD.encode(vec![7; length]))).is_err(), "{length}");
    }
    for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"] {
        assert!(Secret::parse(text).is_err(), "{text}");
    }
}

#[test]
fn generated_secrets_differ_and_do_not_show() {
    let secret = Secret::generate();
    let text = secret.reveal();
    assert_eq!(text.len(), "whsec_".len() + 44);
    assert_ne!(*text, *Secret::generate().reveal());
    assert_eq!(*Secret::parse(&text).expect("a secret").reveal(), *text);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
}
