#!/usr/bin/env bash
# Draws every icon from the two SVG files in icons/. Run it after changing one of them.
#
# herold-small.svg is the same mark on a 16 px grid; it serves the sizes at which the
# curves of herold.svg would blur.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" icons
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT/icons"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# draw SIZE: writes $work/SIZE.png
draw() {
  local size=$1 source=herold.svg
  [ "$size" -gt 32 ] || source=herold-small.svg
  rsvg-convert --width "$size" --height "$size" --output "$work/$size.png" "$source"
}

for size in 16 24 32 48 64 128 256 512 1024; do draw "$size"; done

for size in 16 32 64 128 256 512; do cp "$work/$size.png" "${size}x$size.png"; done
cp "$work/256.png" 128x128@2x.png
cp "$work/1024.png" icon.png

icotool --create --output icon.ico \
  "$work"/{16,24,32,48,64,128}.png --raw "$work/256.png"
png2icns icon.icns "$work"/{16,32,48,128,256,512,1024}.png >/dev/null

ls -l -- *.png icon.ico icon.icns
