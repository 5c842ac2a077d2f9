#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::PictureKind;
use crate::weights::rounded_to_16_bits;

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
        picture: None,
        normalizer: Normalizer { scale: 1.0 / 255.0, mean: vec![0.1], std: vec![f32::MIN_POSITIVE] },
        target: None,
        fill: vec![],
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
fn rounded_weights_take_half_the_bytes_and_come_back_as_they_were() {
    let mut weights = weights();
    weights.tensors[1].1 = TensorData::new(vec![0.1_f32; 2_000], [2, 1_000]);
    let length = weights.to_bytes().len();
    weights.tensors = rounded_to_16_bits(weights.tensors);
    let bytes = weights.to_bytes();
    assert!((3_990..=4_010).contains(&(length - bytes.len())), "{length} to {}", bytes.len());
    assert_eq!(Weights::parse(&bytes).unwrap(), weights);
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
fn what_is_no_file_or_too_long_for_weights_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &Path| Weights::read(path).unwrap_err().to_string();
    assert!(said(folder.path()).ends_with("it is a folder, expected a file"));
    let path = folder.path().join("large.safetensors");
    std::fs::File::create(&path).unwrap().set_len(MOST_BYTES + 1).unwrap();
    let expected = format!("cannot read the weights {}: it has more than 2147483648 bytes", path.display());
    assert!(said(&path).starts_with(&expected), "{}", said(&path));
    #[cfg(unix)]
    assert!(said(Path::new("/dev/zero")).ends_with("it is a pipe or a device, expected a file"));
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
    assert!(file(Dtype::F32, Some(("zoo", "{}"))).starts_with("the weights have schema 0, expected 1 to 2"));
    assert_eq!(file(Dtype::BF16, Some(("zoo", &facts))), "the tensor x is BF16, expected F32 or F16");
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
    assert_eq!(error, "the weights have schema 7, expected 1 to 2: read them with the version that wrote them");
}

/// What is said of weights with one change.
fn refused(change: impl Fn(&mut Weights)) -> String {
    let mut weights = weights();
    change(&mut weights);
    Weights::parse(&weights.to_bytes()).unwrap_err().to_string()
}

#[test]
fn shapes_that_no_example_has_are_refused() {
    let shapes: [&[usize]; 9] = [
        &[],
        &[0],
        &[2, 2],
        &[1, 0, 0],
        &[1, 1 << 32, 1 << 32],
        &[1, 1 << 20, 1 << 20],
        &[usize::MAX],
        &[1, 1, 1, 2],
        &[1 << 28, 1, 2],
    ];
    for shape in shapes {
        let said = refused(|weights| weights.facts.input_shape = shape.to_vec());
        assert!(said.contains(&format!("input_shape is {shape:?}, expected ")), "{said}");
    }
}

#[test]
fn names_that_do_not_fit_are_refused() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (classes, reason) in [
        (&[][..], "there are 0 class_names, expected at least 2"),
        (&["one"], "there are 1 class_names, expected at least 2"),
        (&["a", "b", "c"], "3 class_names do not fit output.bias, which has 2 values"),
        (&["no", "\u{1b}[2J"], "the name \"\\u{1b}[2J\" of a class or column holds a control character"),
    ] {
        let said = refused(|weights| weights.facts.class_names = names(classes));
        assert!(said.contains(reason), "{said}");
    }
    let said = refused(|weights| weights.facts.columns = names(&["x"]));
    assert!(said.contains("there are 1 columns, expected 0, as input_shape is [1, 1, 2]"), "{said}");
    let said = refused(|weights| weights.facts.input_shape = vec![2]);
    assert!(said.contains("there are 0 columns, expected 2, as input_shape is [2]"), "{said}");
}

#[test]
fn numbers_that_cannot_be_calculated_with_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let said = refused(|weights| weights.tensors[1].1.as_mut_slice::<f32>().unwrap()[3] = bad);
        assert!(said.contains("the tensor \"output.weight\" holds values that are not finite"), "{said}");
    }
    type Change = fn(&mut Normalizer);
    let changes: [(Change, &str); 5] = [
        (|normalizer| normalizer.std.push(1.0), "normalization for 2 channels or columns"),
        (|normalizer| normalizer.mean = vec![0.0; 2], "normalization for 2 channels or columns"),
        (|normalizer| normalizer.std = vec![0.0], "not usable: std 0"),
        (|normalizer| normalizer.mean = vec![1e38], "not usable: std "),
        (|normalizer| normalizer.scale = 0.0, "not usable: scale 0"),
    ];
    for (change, reason) in changes {
        let said = refused(|weights| change(&mut weights.facts.normalizer));
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn files_of_the_first_schema_are_read_and_what_they_do_not_say_is_not_made_up() {
    let bytes = weights().to_bytes();
    let place = bytes.windows(11).position(|part| part == br#"schema\":2,"#).unwrap();
    let mut first = bytes.clone();
    first[place + 9] = b'1';
    assert_eq!(Weights::parse(&first).unwrap(), weights());
    for other in [b'0', b'3'] {
        first[place + 9] = other;
        let refused = Weights::parse(&first).unwrap_err().to_string();
        assert!(refused.contains("expected 1 to 2: read them with the version that wrote them"), "{refused}");
    }
}

#[test]
fn pictures_that_cannot_become_inputs_of_the_model_are_refused() {
    let parsed = |picture: Preparation, input_shape: &[usize]| {
        let mut weights = weights();
        (weights.facts.picture, weights.facts.input_shape) = (Some(picture), input_shape.to_vec());
        weights.facts.normalizer = Normalizer { scale: 1.0, mean: vec![], std: vec![] };
        weights.facts.columns = if let [columns] = input_shape { vec!["x".into(); *columns] } else { vec![] };
        Weights::parse(&weights.to_bytes()).map(drop).map_err(|error| error.to_string())
    };
    let photograph = |shape| Preparation { kind: PictureKind::Photograph, shape };
    let letter = |shape| Preparation { kind: PictureKind::Letter, shape };
    for (picture, shape) in [
        (photograph([3, 4, 6]), &[3, 4, 6][..]),
        (photograph([3, 4, 6]), &[3, 8, 8]),
        (letter([1, 28, 28]), &[1, 32, 32]),
    ] {
        assert_eq!(parsed(picture, shape), Ok(()));
    }
    for (picture, shape) in [
        (photograph([3, 4, 6]), &[1, 4, 6][..]),
        (photograph([3, 4, 6]), &[3, 5, 5]),
        (photograph([3, 4, 6]), &[3, 8, 9]),
        (photograph([3, 4, 6]), &[72]),
        (photograph([2, 4, 6]), &[2, 4, 6]),
        (letter([1, 32, 32]), &[1, 32, 32]),
    ] {
        assert!(parsed(picture, shape).is_err_and(|error| error.contains("picture")), "{picture:?} {shape:?}");
    }
}
