//! Headers that keep a page to itself.

use axum::http::{HeaderValue, header};

/// What a page may load and where its forms may end: ourselves, images also from `images`, forms
/// also at `forms`.
///
/// Chromium applies `form-action` to the redirects after a post as well, so a page whose form
/// ends at a site must name the site's origin.
#[must_use]
pub fn content_security_policy(forms: &[&str], images: &[&str]) -> HeaderValue {
    let and = |origins: &[&str]| -> String {
        origins.iter().filter(|origin| is_an_origin(origin)).map(|origin| format!(" {origin}")).collect()
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'{}; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{}",
        and(images),
        and(forms),
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// An origin holds nothing that could end the directive.
fn is_an_origin(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b',')
}

/// The headers of every answer, with their values; `Strict-Transport-Security` only on https.
#[must_use]
pub fn for_every_answer(is_https: bool) -> Vec<(header::HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (
            header::HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("publickey-credentials-get=(self), camera=(), microphone=(), geolocation=()"),
        ),
    ];
    if is_https {
        headers
            .push((header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_cannot_end_the_directive() {
        let policy =
            content_security_policy(&["https://birch.example", "https://x;script-src *"], &["https://x;script-src *"]);
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("img-src 'self';"), "{policy}");
        assert!(policy.ends_with("form-action 'self' https://birch.example"), "{policy}");
    }
}
