//! The policy, walked: every route, every role, over objects of one's own organization, of another
//! one, and of nobody (security O-1).

mod world;

use connex::{
    app::policy::POLICY,
    platform::web::policy::{Need, Object, Row},
};

use crate::support::{app::TestApp, http::Page, on_both_engines};
use world::{Role, Whose, World};

on_both_engines! {
    every_route_answers_each_role_as_the_policy_says
    objects_of_others_and_of_nobody_look_alike
    sites_of_nobody_are_not_found
    no_route_takes_a_form_without_our_proof
    reading_changes_nothing
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The person is asked to sign in.
    SignIn,
    /// A page that says who may do this.
    Forbidden,
    /// A page that says that there is no such page.
    NotFound,
    /// A page that says that the form is not ours.
    Foreign,
    /// The handler answered.
    Through,
}

fn answer(row: &Row, role: Role, page: &Page) -> Answer {
    assert!(page.status.as_u16() < 500, "{} {} by {role:?}: {}", row.method, row.path, page.text());
    let led_to_sign_in = page.location().is_some_and(|to| to.path() == "/login" && to.query().is_some());
    let says = |code: &str| page.body.contains(code);
    match page.status.as_u16() {
        303 if led_to_sign_in => Answer::SignIn,
        403 if ["CX-1204", "CX-1206", "CX-1207", "CX-1208"].iter().any(|code| says(code)) => Answer::Forbidden,
        404 if says("CX-1004") => Answer::NotFound,
        400 | 403 if says("CX-1102") || says("CX-1104") => Answer::Foreign,
        _ => Answer::Through,
    }
}

/// What the policy says, in words of its own: not the code of the guard.
fn expected(need: Need, role: Role) -> Answer {
    let (is_signed_in, rank) = match role {
        Role::Stranger | Role::Disabled => (false, 0),
        Role::Newcomer | Role::Asking | Role::Removed | Role::Operator => (true, 0),
        Role::Member => (true, 1),
        Role::Administrator => (true, 2),
        Role::Founder | Role::FounderElsewhere => (true, 3),
    };
    let needed = match need {
        Need::Anyone | Need::Protocol | Need::Site(_) => return Answer::Through,
        Need::SignedIn => 0,
        Need::Member => 1,
        Need::Administrator => 2,
        Need::Founder => 3,
        // An operator need not belong to anybody, and nobody else's rank is enough.
        Need::Operator => match role {
            Role::Operator => 0,
            _ => 9,
        },
    };
    match (is_signed_in, rank >= needed) {
        (false, _) => Answer::SignIn,
        (true, false) => Answer::Forbidden,
        (true, true) => Answer::Through,
    }
}

/// The rows that the guard decides for people. Rows for everybody are walked by the tests of their pages, rows for
/// sites by `site_api::tokens`.
fn guarded() -> impl Iterator<Item = &'static Row> {
    POLICY.iter().filter(|row| !matches!(row.need, Need::Anyone | Need::Protocol | Need::Site(_)))
}

/// Whether the path names an object that belongs to somebody.
const fn is_owned(row: &Row) -> bool {
    matches!(
        row.object,
        Some(Object::Session | Object::Client | Object::Membership | Object::Invitation | Object::JoinRequest)
    )
}

/// Whether the path names something of the installation: it belongs to no organization, so there is
/// nobody's but not somebody else's.
const fn is_of_the_installation(row: &Row) -> bool {
    matches!(row.object, Some(Object::Site))
}

async fn every_route_answers_each_role_as_the_policy_says(app: TestApp) {
    let world = World::new(app).await;
    // Reading first: a post that gets through may do what it is for, and leaving comes last.
    let mut rows: Vec<&Row> = guarded().collect();
    rows.sort_by_key(|row| (row.method == "POST", row.path == "/org/leave"));
    for row in rows {
        for role in Role::ALL {
            let right = expected(row.need, role);
            // What a post to one's own object does is for the tests of that page: here it would be done.
            if right == Answer::Through && (is_owned(row) || is_of_the_installation(row)) && row.method == "POST" {
                continue;
            }
            let page = world.ask(row, role, Whose::Ours, true).await;
            let owns_nothing_here = is_owned(row) && role == Role::FounderElsewhere;
            let right = if right == Answer::Through && owns_nothing_here { Answer::NotFound } else { right };
            assert_eq!(answer(row, role, &page), right, "{} {} by {role:?}: {}", row.method, row.path, page.text());
        }
    }
}

async fn objects_of_others_and_of_nobody_look_alike(app: TestApp) {
    let world = World::new(app).await;
    for row in guarded().filter(|row| is_owned(row)) {
        for role in Role::ALL.into_iter().filter(|role| expected(row.need, *role) == Answer::Through) {
            for whose in [Whose::Theirs, Whose::Nobodys, Whose::Malformed] {
                let page = world.ask(row, role, whose, true).await;
                let place = format!("{} {} {whose:?} by {role:?}", row.method, row.path);
                let is_ours_after_all = whose == Whose::Theirs && role == Role::FounderElsewhere;
                if !is_ours_after_all {
                    assert_eq!(answer(row, role, &page), Answer::NotFound, "{place}: {}", page.text());
                }
            }
        }
    }
}

async fn sites_of_nobody_are_not_found(app: TestApp) {
    let world = World::new(app).await;
    for row in guarded().filter(|row| is_of_the_installation(row)) {
        for role in Role::ALL.into_iter().filter(|role| expected(row.need, *role) == Answer::Through) {
            for whose in [Whose::Nobodys, Whose::Malformed] {
                let page = world.ask(row, role, whose, true).await;
                let place = format!("{} {} {whose:?} by {role:?}", row.method, row.path);
                assert_eq!(answer(row, role, &page), Answer::NotFound, "{place}: {}", page.text());
            }
        }
    }
}

async fn no_route_takes_a_form_without_our_proof(app: TestApp) {
    let world = World::new(app).await;
    for row in guarded().filter(|row| row.method == "POST") {
        for role in [Role::Newcomer, Role::Member, Role::Founder, Role::Operator] {
            if expected(row.need, role) == Answer::Through {
                let page = world.ask(row, role, Whose::Ours, false).await;
                assert_eq!(answer(row, role, &page), Answer::Foreign, "{} by {role:?}: {}", row.path, page.text());
            }
        }
    }
}

async fn reading_changes_nothing(app: TestApp) {
    let world = World::new(app).await;
    let before = world.changes().await;
    for row in guarded().filter(|row| row.method == "GET") {
        for role in Role::ALL {
            world.ask(row, role, Whose::Ours, false).await;
        }
    }
    assert_eq!(world.changes().await, before);
}
