#![allow(clippy::unwrap_used)]

use proptest::{collection::vec, prelude::*};

use super::*;

const PADDINGS: [Padding; 3] = [Padding::Zero, Padding::Edge, Padding::Reflect];

fn canvas(height: usize, width: usize, pixels: &[u8]) -> Canvas {
    let mut canvas = Canvas::default();
    canvas.load(height, width, pixels);
    canvas
}

/// Up to three channels of up to 6x6 pixels.
fn images() -> impl Strategy<Value = Canvas> {
    (1usize..=3, 1usize..=6, 1usize..=6).prop_flat_map(|(channels, height, width)| {
        let pixels = vec(any::<u8>(), channels * height * width);
        pixels.prop_map(move |pixels| canvas(height, width, &pixels))
    })
}

/// Pads one place after another, as a person with a pencil would.
fn naive_place(place: i64, length: i64, padding: Padding) -> Option<i64> {
    let mut place = place;
    while !(0..length).contains(&place) {
        place = match padding {
            Padding::Zero => return None,
            Padding::Edge if place < 0 => place + 1,
            Padding::Edge => place - 1,
            Padding::Reflect if length == 1 => 0,
            Padding::Reflect if place < 0 => -place,
            Padding::Reflect => 2 * (length - 1) - place,
        };
    }
    Some(place)
}

fn naive_shift(image: &Canvas, down: i64, right: i64, padding: Padding) -> Vec<u8> {
    let (height, width) = (image.height as i64, image.width as i64);
    let mut shifted = Vec::new();
    for channel in image.pixels.chunks(image.height * image.width) {
        for place in 0..height * width {
            let y = naive_place(place / width - down, height, padding);
            let x = naive_place(place % width - right, width, padding);
            let source = y.zip(x).map(|(y, x)| channel[(y * width + x) as usize]);
            shifted.push(source.unwrap_or(0));
        }
    }
    shifted
}

proptest! {
    #[test]
    fn flipping_twice_changes_nothing(image in images()) {
        let mut flipped = image.clone();
        flipped.flip();
        flipped.flip();
        prop_assert_eq!(flipped, image);
    }

    #[test]
    fn a_shift_is_the_naive_one(image in images(), down in -15i64..=15, right in -15i64..=15) {
        for padding in PADDINGS {
            let mut shifted = image.clone();
            shifted.shift(down, right, padding);
            prop_assert_eq!(shifted.pixels(), naive_shift(&image, down, right, padding));
        }
    }

    #[test]
    fn changes_of_nothing_change_nothing(image in images()) {
        for padding in PADDINGS {
            let mut changed = image.clone();
            changed.shift(0, 0, padding);
            changed.rotate(0.0, padding);
            changed.brighten(0.0);
            prop_assert_eq!(changed.pixels(), image.pixels());
        }
    }

    #[test]
    fn brightness_adds_and_clamps(image in images(), change in -300.0..300.0) {
        let mut changed = image.clone();
        changed.brighten(change);
        for (new, old) in changed.pixels().iter().zip(image.pixels()) {
            let expected = (f64::from(*old) + change.round()).clamp(0.0, 255.0);
            prop_assert_eq!(f64::from(*new), expected);
        }
    }

    #[test]
    fn any_numbers_are_survived(image in images(), pixels: usize, degrees: f64, amount: f64, seed: u64) {
        let mut draw = Draw::new(seed, 0, 0);
        let mut changed = image.clone();
        for padding in PADDINGS {
            Augmentation::Shift { pixels, padding }.apply(&mut changed, &mut draw);
            Augmentation::Rotate { degrees, padding }.apply(&mut changed, &mut draw);
            Augmentation::Brightness { amount }.apply(&mut changed, &mut draw);
            Augmentation::AlternateFlip.apply(&mut changed, &mut draw);
            Augmentation::Cutout { pixels: 3 }.apply(&mut changed, &mut draw);
        }
        prop_assert_eq!(changed.pixels().len(), image.pixels().len());
    }
}

#[test]
fn paddings_look_as_documented() {
    let shifted = |padding| {
        let mut row = canvas(1, 3, b"abc");
        row.shift(0, 2, padding);
        row.pixels().to_vec()
    };
    assert_eq!(shifted(Padding::Zero), b"\0\0a");
    assert_eq!(shifted(Padding::Edge), b"aaa");
    assert_eq!(shifted(Padding::Reflect), b"cba");
}

#[test]
fn a_quarter_turn_is_counter_clockwise() {
    let mut square = canvas(2, 2, b"abcd");
    square.rotate(90.0, Padding::Zero);
    assert_eq!(square.pixels(), b"bdac");
}

#[test]
fn a_half_turn_reverses() {
    let mut image = canvas(3, 4, &(0..12).collect::<Vec<u8>>());
    image.rotate(180.0, Padding::Edge);
    assert_eq!(image.pixels(), (0..12).rev().collect::<Vec<u8>>());
}

#[test]
fn a_sixth_turn_mixes_neighbors() {
    let mut image = canvas(1, 3, &[0, 100, 200]);
    image.rotate(60.0, Padding::Edge); // the ends look 0.5 to the side of the middle
    assert_eq!(image.pixels(), [50, 100, 150]);
}

#[test]
fn half_of_the_images_are_flipped() {
    let flipped = (0..1_000).filter(|&index| {
        let mut row = canvas(1, 2, b"ab");
        let mut draw = Draw::new(3, 0, index);
        Augmentation::Flip.apply(&mut row, &mut draw);
        row.pixels() == b"ba"
    });
    assert!((440..560).contains(&flipped.count()));
}

#[test]
fn alternating_images_are_mirrored_in_every_second_epoch() {
    let mirrored = |index, epoch| {
        let mut row = canvas(1, 2, b"ab");
        Augmentation::AlternateFlip.apply(&mut row, &mut Draw::new(3, epoch, index));
        row.pixels() == b"ba"
    };
    for index in 0..100 {
        assert_ne!(mirrored(index, 4), mirrored(index, 5));
        assert_eq!(mirrored(index, 4), mirrored(index, 6));
    }
    let first = (0..1000).filter(|&index| mirrored(index, 0)).count();
    assert!((440..560).contains(&first), "{first} of 1000: about one half begins");
}

#[test]
fn a_cut_out_square_is_black_in_every_channel() {
    let mut image = canvas(4, 5, &[7; 40]);
    image.blacken(1, 2, 3);
    let channel = [7, 0, 0, 0, 7, 7, 0, 0, 0, 7, 7, 0, 0, 0, 7, 7, 7, 7, 7, 7];
    assert_eq!(image.pixels(), [channel, channel].concat());
    image.blacken(3, 4, 2);
    assert_eq!(image.pixels()[10..20], [7, 0, 0, 0, 0, 7, 7, 7, 0, 0], "what lies outside is cut off");
}
