//! The one table of operations and what each asks of its caller.

use axum::{Extension, Router, extract::Request, middleware, middleware::Next};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    extensions::ExtensionsBuilder,
    path::{Operation, PathItem},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt},
    routes,
};
use yagura_state::{
    FindingOrder,
    Role::{Admin, Analyst, Responder, Viewer},
    VulnerabilityGrouping,
};

use crate::{
    access::{Access, guard},
    admission::{self, Unknown},
    app::App,
    asset, audit, finding, hunt, incident,
    incident_export::ExportFormat,
    meta, overview, package,
    problem::Problem,
    proof, query, rule, rule_file, scan, sensor, session, setup, stream, token, user, vulnerability, webhook,
    wire::StreamMissed,
};

const PUBLIC: Access = Access::Public;
const VIEWER: Access = Access::Role(Viewer);
const RESPONDER: Access = Access::Role(Responder);
const ANALYST: Access = Access::Role(Analyst);
const ADMIN: Access = Access::Role(Admin);

/// Every operation. To add one is to write its handler and add its line here: nothing is reachable without.
#[rustfmt::skip]
fn table() -> Vec<(Access, UtoipaMethodRouter<App>)> {
    vec![
        (PUBLIC,    routes!(meta::health_get)),
        (PUBLIC,    routes!(setup::setup_get)),
        (PUBLIC,    routes!(setup::setup_complete)),
        (PUBLIC,    routes!(session::session_create)),
        (VIEWER,    routes!(session::session_get)),
        (VIEWER,    routes!(session::session_delete)),
        (VIEWER,    routes!(session::password_set)),
        (VIEWER,    routes!(overview::overview_get)),
        (VIEWER,    routes!(finding::finding_list)),
        (VIEWER,    routes!(finding::finding_get)),
        (RESPONDER, routes!(finding::finding_update)),
        (RESPONDER, routes!(finding::finding_decide)),
        (VIEWER,    routes!(incident::finding_incident)),
        (VIEWER,    routes!(incident::incident_list)),
        (VIEWER,    routes!(incident::incident_get)),
        (VIEWER,    routes!(incident::incident_graph)),
        (VIEWER,    routes!(incident::incident_export)),
        (VIEWER,    routes!(incident::incident_metrics)),
        (VIEWER,    routes!(incident::assignee_list)),
        (RESPONDER, routes!(incident::incident_update)),
        (RESPONDER, routes!(incident::incident_comment)),
        (VIEWER,    routes!(asset::asset_list)),
        (VIEWER,    routes!(vulnerability::vulnerability_list)),
        (VIEWER,    routes!(vulnerability::vulnerability_group_list)),
        (VIEWER,    routes!(vulnerability::vulnerability_get)),
        (VIEWER,    routes!(package::package_list)),
        (VIEWER,    routes!(package::image_list)),
        (VIEWER,    routes!(scan::scan_list)),
        (ANALYST,   routes!(scan::scan_create)),
        (VIEWER,    routes!(scan::scan_get)),
        (ANALYST,   routes!(scan::scan_cancel)),
        (VIEWER,    routes!(scan::scan_schedule_list)),
        (ANALYST,   routes!(scan::scan_schedule_create)),
        (ANALYST,   routes!(scan::scan_schedule_delete)),
        (VIEWER,    routes!(scan::advisories_get)),
        (VIEWER,    routes!(admission::image_admit)),
        (VIEWER,    routes!(rule::rule_list)),
        (VIEWER,    routes!(rule::rule_get)),
        (ANALYST,   routes!(rule::rule_update)),
        (ANALYST,   routes!(rule::rule_lint)),
        (ANALYST,   routes!(rule_file::rule_trial)),
        (VIEWER,    routes!(rule_file::rule_file_list)),
        (VIEWER,    routes!(rule_file::rule_file_get)),
        (VIEWER,    routes!(rule_file::rule_file_versions)),
        (ANALYST,   routes!(rule_file::rule_file_put)),
        (ANALYST,   routes!(rule_file::rule_file_delete)),
        (VIEWER,    routes!(sensor::sensor_get)),
        (VIEWER,    routes!(hunt::event_schema)),
        (ANALYST,   routes!(hunt::hunt_run)),
        (VIEWER,    routes!(query::query_list)),
        (ANALYST,   routes!(query::query_create)),
        (ANALYST,   routes!(query::query_delete)),
        (VIEWER,    routes!(stream::stream_open)),
        (ADMIN,     routes!(token::token_list)),
        (ADMIN,     routes!(token::token_create)),
        (ADMIN,     routes!(token::token_delete)),
        (ADMIN,     routes!(user::user_list)),
        (ADMIN,     routes!(user::user_create)),
        (ADMIN,     routes!(user::user_update)),
        (ADMIN,     routes!(user::user_reset)),
        (ADMIN,     routes!(user::user_delete)),
        (PUBLIC,    routes!(user::invitation_ask)),
        (PUBLIC,    routes!(user::invitation_complete)),
        (ADMIN,     routes!(webhook::webhook_list)),
        (ADMIN,     routes!(webhook::webhook_create)),
        (ADMIN,     routes!(webhook::webhook_update)),
        (ADMIN,     routes!(webhook::webhook_delete)),
        (ADMIN,     routes!(webhook::webhook_test)),
        (RESPONDER, routes!(webhook::delivery_list)),
        (RESPONDER, routes!(webhook::delivery_retry)),
        (VIEWER,    routes!(proof::proof_list)),
        (ANALYST,   routes!(proof::proof_record)),
        (ADMIN,     routes!(audit::audit_list)),
        (ADMIN,     routes!(audit::audit_verify)),
        (VIEWER,    routes!(meta::metrics_get)),
        (VIEWER,    routes!(meta::openapi_get)),
    ]
}

