//! The tours that `connex demo` prints, walked in the words that it prints.

use reqwest::{Method, header::ORIGIN};
use scraper::{ElementRef, Html, Selector};
use tempfile::TempDir;
use url::Url;

use super::free_ports;
use crate::support::{
    http::{Landing, Page, Visitor, read},
    process::Node,
    until,
};

const PASSWORD: &str = "maple canoe lantern harbor";
const DANA: &str = "dana@northline.example";

/// Somebody who has started the demo and does what it says.
struct Tourist {
    node: Node,
    connex: String,
    visitor: Visitor,
    page: Page,
    _folder: TempDir,
}

/// What is pressed: a button, found by this selector, or a link to this address.
enum Pressed {
    Button(String),
    Link(Url),
}

impl Tourist {
    async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_ports(7));
        let data = folder.path().join("demo");
        let node = Node::demo(&["--listen", &format!("127.0.0.1:{port}"), "--data", data.to_str().unwrap()]);
        let connex = format!("http://127.0.0.1:{port}");
        let visitor = Visitor::new();
        let page = visitor.get(&connex).await;
        Self { node, connex, visitor, page, _folder: folder }
    }

    /// Fails unless the demo has printed this, in whatever lines and case.
    fn assert_printed(&self, words: &str) {
        let said = self.node.output().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        assert!(said.contains(&words.to_lowercase()), "{words} is not in the tours:\n{said}");
    }

    /// The address that is printed for a site.
    fn site(&self, name: &str) -> String {
        let said = self.node.output();
        let line = said.lines().find(|line| line.starts_with("http://") && line.contains(name));
        let url = line.and_then(|line| line.split_whitespace().next()).unwrap().to_owned();
        self.assert_printed(&format!("Open {name} ({url})"));
        url
    }

    /// Opens an address that is printed.
    async fn open(&mut self, address: &str) {
        self.assert_printed(address);
        let landing = self.visitor.open(address).await;
        self.land(landing).await;
    }

    /// Goes on over all origins until there is a page.
    async fn land(&mut self, mut landing: Landing) {
        for _ in 0..6 {
            match landing {
                Landing::Page(page) => {
                    self.page = page;
                    return;
                }
                Landing::Outside(url) => landing = self.visitor.open(url.as_str()).await,
            }
        }
        panic!("six sites, and no page");
    }

    /// Presses what has these words, which are printed.
    async fn press(&mut self, words: &str, fields: &[(&str, &str)]) {
        self.assert_printed(words);
        let landing = match find(&self.page, words) {
            Pressed::Button(selector) => self.visitor.press(&self.page, &selector, fields).await,
            Pressed::Link(url) => self.visitor.open(url.as_str()).await,
        };
        self.land(landing).await;
    }

    /// Presses *Sign out* at a site, which looks where the form comes from.
    async fn sign_out_of_the_site(&mut self) {
        self.assert_printed("Press Sign out");
        let Pressed::Button(button) = find(&self.page, "Sign out") else { panic!("a link: {}", self.page.text()) };
        assert!(self.page.has(&button));
        let (url, origin) = (self.page.url.join("/logout").unwrap(), self.page.url.origin().ascii_serialization());
        let form = self.visitor.request(Method::POST, url.as_str()).header(ORIGIN, origin);
        let landing = self.visitor.follow(read(form).await).await;
        self.land(landing).await;
        assert!(self.page.has("#signed-out"), "{}", self.page.text());
    }

    async fn sign_in_as(&mut self, username: &str) {
        self.assert_printed(username);
        self.press("Sign in", &[("username", username), ("password", PASSWORD)]).await;
    }

    /// The newest mail in the outbox that is to `address`.
    async fn mail_to(&self, address: &str) -> Page {
        let outbox = format!("{}/dev/mail", self.connex);
        self.assert_printed(&outbox);
        let list = self.visitor.get(&outbox).await;
        self.visitor.get(list.url.join(&mail_in(&list, address)).unwrap().as_str()).await
    }
}

