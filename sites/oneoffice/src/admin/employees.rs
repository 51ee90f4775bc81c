//! An employee's record: add, change, disable, delete.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use sample_kit::copy::OrganizationView;
use sample_kit::{Fields, Site, page, page_with, see_other};

use super::{USERS, gone};
use crate::desk::{Admin, Broken, Desk, Frame};
use crate::office::{Employee, ROLES, chosen_roles, is_email, role_warnings};
use crate::password;
use crate::store::{self, Entry};

#[derive(Template)]
#[template(path = "employee.html")]
struct Form<'a> {
    frame: &'a Frame,
    issuer: &'a str,
    /// The record that is changed; `None` for a new one.
    employee: Option<&'a Employee>,
    entry: &'a Entry,
    organizations: Vec<OrganizationView>,
    /// The field and what is wrong with it.
    faults: Vec<(&'static str, String)>,
}

impl Form<'_> {
    fn roles(&self) -> [(&'static str, bool); 3] {
        ROLES.map(|role| (role, self.entry.roles.iter().any(|own| own == role)))
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| *name == field).map(|(_, words)| words.as_str())
    }
}

/// `GET /admin/users/new`; *Save and Add Another* has left the roles in the address.
pub(super) async fn new_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Broken> {
    let query = Fields::of_query(query.as_deref());
    let (roles, _) = chosen_roles(query.all("role"), "", &ROLES);
    let entry = Entry { roles, ..Entry::default() };
    show(&site, &admin.frame, None, &entry, Vec::new()).await
}

async fn show(
    site: &Site,
    frame: &Frame,
    employee: Option<&Employee>,
    entry: &Entry,
    faults: Vec<(&'static str, String)>,
) -> Result<Response, Broken> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let organizations = site.copies.organizations().await?;
    let issuer = &site.settings.issuer;
    Ok(page_with(status, &Form { frame, issuer, employee, entry, organizations, faults }))
}

