//! A still map around a place, put together from the tiles of the map server that policy names.
//!
//! Without one, nobody is asked. The map server learns which places are looked at, and from which address of the network;
//! never who looks, or who sent them. Tiles are those of nearly all map servers: 256 pixels wide, in the projection of
//! EPSG 3857, numbered from the north west.

use std::time::Duration;

use herold_protocol::ErrorKind;
use matrix_sdk::{HttpError, reqwest};
use tokio::sync::OnceCell;

use super::header;
use crate::{Error, Result, session::http};

/// Streets have names, and a quarter fits.
pub(super) const ZOOM: u32 = 16;
const TILE: i64 = 256;
/// As a card shows it, in pixels.
const SIZE: (i64, i64) = (416, 208);
/// Where the projection ends.
const NORTHERNMOST: f64 = 85.051_128_78;
/// A tile has some 30 KB.
const LARGEST_TILE: usize = 1024 * 1024;
const LONGEST_REQUEST: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(super) x: i64,
    pub(super) y: i64,
    /// Pixels from the place to the upper left corner.
    pub(super) left: i64,
    pub(super) top: i64,
}

/// The tiles that a card around a place shows.
#[allow(clippy::cast_possible_truncation)] // Pixels of the whole world are fewer than 2^25.
pub(super) fn around((latitude, longitude): (f64, f64)) -> Vec<Tile> {
    let tiles = 1_i64 << ZOOM;
    let world = (tiles * TILE) as f64;
    let sine = latitude.clamp(-NORTHERNMOST, NORTHERNMOST).to_radians().sin();
    let x = ((longitude + 180.0) / 360.0 * world) as i64;
    let y =
        ((0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI)) * world) as i64;
    let covered = |centre: i64, size: i64| {
        (centre - size / 2).div_euclid(TILE)..=(centre + size / 2 - 1).div_euclid(TILE)
    };
    let rows = covered(y, SIZE.1).filter(|row| (0..tiles).contains(row));
    let columns = covered(x, SIZE.0);
    let tile = |column: i64, row: i64| Tile {
        x: column.rem_euclid(tiles),
        y: row,
        left: column * TILE - x,
        top: row * TILE - y,
    };
    rows.flat_map(|row| columns.clone().map(move |column| tile(column, row))).collect()
}

/// Latitude and longitude in degrees, of a geo URI (RFC 5870) that names a place on earth.
pub(super) fn coordinates(geo_uri: &str) -> Option<(f64, f64)> {
    let numbers = geo_uri.strip_prefix("geo:")?.split([';', '?']).next()?;
    let mut numbers = numbers.split(',').map(|number| number.parse::<f64>().ok());
    let (latitude, longitude) = (numbers.next()??, numbers.next()??);
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    on_earth.then_some((latitude, longitude))
}

/// Asks for a tile. The server that policy names is the only one: it cannot send elsewhere.
///
/// A client costs some milliseconds and is made once, with the first tile.
pub(super) async fn fetch(client: &OnceCell<reqwest::Client>, address: &str) -> Result<Vec<u8>> {
    let client = client.get_or_try_init(|| async {
        let client = http().redirect(reqwest::redirect::Policy::none()).timeout(LONGEST_REQUEST);
        client.build().map_err(HttpError::from)
    });
    let request = client.await?.get(address).send();
    let mut response = request.await.map_err(HttpError::from)?;
    if !response.status().is_success() {
        tracing::warn!(status = response.status().as_u16(), "the map server gave no tile");
        return Err(Error::new(ErrorKind::Unsupported));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(HttpError::from)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_TILE {
            return Err(Error::new(ErrorKind::TooLarge));
        }
    }
    // What is no picture is not kept.
    if header::drawn_as(&bytes).is_none() {
        return Err(Error::new(ErrorKind::Unsupported));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_earth_is_read_from_a_geo_uri() {
        assert_eq!(coordinates("geo:48.137,11.575"), Some((48.137, 11.575)));
        assert_eq!(coordinates("geo:-33.9,18.4,12;u=35?z=9"), Some((-33.9, 18.4)));
        for wrong in
            ["geo:", "geo:91,0", "geo:0,181", "geo:NaN,0", "geo:inf,0", "geo:1", "http:1,2"]
        {
            assert_eq!(coordinates(wrong), None, "{wrong}");
        }
    }

    /// The town hall of Munich, by the other formula of the OpenStreetMap wiki, "Slippy map tilenames".
    #[test]
    fn the_tiles_lie_around_the_place() {
        let tiles = around((48.137, 11.575));
        assert!(tiles.iter().any(|tile| (tile.x, tile.y) == (34_875, 22_743)), "{tiles:?}");
        let (width, height) = SIZE;
        for tile in &tiles {
            assert!(tile.left < width / 2 && tile.left + TILE > -width / 2, "{tile:?}");
            assert!(tile.top < height / 2 && tile.top + TILE > -height / 2, "{tile:?}");
        }
        let covered: i64 = tiles.iter().map(|_| TILE * TILE).sum();
        assert!(covered >= width * height && tiles.len() <= 6);
    }

    #[test]
    fn the_world_ends_at_the_poles_and_goes_on_at_the_date_line() {
        let tiles = 1_i64 << ZOOM;
        for place in [(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0)] {
            let around = around(place);
            assert!(!around.is_empty());
            assert!(
                around
                    .iter()
                    .all(|tile| (0..tiles).contains(&tile.x) && (0..tiles).contains(&tile.y))
            );
        }
        let at_the_line = around((0.0, 179.999_9));
        assert!(
            at_the_line.iter().any(|tile| tile.x == 0)
                && at_the_line.iter().any(|tile| tile.x == tiles - 1)
        );
    }
}
