use super::*;
use image::imageops::resize;
use image::{GrayImage, Luma};
use proptest::prelude::*;
use zoo_digits::Inputs;

const PHOTOGRAPH: Preparation = Preparation { kind: PictureKind::Photograph, shape: [3, 32, 32] };
const LETTER: Preparation = Preparation { kind: PictureKind::Letter, shape: [1, 28, 28] };
const DIGIT: Preparation = Preparation { kind: PictureKind::Digit, shape: [1, 8, 8] };
const DIGIT_32: Preparation = Preparation { kind: PictureKind::Digit, shape: [3, 32, 32] };

fn digits() -> Vec<GrayImage> {
    let Inputs::Images(images) = zoo_digits::load().train.inputs else { panic!("digits are images") };
    let picture = |index: usize| GrayImage::from_raw(8, 8, images.image(index).to_vec()).expect("64 bytes");
    (0..200).map(picture).collect()
}

/// A digit drawn twenty times as large, on a sheet with room around it, `paper` bright and `ink` dark, with grain.
fn on_paper(digit: &GrayImage, paper: u8, ink: u8) -> GrayImage {
    let large = resize(digit, 160, 160, FilterType::CatmullRom);
    let mut sheet = GrayImage::from_pixel(400, 300, Luma([paper]));
    for (x, y, Luma([value])) in large.enumerate_pixels() {
        let shade = f32::from(paper) + (f32::from(ink) - f32::from(paper)) * f32::from(*value) / 255.0;
        sheet.put_pixel(150 + x, 40 + y, Luma([shade as u8]));
    }
    for (place, Luma([value])) in sheet.pixels_mut().enumerate() {
        *value = value.saturating_add((place * 7919 % 13) as u8);
    }
    sheet
}

/// How alike two pictures are: the cosine of the angle between them.
fn likeness(left: &[u8], right: &[u8]) -> f64 {
    let dot =
        |left: &[u8], right: &[u8]| left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt().max(1.0)
}

fn of(picture: GrayImage, preparation: Preparation) -> Result<PreparedPicture, PictureError> {
    preparation.prepare(&picture.into())
}

#[test]
fn a_digit_on_paper_becomes_the_digit_it_was() {
    let digits = digits();
    for (paper, ink) in [(240, 20), (200, 90), (10, 250)] {
        let alike = digits.iter().filter(|digit| {
            let found = of(on_paper(digit, paper, ink), DIGIT).expect("there is ink");
            assert_eq!(found.steps[0].starts_with("inverted"), paper > ink);
            likeness(&found.pixels, digit.as_raw()) > 0.9
        });
        let alike = alike.count();
        assert!(alike >= 180, "{alike} of 200 on paper {paper} with ink {ink}");
    }
}

#[test]
fn what_is_ready_is_left_as_it_is() {
    let digits = digits();
    let found = of(digits[3].clone(), DIGIT).expect("a digit");
    assert_eq!((found.pixels, found.steps), (digits[3].as_raw().clone(), vec![]));
    let enlarged = of(digits[3].clone(), DIGIT_32).expect("a digit");
    assert_eq!(enlarged.pixels, enlarge_digit(digits[3].as_raw()).repeat(3));
}

#[test]
fn a_letter_is_centered_with_its_aspect_kept() {
    // An upright bar, dark on light, far off the middle.
    let sheet = GrayImage::from_fn(300, 500, |x, y| {
        Luma([if (200..230).contains(&x) && (20..260).contains(&y) { 30 } else { 220 }])
    });
    let found = of(sheet, LETTER).expect("a letter");
    let ink: Vec<(usize, usize)> =
        (0..784).filter(|place| found.pixels[*place] > 100).map(|place| (place % 28, place / 28)).collect();
    let span =
        |values: Vec<usize>| (values.iter().min().copied().expect("ink"), values.iter().max().copied().expect("ink"));
    let (left, right) = span(ink.iter().map(|place| place.0).collect());
    let (top, bottom) = span(ink.iter().map(|place| place.1).collect());
    assert!((22..=25).contains(&(bottom - top + 1)) && right - left < 6, "{left}..{right}, {top}..{bottom}");
    assert!((left + right).abs_diff(27) <= 1 && (top + bottom).abs_diff(27) <= 1, "{left}..{right}, {top}..{bottom}");
}

