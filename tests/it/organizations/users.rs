//! Manage Users: the list, adding, changing, removing.

use connex::{
    audit::Actor,
    kernel::{InvitationId, Lifetime, Token},
    organizations::{Role, invitations},
};

use super::{Northline, person};
use crate::support::{app::TestApp, on_both_engines};

const SENT: &str = "select count(*) from mails where kind = 'organizations.invitation' and status = 'sent'";

on_both_engines! {
    s14_an_organization_has_any_number_of_users
    s16_administrators_add_users
    s53_manage_users_lists_everybody_with_role_and_sign_in
    s54_add_new_user_to_organization_needs_name_and_address
    s56_the_column_shows_whether_the_address_is_verified
    s55_an_invitation_is_sent_again_withdrawn_and_expires
    many_lines_are_checked_before_anybody_is_added
    a_disabled_person_is_out_at_once_and_can_be_enabled
    a_removed_person_has_no_place_and_keeps_the_account
    an_account_that_was_opened_here_can_be_deleted
    a_rename_changes_the_order_of_the_list
    the_same_form_counts_once
}

async fn s14_an_organization_has_any_number_of_users(app: TestApp) {
    let north = Northline::on(app).await;
    let pasted: String = (0..1000).map(|n| format!("Kim{n:04} Zimmer <kim{n}@northline.example>\n")).collect();
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/paste").await;
    let done = dana.press(&form, "#add", &[("people", &pasted)]).await.page();
    assert_eq!(done.words("#notice"), "1000 users were added. We emailed each of them a link to join.");
    assert_eq!(done.words("#count"), "1003 users");
    assert_eq!(done.body.matches("<tr><th scope=\"row\">").count(), 50);
    let last = north.page(&dana, "/org/users?page=21").await;
    assert!(last.text().contains("kim999@northline.example") && !last.has("a[rel=next]"));
    let found = north.page(&dana, "/org/users?q=KIM0777").await;
    assert_eq!(found.words("#count"), "1 user");
    let wild = north.page(&dana, "/org/users?q=%25").await;
    assert!(wild.words("#empty").contains("No user matches"), "a percent sign is no wildcard");
}

async fn s16_administrators_add_users(app: TestApp) {
    let north = Northline::on(app).await;
    for administrator in [&north.dana, &north.ellen] {
        let visitor = north.browser(administrator).await;
        let form = north.page(&visitor, "/org/users/add").await;
        let email = format!("by-{}", administrator.email);
        let fields = [("given_name", "Priya"), ("family_name", "Raman"), ("email", email.as_str())];
        let done = visitor.press(&form, "#add", &fields).await.page();
        assert!(done.words("#notice").contains(&format!("We emailed {email} a link")), "{}", done.text());
        let mail = north.app.mail_to(&email).await;
        assert!(mail.link().contains("/invite/"), "{}", mail.text);
    }
    let marcus = north.browser(&north.marcus).await;
    let refused = marcus.get(&north.app.at("/org/users/add")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Only a founder or administrator of Northline Hauling"));
}

async fn s53_manage_users_lists_everybody_with_role_and_sign_in(app: TestApp) {
    let north = Northline::on(app).await;
    let ellen = north.browser(&north.ellen).await;
    let overview = north.page(&ellen, "/org").await;
    assert!(overview.has("a[href='/org/users']"));
    let list = north.page(&ellen, "/org/users").await;
    assert_eq!(list.words("#count"), "3 users");
    let text = list.text();
    let at = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name} in {text}"));
    assert!(at("Marcus Bell") < at("Ellen Cho (you)") && at("Ellen Cho (you)") < at("dana@northline.example"));
    assert!(text.contains("The founder cannot be removed") && text.contains("Never"));
    let own = north.member_path(&north.ellen).await;
    assert!(!list.has(&format!("a[href='{own}/remove']")), "nobody removes themselves");
    assert!(list.has(&format!("a[href='{}/remove']", north.member_path(&north.marcus).await)));
    assert!(!list.has("#q"), "three people need no filter");
}

