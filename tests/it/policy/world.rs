//! Two organizations with people in every role, and the objects that they have.

use connex::{
    kernel::{AccountId, InvitationId, JoinRequestId, MembershipId, OrganizationId, SessionId, SiteId},
    organizations::{Role as Rank, joining},
    platform::{
        store::Sql,
        web::policy::{Object, Row},
    },
    sites::Family,
};

use crate::support::{
    app::{Person, TestApp},
    http::{Page, Visitor},
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Stranger,
    /// Signed in, in no organization.
    Newcomer,
    /// Signed in, has asked to join ours.
    Asking,
    /// Was a member of ours.
    Removed,
    /// Was a member of ours, whose account an administrator has disabled.
    Disabled,
    Member,
    Administrator,
    Founder,
    /// Founder of the other organization.
    FounderElsewhere,
    /// Operator of the installation, in no organization.
    Operator,
}

impl Role {
    pub const ALL: [Self; 10] = [
        Self::Stranger,
        Self::Newcomer,
        Self::Asking,
        Self::Removed,
        Self::Disabled,
        Self::Member,
        Self::Administrator,
        Self::Founder,
        Self::FounderElsewhere,
        Self::Operator,
    ];
}

/// Whose the object in the path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Our organization's, or the acting person's own.
    Ours,
    /// The other organization's, or another person's.
    Theirs,
    /// An id that nobody has.
    Nobodys,
    /// No id at all.
    Malformed,
}

/// People by role, and two organizations.
pub struct World {
    app: TestApp,
    ours: OrganizationId,
    theirs: OrganizationId,
    /// A site that takes a request and no more, so that nobody waits for its answer.
    site: SiteId,
    people: Vec<(Role, Person)>,
    other: Person,
    usual: tokio::sync::Mutex<Vec<(Role, Visitor)>>,
}

