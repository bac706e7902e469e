use super::about::{begins_alike, fits, is_kind};

#[test]
fn patterns_stand_for_names() {
    for (pattern, name) in [
        ("*", "shop"),
        ("sh*", "shop"),
        ("sh?p", "shop"),
        ("*h*p", "shop"),
        ("*ho*", "shop"),
        ("shop", "shop"),
        ("**", ""),
    ] {
        assert!(fits(pattern, name), "{pattern} {name}");
    }
    for (pattern, name) in [("*xyz*", "shop"), ("prod-*", "shop"), ("sh?", "shop"), ("", "shop"), ("shop?", "shop")] {
        assert!(!fits(pattern, name), "{pattern} {name}");
    }
}

#[test]
fn kinds_are_named_in_many_ways() {
    for pattern in ["Pod", "v1/Pod", "*/Pod", "Po*", "P?d", "v1/Po*", "v1.Pod", "*", "*/*", "pods", "Pod/*"] {
        assert!(is_kind(pattern, "Pod"), "{pattern}");
    }
    for pattern in ["Deployment", "apps/*/Deployment", "*/Deployment", "Pod/ephemeralcontainers", "configmaps"] {
        assert!(!is_kind(pattern, "Pod"), "{pattern}");
    }
    assert!(is_kind("apps/*/Deployment", "Deployment") && !is_kind("Deployment/scale", "Deployment"));
}

#[test]
fn what_a_workload_makes_begins_with_its_name() {
    assert!(["web", "web-*", "we*", "web-7d*", "*"].iter().all(|pattern| begins_alike(pattern, "web")));
    assert!(!["other-*", "w", "shop"].iter().any(|pattern| begins_alike(pattern, "web")));
}
