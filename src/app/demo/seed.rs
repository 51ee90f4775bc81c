//! Filling the demo: everything in one unit of work, so that it is there whole or not at all.

use std::collections::BTreeMap;

use super::{
    folder::{self, Folder},
    people::{GROUPS, Group, PASSWORD, PERSONAS, Persona, filler},
    sites::{self, Registered},
};
use crate::accounts::{
    self,
    open::{self, NewAccount},
};
use crate::app::App;
use crate::audit::Actor;
use crate::kernel::{AccountId, Doing, Fault, Language, OrganizationId, SiteId};
use crate::operator::cli::CliError;
use crate::organizations::{self, Profile, Role};
use crate::platform::{
    hash::{Password, PasswordHash},
    store::Unit,
};
use crate::protocol::oidc::standard_claims::StandardClaims;

/// Fills the database at the first start. Returns the registrations of the sites.
///
/// # Errors
/// When the database refuses it, or the folder was meddled with.
pub(super) async fn once(app: &App, folder: &Folder) -> Result<Vec<Registered>, CliError> {
    if is_done(app).await? {
        let kept = folder.read(folder::SITES)?;
        return kept.ok_or_else(|| CliError::refused("the sites' secrets are gone; begin afresh with --reset"));
    }
    let password = Password::parse(PASSWORD).doing("hash the password of the demo")?;
    let hash = app.accounts.hasher.hash(password, app.db.entropy().bytes()).await.map_err(Fault::from)?;
    let mut unit = app.db.write().await?;
    let registered = sites::register(&mut unit, &app.config.issuer, app.config.http.listen).await?;
    let mut seeding = Seeding::new(unit, &registered, hash)?;
    for group in &GROUPS {
        seeding.group(group).await?;
    }
    for persona in PERSONAS.iter().filter(|persona| persona.place.is_none()) {
        seeding.persona(persona).await?;
    }
    // The secrets are on the disk before the database knows the sites: the other way round, a crash
    // in between would lose them for good.
    folder.write(folder::SITES, &registered)?;
    seeding.unit.commit().await?;
    Ok(registered)
}

async fn is_done(app: &App) -> Result<bool, Fault> {
    let mut reader = app.db.read().await?;
    let [first, ..] = &PERSONAS;
    Ok(accounts::find(&mut reader, first.username).await?.is_some())
}

/// The work at hand.
struct Seeding {
    unit: Unit,
    sites: BTreeMap<String, SiteId>,
    password: PasswordHash,
    fillers: usize,
}

impl Seeding {
    fn new(unit: Unit, registered: &[Registered], password: PasswordHash) -> Result<Self, Fault> {
        let id = |site: &Registered| site.text("site_id").parse().map(|id| (site.text("name").to_owned(), id));
        let sites = registered.iter().map(id).collect::<Result<_, _>>().doing("read the id of a sample site")?;
        Ok(Self { unit, sites, password, fillers: 0 })
    }

    /// An organization, its people, and what agencies say of it.
    async fn group(&mut self, group: &Group) -> Result<(), CliError> {
        let personas = || {
            PERSONAS
                .iter()
                .filter_map(|it| it.place.filter(|(name, _)| *name == group.name).map(|(_, role)| (it, role)))
        };
        let founder = match group.founder {
            Some(name) => self.plain(name, group.domain).await?,
            None => match personas().find(|(_, role)| *role == Role::Founder) {
                Some((persona, _)) => self.persona(persona).await?,
                None => return Err(Fault::new("find a founder for the demo").into()),
            },
        };
        let organization = self.found(group, founder).await?;
        for (persona, role) in personas().filter(|(_, role)| *role != Role::Founder) {
            let account = self.persona(persona).await?;
            organizations::add_user(&mut self.unit, &Actor::Program, organization, account, role).await?;
        }
        self.fill(group, organization).await?;
        self.stand(group, organization, founder).await
    }

    async fn found(&mut self, group: &Group, founder: AccountId) -> Result<OrganizationId, CliError> {
        let new = Profile {
            city: Some(group.city.parse().doing("place an organization of the demo")?),
            state: Some(group.state.parse().doing("place an organization of the demo")?),
            ..Profile::named(group.name.parse().doing("name an organization of the demo")?)
        };
        Ok(organizations::found(&mut self.unit, &Actor::Program, new, founder).await?)
    }

    /// People without a password.
    async fn fill(&mut self, group: &Group, organization: OrganizationId) -> Result<(), CliError> {
        let (administrators, members) = group.further;
        let roles = [(Role::Administrator, administrators), (Role::Member, members)];
        for role in roles.into_iter().flat_map(|(role, count)| std::iter::repeat_n(role, count)) {
            let name = filler(self.fillers);
            self.fillers += 1;
            let account = self.plain(name, group.domain).await?;
            organizations::add_user(&mut self.unit, &Actor::Program, organization, account, role).await?;
        }
        Ok(())
    }

    /// How the organization stands to the sites.
    async fn stand(&mut self, group: &Group, organization: OrganizationId, founder: AccountId) -> Result<(), CliError> {
        for (site, role) in group.approved_at {
            let (site, roles) = (self.site(site)?, vec![(*role).to_owned()]);
            crate::sites::approve(&mut self.unit, &Actor::Program, site, organization, roles).await?;
        }
        for site in group.linked_at {
            let site = self.site(site)?;
            crate::sites::link(&mut self.unit, site, organization, founder).await?;
        }
        Ok(())
    }

    fn site(&self, name: &str) -> Result<SiteId, Fault> {
        self.sites.get(name).copied().ok_or_else(|| Fault::new("find a sample site"))
    }

    async fn persona(&mut self, persona: &Persona) -> Result<AccountId, CliError> {
        let new = NewAccount {
            email_is_verified: persona.email_is_verified,
            password_hash: Some(self.password.clone()),
            language: Language::default(),
            ..account((persona.given_name, persona.family_name), persona.username, persona.email)?
        };
        let id = open::open(&mut self.unit, &Actor::Program, new).await?;
        if persona.is_disabled {
            accounts::disable(&mut self.unit, &Actor::Program, id, None).await?;
        }
        Ok(id)
    }

    /// Somebody who is there, and never signs in.
    async fn plain(&mut self, name: (&str, &str), domain: &str) -> Result<AccountId, CliError> {
        let email = format!("{}.{}@{domain}", name.0, name.1).to_lowercase();
        Ok(open::open(&mut self.unit, &Actor::Program, account(name, &email, &email)?).await?)
    }
}

fn account(name: (&str, &str), username: &str, email: &str) -> Result<NewAccount, Fault> {
    let doing = "name somebody of the demo";
    Ok(NewAccount {
        username: username.parse().doing(doing)?,
        email: email.parse().doing(doing)?,
        email_is_verified: true,
        given_name: name.0.parse().doing(doing)?,
        family_name: name.1.parse().doing(doing)?,
        claims: StandardClaims::default(),
        password_hash: None,
        language: Language::default(),
    })
}
