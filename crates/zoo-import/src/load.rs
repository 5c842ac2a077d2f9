//! From the words of a recipe to a data set in memory.

use std::path::Path;

use zoo_core::{Alike, Dataset, Provenance, alike};
use zoo_recipe::{DataFiles, DataFormat};

use crate::digests::{digest_of_file, digest_of_idx, digest_of_pictures};
use crate::error::{ImportError, counted};
use crate::find::{check_lasting, is_there};
use crate::look::in_several_classes;
use crate::npz::Npz;
use crate::pictures::Import;
use crate::{arrays, folders, idx, npz, pictures};

/// Loads the data that `files` describes and calls it `name`.
///
/// # Errors
/// If it is not there, is not what `files` says ([`ImportError::Changed`]), holds something that cannot be read, or does not fit into
/// memory.
pub fn load(name: &str, files: &DataFiles, import: &Import) -> Result<Dataset, ImportError> {
    let path = files.path.as_path();
    if !is_there(path)? {
        return Err(ImportError::NotThere { path: path.to_path_buf(), near: Vec::new() });
    }
    check_lasting(path)?;
    let mut dataset = match &files.format {
        DataFormat::Pictures { skip_bad } => {
            let listed = folders::list(path, Some(&files.class_names))?;
            check_digest(files, digest_of_pictures(&listed)?)?;
            pictures::dataset(name, files, *skip_bad, &listed, import)?
        }
        DataFormat::Idx => {
            check_digest(files, digest_of_idx(path)?)?;
            arrays::dataset(name, path, idx::read(path)?)?
        }
        DataFormat::Npz => {
            check_digest(files, digest_of_file(path)?)?;
            let Npz { arrays, notes } = npz::read(path)?;
            let mut dataset = arrays::dataset(name, path, arrays)?;
            dataset.notes.extend(notes);
            dataset
        }
        DataFormat::Table(format) => {
            check_digest(files, digest_of_file(path)?)?;
            Dataset {
                name: name.to_owned(),
                class_names: files.class_names.clone(),
                provenance: Provenance::Own,
                train: zoo_table::load(path, format, &files.class_names)?,
                valid: None,
                test: None,
                notes: Vec::new(),
            }
        }
    };
    let (shape, classes) = (dataset.train.inputs.shape(), &dataset.class_names);
    ImportError::check_names(path, classes)?;
    match () {
        () if shape != files.shape => {
            Err(differs(path, "data.files.shape", format!("{:?}", files.shape), format!("{shape:?}")))
        }
        () if *classes != files.class_names => {
            Err(differs(path, "data.files.class_names", format!("{:?}", files.class_names), format!("{classes:?}")))
        }
        () => {
            dataset.notes.extend(alike_classes(&dataset));
            dataset.notes.extend(in_several_classes(&dataset));
            Ok(dataset)
        }
    }
}

/// Classes that may have been meant as one, a sentence for each group of them.
fn alike_classes(dataset: &Dataset) -> Vec<String> {
    let names = &dataset.class_names;
    let alike = alike(names.iter().map(String::as_str));
    if alike.is_empty() {
        return Vec::new();
    }
    let parts = [Some(&dataset.train), dataset.valid.as_ref(), dataset.test.as_ref()];
    let counts: Vec<Vec<usize>> = parts.into_iter().flatten().map(|part| part.class_counts(names.len())).collect();
    let told = |(class, name): (&usize, &String)| {
        let count: usize = counts.iter().map(|counts| counts[*class]).sum();
        format!("{name} ({})", counted(count, "example"))
    };
    let sentence = |Alike { places, names, likeness }: Alike| {
        let classes: Vec<String> = places.iter().zip(&names).map(told).collect();
        format!(
            "warning: the classes {} {likeness}, and are told apart; give them one name if they are one",
            classes.join(" and ")
        )
    };
    alike.into_iter().map(sentence).collect()
}

fn differs(path: &Path, key: &str, found: String, expected: String) -> ImportError {
    ImportError::format(path, format!("{key} is {found}"), format!("{expected}, as the data has it"))
}

fn check_digest(files: &DataFiles, found: String) -> Result<(), ImportError> {
    match found == files.sha256 {
        true => Ok(()),
        false => Err(ImportError::Changed { path: files.path.clone(), found, expected: files.sha256.clone() }),
    }
}
