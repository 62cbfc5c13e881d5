//! Postgres' values as JSON.

use dispatch::{Reason, Status};
use serde_json::{Value, json};

use crate::{Scene, skill, unchecked};

async fn one(scene: &Scene, expression: &str) -> Value {
    let outcome = scene.run(&skill("read", &format!("SELECT {expression} AS x"))).await;
    assert_eq!(outcome.status, Status::Succeeded, "{expression}: {:?}", outcome.error);
    outcome.rows[0]["x"].clone()
}

#[tokio::test]
async fn every_common_type_can_be_shown() {
    let scene = Scene::new().await;
    for (expression, expected) in [
        ("true", json!(true)),
        ("(-2)::smallint", json!(-2)),
        ("2147483647", json!(2_147_483_647)),
        ("9223372036854775807", json!(9_223_372_036_854_775_807_i64)),
        ("0.1::real", json!(0.1)),
        ("1e300::double precision", json!(1e300)),
        ("'NaN'::double precision", json!("NaN")),
        ("'张三'::text", json!("张三")),
        ("'ab'::char(4)", json!("ab  ")),
        ("'ab'::varchar(4)", json!("ab")),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", json!("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("date '2026-12-02'", json!("2026-12-02")),
        ("date '1912-02-29'", json!("1912-02-29")),
        ("time '15:00'", json!("15:00:00")),
        ("timestamp '2026-12-02 15:00:00.5'", json!("2026-12-02T15:00:00.500")),
        ("timestamptz '2026-12-02 15:00:00+00'", json!("2026-12-02T23:00:00+08:00")),
        ("date 'infinity'", json!("infinity")),
        ("'{\"b\": 1, \"a\": [null]}'::json", json!({"b": 1, "a": [null]})),
        ("'{\"b\": 1}'::jsonb", json!({"b": 1})),
        ("NULL::date", Value::Null),
        ("ARRAY[1, NULL, 3]", json!([1, null, 3])),
        ("ARRAY['一', '二']", json!(["一", "二"])),
        ("ARRAY[1.5, 20]::numeric[]", json!([1.5, 20])),
        ("ARRAY[date '2026-12-02']", json!(["2026-12-02"])),
        ("ARRAY[]::int[]", json!([])),
    ] {
        assert_eq!(one(&scene, expression).await, expected, "{expression}");
    }
}

#[tokio::test]
async fn a_numeric_is_a_number_when_that_is_exact_and_its_digits_otherwise() {
    let scene = Scene::new().await;
    for (expression, expected) in [
        ("12.50", json!(12.5)),
        ("30.00", json!(30)),
        ("0.00", json!(0)),
        ("-0.05", json!(-0.05)),
        ("0.00010", json!(0.0001)),
        ("10000", json!(10000)),
        ("123456789.01", json!(123_456_789.01)),
        ("-99999999.9999", json!(-99_999_999.999_9)),
        ("9007199254740993", json!("9007199254740993")),
        ("0.1234567890123456789", json!("0.1234567890123456789")),
        ("100000000000000000000.10", json!("100000000000000000000.10")),
        ("'NaN'", json!("NaN")),
        ("'-Infinity'", json!("-Infinity")),
    ] {
        assert_eq!(one(&scene, &format!("({expression})::numeric")).await, expected, "{expression}");
    }
}

#[tokio::test]
async fn numerics_come_back_as_they_went_in() {
    // Against the server's own text, over many magnitudes and scales.
    let scene = Scene::new().await;
    let sql = "SELECT (m * power(10::numeric, e))::numeric(60, 20) AS x, (m * power(10::numeric, e))::numeric(60, 20)::text AS t
               FROM (VALUES (1::numeric), (7), (-12345), (99999999), (10001), (1.0001)) AS a (m), generate_series(-8, 8, 2) AS e LIMIT 50";
    let rows = scene.run(&skill("read", sql)).await.rows;
    assert_eq!(rows.len(), 50);
    for row in rows {
        let (value, text) = (&row["x"], row["t"].as_str().unwrap());
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let significant = |text: &str| {
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text.to_owned()
            }
        };
        let same =
            significant(&shown) == significant(text) || shown.parse::<f64>().unwrap() == text.parse::<f64>().unwrap();
        assert!(same, "{value} of {text}");
    }
}

#[tokio::test]
async fn a_type_that_cannot_be_shown_is_named_with_its_column() {
    let scene = Scene::new().await;
    for (expression, kind) in [("point(1, 2)", "point"), ("interval '1 day'", "interval"), ("'x'::bytea", "bytea")] {
        let failure = scene.run(&unchecked("read", &format!("SELECT {expression} AS odd"))).await.error.unwrap();
        assert_eq!(failure.reason, Reason::Result);
        assert!(failure.message.contains("odd") && failure.message.contains(kind), "{}", failure.message);
    }
}
