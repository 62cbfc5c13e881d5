//! `…/inbox`: what people are to do, for those who do it; what happens is `crate::inbox`' business.

use actix_web::{HttpRequest, HttpResponse, web};

use super::person::{May, Review, View};
use super::refusals::OfMemberWithBody;
use super::{app, begin, id, parsed};
use crate::chat::queried;
use crate::inbox::{self, InboxPage, InboxQuery, ItemUpdate, ItemView};
use crate::{Problem, Shared};

/// Lists what is to be done.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/inbox", tag = "inbox",
    params(("tenant" = uuid::Uuid, Path), ("app" = uuid::Uuid, Path), InboxQuery),
    responses((status = 200, description = "A page, oldest first", body = InboxPage), OfMemberWithBody),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_inbox(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
    query: Result<web::Query<InboxQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = queried(&http, query)?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    inbox::listed(&http, &mut tx, app, &query).await
}

/// Takes an item, or closes it, in the name of the person who is logged in.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/inbox/{item}", tag = "inbox",
    params(("tenant" = uuid::Uuid, Path), ("app" = uuid::Uuid, Path), ("item" = uuid::Uuid, Path)), request_body = ItemUpdate,
    responses(
        (status = 200, description = "The item as it is now; a conversation that waits is told", body = ItemView),
        (status = 409, description = "It is closed already", body = Problem, content_type = "application/problem+json"),
        OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn update_item(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let item = id(&http, "item")?;
    let update: ItemUpdate = parsed(&http, body)?;
    let update = ItemUpdate { by: may.person.name.clone(), ..update };
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    inbox::updated(&http, tx, app, item, update, &may.actor()).await
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/inbox";
    config.route(BASE, web::get().to(list_inbox)).route(&format!("{BASE}/{{item}}"), web::post().to(update_item));
}
