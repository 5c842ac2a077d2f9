#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;

fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        if file.ends_with('/') {
            fs::create_dir_all(path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"\x89PNG\r\n\x1a\n").unwrap();
    }
    folder
}

fn names(files: &[&str]) -> Vec<String> {
    list(tree(files).path(), None).unwrap().pictures.into_iter().map(|picture| picture.name).collect()
}

fn complaint(files: &[&str]) -> String {
    list(tree(files).path(), None).unwrap_err().to_string()
}

#[test]
fn folders_are_classes_and_what_is_nested_belongs_to_them() {
    let files =
        ["frog/b.PNG", "cat/a.jpg", "cat/more/c.jpeg", "cat/without_suffix", "cat/.hidden.png", "frog/Thumbs.db"];
    assert_eq!(names(&files), ["cat/a.jpg", "cat/more/c.jpeg", "cat/without_suffix", "frog/b.PNG"]);
    let folder = tree(&["cat/a.png", "frog/b.png", "frog/notes.txt", "readme.md"]);
    let folders = list(folder.path(), None).unwrap();
    assert_eq!(folders.class_names, ["cat", "frog"]);
    assert_eq!(folders.left_out, ["readme.md", "frog/notes.txt"]);
    assert!(folders.merged.is_empty());
}

#[test]
fn what_network_drives_leave_is_no_class_and_no_picture() {
    let own = ["cat/a.png", "dog/b.png"];
    let left = ["@eaDir/x.txt", "cat/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", "#recycle/c.png", "$RECYCLE.BIN/d.png"];
    let folder = tree(&[&own[..], &left[..]].concat());
    let listed = list(folder.path(), None).unwrap();
    assert_eq!(listed.class_names, ["cat", "dog"]);
    assert_eq!(listed.pictures.iter().map(|picture| picture.name.as_str()).collect::<Vec<_>>(), own);
    assert!(listed.left_out.is_empty() && listed.merged.is_empty());
}

#[test]
fn subfolders_of_a_class_are_listed() {
    let files = ["train/animals/cat/a.png", "train/animals/cat/b.png", "train/animals/frog/deep/c.png"];
    let more = ["train/animals/notes/read.txt", "train/ship/d.png"];
    let folder = tree(&[&files[..], &more[..]].concat());
    let merged = list(folder.path(), None).unwrap().merged;
    let [Merged { folder, class, subfolders }] = merged.as_slice() else { panic!("one of them: {merged:?}") };
    assert_eq!((folder.as_str(), class.as_str()), ("train/animals", "animals"));
    assert_eq!(*subfolders, ["cat", "frog"]);
}

#[test]
fn splits_may_lie_above() {
    let folder = tree(&["Train/cat/a.png", "Train/dog/b.png", "val/dog/c.png", "test/cat/d.png"]);
    let parts: Vec<_> = list(folder.path(), None).unwrap().pictures.iter().map(|one| (one.part, one.class)).collect();
    assert_eq!(parts, [(Part::Train, 0), (Part::Train, 1), (Part::Valid, 1), (Part::Test, 0)]);
    // A locomotive is a train as well.
    assert_eq!(names(&["train/a.png", "bus/b.png"]), ["bus/b.png", "train/a.png"]);
}

#[test]
fn what_is_no_set_of_classes_is_refused() {
    assert!(complaint(&["a.png", "b.png"]).contains("one folder per class"));
    assert!(complaint(&["notes.txt"]).contains("holds no folder of pictures"));
    assert!(complaint(&["cat/a.png", "dog/"]).contains("dog holds no picture"));
    assert!(complaint(&["cat/a.png", "dog/notes.txt"]).contains("dog holds no picture"));
    assert!(complaint(&["cat/a.png"]).contains("one class alone, \"cat\""));
    assert!(complaint(&["train/cat/a.png", "train/dog/b.png", "bird/c.png"]).contains("the folder bird beside train"));
    assert!(complaint(&["train/cat/a.png", "bird/c.png"]).contains("only train, valid (or val, validation) and test"));
    assert!(complaint(&["test/cat/a.png", "cat/c.png"]).contains("no train"));
    // Two splits beside each other are not the classes train and test.
    assert!(complaint(&["train/a.png", "test/b.png"]).contains("train lie beside each other"));
    assert!(complaint(&["train/", "test/cat/b.png"]).contains("train holds no folder of pictures"));
    let unknown = complaint(&["train/cat/a.png", "train/dog/b.png", "test/bird/c.png"]);
    assert!(unknown.contains("the class \"bird\"") && unknown.contains("cat, dog"), "{unknown}");
    let written_otherwise = complaint(&["train/caf\u{e9}/a.png", "train/dog/b.png", "test/cafe\u{301}/c.png"]);
    let expected =
        "\"caf\u{e9}\" and \"cafe\\u{301}\" differ in the Unicode form of their letters alone: give them one name";
    assert!(written_otherwise.contains(expected), "{written_otherwise}");
    assert!(complaint(&["train/c/a.png", "train/d/a.png", "val/c/a.png", "valid/c/a.png"]).contains("valid"));
    let many: Vec<String> = (0..257).map(|class| format!("{class}/a.png")).collect();
    assert!(complaint(&many.iter().map(String::as_str).collect::<Vec<_>>()).contains("257 classes"));
}

