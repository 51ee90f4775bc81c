//! Finding organizations: what is found, in which order, and without looking at every row.

use connex::{
    accounts::open::{NewAccount, open},
    audit::Actor,
    kernel::{AccountId, Language},
    organizations::{
        Profile,
        search::{self, Found, QUERIES, Typed},
    },
    platform::store::Unit,
    protocol::oidc::StandardClaims,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection, postgres::PgArguments};

use crate::support::{base::Base, engine::Engine, on_both_databases};

on_both_databases! {
    a_name_is_found_by_any_of_its_words
    a_name_is_found_whether_or_not_it_is_written_in_one_word
    a_name_is_found_in_spite_of_a_typing_error
    the_very_name_comes_first_and_colleagues_second
    free_mail_makes_no_colleagues
    what_is_too_short_is_not_searched_for
    more_than_twenty_hits_are_said_to_be_more
    a_deleted_organization_is_not_found
    alike_names_are_told_in_the_same_state_only
    organizations_from_before_are_caught_up_with
    no_search_scans_a_table
}

/// A person with a proven address of their own at `domain`.
async fn person(unit: &mut Unit, domain: &str) -> AccountId {
    let email = format!("p{}@{domain}", unit.entropy().below(u32::MAX));
    let new = NewAccount {
        username: email.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified: true,
        given_name: "Dana".parse().unwrap(),
        family_name: "Whitfield".parse().unwrap(),
        claims: StandardClaims::default(),
        password_hash: None,
        language: Language::English,
    };
    open(unit, &Actor::Operator, new).await.unwrap()
}

/// Organizations in Brainerd, Minnesota, each founded by somebody of `domain`.
async fn found(base: &Base, domain: &str, names: &[&str]) {
    let mut unit = base.db.write().await.unwrap();
    for name in names {
        let founder = person(&mut unit, domain).await;
        let mut new = Profile::named(name.parse().unwrap());
        new.city = Some("Brainerd".parse().unwrap());
        new.state = Some("MN".parse().unwrap());
        connex::organizations::found(&mut unit, &Actor::Operator, new, founder).await.unwrap();
    }
    unit.commit().await.unwrap();
}

async fn three(base: &Base) {
    let northline = "northline.example";
    found(base, northline, &["Northline Hauling LLC", "North Star Paving Inc.", "Lake Country Bridge & Culvert"]).await;
}

async fn search(base: &Base, typed: &str, domain: Option<&str>) -> Found {
    let typed = Typed::parse(typed);
    search::find(&mut base.db.read().await.unwrap(), typed.as_ref(), domain).await.unwrap()
}

async fn names(base: &Base, typed: &str) -> Vec<String> {
    search(base, typed, None).await.hits.iter().map(|hit| hit.listing.name.to_string()).collect()
}

async fn a_name_is_found_by_any_of_its_words(base: Base) {
    three(&base).await;
    assert_eq!(names(&base, "paving").await, ["North Star Paving Inc."]);
    assert_eq!(names(&base, "NORTH").await, ["North Star Paving Inc.", "Northline Hauling LLC"]);
    assert_eq!(names(&base, "haul north").await, ["Northline Hauling LLC"], "all typed words count");
    assert_eq!(names(&base, "culvért and brid").await, ["Lake Country Bridge & Culvert"]);
    assert!(names(&base, "nobody").await.is_empty());
}

async fn a_name_is_found_whether_or_not_it_is_written_in_one_word(base: Base) {
    three(&base).await;
    assert_eq!(names(&base, "north line").await, ["Northline Hauling LLC"]);
    assert_eq!(names(&base, "northstar").await, ["North Star Paving Inc."]);
}

async fn a_name_is_found_in_spite_of_a_typing_error(base: Base) {
    three(&base).await;
    assert_eq!(names(&base, "nothline").await, ["Northline Hauling LLC"]);
    assert_eq!(names(&base, "Northlien Hualing").await, ["Northline Hauling LLC"]);
}

async fn the_very_name_comes_first_and_colleagues_second(base: Base) {
    found(&base, "northline.example", &["Zebra North"]).await;
    found(&base, "lake.example", &["Alpha North", "North", "Beta North"]).await;
    let found = search(&base, "north", Some("northline.example")).await;
    let shown: Vec<_> = found.hits.iter().map(|hit| (hit.listing.name.as_str(), hit.has_colleagues)).collect();
    assert_eq!(shown, [("North", false), ("Zebra North", true), ("Alpha North", false), ("Beta North", false)]);
    let before = search(&base, "", Some("northline.example")).await;
    assert_eq!(before.hits.len(), 1, "colleagues are shown before anything is typed");
}

async fn free_mail_makes_no_colleagues(base: Base) {
    found(&base, "gmail.com", &["Northline"]).await;
    assert_eq!(search::domain_of(&"luis@gmail.com".parse().unwrap()), None);
    assert!(search(&base, "", Some("gmail.com")).await.hits.is_empty(), "not even the domain is kept");
}

