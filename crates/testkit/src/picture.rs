//! Pictures made in code: avatars, and photographs of a sort.

/// A PNG and its size in pixels.
#[derive(Clone, Debug)]
pub struct Picture {
    pub png: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

type Colour = [u8; 3];

impl Picture {
    /// Asks `colour` for every pixel, from the top left.
    pub fn paint(width: u32, height: u32, colour: impl Fn(u32, u32) -> Colour) -> Self {
        let pixels: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| colour(x, y))
            .collect();
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("writing a PNG header into memory");
        writer.write_image_data(&pixels).expect("writing PNG pixels into memory");
        writer.finish().expect("finishing a PNG in memory");
        Self { png, width, height }
    }

    /// A simple sign in quiet colours; the same seed gives the same picture.
    pub fn avatar(seed: &str) -> Self {
        let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let ground = PALETTE[usize::try_from(hash % 8).unwrap_or(0)];
        let light = ground.map(|part| part + (255 - part) / 5 * 3);
        let shape = (hash >> 8) % 4;
        Self::paint(128, 128, |x, y| {
            let (dx, dy) = (x.abs_diff(64), y.abs_diff(64));
            let inside = match shape {
                0 => dx * dx + dy * dy < 38 * 38,
                1 => dx + dy < 48,
                2 => dx < 14 || dy < 14,
                _ => (x + y) % 48 < 20,
            };
            if inside { light } else { ground }
        })
    }

    /// A square with a fountain and lime trees, seen on a summer's day.
    pub fn market_square() -> Self {
        Self::paint(960, 640, |x, y| {
            let sky = 340;
            let tree =
                |cx: u32, cy: u32, r: u32| x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) < r * r;
            if tree(150, 300, 110) || tree(270, 330, 80) || tree(830, 300, 120) {
                return [72, 122 + shade(x, y, 24), 66];
            }
            if (140..164).contains(&x) && (380..500).contains(&y)
                || (820..844).contains(&x) && (390..510).contains(&y)
            {
                return [96, 72, 54];
            }
            let basin = x.abs_diff(500).pow(2) / 4 + y.abs_diff(520).pow(2);
            if basin < 45 * 45 {
                return [110, 168 + shade(x, y, 20), 204];
            }
            if basin < 52 * 52 {
                return [150, 146, 140];
            }
            if x.abs_diff(500) < 5 && (430..520).contains(&y) {
                return [226, 240, 250];
            }
            if (330..700).contains(&x) && (210..400).contains(&y) {
                let window = (x - 330) % 62 > 20
                    && (x - 330) % 62 < 44
                    && (y - 210) % 64 > 18
                    && (y - 210) % 64 < 50;
                return if window { [84, 98, 116] } else { [222, 196, 152] };
            }
            if y > 130 && y < 210 && x.abs_diff(515) < (y - 130) * 5 / 2 {
                return [158, 82, 64];
            }
            if y < sky {
                let fade = u8::try_from(y / 4).unwrap_or(u8::MAX);
                return [130 + fade, 180 + fade / 2, 226];
            }
            let stone = if (x / 24 + y / 16) % 2 == 0 { 10 } else { 0 };
            [190 + stone, 180 + stone, 164 + stone]
        })
    }
}

/// A little texture, without randomness.
fn shade(x: u32, y: u32, depth: u32) -> u8 {
    u8::try_from((x / 5 * 7 + y / 5 * 13) % depth).unwrap_or(0)
}

const PALETTE: [Colour; 8] = [
    [31, 95, 139],
    [46, 125, 91],
    [122, 74, 138],
    [176, 92, 52],
    [84, 96, 122],
    [158, 60, 82],
    [60, 122, 132],
    [128, 112, 48],
];
