# `make test` and `make demo` need Node (>= 20.19), npm and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help build cluster demo test

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

build: node_modules ## Builds the stages and the embedded cluster into dist/
	npm run --silent build

cluster: build ## Runs the embedded cluster until Ctrl-C; CLUSTER_ARGS="--help" shows its options
	node dist/local/cluster.mjs $(CLUSTER_ARGS)

demo: build ## Releases payment-service under load; SCENARIO=bad-release|never-ready, STRATEGY=rolling, DEMO_ARGS="--help"
	node dist/local/demo.mjs $(if $(SCENARIO),--scenario=$(SCENARIO)) $(if $(STRATEGY),--strategy=$(STRATEGY)) $(DEMO_ARGS)

test: node_modules ## Runs every test
	npm test