impl World {
    pub async fn new(app: TestApp) -> Self {
        let mut people = Vec::new();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Stranger) {
            let name = format!("{role:?}").to_lowercase();
            people
                .push((role, if role == Role::Operator { app.operator(&name).await } else { app.person(&name).await }));
        }
        let who = |role: Role| people.iter().find(|(one, _)| *one == role).unwrap().1.clone();
        let ours = app.organization("Northline Hauling LLC", &who(Role::Founder)).await;
        let theirs = app.organization("Copperfield Construction Inc.", &who(Role::FounderElsewhere)).await;
        for (role, rank) in [
            (Role::Administrator, Rank::Administrator),
            (Role::Member, Rank::Member),
            (Role::Removed, Rank::Member),
            (Role::Disabled, Rank::Member),
        ] {
            app.add_to(ours, &who(role), rank).await;
        }
        let other = app.person("other").await;
        app.add_to(theirs, &other, Rank::Member).await;
        for (person, organization) in [(who(Role::Asking), ours), (app.person("asking-elsewhere").await, theirs)] {
            let mut unit = app.app.db.write().await.unwrap();
            joining::ask(&mut unit, &app.app.accounts.kit, person.id, organization, None).await.unwrap();
            unit.commit().await.unwrap();
        }
        let (site, _) = app.site(Family::OneGov, "Birch", "https://birch.example", true).await;
        let world = Self { app, ours, theirs, site, people, other, usual: tokio::sync::Mutex::default() };
        for (founder, address) in [(Role::Founder, "new@ours.example"), (Role::FounderElsewhere, "new@theirs.example")]
        {
            world.invite(founder, address).await;
        }
        world.end(Role::Removed, "remove").await;
        world.end(Role::Disabled, "disable").await;
        world
    }

    fn person(&self, role: Role) -> &Person {
        &self.people.iter().find(|(one, _)| *one == role).unwrap().1
    }

    async fn invite(&self, founder: Role, address: &str) {
        let visitor = self.visitor(founder).await;
        let page = visitor.open(&self.app.at("/org/users/add")).await.page();
        let fields = [("given_name", "Priya"), ("family_name", "Raman"), ("email", address), ("role", "member")];
        let page = visitor.press(&page, "#add", &fields).await.page();
        assert!(page.has("#notice"), "{}", page.text());
    }

    /// Lets the founder end somebody's place: `remove` on its own page, `disable` on the person's.
    async fn end(&self, role: Role, act: &str) {
        let visitor = self.visitor(Role::Founder).await;
        let membership = self.membership_of(self.person(role).id).await;
        let page = if act == "remove" { "/remove" } else { "" };
        let page = visitor.open(&self.app.at(&format!("/org/users/{membership}{page}"))).await.page();
        let page = visitor.press(&page, &format!("button[value={act}]"), &[]).await.page();
        assert!(page.has("#notice"), "{act}: {}", page.text());
    }

    /// A browser in which the person of that role has signed in, as far as they can.
    async fn visitor(&self, role: Role) -> Visitor {
        let visitor = Visitor::new();
        if role != Role::Stranger {
            let page = visitor.open(&self.app.at("/login")).await.page();
            let person = self.person(role);
            let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
            visitor.press(&page, "button[type=submit]", &fields).await.page();
        }
        visitor
    }

    /// The browser that the person of that role uses for what ends no session.
    async fn usual(&self, role: Role) -> Visitor {
        let mut usual = self.usual.lock().await;
        if let Some((_, visitor)) = usual.iter().find(|(one, _)| *one == role) {
            return visitor.clone();
        }
        let visitor = self.visitor(role).await;
        usual.push((role, visitor.clone()));
        visitor
    }

    async fn proof(&self, visitor: &Visitor) -> String {
        let page = visitor.open(&self.app.at("/logout")).await.page();
        match page.attribute("input[name=proof]", "value") {
            proof if proof.is_empty() => {
                visitor.open(&self.app.at("/login")).await.page().attribute("input[name=proof]", "value")
            }
            proof => proof,
        }
    }

    /// Asks for a route as a person of that role, from a page of ours or not.
    pub async fn ask(&self, row: &Row, role: Role, whose: Whose, with_proof: bool) -> Page {
        // A post that gets through may end the session, so it has one of its own.
        let may_act = row.method == "POST" && whose == Whose::Ours && with_proof;
        let visitor = if may_act { self.visitor(role).await } else { self.usual(role).await };
        let mut path = row.path.to_owned();
        if let (Some(object), Some((start, rest))) = (row.object, row.path.split_once('{')) {
            let id = self.id(object, role, whose).await;
            path = format!("{start}{id}{}", rest.split_once('}').map_or("", |(_, end)| end));
        }
        let address = self.app.at(&path);
        if row.method == "GET" {
            return visitor.get(&address).await;
        }
        let proof = if with_proof { self.proof(&visitor).await } else { "none".to_owned() };
        let page = visitor.post(&address, &[("proof", &proof)]).await;
        if may_act {
            // It may have ended all sessions of this person.
            self.usual.lock().await.retain(|(one, _)| *one != role);
        }
        page
    }

    async fn id(&self, object: Object, role: Role, whose: Whose) -> String {
        let organization = if whose == Whose::Theirs { self.theirs } else { self.ours };
        let nobodys = whose == Whose::Nobodys;
        let (now, entropy) = (self.app.now(), self.app.app.db.entropy().clone());
        match object {
            _ if whose == Whose::Malformed => "no-id".to_owned(),
            Object::Site if nobodys => SiteId::new(now, &entropy).to_string(),
            Object::Site => self.site.to_string(),
            Object::Session if nobodys => SessionId::new(now, &entropy).to_string(),
            Object::Membership if nobodys => MembershipId::new(now, &entropy).to_string(),
            Object::Invitation if nobodys => InvitationId::new(now, &entropy).to_string(),
            Object::JoinRequest if nobodys => JoinRequestId::new(now, &entropy).to_string(),
            Object::Session => {
                let own = if role == Role::Stranger { &self.other } else { self.person(role) };
                let owner = if whose == Whose::Theirs { self.visitor_of_other().await } else { own.id };
                self.newest::<SessionId>(
                    "select id from sessions where account_id = $1 order by id desc limit 1",
                    owner,
                )
                .await
            }
            Object::Membership => {
                let whose = if organization == self.ours { self.person(Role::Member) } else { &self.other };
                self.membership_of(whose.id).await
            }
            Object::Invitation => {
                self.newest::<InvitationId>(
                    "select id from invitations where organization_id = $1 limit 1",
                    organization,
                )
                .await
            }
            Object::JoinRequest => {
                self.newest::<JoinRequestId>(
                    "select id from join_requests where organization_id = $1 limit 1",
                    organization,
                )
                .await
            }
            Object::Client | Object::Link | Object::Mail | Object::OfSite => "nobody-knows-it".to_owned(),
        }
    }

    async fn visitor_of_other(&self) -> AccountId {
        self.app.sign_in(&Visitor::new(), &self.other).await;
        self.other.id
    }

    async fn membership_of(&self, account: AccountId) -> String {
        self.newest::<MembershipId>(
            "select id from memberships where account_id = $1 order by id desc limit 1",
            account,
        )
        .await
    }

    async fn newest<I>(&self, sql: &'static str, of: impl connex::platform::store::Bind<'static>) -> String
    where
        I: connex::platform::store::Scalar + std::fmt::Display,
    {
        let mut reader = self.app.app.db.read().await.unwrap();
        let found = reader.sql(sql).bind(of).scalar::<I>().await.unwrap();
        // Whoever has never signed in has no session to name.
        found.map_or_else(|| "none".to_owned(), |id| id.to_string())
    }

    /// How much has been changed so far, sign-ins left out.
    pub async fn changes(&self) -> i64 {
        self.app.count("select count(*) from audit_entries where fact not like 'accounts.sign%'").await
    }
}
