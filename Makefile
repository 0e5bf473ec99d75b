# Each target is a line that calls a script. The scripts can be called directly, too.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check look fuzz bench package check-platforms generate icons format clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Install what is missing: system packages, Rust, Node, Synapse, Chromium
	@scripts/bootstrap.sh test

run: ## Open Herold with a demo authority, or: make run HOMESERVER=https://... RELEASE=1
	@scripts/run.sh

test: ## Run every test, the real window's included, and look at every screen
	@scripts/test.sh

check: ## Format, lints, types, generated files, licences
	@scripts/check.sh

look: ## Take a picture of every screen, and let axe-core check each: make look ONLY=composer
	@scripts/look.sh $(ONLY)

fuzz: ## Let chance look for texts that break what reads them: make fuzz SECONDS=600
	@scripts/fuzz.sh $(SECONDS)

bench: ## Measure against an empty window, as a table and as JSON: make bench ROOMS=500 MESSAGES=20
	@scripts/bench.sh

package: ## Build the deb and the rpm into dist/
	@scripts/package.sh

check-platforms: ## Type-check for Windows, macOS, Android and iOS: make check-platforms PLATFORMS=windows
	@scripts/check-platforms.sh $(PLATFORMS)

generate: ## Write the files that are made from others
	@scripts/generate.sh

icons: ## Draw every icon from icons/*.svg
	@scripts/icons.sh

format: ## Format the Rust sources
	@scripts/format.sh

clean: ## Remove what was built in this checkout; the shared build cache stays
	rm -rf dist screenshots ui/dist ui/dist-fixture ui/src/paraglide src-tauri/gen/schemas
