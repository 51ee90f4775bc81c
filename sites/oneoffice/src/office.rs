//! The agency's own: employees and what they may do. Pure.

/// The roles of an employee.
pub(crate) const ROLES: [&str; 3] = ["OneOffice", "OneOffice-legacy", "Admin"];
/// The roles that this site can give to somebody from ConneX.
pub(crate) const LOCAL_ROLES: [&str; 3] = ["Plan holder", "Reviewer", "Inspector"];
/// The applications that need a license.
pub(crate) const APPLICATIONS: [&str; 1] = ["OneOffice"];
/// How many licenses the agency has bought of each.
pub(crate) const LICENSES: i64 = 10;
/// A password is at least this long.
pub(crate) const PASSWORD_CHARACTERS_MIN: usize = 15;

/// Somebody whom the agency employs.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Employee {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Separated by `, `.
    pub(crate) roles: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) must_change: bool,
    pub(crate) disabled_at: Option<i64>,
    /// How many licenses they hold.
    pub(crate) licenses: i64,
}

impl Employee {
    /// The name as people say it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// Whether they have a role.
    pub(crate) fn has(&self, role: &str) -> bool {
        self.roles.split(", ").any(|own| own == role)
    }
}

/// What is unusual about a choice of roles, in sentences.
pub(crate) fn role_warnings(roles: &[String]) -> Vec<&'static str> {
    let has = |role: &str| roles.iter().any(|own| own == role);
    let mut warnings = Vec::new();
    match (has("OneOffice"), has("OneOffice-legacy")) {
        (true, false) => warnings.push("OneOffice without OneOffice-legacy: some pages of the site stay closed."),
        (false, true) => warnings.push("OneOffice-legacy without OneOffice: some pages of the site stay closed."),
        (false, false) if has("Admin") => warnings.push("Admin alone gives no access to the site itself."),
        _ => {}
    }
    warnings
}

/// Whether a text can be an address.
pub(crate) fn is_email(text: &str) -> bool {
    let is_plain = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    is_plain
        && matches!(text.split_once('@'), Some((name, host)) if !name.is_empty() && host.contains('.') && !host.contains('@'))
}

/// Takes the roles that were ticked and those that were typed, and tells which are unknown.
pub(crate) fn chosen_roles<'f>(
    ticked: impl Iterator<Item = &'f str>,
    typed: &'f str,
    known: &[&str],
) -> (Vec<String>, Vec<String>) {
    let (mut roles, mut unknown) = (Vec::new(), Vec::new());
    for word in ticked.chain(typed.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        match known.iter().find(|role| role.eq_ignore_ascii_case(word)) {
            Some(role) if !roles.iter().any(|own| own == role) => roles.push((*role).to_owned()),
            Some(_) => {}
            None => unknown.push(word.to_owned()),
        }
    }
    (roles, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ticked_or_typed_from_the_list() {
        let (roles, unknown) = chosen_roles(["Admin"].into_iter(), "oneoffice, Boss, admin", &ROLES);
        assert_eq!((roles, unknown), (vec!["Admin".to_owned(), "OneOffice".to_owned()], vec!["Boss".to_owned()]));
    }

    #[test]
    fn an_address_has_a_name_and_a_host() {
        assert!(is_email("gloria@birch.example"));
        for text in ["", "gloria", "@birch.example", "gloria@birch", "a b@birch.example", "a@b@c.example"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
