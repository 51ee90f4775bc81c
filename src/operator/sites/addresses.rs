//! Name, addresses and rules of a site (X83). `GET|POST /ops/sites/{id}/addresses`

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::site;
use crate::accounts::Accounts;
use crate::kernel::{Fault, FieldErrors};
use crate::oidc::clients::{self, Amendment, ClientError};
use crate::operator::{
    registration::{self, Registration},
    role::Desk,
};
use crate::platform::{
    store::Unit,
    web::{Form, Page, PageError, Shell, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;
use crate::sites::{
    Site, SiteError,
    details::{self, Details},
};

#[derive(Template)]
#[template(path = "ops/addresses.html")]
struct Addresses {
    shell: Shell,
    site: Site,
    typed: Typed,
    errors: FieldErrors,
}

/// The fields as they were typed, addresses one a line.
struct Typed {
    name: String,
    url: String,
    county: String,
    state: String,
    redirect_uris: String,
    post_logout_redirect_uris: String,
    backchannel_logout_uri: String,
    scim_url: String,
    per_second: String,
    contact: String,
    require_approval: bool,
}

impl Typed {
    fn of(fields: &Params) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self {
            name: field("site_name"),
            url: field("url"),
            county: field("county"),
            state: field("state"),
            redirect_uris: field("redirect_uris"),
            post_logout_redirect_uris: field("post_logout_redirect_uris"),
            backchannel_logout_uri: field("backchannel_logout_uri"),
            scim_url: field("scim_url"),
            per_second: field("per_second"),
            contact: field("contact"),
            require_approval: fields.get("require_approval") == Some("yes"),
        }
    }

    fn now(details: &Details, registration: &Registration) -> Self {
        Self {
            name: details.name.to_string(),
            url: details.url.to_string(),
            county: details.county.as_ref().map(ToString::to_string).unwrap_or_default(),
            state: details.state.as_ref().map(ToString::to_string).unwrap_or_default(),
            redirect_uris: registration.redirect_uris.join("\n"),
            post_logout_redirect_uris: registration.post_logout_redirect_uris.join("\n"),
            backchannel_logout_uri: registration.backchannel_logout_uri.clone().unwrap_or_default(),
            scim_url: details.scim_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            per_second: details.per_second.to_string(),
            contact: details.contact.as_ref().map(ToString::to_string).unwrap_or_default(),
            require_approval: details.require_approval,
        }
    }

    fn check(&self, t: Words) -> Result<(Details, Amendment), FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.name.parse().map_err(|_| errors.add("site_name", t.ops_name_wrong()));
        let url = self.url.trim().parse().map_err(|_| errors.add("url", t.ops_url_wrong()));
        let redirect_uris = lines(&self.redirect_uris);
        if redirect_uris.is_empty() {
            errors.add("redirect_uris", t.ops_redirect_missing());
        }
        let scim_url = optional(&self.scim_url).map(|text| text.parse()).transpose();
        let scim_url = scim_url.map_err(|_| errors.add("scim_url", t.ops_url_wrong()));
        let per_second = self.per_second.trim().parse().map_err(|_| errors.add("per_second", t.ops_pace_wrong()));
        let contact = optional(&self.contact).map(|text| text.parse()).transpose();
        let contact = contact.map_err(|_| errors.add("contact", t.org_email_wrong()));
        let county = optional(&self.county).map(|text| text.parse()).transpose();
        let county = county.map_err(|_| errors.add("county", t.ops_county_wrong()));
        let state = optional(&self.state).map(|text| text.parse()).transpose();
        let state = state.map_err(|_| errors.add("state", t.org_state_wrong()));
        let (Ok(name), Ok(url), Ok(scim_url), Ok(per_second), Ok(contact), Ok(county), Ok(state), true) =
            (name, url, scim_url, per_second, contact, county, state, errors.is_empty())
        else {
            return Err(errors);
        };
        let require_approval = self.require_approval;
        let details = Details { name, url, county, state, scim_url, require_approval, per_second, contact };
        let amendment = Amendment {
            name: details.name.to_string(),
            home: details.url.join("/"),
            redirect_uris,
            post_logout_redirect_uris: lines(&self.post_logout_redirect_uris),
            backchannel_logout_uri: optional(&self.backchannel_logout_uri),
        };
        match amendment.check() {
            Ok(()) => Ok((details, amendment)),
            // The standard's own words say which address it is, and what is wrong with it.
            Err(why) => Err(FieldErrors::one("redirect_uris", t.ops_addresses_wrong(why))),
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn optional(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let site = site(&mut reader, &id).await?;
    let registered = details::of(&mut reader, site.id).await?.ok_or_else(PageError::not_found)?;
    let registration = registration::of_site(&mut reader, accounts.kit.issuer(), &site).await?;
    let registration = registration.ok_or_else(PageError::not_found)?;
    let typed = Typed::now(&registered.details, &registration);
    Ok(draw(desk.shell(&accounts), site, typed, FieldErrors::default()))
}

fn draw(shell: Shell, site: Site, typed: Typed, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(&shell.clone(), Addresses { shell, site, typed, errors }).status(status).into_response()
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (t, typed) = (desk.words(&accounts), Typed::of(&fields));
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, &id).await?;
    let (details, amendment) = match typed.check(t) {
        Ok(new) => new,
        Err(errors) => return Ok(draw(desk.shell(&accounts), site, typed, errors)),
    };
    let notice = t.ops_changed(&details.name);
    if !change(&mut unit, &desk, &site, details, amendment).await? {
        let errors = FieldErrors::one("site_name", t.ops_changed_meanwhile());
        return Ok(draw(desk.shell(&accounts), site, typed, errors));
    }
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, &format!("/ops/sites/{}", site.id), &notice))
}

/// Changes the site and its client together. `false` when somebody else did at the same moment: drop
/// the unit then.
async fn change(
    unit: &mut Unit,
    desk: &Desk,
    site: &Site,
    details: Details,
    amendment: Amendment,
) -> Result<bool, Fault> {
    match details::change(unit, &desk.actor(), site.id, details).await {
        Ok(()) => {}
        Err(SiteError::Fault(fault)) => return Err(fault),
        Err(_) => return Ok(false),
    }
    for client_id in clients::ids_of_site(unit, site.id).await? {
        match clients::amend(unit, &desk.actor(), &client_id, amendment.clone()).await {
            Ok(()) => {}
            Err(ClientError::Fault(fault)) => return Err(fault),
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
