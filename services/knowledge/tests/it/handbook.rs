//! The handbook of the demo answers its questions as well as was measured (`skills/README.md`), with little to spare.

use std::time::Instant;

use knowledge::measure::{self, Cases, Half, Measured};
use knowledge::{Index, Query};
use understanding::similarity;
use uuid::Uuid;

use crate::{encoder, workspace};

#[tokio::test]
async fn the_handbook_answers_its_questions_and_refuses_the_others() {
    let encoder = encoder();
    let source = Uuid::now_v7();
    for (language, least_recall) in [("zh", 0.95), ("en", 0.91)] {
        let folder = workspace().join("skills/hr/handbook").join(language);
        let passages = measure::passages(&encoder, &folder, source).await.unwrap();
        let index = Index::build(passages, encoder.dimensions(), similarity::measure(&encoder).await.unwrap());
        let file = workspace().join(format!("skills/hr/handbook.{language}.questions.yaml"));
        let cases: Cases = serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(cases.questions.len(), 100);
        let asked = measure::ask(&encoder, &index, source, &cases.questions).await.unwrap();
        let measured = measure::measure(&asked);
        assert!(measured.recall_5 >= least_recall, "{language}: {measured:?}");
        assert!(measured.refused >= 0.8 && measured.refused_wrongly <= 0.27, "{language}: {measured:?}");
        let Measured { recall_5, refused, .. } =
            measure::measure(asked.iter().filter(|asked| asked.case.half == Half::Test));
        assert!(recall_5 >= 0.88 && refused >= 0.8, "{language}, what was not fitted on: {recall_5} {refused}");
    }
}

#[tokio::test]
async fn ten_thousand_passages_are_searched_in_milliseconds() {
    let encoder = encoder();
    let source = Uuid::now_v7();
    let passages = measure::passages(&encoder, &workspace().join("skills/hr/handbook/zh"), source).await.unwrap();
    let passages = measure::enlarged(&passages, 10_000);
    assert_eq!(passages.len(), 10_000);
    let index = Index::build(passages, encoder.dimensions(), similarity::measure(&encoder).await.unwrap());
    let text = "出差住酒店一晚能报多少钱";
    let vector = encoder.embed(text, Instant::now() + std::time::Duration::from_secs(10)).await.unwrap().vector;
    let query = Query { text, vector: &vector, sources: &[source], limit: 5 };
    let time = |_| {
        let started = Instant::now();
        assert_eq!(index.search(&query).hits.len(), 5);
        started.elapsed()
    };
    let best = (0..20).map(time).min().unwrap();
    // Measured 1.3 ms; a machine that does other things as well is slower.
    assert!(best.as_millis() <= 15, "{best:?}");
}
