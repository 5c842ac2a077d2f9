#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;

fn weights() -> Weights {
    let tensor = |name: &str, shape: &[usize], values: &[f32]| {
        (name.to_string(), TensorData::new(values.to_vec(), shape.to_vec()))
    };
    let facts = Facts {
        schema: WEIGHTS_SCHEMA,
        recipe: "name = \"small\"".to_string(),
        model: serde_json::json!({ "small": { "hidden": [2] } }),
        input_shape: vec![1, 1, 2],
        class_names: ["no", "yes"].map(String::from).to_vec(),
        columns: vec![],
        normalizer: Normalizer { scale: 1.0 / 255.0, mean: vec![0.1], std: vec![f32::MIN_POSITIVE] },
    };
    let tensors = vec![
        tensor("output.bias", &[2], &[-0.0, f32::MAX]),
        tensor("output.weight", &[2, 2], &[0.1, -2.5e-8, f32::MIN_POSITIVE, 3.0]),
    ];
    Weights { tensors, facts }
}

#[test]
fn what_is_written_is_read_again_and_gives_the_same_bytes() {
    let bytes = weights().to_bytes();
    let read = Weights::parse(&bytes).unwrap();
    assert_eq!(read, weights());
    assert_eq!(read.to_bytes(), bytes);
    let mut turned = weights();
    turned.tensors.reverse();
    assert_eq!(turned.to_bytes(), bytes, "the order of the tensors is the file's, not the caller's");
}

#[test]
fn no_part_of_a_file_is_taken_for_the_whole() {
    let bytes = weights().to_bytes();
    for length in 0..bytes.len() {
        let error = Weights::parse(&bytes[..length]).unwrap_err();
        assert!(matches!(error, WeightsError::NotSafetensors { bytes, .. } if bytes == length), "{length}: {error}");
    }
    assert!(Weights::parse(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn other_safetensors_are_told_apart() {
    let file = |dtype, metadata: Option<(&str, &str)>| {
        let view = TensorView::new(dtype, vec![1], &[0; 4][..if dtype == Dtype::F32 { 4 } else { 2 }]).unwrap();
        let metadata = metadata.map(|(key, value)| HashMap::from([(key.to_string(), value.to_string())]));
        Weights::parse(&safetensors::serialize([("x", view)], metadata).unwrap()).unwrap_err().to_string()
    };
    let facts = serde_json::to_string(&weights().facts).unwrap();
    assert_eq!(file(Dtype::F32, None), "no metadata \"zoo\": not a weights file of the zoo's trainer");
    assert_eq!(file(Dtype::F32, Some(("pt", "{}"))), file(Dtype::F32, None));
    let wrong = file(Dtype::F32, Some(("zoo", "{\"schema\":1}")));
    assert!(wrong.starts_with("cannot read the metadata \"zoo\": missing field"), "{wrong}");
    assert!(file(Dtype::F32, Some(("zoo", "{}"))).starts_with("the weights have schema 0, expected 1"));
    assert_eq!(file(Dtype::F16, Some(("zoo", &facts))), "the tensor x is F16, expected F32");
}

#[test]
fn sides_are_found_by_name() {
    let weights = weights();
    assert_eq!(weights.side("output.weight", 1).unwrap(), 2);
    for (name, side) in [("output.weight", 2), ("hidden.0", 0)] {
        let error = weights.side(name, side).unwrap_err().to_string();
        assert_eq!(error, format!("the weights do not fit the model: {name} is missing (1 differences in all)"));
    }
}

#[test]
fn another_schema_is_refused_by_its_number() {
    let mut facts = serde_json::to_value(weights().facts).unwrap();
    facts["schema"] = 7.into();
    let error = Facts::parse(&facts.to_string()).unwrap_err().to_string();
    assert_eq!(error, "the weights have schema 7, expected 1: read them with the version that wrote them");
}
