//! What deployments are put into, and deployments within deployments. The templates are evaluated elsewhere.

use super::table::As::{Json, Same, Values};
use super::table::{BASE, Computed, Field, GROUP, NAME, OUTPUTS, Parent, Type, plain};

const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

const CONTENT: &[Field] = &[
    ("template_content", "properties.template", Json),
    ("template_spec_version_id", "properties.templateLink.id", Same),
    ("parameters_content", "properties.parameters", Json),
];

/// Before version 3; its outputs are a map of texts.
const BODY: &[Field] = &[
    ("template_body", "properties.template", Json),
    ("parameters_body", "properties.parameters", Json),
    ("parameters", "properties.parameters", Values),
];

const LOCATION: &[Field] = &[("location", "location", Same)];
const MODE: &[Field] = &[("deployment_mode", "properties.mode", Same)];
const DEPLOYED: &[Computed] = &[(OUTPUTS, "properties.outputs")];

const fn deployment(terraform: &'static str, parent: Parent, fields: &'static [&'static [Field]]) -> Type {
    Type { terraform, kind: DEPLOYMENTS, parent, fields, computed: &[DEPLOYED] }
}

pub(super) const TYPES: &[Type] = &[
    plain("azurerm_resource_group", "Microsoft.Resources/resourceGroups", Parent::Subscription, &[BASE]),
    plain(
        "azurerm_subscription",
        "Microsoft.Resources/subscriptions",
        Parent::Itself,
        &[&[
            ("subscription_id", "subscriptionId", Same),
            ("tenant_id", "tenantId", Same),
            ("display_name", "displayName", Same),
        ]],
    ),
    plain(
        "azurerm_management_group",
        "Microsoft.Management/managementGroups",
        Parent::Tenant,
        &[
            NAME,
            &[
                ("display_name", "properties.displayName", Same),
                ("parent_management_group_id", "properties.details.parent.id", Same),
            ],
        ],
    ),
    deployment("azurerm_resource_group_template_deployment", GROUP, &[NAME, MODE, CONTENT]),
    plain("azurerm_template_deployment", DEPLOYMENTS, GROUP, &[NAME, MODE, BODY]),
    deployment("azurerm_subscription_template_deployment", Parent::Scope(""), &[NAME, LOCATION, CONTENT]),
    deployment(
        "azurerm_management_group_template_deployment",
        Parent::Scope("management_group_id"),
        &[NAME, LOCATION, CONTENT],
    ),
    deployment("azurerm_tenant_template_deployment", Parent::Tenant, &[NAME, LOCATION, CONTENT]),
];
