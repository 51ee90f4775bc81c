//! What was disabled, ended or removed works on no path (K-20).
//!
//! The matrix is generated: each way in which something ends, times each path that gives or honours
//! anything. Every cell has a person, an organization, a site and tokens of its own.

use connex::{
    accounts::{self, SessionEnd, sessions},
    audit::Actor,
    kernel::{MembershipId, OrganizationId, SiteId},
    oidc::clients,
    organizations::{self, Role, members},
    platform::store::Sql,
    sites::{self, Family},
};
use serde_json::json;

use super::{brought_a_code, code_for};
use crate::support::{
    app::{Person, TestApp},
    client::{Asked, TestClient, Tokens, random},
    http::{Landing, Page, Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    nothing_works_for_a_disabled_account
    nothing_works_after_the_session_was_ended
    nothing_works_for_a_disabled_client
    nothing_works_at_a_removed_site
    nothing_works_after_the_approval_has_ended
    nothing_works_for_a_closed_account
    nothing_works_for_somebody_who_was_removed
    nothing_works_for_somebody_whom_an_administrator_disabled
    nothing_works_for_a_suspended_organization
    nothing_works_after_consent_was_withdrawn
    everything_works_while_nothing_has_ended
}

/// How something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Nothing,
    AccountDisabled,
    SessionEnded,
    ClientDisabled,
    SiteRemoved,
    Unapproved,
    AccountClosed,
    RemovedFromOrganization,
    DisabledByAdministrator,
    OrganizationSuspended,
    ConsentWithdrawn,
}

/// Where it would still be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Code,
    Refresh,
    Userinfo,
    Introspection,
    PromptNone,
    SilentSignIn,
    PendingSignIn,
    PendingConsent,
    PushedRequest,
}

const PATHS: [Path; 9] = [
    Path::Code,
    Path::Refresh,
    Path::Userinfo,
    Path::Introspection,
    Path::PromptNone,
    Path::SilentSignIn,
    Path::PendingSignIn,
    Path::PendingConsent,
    Path::PushedRequest,
];

/// A person of an approved organization, signed in at a site that admits no others.
struct Cell {
    dana: Person,
    founder: Person,
    organization: OrganizationId,
    site: SiteId,
    client: TestClient,
    resource: TestClient,
    visitor: Visitor,
    tokens: Tokens,
}

async fn cell(app: &TestApp) -> Cell {
    let name = format!("p{}", random().to_lowercase().replace(['-', '_'], "x").get(..12).unwrap());
    let dana = app.person(&name).await;
    let founder = app.person(&format!("{name}2")).await;
    let organization = app.organization(&format!("Northland Paving {name}"), &founder).await;
    app.add_to(organization, &dana, Role::Member).await;
    let (site, client) = app.site(Family::OneGov, &format!("Birch {name}"), "https://birch.example", true).await;
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, Vec::new()).await.unwrap();
    unit.commit().await.unwrap();
    // The operator's own protected resource may ask about every token.
    let resource = app.client(json!({ "grant_types": ["client_credentials"] })).await;
    let visitor = Visitor::new();
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access organization sites").await;
    Cell { dana, founder, organization, site, client, resource, visitor, tokens }
}

async fn put_an_end_to(app: &TestApp, end: End, cell: &Cell) {
    let (mut unit, actor) = (app.app.db.write().await.unwrap(), Actor::Operator);
    let done = match end {
        End::Nothing => true,
        End::AccountDisabled => accounts::disable(&mut unit, &actor, cell.dana.id, None).await.unwrap(),
        End::SessionEnded => {
            sessions::end_all(&mut unit, &actor, cell.dana.id, SessionEnd::ByOperator).await.unwrap() == 1
        }
        End::ClientDisabled => clients::disable_of_site(&mut unit, cell.site).await.is_ok(),
        End::SiteRemoved => sites::remove(&mut unit, &actor, cell.site).await.is_ok(),
        End::Unapproved => sites::unapprove(&mut unit, &actor, cell.site, cell.organization).await.is_ok(),
        End::AccountClosed => {
            let account = accounts::get(&mut unit, cell.dana.id).await.unwrap().unwrap();
            accounts::close(&mut unit, &actor, &account).await.unwrap()
        }
        End::RemovedFromOrganization | End::DisabledByAdministrator => {
            let place = organizations::place_of(&mut unit, cell.founder.id).await.unwrap().unwrap();
            let sql = "select id from memberships where account_id = $1";
            let id: MembershipId = unit.sql(sql).bind(cell.dana.id).scalar().await.unwrap().unwrap();
            let (kit, by) = (&app.app.accounts.kit, place.administrator().unwrap());
            match end {
                End::DisabledByAdministrator => members::disable(&mut unit, kit, by, id).await.is_ok(),
                _ => members::remove(&mut unit, kit, by, id).await.is_ok(),
            }
        }
        End::OrganizationSuspended => {
            organizations::set_suspended(&mut unit, &actor, cell.organization, true).await.unwrap()
        }
        End::ConsentWithdrawn => {
            drop(unit);
            let page = cell.visitor.open(&app.at("/account/sites")).await.page();
            assert!(cell.visitor.press(&page, "td button", &[]).await.page().has("#notice"));
            return;
        }
    };
    assert!(done, "{end:?} did not happen");
    unit.commit().await.unwrap();
}

