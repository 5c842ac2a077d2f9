//! 8x8 to 32x32, in whole numbers.

const SMALL: usize = 8;
const FACTOR: usize = 4;
const SIDE: usize = FACTOR * SMALL;

/// A gray image of 8x8, 64 bytes, enlarged to 32x32, 1,024 bytes: by bilinear interpolation, pixel centers aligned and edges continued
/// (PyTorch's `interpolate(mode="bilinear", align_corners=False)`), in whole numbers and rounded to the nearest byte.
///
/// ```
/// assert_eq!(zoo_pictures::enlarge_digit(&[255; 64]), vec![255; 1024]);
/// ```
///
/// # Panics
///
/// If there are fewer than 64 bytes.
pub fn enlarge_digit(image: &[u8]) -> Vec<u8> {
    // The center of new pixel `x` lies at `(x + 1/2) / 4 - 1/2 = (2x - 3) / 8` of the old: a whole part and odd eighths. So a pixel is
    // a mean of four old ones with weights in 64ths.
    let places: Vec<Blend> = (0..SIDE).map(Blend::of).collect();
    let pixel = |(row, column): (&Blend, &Blend)| {
        let old = |y: usize, x: usize| u32::from(image[y * SMALL + x]);
        let across = |y| old(y, column.before) * (8 - column.eighths) + old(y, column.after) * column.eighths;
        let sum = across(row.before) * (8 - row.eighths) + across(row.after) * row.eighths;
        ((sum + 32) / 64) as u8
    };
    let rows = places.iter().flat_map(|row| places.iter().map(move |column| (row, column)));
    rows.map(pixel).collect()
}

/// Between which old pixels a new one lies, and how many eighths of the way.
struct Blend {
    before: usize,
    after: usize,
    eighths: u32,
}

impl Blend {
    fn of(place: usize) -> Blend {
        let eighths = 2 * place as i32 - 3;
        let before = eighths.div_euclid(8);
        let edge = |old: i32| old.clamp(0, SMALL as i32 - 1) as usize;
        Blend { before: edge(before), after: edge(before + 1), eighths: eighths.rem_euclid(8) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook's formula, in floats.
    fn naive(image: &[u8], y: usize, x: usize) -> f64 {
        let old = |y: f64, x: f64| {
            let [y, x] = [y, x].map(|place| place.clamp(0.0, 7.0) as usize);
            f64::from(image[y * SMALL + x])
        };
        let [y, x] = [y, x].map(|place| (place as f64 + 0.5) / 4.0 - 0.5);
        let (top, left) = (y.floor(), x.floor());
        let row = |y| old(y, left) * (left + 1.0 - x) + old(y, left + 1.0) * (x - left);
        row(top) * (top + 1.0 - y) + row(top + 1.0) * (y - top)
    }

    #[test]
    fn whole_numbers_give_what_floats_give() {
        let image: Vec<u8> = (0..64).map(|place| (place * 37 % 256) as u8).collect();
        let enlarged = enlarge_digit(&image);
        for (place, &found) in enlarged.iter().enumerate() {
            let exact = naive(&image, place / SIDE, place % SIDE);
            assert!((f64::from(found) - exact).abs() <= 0.5, "{place}: {found} for {exact}");
        }
    }

    #[test]
    fn one_color_stays_one_color() {
        assert_eq!(enlarge_digit(&[200; 64]), [200; 1024]);
    }

    #[test]
    fn corners_are_kept() {
        let mut image = [0; 64];
        (image[0], image[63]) = (255, 128);
        let enlarged = enlarge_digit(&image);
        assert_eq!((enlarged[0], enlarged[1023]), (255, 128));
    }
}
