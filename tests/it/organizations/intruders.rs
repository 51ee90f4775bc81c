//! People who want what is not theirs.

use connex::{
    audit::Actor,
    organizations::{
        Role,
        invitations::{self, AcceptError, ByToken},
    },
};

use super::{Northline, open_account, person};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    o3_a_link_that_was_edited_leads_nowhere
    o4_an_invitation_is_not_accepted_from_an_address_that_was_not_verified
    o7_the_word_of_an_inviter_who_may_invite_no_more_is_worth_nothing
    o7_no_form_makes_a_founder_or_acts_for_another_organization
    o12_people_of_other_organizations_find_nothing
    x3_names_are_shown_as_text
}

/// The invitation of Priya by Ellen: her link's token.
async fn invite_priya(north: &Northline) -> String {
    let ellen = north.browser(&north.ellen).await;
    let form = north.page(&ellen, "/org/users/add").await;
    let new = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    ellen.press(&form, "#add", &new).await.page();
    north.app.mail_to("priya@northline.example").await.link().rsplit('/').next().unwrap().to_owned()
}

async fn by_token(north: &Northline, token: &str) -> ByToken {
    invitations::by_token(&mut north.app.app.db.read().await.unwrap(), token).await.unwrap()
}

async fn o3_a_link_that_was_edited_leads_nowhere(app: TestApp) {
    let north = Northline::on(app).await;
    let token = invite_priya(&north).await;
    let other = if token.ends_with('A') { "B" } else { "A" };
    let edited = [format!("{}{other}", &token[..63]), token[..63].to_owned(), format!("{token}x"), String::new()];
    for text in edited {
        assert!(matches!(by_token(&north, &text).await, ByToken::Unknown), "{text}");
    }
    let ByToken::Open(invitation) = by_token(&north, &token).await else { panic!("the link is good") };
    let mallory = person(&north.app, "mallory@evil.example", "Mallory Gray").await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let refused = invitations::accept(&mut unit, &Actor::Person(mallory.id), invitation.id, mallory.id, false).await;
    assert!(matches!(refused, Err(AcceptError::OtherAddress)), "{refused:?}");
}

async fn o4_an_invitation_is_not_accepted_from_an_address_that_was_not_verified(app: TestApp) {
    let north = Northline::on(app).await;
    let token = invite_priya(&north).await;
    let ByToken::Open(invitation) = by_token(&north, &token).await else { panic!("the link is good") };
    let priya = open_account(&north.app, "priya", "Priya Raman", false).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let refused = invitations::accept(&mut unit, &Actor::Person(priya.id), invitation.id, priya.id, false).await;
    assert!(matches!(refused, Err(AcceptError::OtherAddress)), "{refused:?}");
    drop(unit);
    assert_eq!(north.role_of(&priya).await, None);
}

async fn o7_the_word_of_an_inviter_who_may_invite_no_more_is_worth_nothing(app: TestApp) {
    let north = Northline::on(app).await;
    let token = invite_priya(&north).await;
    let ByToken::Open(invitation) = by_token(&north, &token).await else { panic!("the link is good") };
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &north.member_path(&north.ellen).await).await;
    dana.press(&page, "#save-role", &[("role", "member")]).await.page();
    let priya = person(&north.app, "priya", "Priya Raman").await;
    let accept = async || {
        let mut unit = north.app.app.db.write().await.unwrap();
        let accepted = invitations::accept(&mut unit, &Actor::Person(priya.id), invitation.id, priya.id, true).await;
        if accepted.is_ok() {
            unit.commit().await.unwrap();
        }
        accepted
    };
    assert!(matches!(accept().await, Err(AcceptError::NotOpen)));
    let list = north.page(&dana, "/org/users").await;
    dana.press(&list, "button[value=resend]", &[]).await.page();
    accept().await.unwrap();
    assert_eq!(north.role_of(&priya).await, Some(Role::Member), "it is Dana's word now");
    assert!(matches!(accept().await, Err(AcceptError::NotOpen)), "once");
}