/// Prepares `path`, lets `end` happen, and says whether the path still gives anything.
async fn still_gives(app: &TestApp, path: Path, end: End) -> bool {
    let cell = cell(app).await;
    let asked = cell.client.asks("openid");
    match path {
        Path::Code => {
            let code = code_for(&cell.visitor, &cell.dana, &asked).await;
            put_an_end_to(app, end, &cell).await;
            has(&cell.client.redeem(&asked, &code).await, "access_token")
        }
        Path::Refresh => {
            put_an_end_to(app, end, &cell).await;
            has(&cell.client.refresh(cell.tokens.get("refresh_token")).await, "access_token")
        }
        Path::Userinfo => {
            put_an_end_to(app, end, &cell).await;
            has(&cell.client.userinfo(cell.tokens.get("access_token")).await, "sub")
        }
        Path::Introspection => {
            put_an_end_to(app, end, &cell).await;
            let active = async |kind: &str| cell.resource.introspect(cell.tokens.get(kind)).await["active"] == true;
            active("access_token").await | active("refresh_token").await
        }
        _ => brought_a_code(&through_the_browser(app, path, end, &cell, &asked).await),
    }
}

async fn through_the_browser(app: &TestApp, path: Path, end: End, cell: &Cell, asked: &Asked) -> Landing {
    let visitor = &cell.visitor;
    let typed = [("username", cell.dana.username.as_str()), ("password", cell.dana.password.as_str())];
    let before = match path {
        Path::PendingSignIn => Some(asked.clone().with("prompt", "login")),
        Path::PendingConsent => Some(asked.clone().with("prompt", "consent")),
        _ => None,
    };
    if let Some(asked) = before {
        let page = visitor.open(&asked.url()).await.page();
        put_an_end_to(app, end, cell).await;
        let button = if path == Path::PendingConsent { "#allow" } else { "button[type=submit]" };
        return visitor.press(&page, button, &typed).await;
    }
    let pushed = if path == Path::PushedRequest { Some(push(cell, asked).await) } else { None };
    put_an_end_to(app, end, cell).await;
    match (path, pushed) {
        (_, Some(url)) => visitor.open(&url).await,
        (Path::PromptNone, _) => visitor.open(&asked.clone().with("prompt", "none").url()).await,
        _ => visitor.open(&asked.url()).await,
    }
}

async fn push(cell: &Cell, asked: &Asked) -> String {
    let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != "client_id").collect();
    let pushed = read(cell.client.post("/par", &fields)).await.json();
    let pairs = [("client_id", cell.client.id.as_str()), ("request_uri", pushed["request_uri"].as_str().unwrap())];
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}/authorize?{query}", cell.client.issuer)
}

fn has(answer: &Page, member: &str) -> bool {
    assert!(answer.status == 200 || answer.status.is_client_error(), "{} {}", answer.status, answer.body);
    answer.status == 200 && answer.json().get(member).is_some()
}

async fn nothing_works_after(app: TestApp, end: End) {
    for path in PATHS {
        // Whoever was signed out by somebody else may sign in again, with the password.
        let signs_in_again = end == End::SessionEnded && path == Path::PendingSignIn;
        // Whoever is asked anew, and agrees anew, has agreed.
        let agrees_anew = end == End::ConsentWithdrawn && path == Path::PendingConsent;
        let expected = signs_in_again || agrees_anew;
        assert_eq!(still_gives(&app, path, end).await, expected, "{path:?} after {end:?}");
    }
}

async fn nothing_works_for_a_disabled_account(app: TestApp) {
    nothing_works_after(app, End::AccountDisabled).await;
}

async fn nothing_works_after_the_session_was_ended(app: TestApp) {
    nothing_works_after(app, End::SessionEnded).await;
}

async fn nothing_works_for_a_disabled_client(app: TestApp) {
    nothing_works_after(app, End::ClientDisabled).await;
}

async fn nothing_works_at_a_removed_site(app: TestApp) {
    nothing_works_after(app, End::SiteRemoved).await;
}

async fn nothing_works_after_the_approval_has_ended(app: TestApp) {
    nothing_works_after(app, End::Unapproved).await;
}

async fn nothing_works_for_a_closed_account(app: TestApp) {
    nothing_works_after(app, End::AccountClosed).await;
}

async fn nothing_works_for_somebody_who_was_removed(app: TestApp) {
    nothing_works_after(app, End::RemovedFromOrganization).await;
}

async fn nothing_works_for_somebody_whom_an_administrator_disabled(app: TestApp) {
    nothing_works_after(app, End::DisabledByAdministrator).await;
}

async fn nothing_works_for_a_suspended_organization(app: TestApp) {
    nothing_works_after(app, End::OrganizationSuspended).await;
}

async fn nothing_works_after_consent_was_withdrawn(app: TestApp) {
    nothing_works_after(app, End::ConsentWithdrawn).await;
}

async fn everything_works_while_nothing_has_ended(app: TestApp) {
    for path in PATHS {
        assert!(still_gives(&app, path, End::Nothing).await, "{path:?}");
    }
}
