import { describe, expect, test } from 'vitest';

import { decodeBlurhash } from './blurhash';
import { pictureSize } from './picture-size';

describe('the place of a picture', () => {
  test('keeps its shape within the limits', () => {
    expect(pictureSize(800, 600)).toEqual({ width: 352, height: 264 });
    expect(pictureSize(600, 1200)).toEqual({ width: 160, height: 320 });
  });

  test('small pictures are not blown up', () => {
    expect(pictureSize(100, 80)).toEqual({ width: 100, height: 80 });
  });

  test('is there also when nothing is known, or nonsense is claimed', () => {
    expect(pictureSize(null, null)).toEqual({ width: 240, height: 180 });
    expect(pictureSize(0, 500)).toEqual({ width: 240, height: 180 });
    expect(pictureSize(16_384, 1).height).toBeGreaterThan(40);
  });
});

describe('blurhash', () => {
  test('decodes the published example to its average colour', () => {
    const pixels = decodeBlurhash('LEHV6nWB2yk8pyo0adR*.7kCMdnj', 32, 32)!;
    const mean = (channel: number) => pixels.reduce((sum, value, index) => (index % 4 === channel ? sum + value : sum), 0) / (32 * 32);
    // The average that the hash itself states: "HV6n" is #898081 in base 83.
    expect(mean(0)).toBeGreaterThan(110);
    expect(mean(0)).toBeLessThan(165);
    expect(Math.abs(mean(0) - mean(2))).toBeLessThan(45);
    expect(pixels[3]).toBe(255);
  });

  test('one flat colour is exactly that colour', () => {
    // Red as a single component: size flag 0, no maximum, #FF0000 = 16711680 in base 83.
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';
    const red = [3, 2, 1, 0].map((place) => digits[Math.floor(16_711_680 / 83 ** place) % 83]).join('');
    expect([...decodeBlurhash(`00${red}`, 1, 1)!]).toEqual([255, 0, 0, 255]);
  });

  test('what is no blurhash draws nothing', () => {
    expect(decodeBlurhash('', 4, 4)).toBeNull();
    expect(decodeBlurhash('LEHV6', 4, 4)).toBeNull();
    expect(decodeBlurhash('LEHV6nWB2yk8pyo0adR*.7kCMdn', 4, 4)).toBeNull();
    expect(decodeBlurhash('äöü"§!?&%', 4, 4)).toBeNull();
  });
});
