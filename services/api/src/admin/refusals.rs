//! What endpoints are refused with, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// For everybody: too much at once, or we are not well.
const ALWAYS: [(&str, &str); 3] = [
    ("429", "Too many requests; see Retry-After"),
    ("500", "A fault of ours"),
    ("503", "Busy, or the database can't be reached"),
];
const BODY: [(&str, &str); 2] =
    [("400", "Not of the documented form; the detail says what to change"), ("413", "Too large")];
const SESSION: [(&str, &str); 2] =
    [("401", "Nobody is logged in (`not_signed_in`)"), ("403", "The X-CSRF-Token is missing (`csrf_token`)")];
const MEMBER: [(&str, &str); 3] = [
    ("401", "Nobody is logged in (`not_signed_in`)"),
    ("403", "The role does not allow it (`forbidden`), or the X-CSRF-Token is missing (`csrf_token`)"),
    ("404", "No such thing, or nothing that the caller may know of"),
];

const KEY: [(&str, &str); 2] = [("401", "No valid app key"), ("403", "The key has not the scope (`scope_missing`)")];

/// Of an endpoint that anybody may call.
pub(crate) struct Open;
/// Of an endpoint that takes a session.
pub(crate) struct OfSession;
/// Of an endpoint of a tenant.
pub(crate) struct OfMember;
/// Of an endpoint of a tenant that takes a body or a query.
pub(crate) struct OfMemberWithBody;

impl IntoResponses for Open {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        of(&[&BODY, &ALWAYS])
    }
}

impl IntoResponses for OfSession {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        of(&[&SESSION, &ALWAYS])
    }
}

impl IntoResponses for OfMember {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        of(&[&MEMBER, &ALWAYS])
    }
}

impl IntoResponses for OfMemberWithBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        of(&[&BODY, &MEMBER, &ALWAYS])
    }
}

/// Adds to an endpoint that takes an app key what all of those are refused with, where it says nothing more particular.
pub(crate) fn complete_for_keys(operation: &mut Operation) {
    for (status, response) in of(&[&KEY, &ALWAYS]) {
        operation.responses.responses.entry(status).or_insert(response);
    }
}

fn of(groups: &[&[(&str, &str)]]) -> BTreeMap<String, RefOr<Response>> {
    let problem = |(status, description): &(&str, &str)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(*description).content("application/problem+json", content);
        ((*status).to_owned(), RefOr::T(response.build()))
    };
    groups.iter().flat_map(|group| group.iter()).map(problem).collect()
}
