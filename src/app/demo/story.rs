//! What happened in the demo since its organizations were founded, done as its people would do it.

use super::{
    past::Past,
    people::{DANA, ELLEN, GRACE, KIM, LUIS, RAY, RUTH},
    seed,
};
use crate::accounts::{
    self, Account, address, rules,
    sign_in::{self, Browser, SignInError, Try},
};
use crate::app::App;
use crate::audit::Actor;
use crate::kernel::{Doing, Fault, Language, Lifetime};
use crate::organizations::{
    self, Administrator, AssignableRole, Place,
    invitations::{self, NewInvitation},
    joining, members,
};
use crate::platform::{
    hash::PasswordHash,
    serve::network_of,
    store::{Sql, Unit},
};

/// Where Ray gets his mail now.
const RAY_NOW: &str = "ray@northline.example";
/// How often somebody has tried Ruth's account: from the tenth try on each wait is the longest.
const TRIES: i64 = 10;

/// Grace's devices: how many minutes ago she signed in, from which network, with which browser.
const DEVICES: [(i64, &str, &str); 3] = [
    (540, "192.0.2.0/24", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    (
        250,
        "198.51.100.0/24",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    ),
    (
        25,
        "203.0.113.0/24",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    ),
];

/// Lets it happen, each thing in its time; the mails that come of it stand in the outbox.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn tell(app: &App, past: &mut Past, password: PasswordHash) -> Result<(), Fault> {
    past.pass_until(Lifetime::days(12));
    ray_changes_his_address(app).await?;
    past.pass_until(Lifetime::days(6));
    ellen_disables_kim(app).await?;
    past.pass_until(Lifetime::days(2));
    dana_invites_priya(app).await?;
    past.pass_until(Lifetime::hours(20));
    luis_asks_to_join(app, password).await?;
    grace_signs_in(app, past).await?;
    somebody_tries_ruths_account(app, past).await
}

/// The user ID stays the former address, so nobody else can ever have that.
async fn ray_changes_his_address(app: &App) -> Result<(), Fault> {
    let mut unit = app.db.write().await?;
    let ray = person(&mut unit, RAY).await?;
    let new = RAY_NOW.parse().doing("move somebody of the demo")?;
    match address::change(&mut unit, &app.accounts.kit, &Actor::Person(ray.id()), &ray, &new).await? {
        true => unit.commit().await,
        false => Err(Fault::new("move somebody of the demo")),
    }
}

async fn ellen_disables_kim(app: &App) -> Result<(), Fault> {
    let mut unit = app.db.write().await?;
    let (place, kim) = (place_of(&mut unit, ELLEN).await?, person(&mut unit, KIM).await?);
    let membership = members::of_account(&mut unit, place.organization, kim.id()).await?;
    let membership = membership.ok_or_else(|| Fault::new("find a member of the demo"))?;
    let disabled = members::disable(&mut unit, &app.accounts.kit, administrator(&place)?, membership).await;
    disabled.doing("disable somebody of the demo")?;
    unit.commit().await
}

async fn dana_invites_priya(app: &App) -> Result<(), Fault> {
    let doing = "invite somebody to the demo";
    let new = NewInvitation {
        given_name: "Priya".parse().doing(doing)?,
        family_name: "Raman".parse().doing(doing)?,
        email: "priya@northline.example".parse().doing(doing)?,
        role: AssignableRole::Member,
    };
    let mut unit = app.db.write().await?;
    let place = place_of(&mut unit, DANA).await?;
    let invited = invitations::invite(&mut unit, &app.accounts.kit, administrator(&place)?, new, Language::English);
    invited.await.doing(doing)?;
    unit.commit().await
}

async fn luis_asks_to_join(app: &App, password: PasswordHash) -> Result<(), Fault> {
    let doing = "let somebody of the demo ask to join";
    let mut unit = app.db.write().await?;
    let luis = seed::open_for(&mut unit, &LUIS, password).await?;
    let northline = place_of(&mut unit, DANA).await?.organization;
    let note = "I start on Monday as a driver. Ray Novak knows me.".parse().doing(doing)?;
    joining::ask(&mut unit, &app.accounts.kit, luis, northline, Some(note)).await.doing(doing)?;
    unit.commit().await
}

async fn grace_signs_in(app: &App, past: &mut Past) -> Result<(), Fault> {
    for (minutes, network, user_agent) in DEVICES {
        past.pass_until(Lifetime::minutes(minutes));
        let mut unit = app.db.write().await?;
        let grace = person(&mut unit, GRACE).await?.id();
        let browser = Browser { network: network.to_owned(), user_agent: user_agent.to_owned(), former: None };
        sign_in::enter(&mut unit, &app.accounts, grace, browser).await?;
        unit.commit().await?;
    }
    Ok(())
}

/// Each try comes as soon as the one before allows it; the last one is made now, from this machine,
/// which therefore has to wait.
async fn somebody_tries_ruths_account(app: &App, past: &mut Past) -> Result<(), Fault> {
    let network = network_of(app.config.http.listen.ip()).to_string();
    for tries in 1..=TRIES {
        let waits = (tries..TRIES).map(|tries| rules::wait_after(tries, &app.config.limits).as_millis());
        past.pass_until(Lifetime::millis(waits.sum()));
        let browser = Browser { network: network.clone(), user_agent: String::new(), former: None };
        let attempt = Try { identifier: RUTH.to_owned(), password: "red stones".to_owned(), browser };
        match sign_in::sign_in(&app.accounts, attempt).await {
            Err(SignInError::Wrong) => {}
            Err(other) => return Err(Fault::of("try a wrong password in the demo", other)),
            Ok(_) => return Err(Fault::new("try a wrong password in the demo")),
        }
    }
    Ok(())
}

async fn person(on: &mut impl Sql, username: &str) -> Result<Account, Fault> {
    accounts::find(on, username).await?.ok_or_else(|| Fault::new("find somebody of the demo"))
}

async fn place_of(unit: &mut Unit, username: &str) -> Result<Place, Fault> {
    let account = person(unit, username).await?.id();
    organizations::place_of(unit, account).await?.ok_or_else(|| Fault::new("find a place of the demo"))
}

fn administrator(place: &Place) -> Result<Administrator<'_>, Fault> {
    place.administrator().ok_or_else(|| Fault::new("find an administrator of the demo"))
}
