//! The table `jobs`.

use super::{LeasedJob, NewJob};
use crate::kernel::{Fault, JobId, Lifetime, Timestamp};
use crate::platform::store::{Sql, Unit};

/// How long a worker may take. A job whose worker died is given to another one after this.
const LEASE: Lifetime = Lifetime::seconds(30);

/// Queues a job, in the transaction of what caused it. A waiting job of the same kind and key is
/// enough.
///
/// # Errors
/// When the database refuses it.
pub async fn enqueue(unit: &mut Unit, job: NewJob) -> Result<(), Fault> {
    let now = unit.now();
    let id = JobId::new(now, &unit.entropy());
    unit.owe_work();
    unit.sql(
        "insert into jobs (id, kind, key, payload, run_at, attempts, leased_until, expires_at, created_at)
         values ($1, $2, $3, $4, $5, 0, 0, $6, $5) on conflict (kind, key) do nothing",
    )
    .bind(id)
    .bind(job.kind)
    .bind(job.key)
    .bind(job.payload)
    .bind(now)
    .bind(job.expires_at)
    .run()
    .await?;
    Ok(())
}

/// Jobs that are due, whether or not a worker has them: what the operator watches.
///
/// # Errors
/// When the database does not answer.
pub async fn count_due(on: &mut impl Sql) -> Result<i64, Fault> {
    let now = on.now();
    let due = on.sql("select count(*) from jobs where run_at <= $1").bind(now).scalar().await?;
    Ok(due.unwrap_or_default())
}

/// Whether a lease would find something.
pub(super) async fn any_free(on: &mut impl Sql) -> Result<bool, Fault> {
    let now = on.now();
    let free = on
        .sql("select count(*) from (select 1 as one from jobs where run_at <= $1 and leased_until <= $1 limit 1) as free")
        .bind(now)
        .scalar::<i64>()
        .await?;
    Ok(free.unwrap_or_default() > 0)
}

/// Takes up to `most` due jobs for this worker.
pub(super) async fn lease(unit: &mut Unit, most: i64) -> Result<Vec<LeasedJob>, Fault> {
    let now = unit.now();
    let lease = JobId::new(now, &unit.entropy()).uuid();
    // The condition stands outside the subquery too: under READ COMMITTED a second worker that
    // waited for the first one's row locks would otherwise lease the same rows again.
    unit.sql(
        "update jobs set leased_until = $2, lease = $3, attempts = attempts + 1
         where run_at <= $1 and leased_until <= $1
           and id in (select id from jobs where run_at <= $1 and leased_until <= $1 order by run_at, id limit $4)
         returning id, kind, key, payload, attempts, expires_at, lease",
    )
    .bind(now)
    .bind(now + LEASE)
    .bind(lease)
    .bind(most)
    .all()
    .await
}

/// Forgets a job that is done, if the lease is still this worker's.
pub(super) async fn finish(unit: &mut Unit, job: &LeasedJob) -> Result<(), Fault> {
    unit.sql("delete from jobs where id = $1 and lease = $2").bind(job.id).bind(job.lease).run().await?;
    Ok(())
}

/// Puts a job back for `run_at`, if the lease is still this worker's.
pub(super) async fn put_back(unit: &mut Unit, job: &LeasedJob, run_at: Timestamp, why: &str) -> Result<(), Fault> {
    unit.sql("update jobs set run_at = $3, leased_until = 0, last_error = $4 where id = $1 and lease = $2")
        .bind(job.id)
        .bind(job.lease)
        .bind(run_at)
        .bind(why.to_owned())
        .run()
        .await?;
    Ok(())
}
