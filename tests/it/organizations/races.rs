//! What several people do at the same moment: after each round there is one founder, and nothing is half done.

use connex::{
    audit::Actor,
    kernel::AccountId,
    organizations::{AssignableRole, Place, Role, add_user, founder, joining, members, place_of},
};
use tokio::task::JoinSet;

use super::{Northline, person};
use crate::support::{app::TestApp, on_both_engines, rounds};

on_both_engines! {
    two_administrators_who_demote_each_other_leave_one
    a_request_that_is_accepted_and_denied_at_once_has_one_outcome
    an_organization_that_is_being_deleted_takes_nobody_in
    however_many_attack_the_founder_there_is_one
}

async fn place(app: &TestApp, account: AccountId) -> Option<Place> {
    place_of(&mut app.app.db.read().await.unwrap(), account).await.unwrap()
}

async fn two_administrators_who_demote_each_other_leave_one(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(50, 1000) {
        north.app.change("update memberships set role = 'administrator' where role <> 'founder'").await;
        // Both were administrators when they opened the page.
        let ellen = place(&north.app, north.ellen.id).await.unwrap();
        let marcus = place(&north.app, north.marcus.id).await.unwrap();
        let mut tasks = JoinSet::new();
        for (by, whom) in [(ellen, &north.marcus), (marcus, &north.ellen)] {
            let app = north.app.app.clone();
            let id = north.member_path(whom).await["/org/users/".len()..].parse().unwrap();
            tasks.spawn(async move {
                let mut unit = app.db.write().await.unwrap();
                let by = by.administrator().unwrap();
                members::set_role(&mut unit, &app.accounts.kit, by, id, AssignableRole::Member).await?;
                unit.commit().await?;
                Ok::<(), members::MemberError>(())
            });
        }
        let done = tasks.join_all().await.into_iter().filter(Result::is_ok).count();
        assert_eq!(done, 1, "round {round}");
        let left = "select count(*) from memberships where role = 'administrator' and ended_at is null";
        assert_eq!(north.app.count(left).await, 1, "round {round}");
    }
}

async fn a_request_that_is_accepted_and_denied_at_once_has_one_outcome(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(50, 1000) {
        let luis = person(&north.app, &format!("luis{round}"), "Luis Ortega").await;
        let id = north.ask(&luis, None).await;
        let mut tasks = JoinSet::new();
        for (by, accepts) in [(&north.dana, true), (&north.ellen, false)] {
            let (app, by) = (north.app.app.clone(), place(&north.app, by.id).await.unwrap());
            tasks.spawn(async move {
                let mut unit = app.db.write().await.unwrap();
                let (kit, by) = (&app.accounts.kit, by.administrator().unwrap());
                match accepts {
                    true => joining::accept(&mut unit, kit, by, id, AssignableRole::Member).await?,
                    false => joining::deny(&mut unit, kit, by, id, None).await?,
                }
                unit.commit().await?;
                Ok::<bool, joining::DecideError>(accepts)
            });
        }
        let outcomes = tasks.join_all().await;
        let (done, late): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert!(matches!(late.as_slice(), [Err(joining::DecideError::Decided(_))]), "round {round}: {late:?}");
        let is_in = north.role_of(&luis).await.is_some();
        assert_eq!(done[0].as_ref().ok(), Some(&is_in), "round {round}");
    }
}

async fn an_organization_that_is_being_deleted_takes_nobody_in(app: TestApp) {
    for round in 0..rounds(25, 500) {
        let dana = person(&app, &format!("dana{round}"), "Dana Whitfield").await;
        let luis = person(&app, &format!("luis{round}"), "Luis Ortega").await;
        let id = app.organization("Lone Hauling", &dana).await;
        let by = place(&app, dana.id).await.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..2 {
            let (app, by) = (app.app.clone(), by.clone());
            tasks.spawn(async move {
                let mut unit = app.db.write().await.unwrap();
                let deleted =
                    founder::delete(&mut unit, &app.accounts.kit, by.founder().unwrap(), "Lone Hauling").await;
                deleted.is_ok() && unit.commit().await.is_ok()
            });
        }
        let joined = {
            let (app, luis) = (app.app.clone(), luis.id);
            tokio::spawn(async move {
                let mut unit = app.db.write().await.unwrap();
                let added = add_user(&mut unit, &Actor::Operator, id, luis, Role::Member).await;
                added.is_ok() && unit.commit().await.is_ok()
            })
        };
        let deleted = tasks.join_all().await.into_iter().filter(|done| *done).count();
        let joined = joined.await.unwrap();
        assert_eq!(deleted + usize::from(joined), 1, "round {round}");
        assert_eq!(place(&app, luis.id).await.is_some(), joined, "round {round}");
        assert_eq!(place(&app, dana.id).await.is_some(), joined, "round {round}");
    }
}

async fn however_many_attack_the_founder_there_is_one(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(50, 1000) {
        north.app.change("update memberships set role = 'administrator' where role = 'member'").await;
        let [from] = north.founders().await[..] else { panic!("round {round}: not one founder") };
        let (by, kit) = (place(&north.app, from).await.unwrap(), north.app.app.accounts.kit.clone());
        let to = if from == north.ellen.id { &north.marcus } else { &north.ellen };
        let of_founder =
            [&north.dana, &north.ellen, &north.marcus].into_iter().find(|person| person.id == from).unwrap();
        let target = north.member_path(of_founder).await["/org/users/".len()..].parse().unwrap();
        let to_membership = north.member_path(to).await["/org/users/".len()..].parse().unwrap();
        let mut unit = north.app.app.db.write().await.unwrap();
        let offer = founder::offer(&mut unit, &kit, by.founder().unwrap(), to_membership).await.unwrap();
        unit.commit().await.unwrap();
        let mut tasks = JoinSet::new();
        let heir = place(&north.app, to.id).await.unwrap();
        for act in 0..5 {
            let (app, heir) = (north.app.app.clone(), heir.clone());
            tasks.spawn(async move {
                let mut unit = app.db.write().await.unwrap();
                let (kit, by) = (&app.accounts.kit, heir.administrator().unwrap());
                let done = match act {
                    0 | 1 => founder::accept(&mut unit, kit, by, offer).await.is_ok(),
                    2 => members::remove(&mut unit, kit, by, target).await.is_ok(),
                    3 => members::set_role(&mut unit, kit, by, target, AssignableRole::Member).await.is_ok(),
                    _ => members::disable(&mut unit, kit, by, target).await.is_ok(),
                };
                (act, done && unit.commit().await.is_ok())
            });
        }
        let outcomes = tasks.join_all().await;
        let handed_over = outcomes.iter().filter(|(act, done)| *act < 2 && *done).count();
        assert_eq!(handed_over, 1, "round {round}: {outcomes:?}");
        assert_eq!(north.founders().await, [to.id], "round {round}: {outcomes:?}");
        north.app.change("update memberships set ended_at = null, disabled_at = null where ended_at is not null or disabled_at is not null").await;
        north.app.change("update accounts set status = 'active'").await;
    }
}
