//! The tables `site_approvals` and `site_approval_words`.

use super::{Approval, By, Said, Terms, Word, WordSaid};
use crate::kernel::{ApprovalId, Fault, Json, OrganizationId, SiteId, Timestamp, WordId};
use crate::platform::store::{Sql, Statement, Unit};

/// A word that is being said.
#[derive(Debug, Clone)]
pub(super) struct NewWord {
    word: Word,
    roles: Vec<String>,
    reason: Option<String>,
    valid_until: Option<Timestamp>,
    decided_by: String,
    clerk: Option<String>,
}

impl NewWord {
    /// A word without terms.
    pub(super) fn plain(word: Word, said: Said, by: &By<'_>) -> Self {
        Self { word, ..Self::approval(Terms { reason: said.reason, ..Terms::default() }, by) }
    }

    /// An approval.
    pub(super) fn approval(terms: Terms, by: &By<'_>) -> Self {
        Self {
            word: Word::Approved,
            roles: terms.roles,
            reason: terms.reason.map(|reason| reason.to_string()),
            valid_until: terms.valid_until,
            decided_by: by.actor.to_string(),
            clerk: by.clerk.as_ref().map(ToString::to_string),
        }
    }
}

/// An approval as it stands in the table.
#[derive(sqlx::FromRow)]
struct ApprovalRow {
    site_id: SiteId,
    organization_id: OrganizationId,
    status: String,
    roles: Json<Vec<String>>,
    reason: Option<String>,
    valid_until: Option<Timestamp>,
    decided_by: Option<String>,
    clerk: Option<String>,
    requested_at: Option<Timestamp>,
    approved_at: Option<Timestamp>,
    updated_at: Timestamp,
    rev: i64,
}

impl TryFrom<ApprovalRow> for Approval {
    type Error = Fault;
    fn try_from(row: ApprovalRow) -> Result<Self, Fault> {
        Ok(Self {
            site: row.site_id,
            organization: row.organization_id,
            word: row.status.parse()?,
            roles: row.roles.0,
            reason: row.reason,
            valid_until: row.valid_until,
            decided_by: row.decided_by,
            clerk: row.clerk,
            requested_at: row.requested_at,
            approved_at: row.approved_at,
            said_at: row.updated_at,
            rev: row.rev,
        })
    }
}

/// Says a word, as the first one or in the place of the one before. `$asked` and `$approved` are what
/// becomes of the two moments, `$when` is the guard on the word before.
macro_rules! say {
    ($new_asked:literal, $new_approved:literal, $asked:literal, $approved:literal, $when:literal) => {
        concat!(
            "insert into site_approvals (id, site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk,
                                         requested_at, approved_at, rev, updated_at)
             select $1, t.id, o.id, $4, $5, $6, $7, $8, $9, ", $new_asked, ", ", $new_approved, ", 1, $10
             from sites t join organizations o on o.id = $3 and o.status <> 'deleted'
             where t.id = $2 and t.status = 'active'
             on conflict (site_id, organization_id) do update set
                 status = excluded.status, roles = excluded.roles, reason = excluded.reason, valid_until = excluded.valid_until,
                 decided_by = excluded.decided_by, clerk = excluded.clerk, requested_at = ", $asked, ", approved_at = ", $approved, ",
                 rev = site_approvals.rev + 1, updated_at = excluded.updated_at
             where ", $when, "
             returning site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk, requested_at, approved_at,
                       updated_at, rev"
        )
    };
}

