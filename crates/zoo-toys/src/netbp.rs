//! The ten points of the thesis's "netbp" (S5).

/// The points, x1, x2, x3 of each. The first five belong to the first class, the last five to the second.
pub const POINTS: [[f64; 3]; 10] = [
    [0.1, 0.1, 0.1],
    [0.3, 0.4, 0.2],
    [0.1, 0.5, 0.6],
    [0.6, 0.9, 0.9],
    [0.4, 0.2, 0.4],
    [0.6, 0.3, 0.5],
    [0.5, 0.6, 0.1],
    [0.9, 0.2, 0.2],
    [0.4, 0.4, 0.3],
    [0.7, 0.6, 0.8],
];
