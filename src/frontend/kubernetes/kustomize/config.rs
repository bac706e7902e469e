//! Where transformers look: the places that kustomize knows by itself, and those that `configurations` add.

use std::sync::{Arc, LazyLock};

use super::fields::Field;
use crate::frontend::kubernetes::edit::{list_of, member};
use crate::ir::Node;

/// References to the names of objects of one type.
#[derive(Clone, Debug, Default)]
pub(super) struct References {
    pub(super) group: Arc<str>,
    pub(super) version: Arc<str>,
    pub(super) kind: Arc<str>,
    pub(super) fields: Vec<Field>,
}

/// Places in objects.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) prefixed: Vec<Field>,
    pub(super) suffixed: Vec<Field>,
    pub(super) namespaces: Vec<Field>,
    pub(super) labels: Vec<Field>,
    pub(super) annotations: Vec<Field>,
    pub(super) images: Vec<Field>,
    pub(super) variables: Vec<Field>,
    pub(super) references: Vec<References>,
}

/// What kustomize knows without a configuration.
static DEFAULTS: LazyLock<Config> = LazyLock::new(defaults);

/// Kinds with the template of a pod, where its members stand, and what kustomize looks for in them.
const PODS: [(&str, &str, Holds); 9] = [
    ("Pod", "spec", Holds { data: true, account: true }),
    ("PodTemplate", "template/spec", Holds { data: true, account: false }),
    ("Deployment", "spec/template/spec", Holds { data: true, account: true }),
    ("ReplicaSet", "spec/template/spec", Holds { data: true, account: false }),
    ("DaemonSet", "spec/template/spec", Holds { data: true, account: true }),
    ("StatefulSet", "spec/template/spec", Holds { data: true, account: true }),
    ("Job", "spec/template/spec", Holds { data: true, account: true }),
    ("CronJob", "spec/jobTemplate/spec/template/spec", Holds { data: true, account: true }),
    ("ReplicationController", "spec/template/spec", Holds { data: false, account: true }),
];

/// Which references of a pod follow the names of objects.
#[derive(Clone, Copy)]
struct Holds {
    /// To Secrets and ConfigMaps.
    data: bool,
    /// To its service account.
    account: bool,
}

const SECRETS: [&str; 7] = [
    "volumes/secret/secretName",
    "volumes/projected/sources/secret/name",
    "containers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
];

const CONFIG_MAPS: [&str; 6] = [
    "volumes/configMap/name",
    "volumes/projected/sources/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "initContainers/envFrom/configMapRef/name",
];

/// Secrets outside of pods.
const OTHER_SECRETS: [(&str, &str); 7] = [
    ("ServiceAccount", "imagePullSecrets/name"),
    ("Ingress", "spec/tls/secretName"),
    ("StorageClass", "parameters/secretName"),
    ("StorageClass", "parameters/adminSecretName"),
    ("StorageClass", "parameters/userSecretName"),
    ("StorageClass", "parameters/secretRef"),
    ("PersistentVolume", "spec/azureFile/secretName"),
];

/// Where variables may stand in a container.
const VARIABLES: [&str; 4] = ["args", "command", "env/value", "volumeMounts/mountPath"];

const IMAGES: [&str; 6] = [
    "spec/containers[]/image",
    "spec/initContainers[]/image",
    "spec/volumes[]/image/reference",
    "spec/template/spec/containers[]/image",
    "spec/template/spec/initContainers[]/image",
    "spec/template/spec/volumes[]/image/reference",
];

/// Where labels and annotations of templates stand.
const TEMPLATES: [(&str, &str); 8] = [
    ("ReplicationController", "spec/template/metadata"),
    ("Deployment", "spec/template/metadata"),
    ("ReplicaSet", "spec/template/metadata"),
    ("DaemonSet", "spec/template/metadata"),
    ("StatefulSet", "spec/template/metadata"),
    ("Job", "spec/template/metadata"),
    ("CronJob", "spec/jobTemplate/metadata"),
    ("CronJob", "spec/jobTemplate/spec/template/metadata"),
];

