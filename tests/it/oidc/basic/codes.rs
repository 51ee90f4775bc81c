//! A code is good once.

use connex::kernel::Lifetime;

use super::run::{Run, check_refusal};

/// A second use at once is refused.
pub async fn codereuse(run: Run) {
    let asked = run.asks("openid");
    let done = run.complete(&asked).await;
    check_refusal(&run.client.redeem(&asked, &done.code).await, "invalid_grant");
}

/// A second use after half a minute is refused, and what the first one gave dies.
pub async fn codereuse_30seconds(run: Run) {
    let asked = run.asks("openid offline_access");
    let done = run.complete(&asked).await;
    run.userinfo(&done).await;
    run.app.advance(Lifetime::seconds(30));
    check_refusal(&run.client.redeem(&asked, &done.code).await, "invalid_grant");
    let dead = run.client.userinfo(done.tokens.get("access_token")).await;
    assert_eq!(dead.status, 401);
    assert!(dead.header("www-authenticate").contains("error=\"invalid_token\""), "{:?}", dead.headers);
    check_refusal(&run.client.refresh(done.tokens.get("refresh_token")).await, "invalid_grant");
}