#[test]
fn specks_are_not_letters() {
    let mut sheet = GrayImage::from_fn(200, 200, |x, y| {
        Luma([if (80..120).contains(&x) && (60..140).contains(&y) { 0 } else { 255 }])
    });
    let clean = of(sheet.clone(), LETTER).expect("a letter").pixels;
    sheet.put_pixel(3, 190, Luma([0]));
    assert_eq!(of(sheet, LETTER).expect("a letter").pixels, clean);
}

/// A picture as it is where less light falls on it.
fn lit(picture: &GrayImage, light: impl Fn(u32, u32) -> f64) -> GrayImage {
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        Luma([(f64::from(picture.get_pixel(x, y).0[0]) * light(x, y)) as u8])
    })
}

#[test]
fn light_that_falls_to_half_and_hard_shadows_change_little() {
    let digits = digits();
    let fading = |x: u32, _: u32| 1.0 - 0.5 * f64::from(x) / 400.0;
    let shadow = |x: u32, y: u32| if 2 * x + y > 560 { 0.45 } else { 1.0 };
    for (light, least) in [(fading as fn(u32, u32) -> f64, 50), (shadow as fn(u32, u32) -> f64, 42)] {
        let alike = digits.iter().take(60).filter(|digit| {
            let found = of(lit(&on_paper(digit, 230, 25), light), DIGIT).expect("there is ink");
            likeness(&found.pixels, digit.as_raw()) > 0.9
        });
        let alike = alike.count();
        assert!(alike >= least, "{alike} of 60, expected {least}");
    }
}

/// An E of bars 12 pixels wide, `ink` on `paper`, at most `margin` pixels from the left, upper and lower edges.
fn bars(margin: u32, paper: u8, ink: u8) -> GrayImage {
    GrayImage::from_fn(120 + 2 * margin, 150 + 2 * margin, |x, y| {
        let (x, y) = (x.wrapping_sub(margin), y.wrapping_sub(margin));
        let is_bar = [0..12, 69..81, 138..150].iter().any(|bar| bar.contains(&y));
        Luma([if y < 150 && (x < 12 || x < 110 && is_bar) { ink } else { paper }])
    })
}

#[test]
fn tight_crops_and_black_edges_change_nothing() {
    let letter = |picture: GrayImage| of(picture, LETTER).expect("a letter").pixels;
    let expected = letter(bars(40, 240, 20));
    for picture in [bars(0, 240, 20), bars(0, 20, 240), bars(40, 20, 240)] {
        assert!(likeness(&letter(picture), &expected) > 0.99);
    }
    for edge in 0..4 {
        let mut scan = bars(40, 240, 20);
        let (width, height) = scan.dimensions();
        for (x, y, pixel) in scan.enumerate_pixels_mut() {
            let from_edge = [x, y, width - 1 - x, height - 1 - y][edge];
            if from_edge < 7 {
                *pixel = Luma([(x * y % 5) as u8]);
            }
        }
        assert!(likeness(&letter(scan), &expected) > 0.99, "edge {edge}");
    }
}

#[test]
fn ink_on_transparency_is_read_whatever_its_color() {
    let letter = |picture: DynamicImage| LETTER.prepare(&picture).expect("a letter").pixels;
    let opaque = bars(40, 255, 0);
    for color in [0, 120, 255] {
        let picture = image::RgbaImage::from_fn(opaque.width(), opaque.height(), |x, y| {
            image::Rgba([color, color, color, 255 - opaque.get_pixel(x, y).0[0]])
        });
        assert!(likeness(&letter(picture.into()), &letter(opaque.clone().into())) > 0.99, "{color}");
    }
}

#[test]
fn a_picture_of_the_right_size_is_ready_only_with_its_ink_in_place() {
    let letter = |picture: GrayImage| of(picture, LETTER).expect("a letter");
    let small = resize(&bars(0, 0, 255), 11, 14, FilterType::Triangle);
    let place = |ink: &GrayImage, left: i64, top: i64| {
        let mut picture = GrayImage::new(28, 28);
        image::imageops::overlay(&mut picture, ink, left, top);
        picture
    };
    let found = letter(place(&small, 1, 2));
    let mut negative = place(&small, 1, 2);
    negative.iter_mut().for_each(|value| *value = 255 - *value);
    assert!(likeness(&found.pixels, &letter(negative).pixels) > 0.999);
    assert_ne!(found.steps, Vec::<String>::new());
    let ready = place(&resize(&small, 18, 23, FilterType::Triangle), 5, 3);
    assert_eq!(letter(ready.clone()).pixels, *ready.as_raw());
}