fn defaults() -> Config {
    let in_pods = |tails: &'static [&'static str], wanted: fn(&Holds) -> bool| {
        let pods = PODS.iter().filter(move |(_, _, holds)| wanted(holds));
        pods.flat_map(move |(kind, spec, _)| tails.iter().map(move |tail| Field::of(kind, &format!("{spec}/{tail}"))))
    };
    let of = |kind: &str, fields: Vec<Field>| References {
        version: "v1".into(),
        kind: kind.into(),
        fields,
        ..References::default()
    };
    let mut secrets: Vec<Field> = in_pods(&SECRETS, |holds| holds.data).collect();
    secrets.extend(OTHER_SECRETS.iter().map(|(kind, path)| Field::of(kind, path)));
    let knative = Field::of("Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name");
    secrets.push(Field { group: "serving.knative.dev".into(), version: "v1".into(), ..knative });
    let maps = in_pods(&CONFIG_MAPS, |holds| holds.data).collect();
    let accounts = in_pods(&["serviceAccountName"], |holds| holds.account).collect();
    let mut variables: Vec<Field> = vec![Field::of("", "metadata/labels"), Field::of("", "metadata/annotations")];
    for (kind, spec, _) in PODS {
        for list in ["containers", "initContainers"] {
            variables.extend(VARIABLES.iter().map(|tail| Field::of(kind, &format!("{spec}/{list}/{tail}"))));
        }
    }
    Config {
        prefixed: vec![Field::of("", "metadata/name")],
        suffixed: vec![Field::of("", "metadata/name")],
        labels: Vec::new(),
        namespaces: Vec::new(),
        annotations: in_templates("annotations"),
        images: IMAGES.iter().map(|path| Field::of("", path)).collect(),
        variables,
        references: vec![of("Secret", secrets), of("ConfigMap", maps), of("ServiceAccount", accounts)],
    }
}

/// Labels or annotations of objects and of the templates in them.
pub(super) fn in_templates(what: &str) -> Vec<Field> {
    let inner = TEMPLATES.iter().map(|(kind, path)| Field::of(kind, &format!("{path}/{what}")).created());
    [Field::of("", &format!("metadata/{what}")).created()].into_iter().chain(inner).collect()
}

impl Config {
    /// What a file of `configurations` adds.
    pub(super) fn add(&mut self, written: &Node) {
        let fields = |key: &str| list_of(member(written, key)).iter().filter_map(Field::read).collect::<Vec<_>>();
        push(&mut self.prefixed, fields("namePrefix"));
        push(&mut self.suffixed, fields("nameSuffix"));
        push(&mut self.namespaces, fields("namespace"));
        push(&mut self.labels, fields("commonLabels"));
        push(&mut self.annotations, fields("commonAnnotations"));
        push(&mut self.images, fields("images"));
        push(&mut self.variables, fields("varReference"));
        for reference in list_of(member(written, "nameReference")) {
            let text = |key: &str| member(reference, key).and_then(Node::as_str).unwrap_or_default().into();
            let fields = list_of(member(reference, "fieldSpecs")).iter().filter_map(Field::read).collect();
            self.references.push(References {
                group: text("group"),
                version: text("version"),
                kind: text("kind"),
                fields,
            });
        }
    }

    /// What a base has configured holds for those who use it.
    pub(super) fn join(&mut self, other: &Config) {
        push(&mut self.prefixed, other.prefixed.clone());
        push(&mut self.suffixed, other.suffixed.clone());
        push(&mut self.namespaces, other.namespaces.clone());
        push(&mut self.labels, other.labels.clone());
        push(&mut self.annotations, other.annotations.clone());
        push(&mut self.images, other.images.clone());
        push(&mut self.variables, other.variables.clone());
        self.references.extend(other.references.iter().cloned());
    }

    /// The places of one sort, those that kustomize knows by itself first.
    pub(super) fn all(&self, of: fn(&Config) -> &Vec<Field>) -> Vec<Field> {
        of(&DEFAULTS).iter().chain(of(self)).cloned().collect()
    }

    /// All references to names.
    pub(super) fn all_references(&self) -> impl Iterator<Item = &References> {
        DEFAULTS.references.iter().chain(&self.references)
    }
}

fn push(fields: &mut Vec<Field>, more: Vec<Field>) {
    for field in more {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
}
