//! The public contract: a change of the document is a change that somebody must have meant.

#[test]
fn the_openapi_document_is_as_published() {
    let mut document = serde_json::to_value(api::document()).expect("json");
    document["info"]["version"] = "[version]".into();
    insta::assert_json_snapshot!("openapi", document);
}