#[test]
fn a_slanting_line_of_single_pixels_is_one_stroke() {
    // An X, without antialiasing.
    let cross = GrayImage::from_fn(80, 80, |x, y| {
        let on_line = (10..70).contains(&x) && (x == y || x + y == 79);
        Luma([if on_line { 0 } else { 255 }])
    });
    let found = of(cross, LETTER).expect("a letter");
    assert!(found.steps.contains(&"ink of 60x60 pixels found at (10, 10)".to_string()), "{found:?}");
    assert_eq!(found.warning, None);
}

#[test]
fn a_dot_is_no_character_of_its_own() {
    let i = GrayImage::from_fn(60, 100, |x, y| {
        Luma([if (25..33).contains(&x) && ((10..20).contains(&y) || (35..90).contains(&y)) { 0 } else { 255 }])
    });
    assert_eq!(of(i.clone(), LETTER).expect("an i").warning, None);
    let mut two = GrayImage::from_pixel(120, 100, Luma([255]));
    [0, 50].iter().for_each(|left| image::imageops::overlay(&mut two, &i, *left, 0));
    let warning = of(two, LETTER).expect("ink").warning;
    assert!(warning.as_deref().is_some_and(|text| text.starts_with("2 characters")), "{warning:?}");
}

#[test]
fn blank_paper_is_said_to_be_blank() {
    for shade in [0, 90, 255] {
        let error = of(GrayImage::from_pixel(60, 40, Luma([shade])), LETTER).expect_err("there is no ink");
        assert!(error.to_string().starts_with("no ink is to be seen"), "{error}");
    }
}

#[test]
fn a_photograph_is_its_middle() {
    let photograph =
        RgbImage::from_fn(96, 64, |x, _| image::Rgb(if (16..80).contains(&x) { [200, 10, 20] } else { [0, 0, 255] }));
    let found = PHOTOGRAPH.prepare(&photograph.into()).expect("a photograph");
    let plane = |index: usize| &found.pixels[index * 1024..][..1024];
    assert!(plane(0).iter().all(|value| *value == 200) && plane(1).iter().all(|value| *value == 10));
    assert_eq!(found.steps, ["middle 64x64 of 96x64, scaled to 32x32"]);
}

#[test]
fn a_photograph_for_oblong_gray_images_keeps_their_aspect() {
    let oblong = Preparation { kind: PictureKind::Photograph, shape: [1, 10, 20] };
    let photograph =
        RgbImage::from_fn(100, 90, |_, y| image::Rgb(if (20..70).contains(&y) { [80; 3] } else { [0, 0, 255] }));
    let found = oblong.prepare(&photograph.into()).expect("a photograph");
    assert_eq!(
        (found.pixels, found.steps),
        (vec![80; 200], vec!["middle 100x50 of 100x90, scaled to 20x10".to_string()])
    );
}

#[test]
fn shapes_that_a_picture_cannot_become_are_named() {
    let letter = Preparation { shape: [1, 32, 32], ..LETTER };
    let error = of(GrayImage::new(9, 9), letter).expect_err("impossible").to_string();
    assert_eq!(error, "a letter cannot become an image of shape [1, 32, 32], expected [channels, 28, 28]");
    assert!(of(GrayImage::new(0, 9), LETTER).is_err());
}

proptest! {
    #[test]
    fn no_picture_is_too_odd(width in 1_u32..70, height in 1_u32..70, bytes in proptest::collection::vec(any::<u8>(), 1..64)) {
        let picture = GrayImage::from_fn(width, height, |x, y| Luma([bytes[((y * width + x) % bytes.len() as u32) as usize]]));
        let oblong = Preparation { kind: PictureKind::Photograph, shape: [1, 5, 9] };
        for preparation in [LETTER, DIGIT, DIGIT_32, PHOTOGRAPH, oblong] {
            if let Ok(found) = of(picture.clone(), preparation) {
                prop_assert_eq!(found.pixels.len(), preparation.shape.iter().product::<usize>());
            }
        }
    }
}