/// Reads what was typed, and says what is wrong with it.
fn read(fields: &Fields) -> (Entry, Vec<(&'static str, String)>) {
    let (roles, unknown) = chosen_roles(fields.all("role"), fields.get("more_roles"), &ROLES);
    let entry = Entry {
        email: fields.get("email").to_owned(),
        first_name: fields.get("first_name").to_owned(),
        last_name: fields.get("last_name").to_owned(),
        roles,
    };
    let mut faults = Vec::new();
    if !is_email(&entry.email) {
        faults.push(("email", "Enter an email address, such as name@agency.gov.".to_owned()));
    }
    for (field, value, words) in [
        ("first_name", &entry.first_name, "Enter the first name."),
        ("last_name", &entry.last_name, "Enter the last name."),
    ] {
        if value.is_empty() || value.chars().count() > 100 {
            faults.push((field, words.to_owned()));
        }
    }
    if !unknown.is_empty() {
        let known = ROLES.join(", ");
        faults.push(("more_roles", format!("There is no role {}. The roles are {known}.", unknown.join(", "))));
    }
    // The list shows the organizations of ConneX, and lets nobody choose one for an employee.
    if !matches!(fields.get("organization"), "" | "self") {
        let words =
            "An employee belongs to client/self. People of other organizations come with ConneX: see ConneX Sync.";
        faults.push(("organization", words.to_owned()));
    }
    (entry, faults)
}

/// `POST /admin/users/new`
pub(super) async fn create(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    fields: Fields,
) -> Result<Response, Broken> {
    let (entry, mut faults) = read(&fields);
    let password = fields.exact("password");
    if !password.is_empty()
        && let Some(fault) = password::fault(password, password)
    {
        faults.push(("password", fault.to_owned()));
    }
    if !faults.is_empty() {
        return show(&site, &admin.frame, None, &entry, faults).await;
    }
    let hash = match password {
        "" => None,
        password => Some(password::hash(password.to_owned()).await.map_err(|_| Broken)?),
    };
    let Some(id) = store::add(&site.copies, &entry, hash.as_deref()).await? else {
        return show(&site, &admin.frame, None, &entry, vec![taken()]).await;
    };
    let mut notices = vec![
        format!("{} {} was added.", entry.first_name, entry.last_name),
        "The account has no license yet: give it one in the table License.".to_owned(),
    ];
    notices.extend(warnings(&site, &entry).await?);
    desk.say(&admin.employee.id, notices);
    if !fields.has("another") {
        return Ok(see_other(&format!("/admin/users/employee/{id}")));
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(entry.roles.iter().map(|role| ("role", role)));
    Ok(see_other(&format!("/admin/users/new?{}", query.finish())))
}

/// What is unusual about an entry, and still allowed.
async fn warnings(site: &Site, entry: &Entry) -> Result<Vec<String>, Broken> {
    let mut warnings: Vec<String> = role_warnings(&entry.roles).into_iter().map(str::to_owned).collect();
    for person in site.copies.people_with_email(&entry.email).await? {
        warnings.push(format!(
            "{} from ConneX has the same email address. The two accounts stay apart; employees log in with the \
             password of this site.",
            person.display_name()
        ));
    }
    Ok(warnings)
}

fn taken() -> (&'static str, String) {
    ("email", "Another employee has this email address. It is the login, so it must be the only one.".to_owned())
}

/// `GET /admin/users/employee/{id}`
pub(super) async fn edit_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(employee) = store::employee(&site.copies, &id).await? else { return Ok(gone(&site)) };
    show(&site, &admin.frame, Some(&employee), &entry_of(&employee), Vec::new()).await
}

fn entry_of(employee: &Employee) -> Entry {
    Entry {
        email: employee.email.clone(),
        first_name: employee.first_name.clone(),
        last_name: employee.last_name.clone(),
        roles: employee.roles.split(", ").filter(|role| !role.is_empty()).map(str::to_owned).collect(),
    }
}

/// `POST /admin/users/employee/{id}`: *Save*, *Disable User* or *Enable*.
pub(super) async fn save(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Broken> {
    let Some(employee) = store::employee(&site.copies, &id).await? else { return Ok(gone(&site)) };
    let here = format!("/admin/users/employee/{id}");
    if fields.has("disable") || fields.has("enable") {
        let notice = disable(&site, &desk, &admin, &employee, fields.has("disable")).await?;
        desk.say(&admin.employee.id, vec![notice]);
        return Ok(see_other(&here));
    }
    let (entry, mut faults) = read(&fields);
    let is_own = employee.id == admin.employee.id;
    if is_own && !entry.roles.iter().any(|role| role == "Admin") {
        faults.push(("more_roles", "You cannot take the role Admin from yourself.".to_owned()));
    }
    if !faults.is_empty() {
        return show(&site, &admin.frame, Some(&employee), &entry, faults).await;
    }
    if !store::change(&site.copies, &id, &entry).await? {
        return show(&site, &admin.frame, Some(&employee), &entry, vec![taken()]).await;
    }
    let mut notices = vec![format!("{} {} was saved.", entry.first_name, entry.last_name)];
    notices.extend(warnings(&site, &entry).await?);
    desk.say(&admin.employee.id, notices);
    Ok(see_other(&here))
}

async fn disable(
    site: &Site,
    desk: &Desk,
    admin: &Admin,
    employee: &Employee,
    is_disabled: bool,
) -> Result<String, Broken> {
    let name = employee.name();
    if employee.id == admin.employee.id {
        return Ok("You cannot disable your own account.".to_owned());
    }
    if !store::disable(&site.copies, &employee.id, is_disabled).await? {
        return Ok(format!("{name} is the last administrator and stays enabled."));
    }
    if is_disabled {
        desk.close_all(&employee.id);
        return Ok(format!("{name} was disabled and is logged out."));
    }
    Ok(format!("{name} was enabled."))
}

#[derive(Template)]
#[template(path = "delete-employee.html")]
struct Delete<'a> {
    frame: &'a Frame,
    employee: &'a Employee,
}

/// `GET /admin/users/employee/{id}/delete`
pub(super) async fn delete_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(employee) = store::employee(&site.copies, &id).await? else { return Ok(gone(&site)) };
    Ok(page(&Delete { frame: &admin.frame, employee: &employee }))
}

/// `POST /admin/users/employee/{id}/delete`
pub(super) async fn delete(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(employee) = store::employee(&site.copies, &id).await? else { return Ok(gone(&site)) };
    let name = employee.name();
    let notice = if employee.id == admin.employee.id {
        "You cannot delete your own account.".to_owned()
    } else if store::delete(&site.copies, &id).await? {
        desk.close_all(&id);
        format!("{name} was deleted. Documents keep the name.")
    } else {
        format!("{name} is the last administrator and was not deleted.")
    };
    desk.say(&admin.employee.id, vec![notice]);
    Ok(see_other(USERS))
}
