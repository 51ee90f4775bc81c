//! Filling the demo at its first start: sites, organizations and their people.

use std::collections::BTreeMap;

use super::{
    folder::{self, Folder},
    groups::{GROUPS, Group},
    past::Past,
    people::{DANA, OMAR, PASSWORD, PERSONAS, Persona, filler},
    sites::{self, Registered},
    story,
};
use crate::accounts::{
    self,
    open::{self, NewAccount},
};
use crate::app::{App, Surroundings};
use crate::audit::Actor;
use crate::kernel::{AccountId, Doing, Fault, Language, Lifetime, OrganizationId, SiteId};
use crate::operator::{cli::CliError, role};
use crate::organizations::{self, Profile, Role};
use crate::platform::{
    config::Config,
    hash::{Password, PasswordHash},
    store::Unit,
};
use crate::protocol::oidc::standard_claims::StandardClaims;
use crate::sites::approvals::{self, By, Said};

/// Opens the demo, and fills it at its first start. Returns the registrations of the sites, too.
///
/// # Errors
/// When the database refuses it, or the folder was meddled with.
pub(super) async fn open(config: Config, folder: &Folder) -> Result<(App, Vec<Registered>), CliError> {
    if let Some(registered) = folder.read(folder::SITES)? {
        let app = App::open(config, Surroundings::default()).await?;
        return match has_people(&app).await? {
            true => Ok((app, registered)),
            false => Err(CliError::refused("the database of the demo is gone; begin afresh with --reset")),
        };
    }
    let mut past = Past::begin();
    let app = App::open(config, past.surroundings()).await?;
    if has_people(&app).await? {
        return Err(CliError::refused("the demo was not filled to its end; begin afresh with --reset"));
    }
    let registered = fill(&app, &mut past).await?;
    past.pass_until(Lifetime::ZERO);
    // Last of all: where the registrations are, the demo is whole.
    folder.write(folder::SITES, &registered)?;
    Ok((app, registered))
}

async fn has_people(app: &App) -> Result<bool, Fault> {
    Ok(accounts::find(&mut app.db.read().await?, DANA).await?.is_some())
}

async fn fill(app: &App, past: &mut Past) -> Result<Vec<Registered>, CliError> {
    let password = Password::parse(PASSWORD).doing("hash the password of the demo")?;
    let hash = app.accounts.hasher.hash(password, app.db.entropy().bytes()).await.map_err(Fault::from)?;
    let mut unit = app.db.write().await?;
    let registered = sites::register(&mut unit, &app.config.issuer, app.config.http.listen).await?;
    let mut seeding = Seeding::new(unit, &registered, hash.clone())?;
    for group in &GROUPS {
        seeding.group(group).await?;
    }
    let omar = seeding.persona(&OMAR).await?;
    role::appoint(&mut seeding.unit, &Actor::Program, omar).await?;
    seeding.unit.commit().await?;
    story::tell(app, past, hash).await?;
    Ok(registered)
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
        let profile = profile(group)?;
        let organization = organizations::found(&mut self.unit, &Actor::Program, profile, founder).await?;
        for (persona, role) in personas().filter(|(_, role)| *role != Role::Founder) {
            let account = self.persona(persona).await?;
            organizations::add_user(&mut self.unit, &Actor::Program, organization, account, role).await?;
        }
        self.fill(group, organization).await?;
        self.stand(group, organization, founder).await
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
        for site in group.asked_at {
            let at = (self.site(site)?, organization);
            approvals::request(&mut self.unit, By::from(&Actor::Person(founder)), at).await?;
        }
        for (site, reason) in group.blocked_at {
            let at = (self.site(site)?, organization);
            let said = Said { reason: Some(reason.parse().doing("give a reason in the demo")?) };
            approvals::deny(&mut self.unit, By::from(&Actor::Program), at, said).await?;
        }
        Ok(())
    }

    fn site(&self, name: &str) -> Result<SiteId, Fault> {
        self.sites.get(name).copied().ok_or_else(|| Fault::new("find a sample site"))
    }

    async fn persona(&mut self, persona: &Persona) -> Result<AccountId, Fault> {
        open_for(&mut self.unit, persona, self.password.clone()).await
    }

    /// Somebody who is there, and never signs in.
    async fn plain(&mut self, name: (&str, &str), domain: &str) -> Result<AccountId, CliError> {
        let email = format!("{}.{}@{domain}", name.0, name.1).to_lowercase();
        Ok(open::open(&mut self.unit, &Actor::Program, account(name, &email)?).await?)
    }
}

/// What an organization says of itself.
fn profile(group: &Group) -> Result<Profile, Fault> {
    let doing = "describe an organization of the demo";
    let (street, city, state, postal_code) = group.address;
    Ok(Profile {
        name: group.name.parse().doing(doing)?,
        email: Some(format!("office@{}", group.domain).parse().doing(doing)?),
        street: Some(street.parse().doing(doing)?),
        city: Some(city.parse().doing(doing)?),
        state: Some(state.parse().doing(doing)?),
        postal_code: Some(postal_code.parse().doing(doing)?),
        phone: Some(group.phone.parse().doing(doing)?),
    })
}

/// Opens the account of somebody who signs in.
pub(super) async fn open_for(unit: &mut Unit, persona: &Persona, password: PasswordHash) -> Result<AccountId, Fault> {
    let name = (persona.given_name, persona.family_name);
    let known = account(name, persona.username)?;
    let new = NewAccount { password_hash: Some(password), language: persona.language, ..known };
    open::open(unit, &Actor::Program, new).await.doing("open an account of the demo")
}

/// An account whose user ID is its address.
fn account((given_name, family_name): (&str, &str), email: &str) -> Result<NewAccount, Fault> {
    let doing = "name somebody of the demo";
    Ok(NewAccount {
        username: email.parse().doing(doing)?,
        email: email.parse().doing(doing)?,
        email_is_verified: true,
        given_name: given_name.parse().doing(doing)?,
        family_name: family_name.parse().doing(doing)?,
        claims: StandardClaims::default(),
        password_hash: None,
        language: Language::default(),
    })
}