async fn said(
    unit: &mut Unit,
    text: &'static str,
    (site, organization): (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    let now = unit.now();
    let id = ApprovalId::new(now, &unit.entropy());
    let statement = unit.sql(text).bind(id).bind(site).bind(organization);
    statement_of(statement, new).bind(now).maybe::<ApprovalRow>().await?.map(Approval::try_from).transpose()
}

/// Binds what a word says.
fn statement_of(statement: Statement<'_>, new: NewWord) -> Statement<'_> {
    statement
        .bind(new.word.as_str())
        .bind(Json(new.roles))
        .bind(new.reason)
        .bind(new.valid_until)
        .bind(new.decided_by)
        .bind(new.clerk)
}

/// Asks, unless a word stands in the way or it was asked before.
pub(super) async fn request(
    unit: &mut Unit,
    at: (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    let text = say!(
        "$10",
        "cast(null as bigint)",
        "excluded.requested_at",
        "site_approvals.approved_at",
        "site_approvals.status = 'revoked'"
    );
    said(unit, text, at, new).await
}

/// Approves, whatever was said before.
pub(super) async fn approve(
    unit: &mut Unit,
    at: (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    let text = say!("cast(null as bigint)", "$10", "site_approvals.requested_at", "excluded.approved_at", "true");
    said(unit, text, at, new).await
}

/// Suspends or denies, unless that was said before.
pub(super) async fn put_out(
    unit: &mut Unit,
    at: (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    let text = say!(
        "cast(null as bigint)",
        "cast(null as bigint)",
        "site_approvals.requested_at",
        "site_approvals.approved_at",
        "site_approvals.status <> excluded.status"
    );
    said(unit, text, at, new).await
}

/// Ends whatever there is.
pub(super) async fn revoke(
    unit: &mut Unit,
    at: (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    end(
        unit,
        "update site_approvals set status = $3, roles = $4, reason = $5, valid_until = $6, decided_by = $7, clerk = $8,
                                   rev = rev + 1, updated_at = $9
         where site_id = $1 and organization_id = $2 and status <> 'revoked'
         returning site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk, requested_at, approved_at,
                   updated_at, rev",
        at,
        new,
    )
    .await
}

/// Ends an approval whose time is over.
pub(super) async fn expire(
    unit: &mut Unit,
    at: (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    end(
        unit,
        "update site_approvals set status = $3, roles = $4, reason = $5, valid_until = $6, decided_by = $7, clerk = $8,
                                   rev = rev + 1, updated_at = $9
         where site_id = $1 and organization_id = $2 and status = 'approved' and valid_until <= $9
         returning site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk, requested_at, approved_at,
                   updated_at, rev",
        at,
        new,
    )
    .await
}

async fn end(
    unit: &mut Unit,
    text: &'static str,
    (site, organization): (SiteId, OrganizationId),
    new: NewWord,
) -> Result<Option<Approval>, Fault> {
    let now = unit.now();
    let statement = unit.sql(text).bind(site).bind(organization);
    statement_of(statement, new).bind(now).maybe::<ApprovalRow>().await?.map(Approval::try_from).transpose()
}

/// Keeps a word in the history.
pub(super) async fn remember(
    unit: &mut Unit,
    (site, organization): (SiteId, OrganizationId),
    new: NewWord,
    rev: i64,
) -> Result<(), Fault> {
    let now = unit.now();
    let id = WordId::new(now, &unit.entropy());
    let statement = unit
        .sql(
            "insert into site_approval_words (id, site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk,
                                              rev, said_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(id)
        .bind(site)
        .bind(organization);
    statement_of(statement, new).bind(rev).bind(now).run().await?;
    Ok(())
}

/// The word that counts.
pub(super) async fn find(
    on: &mut impl Sql,
    (site, organization): (SiteId, OrganizationId),
) -> Result<Option<Approval>, Fault> {
    let row: Option<ApprovalRow> = on
        .sql(
            "select site_id, organization_id, status, roles, reason, valid_until, decided_by, clerk, requested_at, approved_at,
                    updated_at, rev
             from site_approvals where site_id = $1 and organization_id = $2",
        )
        .bind(site)
        .bind(organization)
        .maybe()
        .await?;
    row.map(Approval::try_from).transpose()
}

/// The newest words, the newest first.
pub(super) async fn history(
    on: &mut impl Sql,
    (site, organization): (SiteId, OrganizationId),
    most: i64,
) -> Result<Vec<WordSaid>, Fault> {
    on.sql(
        "select status, roles, reason, valid_until, decided_by, clerk, said_at, rev from site_approval_words
         where site_id = $1 and organization_id = $2 order by rev desc, said_at desc limit $3",
    )
    .bind(site)
    .bind(organization)
    .bind(most)
    .all()
    .await
}

/// Approvals whose time is over, a few hundred at a time.
pub(super) async fn expired(on: &mut impl Sql) -> Result<Vec<(SiteId, OrganizationId)>, Fault> {
    let now = on.now();
    on.sql(
        "select site_id, organization_id from site_approvals
         where status = 'approved' and valid_until is not null and valid_until <= $1 order by valid_until limit 500",
    )
    .bind(now)
    .all()
    .await
}