#[test]
fn a_split_without_class_folders_is_named() {
    for (folder, part) in [("test", "test"), ("valid", "validation"), ("val", "validation")] {
        let expected = format!(
            "{folder} holds 0 pictures, expected one folder per class with its pictures in it, as train has; put them there, or remove \
             the folder, and the {part} split is cut from train"
        );
        let said = complaint(&["train/cat/a.png", "train/dog/b.png", &format!("{folder}/")]);
        assert!(said.ends_with(&expected), "{said}");
    }
    let said = complaint(&["train/cat/a.png", "train/dog/b.png", "test/1.png", "test/2.png", "test/notes.txt"]);
    assert!(said.contains("test holds 2 pictures and no folder, expected one folder per class"), "{said}");
}

#[test]
fn what_is_added_and_is_no_picture_changes_nothing() {
    let known = ["cat", "dog"].map(String::from);
    let listed = |files: &[&str]| list(tree(files).path(), Some(&known)).map_err(|error| error.to_string());
    let pictures = |files: &[&str]| -> Vec<String> {
        listed(files).unwrap().pictures.into_iter().map(|picture| picture.name).collect()
    };
    let before = pictures(&["cat/a.png", "dog/b.png"]);
    let junk =
        [".DS_Store", "Thumbs.db", "readme.txt", ".hidden.png", "notes/", "docs/deep/page.html", "cat/.more.png"];
    let more = ["cat/desktop.ini", "cat/notes.txt", "cat/empty/", "dog/__MACOSX/c.png", "dog/list.csv", "loose.png"];
    let with_junk = [&["cat/a.png", "dog/b.png"][..], &junk, &more].concat();
    assert_eq!(pictures(&with_junk), before);
    let left_out = ["docs/", "loose.png", "notes/", "readme.txt", "cat/notes.txt", "dog/list.csv"];
    assert_eq!(listed(&with_junk).unwrap().left_out, left_out);
    assert!(complaint(&with_junk).contains("docs holds no picture"), "whoever looks anew may have meant a class");
    // Also beside splits.
    let splits = ["train/cat/a.png", "train/dog/b.png", "test/cat/c.png"];
    let with_docs = [&splits[..], &["docs/page.html", "train/docs/page.html"]].concat();
    assert_eq!(pictures(&with_docs), pictures(&splits));
    assert_eq!(listed(&with_docs).unwrap().left_out, ["train/docs/"]);
    // A picture does, and a class that lost its own.
    assert_eq!(listed(&[&["bird/c.png"][..], &with_junk].concat()).unwrap().class_names, ["bird", "cat", "dog"]);
    assert!(listed(&["cat/a.png", "dog/"]).unwrap_err().contains("dog holds no picture"));
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_text_matter_for_pictures_alone() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&["cat/a.png", "dog/b.png"]);
    let named = |name: &[u8]| folder.path().join("cat").join(OsStr::from_bytes(name));
    fs::write(named(b"\xff.txt"), "text").unwrap();
    fs::write(named(b".\xff.png"), "hidden").unwrap();
    let listed = list(folder.path(), None).unwrap();
    assert_eq!((listed.pictures.len(), listed.left_out.as_slice()), (2, &["cat/\u{fffd}.txt".to_owned()][..]));
    fs::write(named(b"\xff.png"), "a picture").unwrap();
    assert!(list(folder.path(), None).unwrap_err().to_string().contains("is not Unicode; rename it"));
}

#[test]
#[cfg(unix)]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = tree(&["cat/a.png", "dog/b.png"]);
    let other = tree(&["c.png"]);
    symlink(other.path(), folder.path().join("dog/more")).unwrap();
    assert_eq!(list(folder.path(), None).unwrap().pictures.len(), 3);
    symlink(folder.path().join("dog"), folder.path().join("dog/again")).unwrap();
    assert!(list(folder.path(), None).unwrap_err().to_string().contains("leads back"));
    fs::remove_file(folder.path().join("dog/again")).unwrap();
    symlink("nowhere", folder.path().join("dog/broken.png")).unwrap();
    let listed = list(folder.path(), None).unwrap();
    assert!(listed.pictures.iter().any(|picture| picture.name == "dog/broken.png"), "it is one that cannot be read");
    symlink("nowhere", folder.path().join("horse")).unwrap();
    assert!(list(folder.path(), None).unwrap_err().to_string().contains("horse"), "it may be a class");
}
