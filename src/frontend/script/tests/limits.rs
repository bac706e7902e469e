//! What loops, functions and recursion multiply is bounded, and what is left out is told.

use super::{named, one};
use crate::ir::{Hides, Makes};

#[test]
fn loops_inside_of_loops_are_unrolled_as_far_as_they_stay_few() {
    let nested = |depth: usize| {
        let head: String = (0..depth).map(|at| format!("for i{at} in a b c d e f g h; do\n")).collect();
        let name: String = (0..depth).map(|at| format!("$i{at}")).collect();
        format!("{head}az aks create -n {name} -g rg --attach-acr shop\n{}", "done\n".repeat(depth))
    };
    let clusters = |depth: usize| named(&one("d.sh", &nested(depth)), "managedClusters").len();
    assert_eq!((clusters(1), clusters(2)), (8, 64));
    // The inner loops stand for all of their rounds.
    for depth in [3, 4, 8, 12] {
        let scripted = one("d.sh", &nested(depth));
        assert_eq!(named(&scripted, "managedClusters").len(), 64, "{depth}");
        assert!(scripted.lowered.problems.is_empty(), "{depth}");
    }
}

#[test]
fn functions_that_multiply_are_cut_off_and_the_rest_of_the_script_is_read() {
    let mut script = String::new();
    for at in 0..12 {
        let next = at + 1;
        script += &format!("f{at}() {{ f{next} \"$1\"a; f{next} \"$1\"b; f{next} \"$1\"c; }}\n");
    }
    script += "f12() { az aks create -n \"$1\" -g rg; }\nf0 x\naz acr create -n shop -g rg --sku Basic\n";
    let scripted = one("d.sh", &script);
    let clusters = named(&scripted, "managedClusters").len();
    assert!((100..8_000).contains(&clusters), "{clusters}");
    assert_eq!(named(&scripted, "registries").len(), 1);
    let [problem] = scripted.lowered.problems.as_slice() else { panic!("{:?}", scripted.lowered.problems) };
    assert_eq!(problem.message, "the limit of commands of a script was reached");
    let gaps: Vec<_> = scripted.lowered.deployments.iter().flat_map(|it| &it.gaps).collect();
    assert!(gaps.iter().any(|gap| gap.hides == Some(Hides::Anything)));
    assert!(scripted.imperative.iter().any(|it| it.makes == Makes::Grant && it.cluster.is_none()));
}

#[test]
fn a_function_that_calls_itself_is_followed_once_more_for_all_further_times() {
    let scripted =
        one("d.sh", "f() {\n  az aks create -n \"$1\" -g rg --attach-acr shop\n  f \"$1$1\"\n  f \"$1\"b\n}\nf a\n");
    let names: Vec<String> = named(&scripted, "managedClusters").iter().map(|it| super::text(Some(&it.name))).collect();
    assert_eq!(names, ["a", "…", "…"]);
    assert!(scripted.lowered.problems.is_empty());
}

#[test]
fn a_thing_is_found_again_by_its_name_and_by_an_unknown_that_is_the_same() {
    let scripted = one(
        "d.sh",
        "az aks create -n Shop -g rg\naz aks create -n aks-$STAGE -g rg\naz aks create -n aks-$OTHER -g rg\n\
         az aks update -n shop --attach-acr reg\naz aks update -n aks-$STAGE --attach-acr reg\n",
    );
    assert_eq!(named(&scripted, "managedClusters").len(), 3);
    assert_eq!(named(&scripted, "roleAssignments").len(), 2);
}
