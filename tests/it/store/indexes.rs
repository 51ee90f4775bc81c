//! Which unique index refused a row is told in the same words on both engines.

use connex::{
    kernel::Fault,
    platform::store::{Sql, violates},
};

use crate::support::{base::Base, on_both_databases};

on_both_databases! {
    the_index_that_refused_a_row_is_named
    other_refusals_name_no_index
    busy_databases_are_told_from_broken_ones
}

const FOUNDER: &str = "memberships_organization_id_key";
const TWICE: &str = "memberships_organization_id_account_id_key";

/// An organization, two people, and one of them its founder.
async fn organization(base: &Base) {
    for person in ["1", "2"] {
        let mut unit = base.db.write().await.unwrap();
        unit.sql(
            "insert into accounts (id, subject, username, email, given_name, family_name, claims, status, rev, created_at, updated_at)
             values ($1, $2, 'u', 'e', 'g', 'f', '{}', 'active', 1, 1, 1)",
        )
        .bind(uuid(person))
        .bind(person.to_owned())
        .run()
        .await
        .unwrap();
        unit.commit().await.unwrap();
    }
    let mut unit = base.db.write().await.unwrap();
    let statement = unit.sql(
        "insert into organizations (id, name, name_folded, status, rev, created_at, updated_at)
         values ($1, 'n', 'n', 'active', 1, 1, 1)",
    );
    statement.bind(uuid("0")).run().await.unwrap();
    unit.commit().await.unwrap();
    join(base, "a", "1", "founder").await.unwrap();
}

fn uuid(digit: &str) -> uuid::Uuid {
    digit.repeat(32).parse().unwrap()
}

async fn join(base: &Base, id: &str, person: &str, role: &str) -> Result<(), Fault> {
    let mut unit = base.db.write().await?;
    unit.sql("insert into memberships (id, organization_id, account_id, role, joined_at, is_active) values ($1, $2, $3, $4, 1, false)")
        .bind(uuid(id))
        .bind(uuid("0"))
        .bind(uuid(person))
        .bind(role.to_owned())
        .run()
        .await?;
    unit.commit().await
}

async fn the_index_that_refused_a_row_is_named(base: Base) {
    organization(&base).await;
    let twice = join(&base, "b", "1", "member").await.unwrap_err();
    assert!(violates(&twice, TWICE) && !violates(&twice, FOUNDER), "{twice:?}");
    let founder = join(&base, "b", "2", "founder").await.unwrap_err();
    assert!(violates(&founder, FOUNDER) && !violates(&founder, TWICE), "{founder:?}");
    join(&base, "b", "2", "member").await.unwrap();
}

async fn other_refusals_name_no_index(base: Base) {
    organization(&base).await;
    for (person, role) in [("3", "member"), ("2", "king")] {
        let refused = join(&base, "b", person, role).await.unwrap_err();
        assert!(!violates(&refused, TWICE) && !violates(&refused, FOUNDER), "{refused:?}");
    }
    assert!(!violates(&Fault::new("do anything"), TWICE));
}

async fn busy_databases_are_told_from_broken_ones(base: Base) {
    use connex::kernel::fault::Kind;
    let broken = base.db.read().await.unwrap().sql("select nothing from nowhere").run().await.unwrap_err();
    assert_eq!(broken.kind(), Kind::Broken);
    base.db.close().await;
    let closed = base.db.read().await.err().unwrap();
    assert_eq!(closed.kind(), Kind::Busy);
}
