use super::super::release::{MOST_MADE, Release, made};
use super::*;
use crate::frontend::Trouble;
use crate::ir::Hides;
use crate::source::Span;

#[test]
fn a_chart_that_is_installed_again_and_again_is_bounded_and_told() {
    let template = "{{- range until 3 }}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p{{ . }}}\n{{- end }}\n";
    let store = store(&[("c/Chart.yaml", CHART), ("c/templates/x.yaml", template)]);
    let id = store.open_path("c/Chart.yaml").unwrap();
    let release = |number: usize| Release {
        folder: "c".to_owned(),
        name: None,
        namespace: None,
        moves: false,
        values: Vec::new(),
        span: Span::new(id, number, number),
        sites: Vec::new(),
    };
    let releases: Vec<(String, Release)> = (0..5).map(|at| (format!("c {at}"), release(at))).collect();
    let told = |most: usize| -> Vec<(bool, usize)> {
        let limit = |made: &super::super::release::Made| made.problems.iter().any(|it| it.trouble == Trouble::Limit);
        let all = made(&store, "c", &releases, most);
        all.into_iter()
            .map(|made| {
                let cut = limit(&made);
                let deployment = made.deployment(&store).unwrap();
                assert_eq!(cut, deployment.gaps.iter().any(|gap| gap.hides == Some(Hides::Anything)));
                (cut, deployment.resources.len())
            })
            .collect()
    };
    assert_eq!(told(MOST_MADE), [(false, 3); 5]);
    assert_eq!(told(6), [(false, 3), (false, 3), (true, 0), (true, 0), (true, 0)]);
}
