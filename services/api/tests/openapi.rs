//! The public contract: a change of the document is a change that somebody must have meant.

#[test]
fn the_openapi_document_is_as_published() {
    let mut document = serde_json::to_value(api::document()).expect("json");
    document["info"]["version"] = "[version]".into();
    insta::assert_json_snapshot!("openapi", document);
}

#[test]
fn what_is_documented_as_part_of_a_path_stands_in_it() {
    let document = serde_json::to_value(api::document()).expect("json");
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let is_in_path = path.contains(&format!("{{{name}}}"));
                assert_eq!(parameter["in"] == "path", is_in_path, "{method} {path}: {name}");
            }
        }
    }
}