/// The operations behind their guards, and their description.
pub(crate) fn routes() -> (Router<App>, OpenApi) {
    let mut router = OpenApiRouter::with_openapi(document());
    for (access, (schemas, mut paths, methods)) in table() {
        for item in paths.paths.values_mut() {
            operations(item).for_each(|operation| describe(operation, access));
        }
        let guarded: UtoipaMethodRouter<App> = (schemas, paths, methods).layer(middleware::from_fn(
            move |app: Extension<App>, request: Request, next: Next| guard(access, app, request, next),
        ));
        router = router.routes(guarded);
    }
    router.split_for_parts()
}

fn document() -> OpenApi {
    use utoipa::{PartialSchema, ToSchema};

    let mut components = Components::new();
    let cookie = "What signing in sets. Changes also need the header `x-yagura-csrf: 1`.";
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description("yagura_session", cookie));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("ygr_…").build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    // Words that no body holds: what the live stream carries, and what only parameters use.
    components.schemas.insert(StreamMissed::name().into_owned(), StreamMissed::schema());
    components.schemas.insert(Unknown::name().into_owned(), Unknown::schema());
    components.schemas.insert(VulnerabilityGrouping::name().into_owned(), VulnerabilityGrouping::schema());
    components.schemas.insert(FindingOrder::name().into_owned(), FindingOrder::schema());
    components.schemas.insert(ExportFormat::name().into_owned(), ExportFormat::schema());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let info = InfoBuilder::new()
        .title("Yagura")
        .description(Some(
            "Everything the console and the command line can do. Errors are problem+json (RFC 9457).",
        ))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

// What is the same for every operation: which role it needs, how to show it, and how it refuses.
fn describe(operation: &mut Operation, access: Access) {
    let role = match access {
        Access::Public => "public",
        Access::Role(role) => role.name(),
    };
    operation.extensions = Some(ExtensionsBuilder::new().add("x-yagura-role", role).build());
    operation.security = Some(match access {
        Access::Public => Vec::new(),
        Access::Role(_) => {
            ["session", "token"].map(|name| SecurityRequirement::new(name, [] as [&str; 0])).into()
        }
    });
    let mut refusals = vec![("default", "Anything else that went wrong")];
    if access != Access::Public {
        refusals.push(("401", "No valid session or API token"));
        refusals.push(("403", "The role is too low, or a change by cookie lacks its header"));
    }
    if operation.request_body.is_some() {
        refusals.push(("413", "The body is larger than 1 MiB"));
        refusals.push(("422", "A value is not accepted"));
    }
    for (status, description) in refusals {
        let body = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", body);
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(response.build()));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}
