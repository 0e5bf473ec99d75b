// Draws a blurhash (blurha.sh) onto a small canvas. Written from the published algorithm.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

const number = (text: string): number => [...text].reduce((value, letter) => value * 83 + alphabet.indexOf(letter), 0);
const toLinear = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const toSrgb = (value: number): number => {
  const bounded = Math.min(1, Math.max(0, value));
  return Math.round((bounded <= 0.0031308 ? bounded * 12.92 : 1.055 * bounded ** (1 / 2.4) - 0.055) * 255);
};
const signedSquare = (value: number): number => Math.sign(value) * value ** 2;

/** Pixels as RGBA, or `null` where the text is no blurhash. */
export function decodeBlurhash(hash: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> | null {
  if (hash.length < 6 || [...hash].some((letter) => !alphabet.includes(letter))) return null;
  const flag = number(hash[0]!);
  const across = (flag % 9) + 1;
  const down = Math.floor(flag / 9) + 1;
  if (hash.length !== 4 + 2 * across * down) return null;

  const strongest = (number(hash[1]!) + 1) / 166;
  const colours = Array.from({ length: across * down }, (_, index) => {
    if (index === 0) {
      const value = number(hash.slice(2, 6));
      return [toLinear(value >> 16), toLinear((value >> 8) & 255), toLinear(value & 255)] as const;
    }
    const value = number(hash.slice(4 + index * 2, 6 + index * 2));
    const part = (step: number) => signedSquare((step - 9) / 9) * strongest;
    return [part(Math.floor(value / 361)), part(Math.floor(value / 19) % 19), part(value % 19)] as const;
  });

  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < down; j += 1) {
        for (let i = 0; i < across; i += 1) {
          const weight = Math.cos((Math.PI * x * i) / width) * Math.cos((Math.PI * y * j) / height);
          const colour = colours[j * across + i]!;
          red += colour[0] * weight;
          green += colour[1] * weight;
          blue += colour[2] * weight;
        }
      }
      pixels.set([toSrgb(red), toSrgb(green), toSrgb(blue), 255], (y * width + x) * 4);
    }
  }
  return pixels;
}

export function drawBlurhash(canvas: HTMLCanvasElement, hash: string): void {
  const pixels = decodeBlurhash(hash, canvas.width, canvas.height);
  if (pixels) canvas.getContext('2d')?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
}
