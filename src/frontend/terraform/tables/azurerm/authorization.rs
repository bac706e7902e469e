//! Role assignments and definitions, identities, policies.

use super::table::As::{self, Each, Json, Same, Words};
use super::table::{BASE, Computed, Field, GROUP, IDENTITY, IDENTITY_COMPUTED, NAME, Parent, Type, plain};
use crate::frontend::terraform::tables::attributes::pick;
use crate::ir::Node;

const PRINCIPAL: &[Field] = &[
    ("principal_id", "properties.principalId", Same),
    ("principal_type", "properties.principalType", Same),
    ("role_definition_id", "properties.roleDefinitionId", Same),
];

const CONDITION: &[Field] =
    &[("condition", "properties.condition", Same), ("condition_version", "properties.conditionVersion", Same)];

const ASSIGNMENT: &[Field] = &[
    ("role_definition_name", "properties.roleDefinitionName", Same),
    ("skip_service_principal_aad_check", "properties.skipServicePrincipalAadCheck", Same),
    ("delegated_managed_identity_resource_id", "properties.delegatedManagedIdentityResourceId", Same),
];

const DEFINITION: &[Field] = &[
    ("name", "properties.roleName", Same),
    ("assignable_scopes", "properties.assignableScopes", Same),
    (
        "permissions",
        "properties.permissions",
        Each(&[
            ("actions", "actions", Same),
            ("not_actions", "notActions", Same),
            ("data_actions", "dataActions", Same),
            ("not_data_actions", "notDataActions", Same),
        ]),
    ),
];

const POLICY: &[Field] = &[
    ("display_name", "properties.displayName", Same),
    ("policy_type", "properties.policyType", Same),
    ("parameters", "properties.parameters", Json),
    ("metadata", "properties.metadata", Json),
];

const RULE: &[Field] = &[("mode", "properties.mode", Same), ("policy_rule", "properties.policyRule", Json)];

const POLICY_SET: &[Field] = &[(
    "policy_definition_reference",
    "properties.policyDefinitions",
    Each(&[
        ("policy_definition_id", "policyDefinitionId", Same),
        ("reference_id", "policyDefinitionReferenceId", Same),
        ("parameter_values", "parameters", Json),
    ]),
)];

const POLICY_ASSIGNMENT: &[Field] = &[
    ("display_name", "properties.displayName", Same),
    ("policy_definition_id", "properties.policyDefinitionId", Same),
    ("parameters", "properties.parameters", Json),
    ("not_scopes", "properties.notScopes", Same),
];

const ENFORCED: As = Words("Default", "DoNotEnforce");
const ENFORCE: &[Field] = &[("enforce", "properties.enforcementMode", ENFORCED)];

const USER_ASSIGNED: &[Computed] = &[
    ("principal_id", "properties.principalId"),
    ("client_id", "properties.clientId"),
    ("tenant_id", "properties.tenantId"),
];

const POLICY_ASSIGNMENTS: &str = "Microsoft.Authorization/policyAssignments";
pub(super) const SCHEDULE_REQUESTS: &str = "Microsoft.Authorization/roleAssignmentScheduleRequests";
const ROLE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

const fn policy_assignment(terraform: &'static str, scope: &'static str) -> Type {
    Type {
        terraform,
        kind: POLICY_ASSIGNMENTS,
        parent: Parent::Scope(scope),
        fields: &[BASE, POLICY_ASSIGNMENT, ENFORCE, IDENTITY],
        computed: &[IDENTITY_COMPUTED],
    }
}

const fn policy(terraform: &'static str) -> Type {
    plain(
        terraform,
        "Microsoft.Authorization/policyDefinitions",
        Parent::Scope("management_group_id"),
        &[NAME, POLICY, RULE],
    )
}

const fn policy_set(terraform: &'static str) -> Type {
    plain(
        terraform,
        "Microsoft.Authorization/policySetDefinitions",
        Parent::Scope("management_group_id"),
        &[NAME, POLICY, POLICY_SET],
    )
}

pub(super) const TYPES: &[Type] = &[
    plain(
        "azurerm_role_assignment",
        ROLE_ASSIGNMENTS,
        Parent::Scope("scope"),
        &[NAME, PRINCIPAL, CONDITION, ASSIGNMENT],
    ),
    plain("azurerm_pim_active_role_assignment", ROLE_ASSIGNMENTS, Parent::Scope("scope"), &[NAME, PRINCIPAL]),
    plain(
        "azurerm_pim_eligible_role_assignment",
        "Microsoft.Authorization/roleEligibilityScheduleRequests",
        Parent::Scope("scope"),
        &[NAME, PRINCIPAL, CONDITION],
    ),
    Type {
        terraform: "azurerm_role_definition",
        kind: "Microsoft.Authorization/roleDefinitions",
        parent: Parent::Scope("scope"),
        fields: &[DEFINITION],
        computed: &[&[("role_definition_resource_id", "id"), ("role_definition_id", "name")]],
    },
    Type {
        terraform: "azurerm_user_assigned_identity",
        kind: "Microsoft.ManagedIdentity/userAssignedIdentities",
        parent: GROUP,
        fields: &[BASE],
        computed: &[USER_ASSIGNED],
    },
    plain(
        "azurerm_federated_identity_credential",
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        Parent::Child(&["user_assigned_identity_id", "parent_id"], &[]),
        &[
            NAME,
            &[
                ("issuer", "properties.issuer", Same),
                ("subject", "properties.subject", Same),
                ("audience", "properties.audiences", Same),
            ],
        ],
    ),
    policy("azurerm_policy_definition"),
    policy_set("azurerm_policy_set_definition"),
    policy_set("azurerm_management_group_policy_set_definition"),
    // Before version 3.
    plain(
        "azurerm_policy_assignment",
        POLICY_ASSIGNMENTS,
        Parent::Scope("scope"),
        &[BASE, POLICY_ASSIGNMENT, IDENTITY, &[("enforcement_mode", "properties.enforcementMode", ENFORCED)]],
    ),
    policy_assignment("azurerm_management_group_policy_assignment", "management_group_id"),
    policy_assignment("azurerm_subscription_policy_assignment", "subscription_id"),
    policy_assignment("azurerm_resource_group_policy_assignment", "resource_group_id"),
    policy_assignment("azurerm_resource_policy_assignment", "resource_id"),
];

/// Whether it is an assignment for a time only: by then the pull works no more.
pub(super) fn expires(entry: &Type, written: &Node) -> bool {
    let ends = |name: &&str| pick(written, &format!("schedule.expiration.{name}")).is_some_and(|end| !end.is_null());
    let starts = || pick(written, "schedule.start_date_time").is_some_and(|start| !start.is_null());
    entry.terraform == "azurerm_pim_active_role_assignment"
        && (starts() || ["duration_days", "duration_hours", "end_date_time"].iter().any(ends))
}
