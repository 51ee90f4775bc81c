//! Records: first the zone, then the table, then the list with its search. The address keeps all three.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use sample_kit::copy::PersonView;
use sample_kit::{Fields, Site, page};

use crate::desk::{Admin, Broken, Frame};
use crate::office::{APPLICATIONS, Employee, LICENSES};
use crate::store::{self, License};

/// The zones with their tables.
const ZONES: [(&str, &[&str]); 2] = [("Core", &["User", "License"]), ("OneOffice", &["Profile"])];
/// Rows of one page.
const PAGE: i64 = 50;

/// What the page shows below the two selects.
enum Content {
    /// Nothing is chosen yet.
    Nothing,
    /// The users.
    Users { employees: Vec<Employee>, guests: Vec<PersonView>, count: i64 },
    /// The licenses, the employees who could have one, and how many are left.
    Licenses { licenses: Vec<License>, employees: Vec<Employee>, left: i64 },
    /// What the site keeps of how people can be reached.
    Profiles { guests: Vec<PersonView>, count: i64 },
}

#[derive(Template)]
#[template(path = "records.html")]
struct Records<'a> {
    frame: &'a Frame,
    zone: &'a str,
    table: &'a str,
    search: &'a str,
    tables: &'static [&'static str],
    content: Content,
    page: i64,
    has_next: bool,
}

impl Records<'_> {
    fn zones(&self) -> [&'static str; 2] {
        ZONES.map(|(zone, _)| zone)
    }

    fn applications(&self) -> [&'static str; 1] {
        APPLICATIONS
    }

    /// The address of a page of this list.
    fn href(&self, page: i64) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("zone", self.zone)
            .append_pair("table", self.table)
            .append_pair("q", self.search)
            .append_pair("page", &page.to_string())
            .finish();
        format!("/admin/records?{query}")
    }
}

/// `GET /admin/records`
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    admin: Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Broken> {
    let query = Fields::of_query(query.as_deref());
    let (zone, tables) = ZONES.into_iter().find(|(zone, _)| *zone == query.get("zone")).unwrap_or(("", &[]));
    let table = tables.iter().find(|table| **table == query.get("table")).copied().unwrap_or_default();
    let search = query.get("q");
    let number = query.get("page").parse::<i64>().ok().filter(|number| (1..10_000).contains(number)).unwrap_or(1);
    let (copies, offset) = (&site.copies, (number - 1) * PAGE);

    let mut has_next = false;
    let content = match table {
        "User" => {
            let all = store::employees(copies, search).await?;
            let guests = copies.count_people(search).await?;
            has_next = guests > offset + PAGE;
            Content::Users {
                count: guests + i64::try_from(all.len()).unwrap_or_default(),
                // The agency's own come first, on the first page.
                employees: if number == 1 { all } else { Vec::new() },
                guests: copies.people(search, offset, PAGE).await?,
            }
        }
        "License" => {
            let licenses = store::licenses(copies).await?;
            let left = LICENSES - i64::try_from(licenses.len()).unwrap_or_default();
            Content::Licenses { licenses, employees: store::employees(copies, "").await?, left }
        }
        "Profile" => {
            let count = copies.count_people(search).await?;
            has_next = count > offset + PAGE;
            Content::Profiles { guests: copies.people(search, offset, PAGE).await?, count }
        }
        _ => Content::Nothing,
    };
    Ok(page(&Records { frame: &admin.frame, zone, table, search, tables, content, page: number, has_next }))
}