async fn s54_add_new_user_to_organization_needs_name_and_address(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/add").await;
    let refused = dana.press_once(&form, "#add", &[("given_name", "Priya"), ("email", "priya@@x")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.has("#family_name[aria-invalid]") && refused.has("#email[aria-invalid]"));
    assert_eq!(refused.attribute("#given_name", "value"), "Priya", "what was typed is kept");
    let here = [("given_name", "M"), ("family_name", "B"), ("email", "MARCUS@northline.example")];
    let refused = dana.press_once(&form, "#add", &here).await;
    assert!(refused.words("#errors").contains("in the organization already"));
    let new = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    let next = dana.press(&form, "#another", &new).await.page();
    assert!(next.has("#given_name") && next.words("#notice").contains("Priya Raman was added"));
    let again = dana.press_once(&next, "#add", &new).await;
    assert!(again.words("#errors").contains("invited already"), "{}", again.text());
}

async fn s56_the_column_shows_whether_the_address_is_verified(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/add").await;
    let new = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    let list = dana.press(&form, "#add", &new).await.page();
    assert!(list.text().contains("Not yet – sent"), "{}", list.text());
    let id: InvitationId = list.attribute("form[action^='/org/invitations/']", "action")[17..].parse().unwrap();
    north.app.until("the letter is out", async || north.app.count(SENT).await == 1).await;
    north
        .app
        .change(
            "update mails set status = 'refused', answer = '550 no such user' where kind = 'organizations.invitation'",
        )
        .await;
    let list = north.page(&dana, "/org/users").await;
    assert!(list.text().contains("could not be delivered") && list.text().contains("550 no such user"));
    let priya = person(&north.app, "priya", "Priya Raman").await;
    let mut unit = north.app.app.db.write().await.unwrap();
    invitations::accept(&mut unit, &Actor::Person(priya.id), id, priya.id, false).await.unwrap();
    unit.commit().await.unwrap();
    let list = north.page(&dana, "/org/users").await;
    assert!(!list.text().contains("Not yet") && list.words("#count") == "4 users");
}

async fn s55_an_invitation_is_sent_again_withdrawn_and_expires(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/add").await;
    let new = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    let list = dana.press(&form, "#add", &new).await.page();
    let leads_to = async |link: &str| {
        let token = link.rsplit('/').next().unwrap().to_owned();
        assert!(token.parse::<Token<()>>().is_ok(), "{link}");
        invitations::by_token(&mut north.app.app.db.read().await.unwrap(), &token).await.unwrap()
    };
    let first = north.app.mail_to("priya@northline.example").await.link();
    assert!(matches!(leads_to(&first).await, invitations::ByToken::Open(_)));
    dana.press(&list, "button[value=resend]", &[]).await.page();
    let second = north.app.mail_to("priya@northline.example").await.link();
    assert!(matches!(leads_to(&first).await, invitations::ByToken::Unknown), "the older link is dead");
    assert!(matches!(leads_to(&second).await, invitations::ByToken::Open(_)));
    north.app.advance(Lifetime::days(7));
    assert!(matches!(leads_to(&second).await, invitations::ByToken::Expired(_)));
    let dana = north.browser(&north.dana).await;
    let list = north.page(&dana, "/org/users").await;
    assert!(list.text().contains("The link has expired"));
    let page = north.page(&dana, &list.attribute("a[href^='/org/invitations/']", "href")).await;
    let done = dana.press(&page, "#withdraw", &[]).await.page();
    assert!(done.words("#notice").contains("withdrawn") && done.words("#count") == "3 users");
    assert!(matches!(leads_to(&second).await, invitations::ByToken::Over));
}

async fn many_lines_are_checked_before_anybody_is_added(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/paste").await;
    let pasted = "Priya Raman, priya@northline.example\nnobody\nMarcus Bell <marcus@northline.example>\nP R, PRIYA@northline.example";
    let refused = dana.press_once(&form, "#add", &[("people", pasted)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.words("#errors").contains("3 lines need a correction"), "{}", refused.text());
    let table = refused.words("#wrong");
    assert!(table.contains("2 nobody") && table.contains("already") && table.contains("earlier line"), "{table}");
    assert!(refused.words("#people").contains("Marcus Bell <marcus@northline.example>"), "nothing is lost");
    assert_eq!(north.app.count("select count(*) from invitations").await, 0);
}

async fn a_disabled_person_is_out_at_once_and_can_be_enabled(app: TestApp) {
    let north = Northline::on(app).await;
    let (ellen, marcus) = (north.browser(&north.ellen).await, north.browser(&north.marcus).await);
    let path = north.member_path(&north.marcus).await;
    let page = north.page(&ellen, &path).await;
    let done = ellen.press(&page, "#disable", &[]).await.page();
    assert!(done.words("#notice").contains("was disabled") && done.has("#disabled"));
    assert!(!north.page(&marcus, "/").await.has("#person"), "the session has ended");
    let login = north.page(&marcus, "/login").await;
    let fields = [("username", "marcus"), ("password", north.marcus.password.as_str())];
    let refused = marcus.press_once(&login, "button[type=submit]", &fields).await;
    assert!(refused.text().contains("disabled"), "{}", refused.text());
    ellen.press(&done, "#enable", &[]).await.page();
    north.browser(&north.marcus).await;
    assert_eq!(north.role_of(&north.marcus).await, Some(Role::Member));
    assert_eq!(north.app.mails_to(&north.marcus.email).await.len(), 2);
}

async fn a_removed_person_has_no_place_and_keeps_the_account(app: TestApp) {
    let north = Northline::on(app).await;
    let (dana, marcus) = (north.browser(&north.dana).await, north.browser(&north.marcus).await);
    let path = format!("{}/remove", north.member_path(&north.marcus).await);
    let page = north.page(&dana, &path).await;
    assert!(page.words("#effects").contains("Permits and assets stay") && !page.has("#delete"));
    let done = dana.press(&page, "button[value=remove]", &[]).await.page();
    assert!(done.words("#notice").contains("Marcus Bell was removed"));
    assert_eq!(dana.get(&north.app.at(&path)).await.status, 404);
    assert_eq!(marcus.get(&north.app.at("/org")).await.status, 403, "signed in, without a place");
    north.ask(&north.marcus, None).await;
}

async fn an_account_that_was_opened_here_can_be_deleted(app: TestApp) {
    let north = Northline::on(app).await;
    north.app.change("update memberships set created_account = true where role = 'member'").await;
    let dana = north.browser(&north.dana).await;
    let path = format!("{}/remove", north.member_path(&north.marcus).await);
    let page = north.page(&dana, &path).await;
    let done = dana.press(&page, "#delete", &[]).await.page();
    assert!(done.words("#notice").contains("account of Marcus Bell was deleted"), "{}", done.text());
    assert_eq!(north.app.count("select count(*) from accounts where status = 'deleted'").await, 1);
}

async fn a_rename_changes_the_order_of_the_list(app: TestApp) {
    let north = Northline::on(app).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let (given, family) = ("Ellen".parse().unwrap(), "Aarons".parse().unwrap());
    connex::accounts::rename(&mut unit, &Actor::Person(north.ellen.id), north.ellen.id, (given, family)).await.unwrap();
    unit.commit().await.unwrap();
    let listed = "select count(*) from memberships where listed_as like 'aarons ellen%'";
    north.app.until("the list follows the name", async || north.app.count(listed).await == 1).await;
    let dana = north.browser(&north.dana).await;
    assert_eq!(north.page(&dana, "/org/users").await.words("#users tbody th"), "Ellen Aarons");
}

async fn the_same_form_counts_once(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/users/add").await;
    let new = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    for _ in 0..2 {
        let done = dana.press(&form, "#add", &new).await.page();
        assert!(done.words("#notice").contains("Priya Raman was added"), "{}", done.text());
    }
    assert_eq!(north.app.mails_to("priya@northline.example").await.len(), 1);
}
