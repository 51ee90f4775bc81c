//! The modules of the Basic plan, each under the suite's own name.

pub mod codes;
pub mod flow;
pub mod people;
pub mod run;

/// Declares one test for each module, on both engines and schemes: `test = module`.
macro_rules! modules {
    ($mode:expr; $($test:ident = $($module:ident)::+,)*) => {
        crate::support::on_every_engine_and_scheme! { $($test)* }
        $(async fn $test(app: crate::support::app::TestApp) {
            let run = crate::oidc::basic::run::Run::start(app, $mode).await;
            crate::oidc::basic::$($module)::+(run).await;
        })*
    };
}

pub(crate) use modules;

modules! {
    run::Mode::Query;
    oidcc_server = flow::server,
    oidcc_response_type_missing = flow::response_type_missing,
    oidcc_idtoken_signature = flow::idtoken_signature,
    oidcc_idtoken_unsigned = flow::idtoken_unsigned,
    oidcc_userinfo_get = people::userinfo_get,
    oidcc_userinfo_post_header = people::userinfo_post_header,
    oidcc_userinfo_post_body = people::userinfo_post_body,
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow = flow::ensure_request_without_nonce_succeeds_for_code_flow,
    oidcc_scope_profile = people::scope_profile,
    oidcc_scope_email = people::scope_email,
    oidcc_scope_address = people::scope_address,
    oidcc_scope_phone = people::scope_phone,
    oidcc_scope_all = people::scope_all,
    oidcc_alternate_happy_flow = flow::alternate_happy_flow,
    oidcc_display_page = people::display_page,
    oidcc_display_popup = people::display_popup,
    oidcc_prompt_login = people::prompt_login,
    oidcc_prompt_none_not_logged_in = people::prompt_none_not_logged_in,
    oidcc_prompt_none_logged_in = people::prompt_none_logged_in,
    oidcc_max_age_1 = people::max_age_1,
    oidcc_max_age_10000 = people::max_age_10000,
    oidcc_ensure_request_with_unknown_parameter_succeeds = flow::ensure_request_with_unknown_parameter_succeeds,
    oidcc_id_token_hint = people::id_token_hint,
    oidcc_login_hint = people::login_hint,
    oidcc_ui_locales = people::ui_locales,
    oidcc_claims_locales = people::claims_locales,
    oidcc_ensure_request_with_acr_values_succeeds = people::ensure_request_with_acr_values_succeeds,
    oidcc_codereuse = codes::codereuse,
    oidcc_codereuse_30seconds = codes::codereuse_30seconds,
    oidcc_ensure_registered_redirect_uri = flow::ensure_registered_redirect_uri,
    oidcc_ensure_post_request_succeeds = flow::ensure_post_request_succeeds,
    oidcc_server_client_secret_post = flow::server_client_secret_post,
    oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported = flow::request_by_reference,
    oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported = flow::request_unsigned,
    oidcc_claims_essential = people::claims_essential,
    oidcc_ensure_request_object_with_redirect_uri = flow::ensure_request_object_with_redirect_uri,
    oidcc_refresh_token = flow::refresh_token,
    oidcc_ensure_request_with_valid_pkce_succeeds = flow::ensure_request_with_valid_pkce_succeeds,
}
