//! `action.yml` and its scripts, run as a runner runs them: files and variables of a step, payloads of events, a
//! checkout as actions/checkout leaves it. They need bash and git, as every runner has; without them nothing is tested,
//! and the test says so.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that can't go on has failed")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod changes;
mod judge;
mod matcher;
mod release;
mod runner;

use std::fs;
use std::path::Path;
use std::process::Command;

use runner::{Done, Job};
use serde_json::{Value, json};

/// A cluster and a registry without a grant between them.
const INFRASTRUCTURE: &str = "\
resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'bakeryimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-bakery'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'bakery'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}
";

/// What lets the one pull from the other.
const GRANT: &str = "
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, 'pull')
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
";

fn workload(name: &str, image: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n    - name: {name}\n      image: {image}\n"
    )
}

/// Whether what a runner has is here.
fn ready() -> bool {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let ready = ["bash", "git", "awk", "tar", "curl"].into_iter().all(has);
    if !ready {
        eprintln!("skipped: the action needs bash, git, awk, tar and curl");
    }
    ready
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn broken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[("main.bicep", INFRASTRUCTURE), ("oven.yaml", &workload("oven", "bakeryimages.azurecr.io/oven:1"))],
    );
    folder
}

fn fine() -> tempfile::TempDir {
    let folder = broken();
    write(folder.path(), &[("main.bicep", &format!("{INFRASTRUCTURE}{GRANT}"))]);
    folder
}

/// A job of this event in a folder, with the acrlint of this build.
fn job(workspace: &Path, event_name: &'static str, event: Value, inputs: &[(&'static str, &str)]) -> Job {
    let mut inputs: Vec<(&'static str, String)> =
        inputs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    if !inputs.iter().any(|(name, _)| *name == "version") {
        inputs.push(("version", "system".to_owned()));
    }
    Job {
        workspace: workspace.to_owned(),
        event_name,
        event,
        inputs,
        upload_works: true,
        variables: Vec::new(),
        summary: String::new(),
    }
}

/// The payload of a pull request, as far as it is read.
fn pull_request(from: &str, base: &str, head: &str) -> Value {
    json!({
        "action": "synchronize", "before": "f".repeat(40), "after": head, "number": 7,
        "pull_request": {
            "base": { "sha": base, "ref": "main", "repo": { "full_name": "bakery/shop" } },
            "head": { "sha": head, "ref": "topic", "repo": { "full_name": from } },
        },
    })
}

fn of_a_pull_request(workspace: &Path, inputs: &[(&'static str, &str)]) -> Job {
    job(workspace, "pull_request", pull_request("bakery/shop", &"1".repeat(40), &"2".repeat(40)), inputs)
}

/// Rules and files of the annotations.
fn annotations(done: &Done) -> Vec<String> {
    let all = ["error", "warning", "notice"].into_iter().flat_map(|kind| done.commands(kind));
    let of_files = all.filter_map(|line| line.split_once("file="));
    of_files
        .map(|(_, rest)| {
            let (file, rest) = rest.split_once(",line=").unwrap();
            let rule = rest.split_once("title=").unwrap().1.split_once(' ').unwrap().0;
            format!("{file} {rule}")
        })
        .collect()
}
