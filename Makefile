# `make test` and `make demo` need Node (>= 20.19), npm and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help test

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

test: node_modules ## Runs every test
	npm test
