//! The table `organization_search`, and the column `email_domain` of `memberships`.

use super::Listing;
use crate::kernel::{AccountId, Fault, OrganizationId};
use crate::platform::store::{Sql, Unit};

/// How many tokens one statement takes.
pub(super) const TOKENS_AT_ONCE: usize = 10;
/// How many trigrams one statement looks for.
pub(super) const TRIGRAMS_AT_ONCE: usize = 16;

/// One more than is shown, so that a page can say that there are more.
const BY_WORDS: &str = "select o.id, o.name, o.city, o.state
     from organization_search s join organizations o on o.id = s.organization_id
     where s.token = $1
       and exists (select 1 from organization_search b
                   where b.token = $2 and b.name_folded = s.name_folded and b.organization_id = s.organization_id)
       and exists (select 1 from organization_search c
                   where c.token = $3 and c.name_folded = s.name_folded and c.organization_id = s.organization_id)
       and o.status = 'active'
     order by s.name_folded, s.organization_id limit 21";

/// A trigram that thousands of names have tells little: only so many of them are counted.
const BY_TRIGRAMS: &str = "select o.id, o.name, o.city, o.state
     from (select organization_id, count(*) as shared from (
           select organization_id from (select organization_id from organization_search where token = $1 limit 500) t1
           union all select organization_id from (select organization_id from organization_search where token = $2 limit 500) t2
           union all select organization_id from (select organization_id from organization_search where token = $3 limit 500) t3
           union all select organization_id from (select organization_id from organization_search where token = $4 limit 500) t4
           union all select organization_id from (select organization_id from organization_search where token = $5 limit 500) t5
           union all select organization_id from (select organization_id from organization_search where token = $6 limit 500) t6
           union all select organization_id from (select organization_id from organization_search where token = $7 limit 500) t7
           union all select organization_id from (select organization_id from organization_search where token = $8 limit 500) t8
           union all select organization_id from (select organization_id from organization_search where token = $9 limit 500) t9
           union all select organization_id from (select organization_id from organization_search where token = $10 limit 500) t10
           union all select organization_id from (select organization_id from organization_search where token = $11 limit 500) t11
           union all select organization_id from (select organization_id from organization_search where token = $12 limit 500) t12
           union all select organization_id from (select organization_id from organization_search where token = $13 limit 500) t13
           union all select organization_id from (select organization_id from organization_search where token = $14 limit 500) t14
           union all select organization_id from (select organization_id from organization_search where token = $15 limit 500) t15
           union all select organization_id from (select organization_id from organization_search where token = $16 limit 500) t16) t
           group by organization_id order by count(*) desc, organization_id limit 100) hits
     join organizations o on o.id = hits.organization_id
     where o.status = 'active' order by hits.shared desc, o.id";

const BY_DOMAIN: &str = "select o.id, o.name, o.city, o.state
     from (select distinct m.organization_id from memberships m
           where m.email_domain = $1 and m.ended_at is null limit 50) hits
     join organizations o on o.id = hits.organization_id
     where o.status = 'active' order by o.name_folded, o.id limit 5";

/// The statements of a search and the number of their parameters, all texts: none may scan a table.
pub const QUERIES: [(&str, usize); 3] = [(BY_WORDS, 3), (BY_TRIGRAMS, TRIGRAMS_AT_ONCE), (BY_DOMAIN, 1)];

/// The first 21 names that have all three tokens, in the order of names.
pub(super) async fn by_words(on: &mut impl Sql, tokens: [&str; 3]) -> Result<Vec<Listing>, Fault> {
    let [one, two, three] = tokens.map(str::to_owned);
    on.sql(BY_WORDS).bind(one).bind(two).bind(three).all().await
}

/// The 100 names that share most of the trigrams, most alike first.
pub(super) async fn by_trigrams(on: &mut impl Sql, trigrams: [&str; TRIGRAMS_AT_ONCE]) -> Result<Vec<Listing>, Fault> {
    let statement = trigrams.into_iter().fold(on.sql(BY_TRIGRAMS), |sql, trigram| sql.bind(trigram.to_owned()));
    statement.all().await
}

/// Organizations with people who proved an address of `domain`.
pub(super) async fn by_domain(on: &mut impl Sql, domain: &str) -> Result<Vec<Listing>, Fault> {
    on.sql(BY_DOMAIN).bind(domain.to_owned()).all().await
}

/// Forgets all tokens of an organization.
pub(super) async fn forget(unit: &mut Unit, id: OrganizationId) -> Result<(), Fault> {
    unit.sql("delete from organization_search where organization_id = $1").bind(id).run().await?;
    Ok(())
}

/// Adds tokens; one that stands there twice is kept once.
pub(super) async fn add(
    unit: &mut Unit,
    id: OrganizationId,
    name_folded: &str,
    tokens: [&str; TOKENS_AT_ONCE],
) -> Result<(), Fault> {
    let statement = unit
        .sql(
            "insert into organization_search (organization_id, name_folded, token)
             values ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6), ($1, $2, $7),
                    ($1, $2, $8), ($1, $2, $9), ($1, $2, $10), ($1, $2, $11), ($1, $2, $12)
             on conflict do nothing",
        )
        .bind(id)
        .bind(name_folded.to_owned());
    tokens.into_iter().fold(statement, |sql, token| sql.bind(token.to_owned())).run().await?;
    Ok(())
}

/// The next organizations after `after` that cannot be found yet.
pub(super) async fn without_tokens(on: &mut impl Sql, after: OrganizationId) -> Result<Vec<Listing>, Fault> {
    on.sql(
        "select o.id, o.name, o.city, o.state from organizations o
         where o.id > $1 and o.status <> 'deleted'
           and not exists (select 1 from organization_search s where s.organization_id = o.id)
         order by o.id limit 100",
    )
    .bind(after)
    .all()
    .await
}

/// The people of an organization.
pub(super) async fn people_of(on: &mut impl Sql, id: OrganizationId) -> Result<Vec<(AccountId,)>, Fault> {
    on.sql("select account_id from memberships where organization_id = $1 and ended_at is null").bind(id).all().await
}

/// Notes the domain of a person's proven address at their place in an organization.
pub(super) async fn set_domain(
    unit: &mut Unit,
    organization: OrganizationId,
    account: AccountId,
    domain: Option<String>,
) -> Result<(), Fault> {
    unit.sql(
        "update memberships set email_domain = $3 where organization_id = $1 and account_id = $2 and ended_at is null",
    )
    .bind(organization)
    .bind(account)
    .bind(domain)
    .run()
    .await?;
    Ok(())
}
