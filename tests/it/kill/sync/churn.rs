//! People and an agency who change things all the time, and write down what they were told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use connex::{
    kernel::{AccountId, JoinRequestId, MembershipId, OrganizationId, SiteId},
    organizations::joining,
    platform::{
        store::{Db, Sql},
        web::Kit,
    },
};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::json;

use super::world::turn;
use crate::support::{
    client::{TestClient, random},
    http::Visitor,
};

/// What somebody changes again and again.
#[derive(Debug)]
pub enum Deed {
    /// A person: their own name.
    Name(AccountId),
    /// An office manager: the name of the organization.
    Title(OrganizationId),
    /// An office manager: whether a member may sign in.
    Access(MembershipId),
    /// An office manager: a member's role.
    Role(MembershipId),
    /// An office manager: whether a person is a member at all. The person asks whenever they are not.
    Place(OrganizationId, AccountId),
    /// The agency, by the site's own token: its word on an organization.
    Word(Box<TestClient>, SiteId, OrganizationId),
}

/// A browser that is signed in, with the proof that its forms carry.
#[derive(Clone)]
pub struct Browser {
    pub visitor: Visitor,
    pub proof: String,
}

/// What all of them need.
#[derive(Clone)]
pub struct Tools {
    pub issuer: String,
    pub db: Db,
    pub kit: Kit,
    pub machine: Client,
}

/// Somebody who changes one thing, over and over.
pub struct Writer {
    deed: Deed,
    browser: Browser,
    tools: Tools,
    token: String,
    count: usize,
    /// What may stand there by what was answered: one value when the last change was acknowledged, and one
    /// more for each change since that was sent and not answered.
    possible: Vec<String>,
    pub acknowledged: usize,
}

impl Writer {
    pub async fn new(tools: &Tools, browser: &Browser, deed: Deed) -> Self {
        let (tools, browser) = (tools.clone(), browser.clone());
        let mut writer =
            Self { deed, browser, tools, token: String::new(), count: 0, possible: Vec::new(), acknowledged: 0 };
        writer.possible = vec![writer.stands().await];
        writer
    }

