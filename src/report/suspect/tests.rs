use super::*;

fn covered(line: &str, before: &str) -> Vec<String> {
    parts(line, before, "", false).into_iter().map(|range| line[range].to_owned()).collect()
}

fn masked(line: &str, quoted: bool) -> String {
    let mut found = parts(line, "", "", quoted);
    crate::report::veil::merge(&mut found);
    let mut rest = line.to_owned();
    found.into_iter().rev().for_each(|range| rest.replace_range(range, "•••"));
    rest
}

#[test]
fn literals_after_a_telling_key() {
    assert_eq!(covered(r#"  client_secret = "Tz9""#, ""), [r#""Tz9""#]);
    assert_eq!(covered(r#"{"adminPassword": "a\"b", "name": "x"}"#, ""), [r#""a\"b""#]);
    assert_eq!(covered("  password: Tz9 # mine", ""), ["Tz9"]);
    assert_eq!(covered("param adminPassword string = 'it''s'", ""), ["'it''s'"]);
    assert_eq!(covered("      value: Tz9", "    - name: DB_PASSWORD"), ["Tz9"]);
}

#[test]
fn literals_on_command_lines() {
    for line in [
        "docker login contoso.azurecr.io -u contoso -p Tz9kW",
        "az login --service-principal -u http://x -p Tz9kW --tenant t",
        "az aks create --windows-admin-password Tz9kW -g rg",
        "az aks create --client-secret 'Tz9kW'",
        "echo Tz9kW | docker login contoso.azurecr.io --password-stdin",
        "git clone https://bot:Tz9kW@dev.azure.com/x",
        "export AZ_PASS=\"Tz9kW\" NAME=x",
        "set PW=Tz9kW",
        "$pw = 'Tz9kW'",
        "$acrPw = 'Tz9kW'",
        "param pw string = 'Tz9kW'",
        "  env: [{name: DB_PASSWORD, value: Tz9kW}]",
        "  env: [{value: Tz9kW, name: DB_PASSWORD}]",
        r#"{"name": "ACR_TOKEN", "value": "Tz9kW"}"#,
        "kubectl create secret generic x --from-literal=key=Tz9kW",
    ] {
        let found = covered(line, "");
        assert!(found.len() == 1 && found[0].contains("Tz9kW") && found[0].len() < 8, "{line}: {found:?}");
    }
    assert_eq!(covered("curl -H \"Authorization: Bearer Tz9kWq8x7\" https://x", ""), ["Tz9kWq8x7"]);
}

#[test]
fn texts_that_a_machine_made() {
    let made = "Zx81KqPw0aBn62LmTy7Rv3Uc9dEoF5gHj4S";
    assert_eq!(covered(&format!("      value: {made}"), "- name: REGION"), [made]);
    assert_eq!(in_words(&format!("type `{made}` is not read")).len(), 1);
    assert_eq!(in_words("image `https://u:Tz9kW@contoso.azurecr.io/t:1`").len(), 1);
    for name in [
        "contoso.azurecr.io/Team2/storefront@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "resources.azureContainerRegistryOfProduction01EUS2",
        "0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634",
        "/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634/resourceGroups/rg-Shop-EUS2",
    ] {
        assert!(in_words(name).is_empty(), "{name}");
    }
}

#[test]
fn names_and_references_stay() {
    for line in [
        "secretName: acr-pull",
        "client_secret = var.secret",
        "imagePullSecrets:",
        "  token = data.x.y",
        "key: value",
        "password: \"\"",
        "kubectl create secret docker-registry acr --docker-password \"$PW\" --docker-username x",
        "docker login x -u y --password-stdin < file",
        "echo $PW | docker login x --password-stdin",
        "kubectl create secret docker-registry acr -n shop",
    ] {
        assert!(covered(line, "").is_empty(), "{line}");
    }
    assert!(covered("value: eu", "- name: REGION").is_empty());
    assert!(covered("value: acr-pull", "- name: PULL_SECRET_NAME").is_empty());
    assert!(covered("  bypass: 'AzureServices'", "").is_empty());
    assert!(covered("env: [{name: REGION, value: eu}, {name: PASSWORD, valueFrom: {}}]", "").is_empty());
    // The name after the value, or that of the next variable.
    assert_eq!(parts("- value: Tz9", "", "  name: PASSWORD", false).first(), Some(&(9..12)));
    assert!(parts("  value: eu", "- name: REGION", "- name: PASSWORD", false).is_empty());
}

#[test]
fn no_part_of_a_password_is_left() {
    for line in [
        "PASSWORD=$(echo Tz9kW)",
        "PASSWORD=`echo Tz9kW`",
        "PASSWORD=\"${PASSWORD:-Tz9kW}\"",
        "PASSWORD=${1:-Tz9kW}",
        "$Pass = 'a' + 'Tz9kW'",
        "$Password = $prefix + 'Tz9kW'",
        "password: Tz1 two Tz9kW # mine",
        "sed -i 's/__PASSWORD__/Tz9kW/' k8s/secret.yaml",
        "sed \"s|password: .*|password: Tz9kW|\" x",
        "helm upgrade -i web ./web --set a=1,db.pass=Tz9kW",
        "docker login x -u u --password-stdin <<< \"Tz9kW\"",
        "az keyvault secret set --vault-name kv --name db --value Tz9kW",
        "az acr import -n shop --source x/y:1 -u u -p Tz9kW",
        "ConvertTo-SecureString 'Tz9kW' -AsPlainText",
        "skopeo copy --src-creds u:Tz9kW a b",
        "ACR_KEY=Tz9kW",
        "curl -H 'X-Api-Key: Tz9kW' https://x",
        "echo \"##vso[task.setvariable variable=PASSWORD;issecret=true]Tz9kW\"",
        "password: {{ .Values.password | default \"Tz9kW\" }}",
    ] {
        let rest = masked(line, false);
        assert!(!rest.contains("Tz"), "{line}: {rest}");
    }
    for line in [
        "var password = prod ? 'Tz9kW' : 'Tz8'",
        "  password = coalesce(var.p, \"Tz9kW\")",
        "password = kv == '' ? 'Tz9kW' : kv.getSecret('db')",
        "password = \"${var.prefix}Tz9kW\"",
        "  cfg = \"export PASSWORD=Tz9kW\"",
    ] {
        let rest = masked(line, true);
        assert!(!rest.contains("Tz"), "{line}: {rest}");
    }
}

#[test]
fn what_only_says_where_a_secret_is_stays() {
    for line in [
        "PASSWORD=$(az acr credential show -n shop --query passwords[0].value -o tsv)",
        "PASSWORD=\"${ACR_PASSWORD}\"",
        "PASSWORD=$ACR_PASSWORD",
        "  ACR_PASSWORD: $(acrPassword)",
        "  image: contoso.azurecr.io/shop/token-service:1.0.0",
        "imagePullSecret: acr-pull",
        "existingSecret: acr-pull",
        "secretProviderClass: kv-shop",
        "tokenEndpoint: https://x",
        "  text: basic authentication is off",
        "echo \"image $IMAGE\" | tee -a login.txt",
    ] {
        assert!(covered(line, "").is_empty(), "{line}: {:?}", covered(line, ""));
    }
    for line in [
        "  password = file(\"x\")",
        "  secret = kubernetes_secret.acr.metadata[0].name",
        "  password = module.kv.secrets[\"pw\"]",
        "  adminPassword: kv.getSecret('pw')",
        "  password: acr.listCredentials().passwords[0].value",
        "  clientSecret: clientSecret",
        "  password = \"${var.p}\"",
    ] {
        assert!(parts(line, "", "", true).is_empty(), "{line}: {:?}", parts(line, "", "", true));
    }
}

#[test]
fn a_document_on_one_line_takes_no_long_time() {
    let document = format!("{{{}}}", "\"password\": \"Tz9kW\", ".repeat(40_000));
    let start = std::time::Instant::now();
    assert_eq!(literals(&document, false).len(), 40_000);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
