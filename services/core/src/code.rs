//! The public error codes: stable names that clients may switch on.

use serde::{Deserialize, Serialize};

use crate::{Bilingual, Language};

/// Everything that the API can refuse with. The wire name is the variant in `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request's body, path or header does not have the documented form.
    InvalidRequest,
    /// No app key was sent, or it is unknown, revoked or expired.
    Unauthorized,
    /// Nobody is logged in, or the session is over.
    NotSignedIn,
    /// E-mail address and password do not belong together.
    WrongCredentials,
    /// The caller's role does not allow this.
    Forbidden,
    /// The app key has not the scope that the endpoint asks for.
    ScopeMissing,
    /// A widget's key was used from a page that is not of its origins.
    OriginNotAllowed,
    /// A widget's key was used for a user whom the site's backend has not vouched for.
    UserNotSigned,
    /// The request changes something and does not prove that it comes from the console's own page.
    CsrfToken,
    /// The new password is too short, too long or too easy to guess.
    WeakPassword,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// There is no such address, or it does not take this method.
    NoSuchEndpoint,
    /// Another turn of the same conversation is in flight.
    TurnInFlight,
    /// What is asked for does not go with the state that the thing is in.
    Conflict,
    /// Somebody else has changed it since it was read; nothing was overwritten.
    Stale,
    /// A skill can't be published as it is; the findings say why.
    LintErrors,
    /// Conversation tests of the app fail with the skill as it would be published; the report says which.
    TestsFailed,
    /// The same `Idempotency-Key` came with another body.
    IdempotencyMismatch,
    /// The body is larger than allowed.
    TooLarge,
    /// More requests or attempts than allowed; try again after the time in `Retry-After`.
    RateLimited,
    /// All workers are busy; the request was not begun.
    Overloaded,
    /// The time allowed for this request is over.
    DeadlineExceeded,
    /// This installation has not been given what the request needs.
    NotConfigured,
    /// The database cannot be reached.
    DatabaseUnavailable,
    /// A fault of ours; it is logged under the request's trace id.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the reference.
    pub const ALL: [Self; 25] = [
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::NotSignedIn,
        Self::WrongCredentials,
        Self::Forbidden,
        Self::ScopeMissing,
        Self::OriginNotAllowed,
        Self::UserNotSigned,
        Self::CsrfToken,
        Self::WeakPassword,
        Self::NotFound,
        Self::NoSuchEndpoint,
        Self::TurnInFlight,
        Self::Conflict,
        Self::Stale,
        Self::LintErrors,
        Self::TestsFailed,
        Self::IdempotencyMismatch,
        Self::TooLarge,
        Self::RateLimited,
        Self::Overloaded,
        Self::DeadlineExceeded,
        Self::NotConfigured,
        Self::DatabaseUnavailable,
        Self::Internal,
    ];

    /// The HTTP status it is answered with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::WeakPassword => 400,
            Self::Unauthorized | Self::NotSignedIn | Self::WrongCredentials => 401,
            Self::Forbidden | Self::ScopeMissing | Self::OriginNotAllowed | Self::UserNotSigned | Self::CsrfToken => {
                403
            }
            Self::NotFound | Self::NoSuchEndpoint => 404,
            Self::TurnInFlight | Self::Conflict => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::IdempotencyMismatch | Self::LintErrors | Self::TestsFailed => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Overloaded | Self::NotConfigured | Self::DatabaseUnavailable => 503,
            Self::DeadlineExceeded => 504,
        }
    }

    /// The wire name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::NotSignedIn => "not_signed_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::Forbidden => "forbidden",
            Self::ScopeMissing => "scope_missing",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::UserNotSigned => "user_not_signed",
            Self::CsrfToken => "csrf_token",
            Self::WeakPassword => "weak_password",
            Self::NotFound => "not_found",
            Self::NoSuchEndpoint => "no_such_endpoint",
            Self::TurnInFlight => "turn_in_flight",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::LintErrors => "lint_errors",
            Self::TestsFailed => "tests_failed",
            Self::IdempotencyMismatch => "idempotency_mismatch",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotConfigured => "not_configured",
            Self::DatabaseUnavailable => "database_unavailable",
            Self::Internal => "internal",
        }
    }

    /// A short title for people.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Self::InvalidRequest => ("请求格式不正确", "The request is not valid"),
            Self::Unauthorized => ("密钥无效", "The app key is missing or not valid"),
            Self::NotSignedIn => ("请先登录", "Please log in"),
            Self::WrongCredentials => ("邮箱或密码不正确", "The e-mail address or the password is wrong"),
            Self::Forbidden => ("您的角色没有此权限", "Your role does not allow this"),
            Self::ScopeMissing => ("密钥没有此权限", "The app key does not allow this"),
            Self::OriginNotAllowed => ("此网页不得使用该密钥", "This page may not use the app key"),
            Self::UserNotSigned => ("用户身份未经签名", "The user is not signed for"),
            Self::CsrfToken => {
                ("请求缺少有效的 X-CSRF-Token，请刷新页面", "The X-CSRF-Token is missing or not valid; reload the page")
            }
            Self::WeakPassword => ("密码不符合要求", "The password is not strong enough"),
            Self::NotFound => ("未找到", "Not found"),
            Self::NoSuchEndpoint => ("没有这个接口", "No such endpoint"),
            Self::TurnInFlight => ("上一条消息还在处理", "Another message of this conversation is being handled"),
            Self::Conflict => ("当前状态不允许这样操作", "Its present state does not allow this"),
            Self::Stale => ("内容已被他人修改", "Somebody else has changed it meanwhile"),
            Self::LintErrors => ("技能有错误，无法发布", "The skill has errors and can't be published"),
            Self::TestsFailed => ("有对话测试未通过", "Conversation tests fail"),
            Self::IdempotencyMismatch => {
                ("同一个 Idempotency-Key 用于不同的请求", "The Idempotency-Key was used for another request")
            }
            Self::TooLarge => ("请求过大", "The request is too large"),
            Self::RateLimited => ("请求过于频繁，请稍后再试", "Too many requests; please try again later"),
            Self::Overloaded => ("系统繁忙，请稍后再试", "Busy, please try again shortly"),
            Self::DeadlineExceeded => ("处理超时", "The time limit was reached"),
            Self::NotConfigured => ("此系统尚未启用该功能", "Not set up in this installation"),
            Self::DatabaseUnavailable => ("数据库暂不可用", "The database cannot be reached"),
            Self::Internal => ("内部错误", "Internal error"),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// The same title in both languages.
    #[must_use]
    pub fn bilingual(self) -> Bilingual {
        Bilingual { zh: self.title(Language::Zh).into(), en: self.title(Language::En).into() }
    }
}
