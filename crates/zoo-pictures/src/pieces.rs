//! Ink, row by row, and the connected pieces that it makes.

/// Where there is ink.
pub(crate) struct Mask {
    pub(crate) width: u32,
    pub(crate) ink: Vec<bool>,
}

/// The smallest rectangle around some ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InkBox {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Ink that hangs together.
struct Piece {
    places: Vec<usize>,
    bounds: InkBox,
}

/// Spots smaller than this part of the largest piece are dirt; the dot of an i is larger.
const DIRT: f64 = 0.02;
/// Pieces nearer to each other than this part of the longest are of one character: pens skip.
const GAP: f64 = 0.06;
/// What is shorter than this part of the longest is no character of its own: a dot, an end of another line.
const SHORTEST: f64 = 0.5;

impl Mask {
    pub(crate) fn height(&self) -> u32 {
        self.ink.len() as u32 / self.width
    }

    /// Without specks, and without what a scanner or a shadow draws along the edges.
    pub(crate) fn cleaned(&self) -> Self {
        let pieces = self.pieces();
        let inside = |piece: &&Piece| !self.is_at_edge(piece.bounds) && piece.bounds.longest() * 8 >= self.shortest();
        let has_inside = pieces.iter().any(|piece| inside(&piece));
        let pieces: Vec<_> = pieces.into_iter().filter(|piece| !(has_inside && self.clings_to_edge(piece))).collect();
        let largest = pieces.iter().map(|piece| piece.places.len()).max().unwrap_or(0) as f64;
        let mut ink = vec![false; self.ink.len()];
        for piece in pieces.iter().filter(|piece| piece.places.len() as f64 >= DIRT * largest) {
            piece.places.iter().for_each(|place| ink[*place] = true);
        }
        Self { width: self.width, ink }
    }

    /// Around all ink.
    pub(crate) fn bounds(&self) -> Option<InkBox> {
        InkBox::around(self.width, (0..self.ink.len()).filter(|place| self.ink[*place]))
    }

    /// How many characters the pieces make, as far as gaps tell.
    pub(crate) fn characters(&self) -> usize {
        let mut groups: Vec<InkBox> = Vec::new();
        let pieces = self.pieces();
        let longest = pieces.iter().map(|piece| piece.bounds.longest()).max().unwrap_or(0);
        let gap = (GAP * f64::from(longest)) as u32;
        for piece in pieces {
            let mut joined = piece.bounds;
            // A group that grows may reach others.
            while let Some(index) = groups.iter().position(|group| group.is_near(joined, gap)) {
                joined = joined.union(groups.swap_remove(index));
            }
            groups.push(joined);
        }
        let longest = groups.iter().map(|group| group.longest()).max().unwrap_or(0);
        groups.iter().filter(|group| f64::from(group.longest()) >= SHORTEST * f64::from(longest)).count()
    }

    /// The length of the largest piece over the side of the largest square that is all ink.
    pub(crate) fn slenderness(&self) -> f64 {
        let largest = self.pieces().into_iter().max_by_key(|piece| piece.places.len());
        f64::from(largest.map_or(0, |piece| piece.bounds.longest())) / f64::from(self.widest_square().max(1))
    }

    fn widest_square(&self) -> u32 {
        let mut above = vec![0_u32; self.width as usize + 1];
        let mut widest = 0;
        for row in self.ink.chunks_exact(self.width as usize) {
            let mut corner = 0;
            for (x, ink) in row.iter().enumerate() {
                let side = if *ink { above[x].min(above[x + 1]).min(corner) + 1 } else { 0 };
                corner = std::mem::replace(&mut above[x + 1], side);
                widest = widest.max(side);
            }
        }
        widest
    }

    /// Whether there is ink here or beside: a stroke's soft edge belongs to it.
    pub(crate) fn is_near(&self, x: u32, y: u32) -> bool {
        let around = |value: u32, end: u32| value.saturating_sub(1)..(value + 2).min(end);
        around(y, self.height()).any(|y| around(x, self.width).any(|x| self.ink[(y * self.width + x) as usize]))
    }

    /// The pieces, neighbors being all eight: a slanting line one pixel wide is one.
    fn pieces(&self) -> Vec<Piece> {
        let mut seen = vec![false; self.ink.len()];
        let mut pieces = Vec::new();
        for start in 0..self.ink.len() {
            if self.ink[start] && !seen[start] {
                pieces.extend(self.piece(start, &mut seen));
            }
        }
        pieces
    }

    fn piece(&self, start: usize, seen: &mut [bool]) -> Option<Piece> {
        let (width, height) = (self.width, self.height());
        let around = |value: u32, end: u32| value.saturating_sub(1)..(value + 2).min(end);
        seen[start] = true;
        let mut places = vec![start];
        let mut next = 0;
        while let Some(&place) = places.get(next) {
            next += 1;
            let (x, y) = (place as u32 % width, place as u32 / width);
            for neighbor in around(y, height).flat_map(|y| around(x, width).map(move |x| (y * width + x) as usize)) {
                if self.ink[neighbor] && !seen[neighbor] {
                    seen[neighbor] = true;
                    places.push(neighbor);
                }
            }
        }
        let bounds = InkBox::around(width, places.iter().copied())?;
        Some(Piece { places, bounds })
    }

    fn shortest(&self) -> u32 {
        self.width.min(self.height())
    }

    fn is_at_edge(&self, InkBox { left, top, width, height }: InkBox) -> bool {
        left == 0 || top == 0 || left + width == self.width || top + height == self.height()
    }

    /// Whether half of a piece's length or more lies on one edge.
    fn clings_to_edge(&self, piece: &Piece) -> bool {
        let (right, bottom) = (self.width - 1, self.height() - 1);
        let at = |place: &usize| (*place as u32 % self.width, *place as u32 / self.width);
        let count =
            |on_edge: &dyn Fn((u32, u32)) -> bool| piece.places.iter().filter(|place| on_edge(at(place))).count();
        let edges = [
            count(&|(x, _)| x == 0),
            count(&|(x, _)| x == right),
            count(&|(_, y)| y == 0),
            count(&|(_, y)| y == bottom),
        ];
        edges.into_iter().max().is_some_and(|most| 2 * most >= piece.bounds.longest() as usize)
    }
}

impl InkBox {
    fn around(width: u32, places: impl Iterator<Item = usize>) -> Option<Self> {
        let one = |place: usize| Self { left: place as u32 % width, top: place as u32 / width, width: 1, height: 1 };
        places.map(one).reduce(Self::union)
    }

    pub(crate) fn longest(self) -> u32 {
        self.width.max(self.height)
    }

    fn union(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// Whether there are at most `gap` pixels between two, or they overlap.
    fn is_near(self, other: Self, gap: u32) -> bool {
        let apart = |start: u32, size: u32, other_start: u32, other_size: u32| {
            start > other_start + other_size + gap || other_start > start + size + gap
        };
        !apart(self.left, self.width, other.left, other.width) && !apart(self.top, self.height, other.top, other.height)
    }
}
