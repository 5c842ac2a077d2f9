use super::*;
use image::{GrayImage, Luma};
use proptest::prelude::*;
use zoo_core::Inputs;

const LETTER: [usize; 3] = [1, 28, 28];
const DIGIT: [usize; 3] = [1, 8, 8];

fn digits() -> (Vec<GrayImage>, Vec<u8>) {
    let examples = zoo_digits::load().train;
    let Inputs::Images(images) = examples.inputs else { panic!("digits are images") };
    let picture = |index: usize| GrayImage::from_raw(8, 8, images.image(index).to_vec()).expect("64 bytes");
    ((0..200).map(picture).collect(), examples.labels)
}

fn data(name: &str) -> DataName {
    DataName::find(name).expect("a data set")
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

fn of(picture: GrayImage, data: DataName, shape: [usize; 3]) -> Result<PreparedPicture> {
    prepare(DynamicImage::ImageLuma8(picture), data, shape)
}

#[test]
fn a_digit_on_paper_becomes_the_digit_it_was() {
    let (digits, _) = digits();
    for (paper, ink) in [(240, 20), (200, 90), (10, 250)] {
        let alike = digits.iter().filter(|digit| {
            let found = of(on_paper(digit, paper, ink), data("digits"), DIGIT).expect("there is ink");
            assert_eq!(found.steps[0].starts_with("inverted"), paper > ink);
            likeness(&found.images.pixels, digit.as_raw()) > 0.9
        });
        let alike = alike.count();
        assert!(alike >= 180, "{alike} of 200 on paper {paper} with ink {ink}");
    }
}

#[test]
fn what_is_ready_is_left_as_it_is() {
    let (digits, _) = digits();
    let found = of(digits[3].clone(), data("digits"), DIGIT).expect("a digit");
    assert_eq!((found.images.pixels, found.steps), (digits[3].as_raw().clone(), vec![]));
    let enlarged = of(digits[3].clone(), data("digits32"), [3, 32, 32]).expect("a digit");
    assert_eq!(enlarged.images.pixels, zoo_digits::enlarge(digits[3].as_raw()).repeat(3));
}

#[test]
fn a_letter_is_centered_with_its_aspect_kept_and_framed_where_the_model_was() {
    // An upright bar, dark on light, far off the middle.
    let sheet = GrayImage::from_fn(300, 500, |x, y| {
        Luma([if (200..230).contains(&x) && (20..260).contains(&y) { 30 } else { 220 }])
    });
    let found = of(sheet, data("emnist_letters"), [1, 32, 32]).expect("a letter");
    let ink: Vec<(usize, usize)> =
        (0..1024).filter(|place| found.images.pixels[*place] > 100).map(|place| (place % 32, place / 32)).collect();
    let span =
        |values: Vec<usize>| (values.iter().min().copied().expect("ink"), values.iter().max().copied().expect("ink"));
    let (left, right) = span(ink.iter().map(|place| place.0).collect());
    let (top, bottom) = span(ink.iter().map(|place| place.1).collect());
    assert!((22..=25).contains(&(bottom - top + 1)) && right - left < 6, "{left}..{right}, {top}..{bottom}");
    assert!((left + right).abs_diff(31) <= 1 && (top + bottom).abs_diff(31) <= 1, "{left}..{right}, {top}..{bottom}");
    assert_eq!(found.steps.last().map(String::as_str), Some("in the middle of 32x32"));
}

#[test]
fn specks_are_not_letters() {
    let mut sheet = GrayImage::from_fn(200, 200, |x, y| {
        Luma([if (80..120).contains(&x) && (60..140).contains(&y) { 0 } else { 255 }])
    });
    let clean = of(sheet.clone(), data("emnist_letters"), LETTER).expect("a letter").images.pixels;
    sheet.put_pixel(3, 190, Luma([0]));
    assert_eq!(of(sheet, data("emnist_letters"), LETTER).expect("a letter").images.pixels, clean);
}

#[test]
fn blank_paper_is_said_to_be_blank() {
    for shade in [0, 90, 255] {
        let error = of(GrayImage::from_pixel(60, 40, Luma([shade])), data("emnist_letters"), LETTER)
            .expect_err("there is no ink");
        assert!(error.to_string().starts_with("no ink is to be seen"), "{error}");
    }
}

#[test]
fn a_photograph_is_its_middle() {
    let photograph =
        RgbImage::from_fn(96, 64, |x, _| image::Rgb(if (16..80).contains(&x) { [200, 10, 20] } else { [0, 0, 255] }));
    let found = prepare(photograph.into(), data("cifar10"), [3, 32, 32]).expect("a photograph");
    let plane = |index: usize| &found.images.pixels[index * 1024..][..1024];
    assert!(plane(0).iter().all(|value| *value == 200) && plane(1).iter().all(|value| *value == 10));
    assert_eq!(found.steps, ["middle 64x64 of 96x64, scaled to 32x32"]);
}

proptest! {
    #[test]
    fn no_picture_is_too_odd(width in 1_u32..70, height in 1_u32..70, bytes in proptest::collection::vec(any::<u8>(), 1..64)) {
        let picture = GrayImage::from_fn(width, height, |x, y| Luma([bytes[((y * width + x) % bytes.len() as u32) as usize]]));
        let cases = [(data("emnist_letters"), LETTER), (data("emnist_letters"), [1, 32, 32]), (data("digits"), DIGIT),
            (data("digits32"), [3, 32, 32]), (data("cifar10"), [3, 32, 32])];
        for (data, shape) in cases {
            if let Ok(found) = of(picture.clone(), data, shape) {
                prop_assert_eq!(found.images.pixels.len(), shape.iter().product::<usize>());
            }
        }
    }
}
