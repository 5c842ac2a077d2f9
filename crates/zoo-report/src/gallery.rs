//! What can be seen of trained weights: test images, pictures of the first layer.

use crate::elements::figure;
use maud::{Markup, html};
use zoo_results::{Gallery, Inspection, LayerPicture, Seen};

/// The grid of test images and the most confident errors, or why there is none.
pub fn images(inspection: &Inspection, test: usize) -> Markup {
    let Some(Gallery { grid, errors, wrong }) = &inspection.images else {
        return html! { @if let Some(reason) = &inspection.reason { p.note { "No test images here: " (reason) "." } } };
    };
    html! {
        (figure("grid", &html! { @for seen in grid { (test_image(seen)) } }, &grid_caption(grid, test)))
        @if !errors.is_empty() {
            (figure(
                "grid",
                &html! { @for seen in errors { (test_image(seen)) } },
                &errors_caption(errors.len(), *wrong)
            ))
        }
    }
}

/// What the grid shows of `test` images.
fn grid_caption(grid: &[Seen], test: usize) -> String {
    let (shown, right) = (grid.len(), grid.iter().filter(|seen| is_right(seen)).count());
    let which = match shown < test {
        true => format!("{shown} of {test} test images, evenly spread"),
        false => format!("All {shown} test images"),
    };
    format!(
        "{which}: true class, and what the model says with which probability. {right} of the {shown} are right; the others have a mark."
    )
}

fn errors_caption(shown: usize, wrong: usize) -> String {
    match (shown < wrong, shown) {
        (true, _) => {
            format!("The {shown} errors made with the highest probability, of {wrong} on the test images in all.")
        }
        (false, 1) => "The only error on the test images.".to_string(),
        (false, _) => format!("All {shown} errors on the test images, those made with the highest probability first."),
    }
}

/// The first layer's weights as pictures: filters where it convolves, templates where it is linear.
pub fn first_layer(pictures: &[LayerPicture], class_names: &[String], convolves: bool) -> Markup {
    let are_classes = pictures.iter().all(|picture| class_names.contains(&picture.name));
    let shown = match convolves {
        true => "The first layer's filters.",
        false if are_classes => "The template of each class: its weights, pixel by pixel.",
        false => "The first layer's units: their weights, pixel by pixel.",
    };
    let caption = format!("{shown} Middle gray is 0; each picture has its own scale.");
    let drawn = html! {
        @for LayerPicture { name, png } in pictures {
            div.filter { (picture(&format!("weights of {name}"), png)) span { (name) } }
        }
    };
    html! { @if !pictures.is_empty() { (figure("filters", &drawn, &caption)) } }
}

fn test_image(seen: &Seen) -> Markup {
    let Seen { index, source, png, label, predicted, probability } = seen;
    let sure = format!("{:.0} %", 100.0 * probability);
    let name = source.clone().unwrap_or_else(|| format!("test image {index}"));
    let words = format!("{name} of class {label}, predicted {predicted}");
    html! {
        div class=(if is_right(seen) { "right" } else { "wrong" }) {
            (picture(&words, png))
            span {
                @if is_right(seen) { (label) " " b { (sure) } } @else { (label) ", " b { "✗ " (predicted) " " (sure) } }
                @if let Some(file) = source { br; small style="overflow-wrap: anywhere" { (file) } }
            }
        }
    }
}

fn is_right(seen: &Seen) -> bool {
    seen.label == seen.predicted
}

fn picture(words: &str, png: &str) -> Markup {
    html! { img alt=(words) title=(words) src={ "data:image/png;base64," (png) }; }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(index: usize, source: Option<&str>, predicted: &str) -> Seen {
        let (label, predicted) = ("cat".to_string(), predicted.to_string());
        Seen { index, source: source.map(String::from), png: String::new(), label, predicted, probability: 0.9 }
    }

    #[test]
    fn captions_say_how_many_there_are_in_all() {
        let grid = [seen(0, None, "cat"), seen(1, None, "dog")];
        assert!(grid_caption(&grid, 3).starts_with("2 of 3 test images, evenly spread: "));
        assert!(grid_caption(&grid, 3).contains("1 of the 2 are right"));
        assert!(grid_caption(&grid, 2).starts_with("All 2 test images: "));
        assert!(errors_caption(20, 57).contains("The 20 errors") && errors_caption(20, 57).contains("of 57"));
        assert!(errors_caption(8, 8).starts_with("All 8 errors"));
    }

    #[test]
    fn own_pictures_are_called_by_their_file() {
        let own = test_image(&seen(28, Some("cat/0012.png"), "dog")).into_string();
        assert!(own.contains("title=\"cat/0012.png of class cat, predicted dog\"") && !own.contains("28"), "{own}");
        assert!(test_image(&seen(28, None, "dog")).into_string().contains("test image 28 of class cat"));
    }
}
