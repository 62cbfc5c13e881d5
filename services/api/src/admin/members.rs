//! `…/members` and `…/invitations`: who may do what in a tenant. A tenant always keeps an owner.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use paigong_core::{ErrorCode, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::members::{self, Changed, Invitation, Member};
use store::people;
use utoipa::ToSchema;
use uuid::Uuid;

use super::person::{Administer, May, View};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{begin, commit, id, parsed, sessions};
use crate::{Problem, Shared};

/// How long an invitation is valid.
const VALID: TimeDelta = TimeDelta::days(7);

/// A member of the tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// The person's id.
    id: Uuid,
    #[schema(example = "li.na@example.com")]
    email: String,
    #[schema(example = "李娜")]
    name: String,
    #[schema(value_type = String, example = "editor")]
    role: Role,
    since: DateTime<Utc>,
}

/// Every member, by e-mail address.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberList {
    data: Vec<MemberView>,
}

/// An invitation that nobody has accepted yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    id: Uuid,
    /// Null: for the first person of the installation.
    #[schema(example = "li.na@example.com")]
    email: Option<String>,
    #[schema(value_type = String, example = "editor")]
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The one-time token, to be handed to whom it is for; only in the answer to inviting.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "4fQm2Zx0rT8wYb1Kc7Ns5Vd3Hj6Lp9Ga0ub2Io4RtXq")]
    token: Option<String>,
}

/// Every open invitation, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationList {
    data: Vec<InvitationView>,
}

/// Who is invited as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    #[schema(example = "li.na@example.com")]
    email: String,
    /// owner, editor, reviewer or viewer.
    #[schema(value_type = String, example = "editor")]
    role: Role,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// owner, editor, reviewer or viewer.
    #[schema(value_type = String, example = "reviewer")]
    role: Role,
}

impl From<Member> for MemberView {
    fn from(Member { person, role, since }: Member) -> Self {
        Self { id: person.id, email: person.email, name: person.name, role, since }
    }
}

impl From<Invitation> for InvitationView {
    fn from(Invitation { id, email, role, created_at, expires_at }: Invitation) -> Self {
        Self { id, email, role, created_at, expires_at, token: None }
    }
}

/// Lists the members.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/members", tag = "people", params(("tenant" = Uuid, Path)),
    responses((status = 200, description = "Every member, by e-mail address", body = MemberList), OfMember),
    security(("session" = ["viewer"])))]
pub(crate) async fn list_members(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<View>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let found = members::list(&mut tx).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(MemberList { data: found.into_iter().map(MemberView::from).collect() }))
}

/// Gives a member another role. Their sessions end; who changes the own role gets a new one in the cookie.
#[utoipa::path(put, path = "/admin/v1/tenants/{tenant}/members/{person}", tag = "people",
    params(("tenant" = Uuid, Path), ("person" = Uuid, Path)), request_body = NewRole,
    responses(
        (status = 204, description = "Done"),
        (status = 409, description = "It is the last owner", body = Problem, content_type = "application/problem+json"),
        OfMemberWithBody,
    ),
    security(("session" = ["owner"])))]
pub(crate) async fn set_role(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let NewRole { role } = parsed(&http, body)?;
    let person = id(&http, "person")?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    done(&http, members::set_role(&mut tx, person, role).await.map_err(failed)?)?;
    store::sessions::end_all(&mut tx, person).await.map_err(failed)?;
    commit(&http, tx, &may, ("member.role_changed", &person.to_string()), json!({"role": role})).await?;
    after(&http, &shared, &may, person).await
}

/// Takes a member out of the tenant. Their sessions end.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/members/{person}", tag = "people",
    params(("tenant" = Uuid, Path), ("person" = Uuid, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 409, description = "It is the last owner", body = Problem, content_type = "application/problem+json"),
        OfMember,
    ),
    security(("session" = ["owner"])))]
pub(crate) async fn remove_member(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let person = id(&http, "person")?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    // First, while the person is a member: a tenant ends the sessions of its members only.
    store::sessions::end_all(&mut tx, person).await.map_err(failed)?;
    done(&http, members::remove(&mut tx, person).await.map_err(failed)?)?;
    commit(&http, tx, &may, ("member.removed", &person.to_string()), json!({})).await?;
    after(&http, &shared, &may, person).await
}

