#!/usr/bin/env bash
# What the remaining make targets hand on, and what they refuse.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

fresh
for script in bootstrap build; do write_stub "$tree/scripts/$script.sh" "$script"; done
write_stub "$tree/scripts/desktop-session.sh" desktop-session
run ROOMS=7 "$tree/scripts/bench.sh" --many 0
it "the bench writes its figures as JSON" was_called "--rooms 7 --messages 20 --json $cache/logs/bench.json --many 0"
it "and says where" was_said "JSON is in $cache/logs/bench.json"
run "$tree/scripts/bench.sh" --json /elsewhere/bench.json
it "another place goes last, and so counts" was_called "--json $cache/logs/bench.json --json /elsewhere/bench.json"
it "and is not taken for the usual one" not was_said "JSON is in"
write_stub "$tree/scripts/desktop-session.sh" desktop-session 'exit 4'
run "$tree/scripts/bench.sh"
it "a bench that fails is not said to have written anything" [ "$code:$output" = 4: ]

stub cargo
run "$tree/scripts/format.sh"
it "formatting gets its Rust first" [ "$(grep -nE '^(bootstrap rust|cargo fmt)' "$calls" | cut -d: -f2 | tr '\n' ,)" = "bootstrap rust,cargo fmt --all," ]

stub npm
run "$tree/scripts/look.sh" composer
it "pictures of the interface are made of a fixture that is built for them" was_called "npm --prefix ui run --silent look -- composer"

# publiccode.yml
python="${HEROLD_CACHE:-$HOME/.cache/herold}/synapse-venv/bin/python"
publiccode() {
  sed -E "$1" "$repository/publiccode.yml" >"$tree/publiccode.yml"
  code=0
  output="$("$python" "$repository/scripts/check-publiccode.py" "$tree/publiccode.yml" 2>&1)" || code=$?
}
mkdir -p "$tree/icons"
cp "$repository/icons/herold.svg" "$tree/icons/"
publiccode ''
it "ours is accepted" [ "$code:$output" = 0: ]
refused=(
  '/^name:/d|name is missing'
  '/^url:/d|url is missing'
  's/^url:.*/url: herold.git/|url is no address: herold.git'
  's/^logo:.*/logo: icons\/gone.svg/|logo is no picture here'
  's/- linux/- amiga/|platforms may not hold'
  's/- it-security/- security/|categories may not hold'
  's/- defence/- war/|intendedAudience/scope may not hold'
  's/^developmentStatus:.*/developmentStatus: alpha/|developmentStatus may not be'
  's/^softwareType:.*/softwareType: desktop/|softwareType may not be'
  's/license: .*/license: EUPL/|legal/license may not be'
  's/type: internal/type: volunteers/|maintenance/type may not be'
  's/- name: Herold maintainers/- email: a@example.org/|maintenance/contacts holds something without a name'
  's/localisationReady: true/localisationReady: perhaps/|localisation/localisationReady is empty, or of the wrong type'
  's/^  fr:/  french:/|description/french is no language'
  "s/shortDescription: An.*/shortDescription: $(printf '%0151d' 0 | tr 0 x)/|description/en/shortDescription has 151 characters"
  '/^logo:/s/^/releaseDate: "27.11.2026"\n/|releaseDate is no date'
  's/^name:/monochromeLogo: icons\/herold.svg\nname:/|monochromeLogo is no key of the standard'
)
for change in "${refused[@]}"; do
  publiccode "${change%|*}"
  it "${change##*|} is said" was_said "${change##*|}"
  it "${change##*|} fails" failed
done

finish
