//! What can be seen of trained weights: test images, pictures of the first layer.

use crate::elements::figure;
use maud::{Markup, html};
use zoo_results::{Gallery, Inspection, LayerPicture, Seen};

/// The grid of test images and the most confident errors, or why there is none.
pub fn images(inspection: &Inspection, test: usize) -> Markup {
    let Some(Gallery { grid, errors }) = &inspection.images else {
        return html! { @if let Some(reason) = &inspection.reason { p.note { "No test images here: " (reason) "." } } };
    };
    let step = test / grid.len().max(1);
    let right = grid.iter().filter(|seen| is_right(seen)).count();
    let caption = format!(
        "Every {step}th test image: true class, and what the model says with which probability. {right} of {} are right; the others have a mark.",
        grid.len()
    );
    html! {
        (figure("grid", &html! { @for seen in grid { (test_image(seen)) } }, &caption))
        @if !errors.is_empty() {
            (figure(
                "grid",
                &html! { @for seen in errors { (test_image(seen)) } },
                &format!("The {} errors made with the highest probability.", errors.len())
            ))
        }
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
    let Seen { index, png, label, predicted, probability } = seen;
    let sure = format!("{:.0} %", 100.0 * probability);
    let words = format!("test image {index} of class {label}, predicted {predicted}");
    html! {
        div class=(if is_right(seen) { "right" } else { "wrong" }) {
            (picture(&words, png))
            span {
                @if is_right(seen) { (label) " " b { (sure) } } @else { (label) ", " b { "✗ " (predicted) " " (sure) } }
            }
        }
    }
}

fn is_right(seen: &Seen) -> bool {
    seen.label == seen.predicted
}

fn picture(words: &str, png: &str) -> Markup {
    html! { img alt=(words) src={ "data:image/png;base64," (png) }; }
}
