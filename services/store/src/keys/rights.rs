//! What a key may be used for, and where; and what of that goes together.

use paigong_core::{Bilingual, Scope};
use url::Url;

/// Origins of a widget's key at most.
const ORIGINS: usize = 20;
/// Bytes of an origin at most.
const LENGTH: usize = 300;

/// What a key may be used for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// At least one, each once; [`Scope::Widget`] goes with no other.
    pub(super) scopes: Vec<Scope>,
    /// The origins of the pages that a widget's key may stand in, such as `https://shop.example.com`; none for other keys.
    pub(super) origins: Vec<String>,
}

/// Why rights don't go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// There is no scope.
    #[error("a key needs at least one scope")]
    NoScope,
    /// A widget's key may do something else, too.
    #[error("the scope widget goes with no other: everybody can read that key")]
    NotAlone,
    /// A widget's key is for no page, or for too many.
    #[error("a key with the scope widget needs 1 to 20 origins, such as https://shop.example.com")]
    Origins,
    /// Another key has origins.
    #[error("origins are for keys with the scope widget only")]
    NoOrigins,
    /// This is no origin.
    #[error("{0:?} is not an origin: write scheme, host and port only, such as https://shop.example.com")]
    NotAnOrigin(String),
}

impl Unfit {
    /// The same in both languages.
    #[must_use]
    pub fn explained(&self) -> Bilingual {
        let zh = match self {
            Self::NoScope => "密钥至少需要一个权限".to_owned(),
            Self::NotAlone => "widget 权限不能与其他权限同用：任何人都能看到该密钥".to_owned(),
            Self::Origins => "带 widget 权限的密钥需要 1 至 20 个来源，如 https://shop.example.com".to_owned(),
            Self::NoOrigins => "只有带 widget 权限的密钥才有来源".to_owned(),
            Self::NotAnOrigin(text) => {
                format!("{text:?} 不是来源：只写协议、主机和端口，如 https://shop.example.com")
            }
        };
        Bilingual { zh, en: self.to_string() }
    }
}

impl Default for Rights {
    fn default() -> Self {
        Self { scopes: Scope::USUAL.to_vec(), origins: Vec::new() }
    }
}

impl Rights {
    /// These scopes; the usual ones if they are `None`.
    ///
    /// # Errors
    /// [`Unfit`] when they don't go together.
    pub fn new(scopes: Option<Vec<Scope>>, mut origins: Vec<String>) -> Result<Self, Unfit> {
        let mut scopes = scopes.unwrap_or_else(|| Scope::USUAL.to_vec());
        scopes.sort_unstable();
        scopes.dedup();
        let is_widget = scopes.contains(&Scope::Widget);
        match (scopes.len(), is_widget, origins.len()) {
            (0, ..) => return Err(Unfit::NoScope),
            (2.., true, _) => return Err(Unfit::NotAlone),
            (_, true, origins) if !(1..=ORIGINS).contains(&origins) => return Err(Unfit::Origins),
            (_, false, 1..) => return Err(Unfit::NoOrigins),
            _ => {}
        }
        if let Some(wrong) = origins.iter().find(|text| !is_origin(text)) {
            return Err(Unfit::NotAnOrigin(wrong.chars().take(LENGTH).collect()));
        }
        origins.sort_unstable();
        origins.dedup();
        Ok(Self { scopes, origins })
    }

    /// What for.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// Where; empty: anywhere.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// Whether the key may be used for this.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Whether browsers would write an origin like this.
fn is_origin(text: &str) -> bool {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let parsed = Url::parse(text).ok().filter(is_web);
    // Nothing stands for several hosts.
    text.len() <= LENGTH && !text.contains('*') && parsed.is_some_and(|url| url.origin().ascii_serialization() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget(origins: &[&str]) -> Result<Rights, Unfit> {
        Rights::new(Some(vec![Scope::Widget]), origins.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn rights_go_together() {
        assert_eq!(Rights::new(None, Vec::new()), Ok(Rights::default()));
        assert_eq!(Rights::new(Some(Vec::new()), Vec::new()), Err(Unfit::NoScope));
        let twice = Rights::new(Some(vec![Scope::Runs, Scope::Chat, Scope::Runs]), Vec::new()).expect("two scopes");
        assert_eq!(twice.scopes(), [Scope::Chat, Scope::Runs]);
        let both = Rights::new(Some(vec![Scope::Widget, Scope::Chat]), vec!["https://a.example".into()]);
        assert_eq!(both, Err(Unfit::NotAlone));
        assert_eq!(Rights::new(None, vec!["https://a.example".into()]), Err(Unfit::NoOrigins));
        assert_eq!(widget(&[]), Err(Unfit::Origins));
        let many: Vec<_> = (0..21).map(|n| format!("https://{n}.example")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(widget(&many), Err(Unfit::Origins));
        assert!(widget(&many[..20]).is_ok());
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        assert!(widget(&["https://shop.example.com", "http://127.0.0.1:8600", "https://xn--fiq228c.example"]).is_ok());
        for text in [
            "https://shop.example.com/",
            "https://shop.example.com/page",
            "https://shop.example.com:443",
            "https://Shop.example.com",
            "https://*.example.com",
            "shop.example.com",
            "null",
            "*",
            "",
            "file:///etc",
            "https://商店.example",
            "https://user@shop.example.com",
        ] {
            assert_eq!(widget(&[text]), Err(Unfit::NotAnOrigin(text.into())), "{text}");
        }
    }
}