    /// Goes on until told to stop, whoever is killed meanwhile.
    pub async fn go_on(mut self, stop: Arc<AtomicBool>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            self.act().await;
            tokio::time::sleep(Duration::from_millis(rand::random_range(15..70))).await;
        }
        self
    }

    /// One change.
    pub async fn act(&mut self) {
        let Some((value, request)) = self.next().await else { return };
        self.possible.push(value);
        match request.send().await {
            // It never left.
            Err(error) if error.is_connect() => drop(self.possible.pop()),
            // Nobody knows whether it was done.
            Err(_) => {}
            Ok(answer) => match answer.status() {
                StatusCode::SEE_OTHER | StatusCode::OK => {
                    self.possible.drain(..self.possible.len() - 1);
                    self.acknowledged += 1;
                }
                StatusCode::SERVICE_UNAVAILABLE => drop(self.possible.pop()),
                status => panic!("{:?}: {status}: {:?}", self.deed, answer.text().await),
            },
        }
    }

    /// What is asked for next: the value, and the request.
    async fn next(&mut self) -> Option<(String, RequestBuilder)> {
        self.count += 1;
        let name = format!("N{}", self.count);
        let turn = |one: &str, other: &str| match self.possible.last() {
            Some(last) if last == one => other.to_owned(),
            _ => one.to_owned(),
        };
        Some(match &self.deed {
            Deed::Name(_) => {
                let fields = [("given_name", name.as_str()), ("family_name", "Whitfield")];
                (name.clone(), self.form("/account/details", &fields))
            }
            Deed::Title(_) => (name.clone(), self.form("/org/edit", &title(&name))),
            Deed::Access(member) => {
                let value = turn("disabled", "enabled");
                let act = if value == "disabled" { "disable" } else { "enable" };
                (value, self.form(&format!("/org/users/{member}"), &[("act", act)]))
            }
            Deed::Role(member) => {
                let value = turn("administrator", "member");
                let fields = [("act", "role"), ("role", value.as_str())];
                let form = self.form(&format!("/org/users/{member}"), &fields);
                (value, form)
            }
            Deed::Place(organization, account) => self.place(*organization, *account).await,
            Deed::Word(client, _, organization) => {
                if self.token.is_empty() {
                    self.token = token(client).await?;
                }
                self.word(*organization)
            }
        })
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut filled = vec![("proof", self.browser.proof.as_str())];
        filled.extend_from_slice(fields);
        self.browser.visitor.request(Method::POST, &format!("{}{path}", self.tools.issuer)).form(&filled)
    }

    /// Out with whoever is in. Whoever is out asks, as the sign-up does, and is accepted.
    async fn place(&self, organization: OrganizationId, account: AccountId) -> (String, RequestBuilder) {
        if let Some(member) = self.membership(organization, account).await {
            return ("out".into(), self.form(&format!("/org/users/{member}/remove"), &[("act", "remove")]));
        }
        let mut unit = turn(&self.tools.db).await;
        if joining::ask(&mut unit, &self.tools.kit, account, organization, None).await.is_ok() {
            unit.commit().await.unwrap();
        }
        let mut reader = self.tools.db.read().await.unwrap();
        let sql =
            "select id from join_requests where account_id = $1 and organization_id = $2 order by id desc limit 1";
        let id: Option<JoinRequestId> = reader.sql(sql).bind(account).bind(organization).scalar().await.unwrap();
        let fields = [("decision", "accept"), ("role", "member")];
        ("in".into(), self.form(&format!("/org/requests/{}", id.unwrap()), &fields))
    }

    async fn membership(&self, organization: OrganizationId, account: AccountId) -> Option<MembershipId> {
        let sql = "select id from memberships where organization_id = $1 and account_id = $2 and ended_at is null";
        self.tools.db.read().await.unwrap().sql(sql).bind(organization).bind(account).scalar().await.unwrap()
    }

    fn word(&self, organization: OrganizationId) -> (String, RequestBuilder) {
        let value = ["approved", "suspended", "approved", "denied"][rand::random_range(0..4)];
        let roles: &[&str] = if value == "approved" { &["bidder"] } else { &[] };
        let url = format!("{}/api/v1/organizations/{organization}/approval", self.tools.issuer);
        let request = self.tools.machine.put(url).bearer_auth(&self.token).header("idempotency-key", random());
        (value.to_owned(), request.json(&json!({ "status": value, "roles": roles })))
    }

    /// What stands in the tables of ConneX now.
    async fn stands(&self) -> String {
        let mut reader = self.tools.db.read().await.unwrap();
        let statement = match &self.deed {
            Deed::Name(account) => reader.sql("select given_name from accounts where id = $1").bind(*account),
            Deed::Title(organization) => reader.sql("select name from organizations where id = $1").bind(*organization),
            Deed::Access(member) => reader
                .sql("select case when disabled_at is null then 'enabled' else 'disabled' end from memberships where id = $1")
                .bind(*member),
            Deed::Role(member) => reader.sql("select role from memberships where id = $1").bind(*member),
            Deed::Place(organization, account) => {
                drop(reader);
                return if self.membership(*organization, *account).await.is_some() { "in" } else { "out" }.to_owned();
            }
            Deed::Word(_, site, organization) => reader
                .sql("select status from site_approvals where site_id = $1 and organization_id = $2")
                .bind(*site)
                .bind(*organization),
        };
        statement.scalar().await.unwrap().unwrap_or_default()
    }

    /// Nothing that was acknowledged is lost, and nothing came to be that nobody asked for.
    pub async fn assert_word_is_kept(&mut self, round: usize) {
        let stands = self.stands().await;
        let (deed, possible) = (&self.deed, &self.possible);
        assert!(possible.contains(&stands), "round {round}: {deed:?}: {stands} stands there in place of {possible:?}");
        self.possible = vec![stands];
        // It is good for some minutes.
        self.token.clear();
    }
}

fn title(name: &str) -> [(&'static str, &str); 7] {
    [
        ("organization", name),
        ("email", "office@northline.example"),
        ("street", "1 Mill Road"),
        ("city", "Brainerd"),
        ("state", "MN"),
        ("postal_code", "56401"),
        ("phone", ""),
    ]
}

/// A token of the site's own, if somebody answers.
async fn token(client: &TestClient) -> Option<String> {
    let request = client.post("/token", &[("grant_type", "client_credentials"), ("scope", "sync")]);
    let answer: serde_json::Value = request.send().await.ok()?.json().await.ok()?;
    answer["access_token"].as_str().map(str::to_owned)
}
