use super::*;
use crate::frontend::Trouble;

#[test]
fn bases_that_double_are_bounded_and_told() {
    let mut files = vec![
        ("l0/kustomization.yaml".to_owned(), "resources: [pod.yaml]\n".to_owned()),
        ("l0/pod.yaml".to_owned(), POD.to_owned()),
    ];
    for at in 1..=24 {
        let below = if at == 1 { "[../l0]".to_owned() } else { format!("[../l{0}, ../m{0}]", at - 1) };
        files.push((format!("l{at}/kustomization.yaml"), format!("namePrefix: a-\nresources: {below}\n")));
        files.push((format!("m{at}/kustomization.yaml"), format!("namePrefix: b-\nresources: {below}\n")));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let lowered = lowering(&files, &|_| Vec::new()).lowered;
    let objects: Vec<usize> = lowered.deployments.iter().map(|it| it.resources.len()).collect();
    assert_eq!(objects, [5_000, 5_000]);
    assert!(lowered.problems.iter().any(|it| it.trouble == Trouble::Limit), "{:?}", lowered.problems);
    for deployment in &lowered.deployments {
        assert!(deployment.gaps.iter().any(|gap| matches!(gap.why, Why::LimitReached(_)) && gap.hides.is_some()));
    }
}