async fn o7_no_form_makes_a_founder_or_acts_for_another_organization(app: TestApp) {
    let north = Northline::on(app).await;
    let mia = person(&north.app, "mia", "Mia Lake").await;
    let lake = north.app.organization("Lake & Sons", &mia).await.to_string();
    let ellen = north.browser(&north.ellen).await;
    let proof = north.page(&ellen, "/org/edit").await.attribute("input[name=proof]", "value");
    let add = [
        ("proof", proof.as_str()),
        ("given_name", "P"),
        ("family_name", "R"),
        ("email", "p@northline.example"),
        ("role", "founder"),
        ("org_id", &lake),
        ("organization_id", &lake),
        ("email_verified", "true"),
    ];
    ellen.post(&north.app.at("/org/users/add"), &add).await;
    assert_eq!(north.app.count("select count(*) from invitations where role <> 'member'").await, 0);
    assert_eq!(north.app.count("select count(*) from invitations i join organizations o on o.id = i.organization_id where o.name = 'Northline Hauling'").await, 1);
    let role = [("proof", proof.as_str()), ("act", "role"), ("role", "founder"), ("org_id", &lake)];
    ellen.post(&north.app.at(&north.member_path(&north.marcus).await), &role).await;
    assert_eq!(north.founders().await, [north.dana.id]);
    assert_eq!(north.role_of(&north.marcus).await, Some(Role::Member));
}

async fn o12_people_of_other_organizations_find_nothing(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    let request = north.ask(&luis, None).await;
    let token = invite_priya(&north).await;
    let ByToken::Open(invitation) = by_token(&north, &token).await else { panic!("the link is good") };
    let mia = person(&north.app, "mia", "Mia Lake").await;
    north.app.organization("Lake & Sons", &mia).await;
    let mia = north.browser(&mia).await;
    let proof = north.page(&mia, "/org/edit").await.attribute("input[name=proof]", "value");
    let member = north.member_path(&north.marcus).await;
    let paths = [
        member.clone(),
        format!("{member}/remove"),
        format!("/org/requests/{request}"),
        format!("/org/invitations/{}", invitation.id),
    ];
    for path in paths {
        assert_eq!(mia.get(&north.app.at(&path)).await.status, 404, "{path}");
        for act in ["disable", "remove", "resend", "withdraw", "accept"] {
            let fields = [("proof", proof.as_str()), ("act", act), ("decision", act)];
            assert_eq!(mia.post(&north.app.at(&path), &fields).await.status, 404, "{path} {act}");
        }
    }
    let missing = member.replace("mem_0", "mem_1");
    assert_eq!(mia.get(&north.app.at(&missing)).await.status, 404, "as if it were not there");
}

async fn x3_names_are_shown_as_text(app: TestApp) {
    let north = Northline::on(app).await;
    let eve = person(&north.app, "eve", "<img/src=x> \"'><script>alert(1)</script>").await;
    let id = north.ask(&eve, Some("<b onclick=x>hi</b>")).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/edit").await;
    let named = |name| {
        [
            ("organization", name),
            ("email", "a@b.example"),
            ("street", "<script>1</script>"),
            ("city", "C"),
            ("state", "MN"),
            ("postal_code", "56401"),
        ]
    };
    dana.press(&form, "button[type=submit]", &named("<script>alert(2)</script> & \"Sons\"")).await.page();
    let member = north.member_path(&north.marcus).await;
    let request = format!("/org/requests/{id}");
    for path in [
        "/org",
        "/org/edit",
        "/org/users",
        "/org/founder",
        "/org/activity",
        &request,
        &member,
        &format!("{member}/remove"),
    ] {
        let page = north.page(&dana, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.has("script") && !page.has("main img") && !page.has("[onclick]"), "{path}");
    }
    for bad in ["pay\u{202E}roll", "a\u{200B}b", &"x".repeat(500)] {
        let refused = dana.press_once(&form, "button[type=submit]", &named(bad)).await;
        assert_eq!(refused.status, 422, "{bad:?}");
    }
}