async fn what_is_too_short_is_not_searched_for(_: Base) {
    for text in ["", "no", "n o", "   ", "--- !!!", "%%%", "\0\0\0"] {
        assert!(Typed::parse(text).is_none(), "{text:?}");
    }
    assert!(Typed::parse("a b c").is_some() && Typed::parse("３Ｍ 7").is_some());
}

async fn more_than_twenty_hits_are_said_to_be_more(base: Base) {
    let twenty_one: Vec<String> = (0..21).map(|number| format!("Northline {number:02}")).collect();
    let twenty_one: Vec<&str> = twenty_one.iter().map(String::as_str).collect();
    found(&base, "northline.example", &twenty_one[..20]).await;
    let twenty = search(&base, "north", None).await;
    assert_eq!((twenty.hits.len(), twenty.more), (20, false));
    found(&base, "northline.example", &twenty_one[20..]).await;
    let more = search(&base, "north", None).await;
    assert_eq!((more.hits.len(), more.more), (20, true));
    assert_eq!(more.hits[0].listing.name.as_str(), "Northline 00", "in the order of names");
}

async fn a_deleted_organization_is_not_found(base: Base) {
    three(&base).await;
    base.write("update organizations set status = 'deleted' where name_folded = 'northline hauling llc'").await;
    assert_eq!(names(&base, "northline").await, [""; 0]);
    assert!(search(&base, "", Some("northline.example")).await.hits.len() == 2);
}

async fn alike_names_are_told_in_the_same_state_only(base: Base) {
    three(&base).await;
    let mut reader = base.db.read().await.unwrap();
    for (name, state, count) in [
        ("Northline Hauling", "MN", 1),
        ("Nortline Hauling, Inc.", "mn", 1),
        ("Northline Hauling", "MI", 0),
        ("Northline Engineering", "MN", 0),
        ("!!!", "MN", 0),
    ] {
        let alike = search::alike(&mut reader, &name.parse().unwrap(), state).await.unwrap();
        assert_eq!(alike.len(), count, "{name}, {state}: {alike:?}");
    }
}

async fn organizations_from_before_are_caught_up_with(base: Base) {
    three(&base).await;
    base.write("delete from organization_search").await;
    base.write("update memberships set email_domain = null").await;
    assert!(names(&base, "paving").await.is_empty());
    assert_eq!(search::catch_up(&base.db).await.unwrap(), 3);
    assert_eq!(names(&base, "paving").await, ["North Star Paving Inc."]);
    assert_eq!(search(&base, "", Some("northline.example")).await.hits.len(), 3);
    assert_eq!(search::catch_up(&base.db).await.unwrap(), 0, "and only once");
}

/// What the engine means to do for each statement of a search.
async fn plans(base: &Base) -> Vec<String> {
    let mut plans = Vec::new();
    for (query, parameters) in QUERIES {
        let mut plan = String::new();
        match base.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(base.handle.url()).await.unwrap();
                let text = AssertSqlSafe(format!("explain query plan {query}"));
                for row in sqlx::query(text).fetch_all(&mut connection).await.unwrap() {
                    plan.push_str(&format!("{}\n", row.get::<String, _>("detail")));
                }
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(base.handle.url()).await.unwrap();
                // A table of three rows is read whole by choice; the question is whether it has to be.
                sqlx::query("set enable_seqscan = off").execute(&mut connection).await.unwrap();
                let explain = sqlx::query_with(AssertSqlSafe(format!("explain {query}")), PgArguments::default());
                let explain = (0..parameters).fold(explain, |query, _| query.bind("north"));
                for row in explain.fetch_all(&mut connection).await.unwrap() {
                    plan.push_str(&format!("{}\n", row.get::<String, _>(0)));
                }
            }
        }
        plans.push(plan);
    }
    plans
}

/// The lines of a plan that read a whole table. What a subquery found may be read whole.
fn scans(plan: &str) -> Vec<&str> {
    let is_subquery = |name: &str| name == "hits" || name.starts_with('(') || name.starts_with('t');
    let reads_all = |line: &&str| {
        let scanned = line.split("SCAN ").nth(1).and_then(|rest| rest.split_whitespace().next());
        line.contains("Seq Scan on") || scanned.is_some_and(|name| !is_subquery(name))
    };
    plan.lines().filter(reads_all).collect()
}

async fn no_search_scans_a_table(base: Base) {
    three(&base).await;
    for plan in plans(&base).await {
        assert!(scans(&plan).is_empty(), "{plan}");
    }
    assert_eq!(scans("SCAN o USING INDEX a").len(), 1);
    assert_eq!(scans("  ->  Seq Scan on organizations o").len(), 1);
}
