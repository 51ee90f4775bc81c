//! Employees: an administrator adds, licenses, disables and deletes them; they choose their own passwords.

use crate::office::{Browser, Office, PASSWORD};
use crate::scim::user;

const NEW: [(&str, &str); 6] = [
    ("email", "ann@birch.example"),
    ("first_name", "Ann"),
    ("last_name", "Lee"),
    ("organization", "self"),
    ("role", "OneOffice"),
    ("role", "OneOffice-legacy"),
];

fn with<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let is_changed = |name: &str| more.iter().any(|(other, _)| *other == name);
    NEW.iter().copied().filter(|(name, _)| !is_changed(name)).chain(more.iter().copied()).collect()
}

async fn license(gloria: &Browser, name: &str) {
    let record = gloria.record(name).await;
    let id = record.rsplit('/').next().unwrap();
    let page = gloria.post("/admin/licenses", &[("application", "OneOffice"), ("employee", id)]).await;
    assert!(page.says(&format!("{name} has a OneOffice license.")), "{}", page.html);
}

#[tokio::test]
async fn s65_the_address_keeps_zone_and_table_and_the_second_is_asked_after_the_first() {
    let gloria = Office::open().await.gloria().await;
    let first = gloria.open("/admin/records").await;
    assert!(first.says("Choose a zone first") && !first.says(r#"id="table""#));
    let second = gloria.open("/admin/records?zone=Core").await;
    assert!(second.says("<option selected>Core</option>") && second.says(r#"id="table""#));
    assert!(second.says("<option>License</option>") && !second.says("<option>Profile</option>"));
    let third = gloria.open("/admin/records?zone=Core&table=User").await;
    assert!(third.says("<option selected>User</option>") && third.says("Gloria Reyes"));
}

#[tokio::test]
async fn s66_s68_s69_an_employee_is_added_with_both_names_in_client_self() {
    let gloria = Office::open().await.gloria().await;
    let form = gloria.open("/admin/users/new").await;
    assert!(form.says(r#"<option value="self" selected>client/self</option>"#));
    let page = gloria.post("/admin/users/new", &with(&[("first_name", ""), ("last_name", " ")])).await;
    assert_eq!(page.status, 422);
    assert!(page.says("Enter the first name.") && page.says("Enter the last name.") && page.says("ann@birch.example"));
    let page = gloria.post("/admin/users/new", &NEW).await;
    assert!(page.says("Ann Lee was added."), "{}", page.html);
    assert!(gloria.open("/admin/records?zone=Core&table=User").await.says("Employee (local)"));
}

#[tokio::test]
async fn s67_the_address_is_the_login_and_unique_among_employees_only() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let taken = gloria.post("/admin/users/new", &with(&[("email", "GLORIA@birch.example")])).await;
    assert!(taken.status == 422 && taken.says("Another employee has this email address."));
    let same = gloria.post("/admin/users/new", &with(&[("email", "priya@northline.example")])).await;
    assert!(same.says("Priya Raman from ConneX has the same email address."), "{}", same.html);
    let list = gloria.open("/admin/records?zone=Core&table=User&q=priya%40northline").await;
    assert!(list.says("Users (2)"), "the two are never merged");
    assert_eq!(gloria.post("/admin/users/new", &with(&[("email", "nonsense")])).await.status, 422);
}

#[tokio::test]
async fn s64_s70_s71_nobody_of_connex_is_added_by_hand() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let form = gloria.open("/admin/users/new").await;
    assert!(form.says(r#"<option value="org_1" disabled>Northline Hauling LLC (managed by ConneX)</option>"#));
    assert!(form.says(r#"id="to-sync" href="/admin/sync""#) && form.says("ConneX set-up guide"));
    let forged = gloria.post("/admin/users/new", &with(&[("organization", "org_1")])).await;
    assert!(forged.status == 422 && forged.says("Open ConneX Sync"));
}

#[tokio::test]
async fn s72_s73_s74_roles_come_from_the_list_and_odd_choices_are_pointed_out() {
    let gloria = Office::open().await.gloria().await;
    let unknown = gloria.post("/admin/users/new", &with(&[("more_roles", "Boss")])).await;
    assert!(unknown.status == 422 && unknown.says("There is no role Boss."));
    for (n, (role, warning)) in [
        ("OneOffice", "OneOffice without OneOffice-legacy"),
        ("onEoffice-Legacy", "OneOffice-legacy without OneOffice"),
        ("admin", "Admin alone gives no access to the site itself."),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ann{n}@birch.example");
        let page =
            gloria.post("/admin/users/new", &with(&[("email", &email), ("role", ""), ("more_roles", role)])).await;
        assert!(page.says(warning), "{role}: {}", page.html);
    }
}

#[tokio::test]
async fn s75_a_default_password_is_changed_at_the_first_login() {
    let office = Office::open().await;
    let gloria = office.gloria().await;
    let default = "a default password";
    let page = gloria.post("/admin/users/new", &with(&[("password", default)])).await;
    assert!(!page.says(default));
    assert!(!gloria.open(&page.path).await.says(default));
    license(&gloria, "Ann Lee").await;
    let ann = office.browser();
    assert_eq!(ann.log_in("ann@birch.example", default).await.path, "/password/change");
    assert!(!ann.open("/documents").await.says("Ann Lee"), "nothing opens before the change");
    let change = |password: &'static str| [("current", default), ("password", password), ("again", password)];
    assert!(ann.post("/password/change", &change(default)).await.says("that you do not have already"));
    assert_eq!(ann.post("/password/change", &change("short")).await.status, 422);
    ann.post("/password/change", &change("quite another password")).await;
    assert_eq!(ann.log_in("ann@birch.example", default).await.status, 422);
    let page = ann.log_in("ann@birch.example", "quite another password").await;
    assert!(page.says("Ann Lee"), "{page:?}");
    assert!(!gloria.open("/dev/mail").await.says(default), "a password is never mailed");
}

#[tokio::test]
async fn s76_forgot_password_sets_the_first_one() {
    let office = Office::open().await;
    let gloria = office.gloria().await;
    gloria.post("/admin/users/new", &NEW).await;
    license(&gloria, "Ann Lee").await;
    let ann = office.browser();
    let known = ann.post("/password/forgot", &[("email", "Ann@birch.example")]).await;
    let unknown = ann.post("/password/forgot", &[("email", "nobody@birch.example")]).await;
    assert_eq!(known.html, unknown.html, "the page does not tell who is an employee");
    let mails = ann.open("/dev/mail").await.html;
    let link = mails
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|link| link.contains("/password/set")))
        .unwrap();
    let secret = link.split("link=").nth(1).unwrap().to_owned();
    assert_eq!(ann.open(link).await.status, 200);
    let set = |again: &'static str| vec![("link", secret.as_str()), ("password", "a first password"), ("again", again)];
    assert_eq!(ann.post("/password/set", &set("another")).await.status, 422);
    let saved = ann.post("/password/set", &set("a first password")).await;
    assert!(saved.path == "/login" && saved.says("Your password is saved. Log in with it."), "{saved:?}");
    assert!(ann.log_in("ann@birch.example", "a first password").await.says("Ann Lee"));
    assert_eq!(ann.post("/password/set", &set("a first password")).await.status, 404, "a link works once");
}

#[tokio::test]
async fn s77_save_and_add_another_keeps_organization_and_roles() {
    let gloria = Office::open().await.gloria().await;
    let page = gloria.post("/admin/users/new", &with(&[("another", "1")])).await;
    assert_eq!(page.path, "/admin/users/new");
    assert!(page.says("Ann Lee was added.") && page.says(r#"value="OneOffice" checked"#));
    assert!(
        !page.says(r#"value="Ann""#) && !page.says(r#"value="Admin" checked"#) && page.says("selected>client/self")
    );
}

#[tokio::test]
async fn s78_an_account_without_a_license_is_marked_and_told() {
    let office = Office::open().await;
    let gloria = office.gloria().await;
    let list = gloria.open("/admin/records?zone=Core&table=User").await.html;
    let tom = list.split("<tr>").find(|row| row.contains("Tom Haskins")).unwrap();
    assert!(tom.contains("No license") && tom.contains("table=License"));
    let told = office.browser().log_in("tom@birch.example", PASSWORD).await;
    assert!(told.status == 403 && told.says("it has no OneOffice license"));
    assert!(gloria.open("/admin/records?zone=Core&table=License").await.says("9 licenses left."));
    license(&gloria, "Tom Haskins").await;
    assert!(gloria.open("/admin/records?zone=Core&table=License").await.says("8 licenses left."));
    assert!(office.browser().log_in("tom@birch.example", PASSWORD).await.says("Tom Haskins"));
}

#[tokio::test]
async fn s90_s91_s92_disable_logs_out_and_the_own_account_stays() {
    let office = Office::open().await;
    let gloria = office.gloria().await;
    license(&gloria, "Tom Haskins").await;
    let tom = office.browser();
    tom.log_in("tom@birch.example", PASSWORD).await;
    assert_eq!(tom.open("/admin").await.status, 403);
    let (record, own) = (gloria.record("Tom Haskins").await, gloria.record("Gloria Reyes").await);
    gloria.post(&record, &[("disable", "1")]).await;
    assert!(!tom.open("/").await.says("Tom Haskins"), "logged out at once");
    assert_eq!(tom.log_in("tom@birch.example", PASSWORD).await.status, 403);
    gloria.post(&record, &[("enable", "1")]).await;
    assert!(tom.log_in("tom@birch.example", PASSWORD).await.says("Tom Haskins"));
    assert!(gloria.post(&own, &[("disable", "1")]).await.says("You cannot disable your own account."));
    assert!(gloria.post(&format!("{own}/delete"), &[]).await.says("You cannot delete your own account."));
    assert!(gloria.open(&format!("{record}/delete")).await.says("Documents keep the name."));
    assert!(gloria.post(&format!("{record}/delete"), &[]).await.says("Tom Haskins was deleted."));
    assert!(!tom.open("/").await.says("Tom Haskins"));
    assert_eq!(gloria.record("Tom Haskins").await, "");
}

#[tokio::test]
async fn connex_never_touches_an_employee() {
    let office = Office::open().await;
    let gloria = office.gloria().await;
    let before = gloria.open(&gloria.record("Gloria Reyes").await).await.html;
    let mut twin = user("twin", 1);
    twin["userName"] = "gloria@birch.example".into();
    twin["emails"][0]["value"] = "gloria@birch.example".into();
    let told = office.connex.post("/Users", &twin).await;
    assert_eq!(told.status, 201, "an employee's login is nobody's user ID at ConneX");
    assert_eq!(office.connex.get("/Users").await.body["totalResults"], 1, "employees are never listed");
    office.connex.delete(&told.path()).await;
    assert_eq!(gloria.open(&gloria.record("Gloria Reyes").await).await.html, before);
    assert!(office.browser().log_in("gloria@birch.example", PASSWORD).await.says("Gloria Reyes"));
}

#[tokio::test]
async fn administration_is_closed_to_others_and_to_other_sites() {
    let office = Office::open().await;
    assert_eq!(office.browser().open("/admin/sync").await.path, "/login");
    let gloria = office.gloria().await;
    let record = gloria.record("Tom Haskins").await;
    assert_eq!(gloria.post_from_elsewhere(&format!("{record}/delete"), &[]).await.status, 403);
    assert_ne!(gloria.record("Tom Haskins").await, "");
    assert_eq!(gloria.post("/employee/logout", &[]).await.path, "/");
    assert_eq!(gloria.open("/admin").await.path, "/login");
}

#[tokio::test]
async fn a_password_cannot_be_guessed_for_long() {
    let office = Office::open().await;
    let thief = office.browser();
    for _ in 0..5 {
        assert_eq!(thief.log_in("gloria@birch.example", "a guess").await.status, 422);
    }
    assert_eq!(thief.log_in("Gloria@birch.example", PASSWORD).await.status, 429);
}