/// Invites somebody. The token is in this answer only; an earlier invitation of the same address is void.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/invitations", tag = "people", params(("tenant" = Uuid, Path)),
    request_body = NewInvitation,
    responses((status = 201, description = "Invited, for a week", body = InvitationView), OfMemberWithBody),
    security(("session" = ["owner"])))]
pub(crate) async fn invite(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let new: NewInvitation = parsed(&http, body)?;
    let email = people::fold_email(&new.email).ok_or_else(|| {
        let (zh, en) = ("email 须为邮箱地址", "email must be an e-mail address");
        Problem::explained(&http, ErrorCode::InvalidRequest, zh, en)
    })?;
    let mut tx = begin(&http, &shared, &may).await?;
    let invited = members::invite(&mut tx, Some(&email), new.role, VALID).await;
    let (invitation, token) = invited.map_err(|error| Problem::of_store(&http, &error))?;
    let detail = json!({"email": email, "role": new.role});
    commit(&http, tx, &may, ("member.invited", &invitation.id.to_string()), detail).await?;
    let view = InvitationView { token: Some(token.reveal().to_owned()), ..invitation.into() };
    Ok(HttpResponse::Created().json(view))
}

/// Lists the invitations that nobody has accepted yet, without their tokens.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/invitations", tag = "people", params(("tenant" = Uuid, Path)),
    responses((status = 200, description = "Newest first", body = InvitationList), OfMember), security(("session" = ["owner"])))]
pub(crate) async fn list_invitations(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let mut tx = begin(&http, &shared, &may).await?;
    let found = members::invitations(&mut tx).await.map_err(|error| Problem::of_store(&http, &error))?;
    Ok(HttpResponse::Ok().json(InvitationList { data: found.into_iter().map(InvitationView::from).collect() }))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/invitations/{invitation}", tag = "people",
    params(("tenant" = Uuid, Path), ("invitation" = Uuid, Path)),
    responses((status = 204, description = "Done"), OfMember), security(("session" = ["owner"])))]
pub(crate) async fn withdraw_invitation(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Administer>,
) -> Result<HttpResponse, Problem> {
    let invitation = id(&http, "invitation")?;
    let mut tx = begin(&http, &shared, &may).await?;
    let was = members::withdraw(&mut tx, invitation).await.map_err(|error| Problem::of_store(&http, &error))?;
    if !was {
        return Err(Problem::explained(&http, ErrorCode::NotFound, "没有这个邀请", "no such invitation"));
    }
    commit(&http, tx, &may, ("member.invitation_withdrawn", &invitation.to_string()), json!({})).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn done(http: &HttpRequest, changed: Changed) -> Result<(), Problem> {
    match changed {
        Changed::Done => Ok(()),
        Changed::Gone => Err(Problem::explained(http, ErrorCode::NotFound, "没有这位成员", "no such member")),
        Changed::LastOwner => {
            let (zh, en) = ("租户至少要有一个 owner", "it is the last owner; make somebody else one first");
            Err(Problem::explained(http, ErrorCode::Conflict, zh, en))
        }
    }
}

/// Who has changed the own membership goes on with a new session: the former one has ended with all others.
async fn after(
    http: &HttpRequest,
    shared: &Shared,
    may: &May<Administer>,
    person: Uuid,
) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::NoContent().finish();
    if person == may.person.id {
        let entered = sessions::enter(http, shared, person).await?;
        for (name, value) in entered.headers().iter().filter(|(name, _)| *name == "set-cookie") {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    Ok(response)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/tenants/{tenant}/members", web::get().to(list_members))
        .service(
            web::resource("/admin/v1/tenants/{tenant}/members/{person}")
                .route(web::put().to(set_role))
                .route(web::delete().to(remove_member)),
        )
        .service(
            web::resource("/admin/v1/tenants/{tenant}/invitations")
                .route(web::post().to(invite))
                .route(web::get().to(list_invitations)),
        )
        .route("/admin/v1/tenants/{tenant}/invitations/{invitation}", web::delete().to(withdraw_invitation));
}