fn words_of(element: ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn find(page: &Page, words: &str) -> Pressed {
    let document = Html::parse_document(&page.body);
    let all = |selector: &str| document.select(&Selector::parse(selector).unwrap()).collect::<Vec<_>>();
    let unnamed = all("button:not([id])");
    if let Some(button) = all("button").into_iter().find(|button| words_of(*button) == words) {
        return Pressed::Button(match button.attr("id") {
            Some(id) => format!("#{id}"),
            None if unnamed.first() == Some(&button) => "button:not([id])".to_owned(),
            None => panic!("{words} is not the first button on {}", page.url),
        });
    }
    // A link may go on with words that only screen readers tell.
    let links = all("a[href]");
    let exactly = links.iter().find(|link| words_of(**link) == words);
    let link = exactly.or_else(|| links.iter().find(|link| words_of(**link).starts_with(words)));
    let link = link.unwrap_or_else(|| panic!("nothing says {words} on {}: {}", page.url, page.text()));
    Pressed::Link(page.url.join(link.attr("href").unwrap()).unwrap())
}

/// The address of the newest mail to `address` in the list.
fn mail_in(list: &Page, address: &str) -> String {
    let document = Html::parse_document(&list.body);
    let (row, link) = (Selector::parse("#mails li").unwrap(), Selector::parse("a").unwrap());
    let mail = document.select(&row).find(|row| words_of(*row).contains(address));
    let mail = mail.unwrap_or_else(|| panic!("no mail to {address}: {}", list.text()));
    mail.select(&link).next().unwrap().attr("href").unwrap().to_owned()
}

/// The six digits of a mail.
fn code_in(mail: &Page) -> String {
    let words = mail.words("#text");
    let words: Vec<&str> = words.split(' ').collect();
    let is_half = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let pair = words.windows(2).find(|pair| pair.iter().all(|word| is_half(word)));
    pair.unwrap_or_else(|| panic!("no code in {words:?}")).concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_of_the_new_contractor_and_northline_works_word_for_word() {
    let mut tour = Tourist::start().await;
    tour.open(&tour.site("Birch County Road Commission")).await;
    tour.press("Log in with ConneX", &[]).await;
    tour.press("Create a free account", &[]).await;
    sign_up(&mut tour).await;
    assert_eq!(tour.page.words("#organization"), "Cedar Bluff Trucking LLC");
    assert!(tour.page.has("#org-founder"), "{}", tour.page.text());
    tour.sign_out_of_the_site().await;

    tour.open(&format!("{}/login", tour.connex)).await;
    tour.sign_in_as(DANA).await;
    tour.press("My account", &[]).await;
    tour.press("Organization", &[]).await;
    tour.press("Manage Users", &[]).await;
    tour.assert_printed("1 request to join");
    assert_eq!(tour.page.words("#badge"), "1 request to join");
    tour.press("Decide", &[]).await;
    assert!(tour.page.words("#note").contains("Ray Novak knows me"));
    tour.press("Accept Luis Ortega", &[]).await;
    tour.press("Add new user to organization", &[]).await;
    let alma = [("given_name", "Alma"), ("family_name", "Reyes"), ("email", "alma@northline.example")];
    tour.press("Add user", &alma).await;

    assert_eq!(tour.mail_to("luis@northline.example").await.attribute("#text", "lang"), "es");
    let link = tour.mail_to("alma@northline.example").await.attribute("#link", "href");
    assert_eq!(Visitor::new().get(&link).await.words("h1"), "Join Northline Hauling LLC");
    tour.press("Sign out", &[]).await;
    tour.press("Yes, sign out", &[]).await;
    assert!(!tour.visitor.open(&tour.connex).await.page().has("#person"));
}

/// From the first page of the sign-up to the site, as steps 2 to 4 say.
async fn sign_up(tour: &mut Tourist) {
    let alex = "alex@cedar-bluff.example";
    tour.assert_printed(alex);
    tour.press("Continue", &[("email", alex)]).await;
    let code = code_in(&tour.mail_to(alex).await);
    tour.press("Continue", &[("code", &code)]).await;
    tour.assert_printed("Type northline and press Search");
    tour.press("Search", &[("q", "northline")]).await;
    for name in ["Northline Hauling LLC", "North Line Transport Co."] {
        assert!(tour.page.text().contains(name), "{name}: {}", tour.page.text());
    }
    tour.assert_printed("Choose None and press Continue");
    tour.press("Continue", &[("org", "none")]).await;
    let address = ["Cedar Bluff Trucking LLC", "12 River Road", "Aitkin", "MN", "56431"];
    tour.assert_printed(&address.join(", "));
    let names = ["name", "street", "city", "state", "postal_code"];
    tour.press("Continue", &names.into_iter().zip(address).collect::<Vec<_>>()).await;
    let person = [("password", PASSWORD), ("given_name", "Alex"), ("family_name", "Bluff")];
    tour.press("Continue", &person).await;
    tour.press("Create account", &[]).await;
    tour.press("Continue", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_of_one_sign_in_for_all_sites_works_word_for_word() {
    let mut tour = Tourist::start().await;
    let (birch, tamarack) = (tour.site("Birch County Road Commission"), tour.site("Tamarack County Permits"));
    tour.open(&birch).await;
    tour.press("Log in with ConneX", &[]).await;
    tour.sign_in_as(DANA).await;
    tour.press("Continue", &[]).await;
    assert_eq!(tour.page.words("#person-name"), "Dana Whitfield");
    tour.open(&tamarack).await;
    tour.press("Log in with ConneX", &[]).await;
    tour.press("Continue", &[]).await;
    assert_eq!(tour.page.words("#person-name"), "Dana Whitfield");
    tour.sign_out_of_the_site().await;
    // ConneX tells the other sites behind the scenes.
    until("Dana is signed out of the first site", async || tour.visitor.get(&birch).await.has("#signed-out")).await;

    tour.open(&tour.site("Marlow County Highway Department")).await;
    tour.press("Log in with ConneX", &[]).await;
    tour.sign_in_as("marcus@copperfield.example").await;
    tour.press("Continue", &[]).await;
    assert_eq!(tour.page.words("#person-name"), "Marcus Bell");
    tour.sign_out_of_the_site().await;
    tour.press("Log in with ConneX", &[]).await;
    tour.sign_in_as(DANA).await;
    assert!(tour.page.text().contains("has not approved Northline Hauling LLC yet"), "{}", tour.page.text());

    tour.open(&format!("{}/logout", tour.connex)).await;
    tour.press("Yes, sign out", &[]).await;
    tour.open(&format!("{}/login", tour.connex)).await;
    tour.sign_in_as("kim@northline.example").await;
    assert!(tour.page.text().contains("disabled by Northline Hauling LLC"), "{}", tour.page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_the_demo_are_as_the_table_says() {
    let mut tour = Tourist::start().await;
    let link = tour.mail_to("priya@northline.example").await.attribute("#link", "href");
    assert_eq!(tour.visitor.get(&link).await.words("h1"), "Join Northline Hauling LLC");
    for (username, path, expected) in [
        ("ray.novak@haulers.example", "/account", "ray@northline.example Confirmed"),
        ("grace@copperfield.example", "/account/devices", "4 browsers"),
        ("luis@northline.example", "/signup/ready", "Northline Hauling LLC"),
        ("Zofia@Zielinska.example", "/org", "11300 Joseph Campau Avenue Hamtramck, MI 48212"),
    ] {
        tour.visitor = Visitor::new();
        tour.open(&format!("{}/login", tour.connex)).await;
        tour.sign_in_as(username).await;
        let page = tour.visitor.open(&format!("{}{path}", tour.connex)).await.page();
        assert!(page.text().contains(expected), "{username}: {}", page.text());
    }
    tour.visitor = Visitor::new();
    tour.open(&format!("{}/login", tour.connex)).await;
    tour.sign_in_as("ruth@redstone.example").await;
    assert_eq!(tour.page.status, 429, "{}", tour.page.text());
}
