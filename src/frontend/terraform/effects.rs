//! Types that may make what stands nowhere as a resource.

/// Whether a type can have any effect in Azure: those of providers that only know their own things can't.
pub fn may_do_anything(terraform: &str) -> bool {
    const ACTS: [&str; 3] = ["azapi_resource_action", "azurerm_resource_deployment_script", "null_resource"];
    const OWN: [&str; 14] = [
        "azurerm_",
        "azuread_",
        "azapi_",
        "kubernetes_",
        "helm_",
        "kubectl_",
        "random_",
        "time_",
        "tls_",
        "local_",
        "terraform_data",
        "github_",
        "cloudinit_",
        "flux_",
    ];
    ACTS.iter().any(|start| terraform.starts_with(start)) || !OWN.iter().any(|start| terraform.starts_with(start))
}
