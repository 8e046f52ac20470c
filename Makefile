# `make test` and `make demo` need Node (>= 20.19), npm and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help base-image build bundle cluster demo grant images test install-dependencies setup install uninstall \
  health-check deploy deploy-blue-green deploy-canary deploy-dry-run status history rollback \
  rollback-to-version promote pause resume abort drain monitor monitor-long logs metrics

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

help: ## Shows this list
	@grep -hE '^[a-z -]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z -]+):.*## (.*)/  \1\t\2/' | expand -t 36

build: node_modules ## Builds the stages and the embedded cluster into dist/
	npm run --silent build

cluster: build ## Runs the embedded cluster until Ctrl-C; CLUSTER_ARGS="--help" shows its options
	node dist/embedded-cluster/cluster.mjs --folder=out/cluster $(CLUSTER_ARGS)

demo: build ## Releases payment-service under load; SCENARIO=bad-release|slow-release|metrics-down|never-ready|migration|bad-migration|locked-migration|unsigned|signed|vulnerable|incompatible, STRATEGY=rolling|canary, ROUTER=istio|gateway-api, DEMO_ARGS="--help"
	node dist/demo/demo.mjs $(if $(SCENARIO),--scenario=$(SCENARIO)) $(if $(STRATEGY),--strategy=$(STRATEGY)) $(if $(ROUTER),--router=$(ROUTER)) $(DEMO_ARGS)

images: build ## Builds an image per stage; REGISTRY, TAG, BASE, PLATFORMS, PUSH=1: docs/images.md
	@node images/build.mjs

base-image: node_modules ## Makes a base for them from npm and Debian, where no registry can be reached
	@node images/base/build.mjs

test: node_modules ## Runs every test
	npm test

# What is said on the command line reaches the programs through the environment, never through a
# shell. CONTEXT=name or CLUSTER=embedded says which cluster; otherwise it is asked for.

install-dependencies: node_modules ## Installs what the commands below need, from npm
	@kubectl version --client >/dev/null || echo 'kubectl is needed, too'

setup: install health-check ## Installs into NAMESPACE=…, and looks whether all is there
install: ## Installs into NAMESPACE=…; REGISTRY=… TAG=… of the images, TRIGGERS=github PUSHES=file, CAPACITY=no, TOKENS=short-lived, DATABASE_PORTS=5432,6432
uninstall: ## Deletes from NAMESPACE=… what install has installed
grant: ## Prints what lets the stages work in NAMESPACE=… too; PIPELINE_NAMESPACE=… is where they are
install uninstall grant: node_modules
	@node scripts/cluster/install.mjs $@

health-check: node_modules ## Looks whether all is there that a release needs
	@node scripts/cluster/health.mjs

deploy: ## Releases SERVICE=… VERSION=… in NAMESPACE=…; DEPLOYMENT_STRATEGY=rolling|blue-green|…, CONCURRENCY=queue|supersede
deploy-blue-green: ## The same, blue-green
deploy-canary: ## The same, by canary
deploy-dry-run: ## Says what a release would do, and changes nothing
status: ## How the release of SERVICE=… stands
history: ## Its last releases
rollback: ## Goes back to the version before
rollback-to-version: ## Goes back to VERSION=…
promote pause resume abort drain: ## Steers the release that runs; BY=who, and for pause LIMIT=15m
deploy deploy-blue-green deploy-canary deploy-dry-run status history \
rollback rollback-to-version promote pause resume abort drain: node_modules
	@node scripts/cluster/release.mjs $@

monitor: ## Tells what changes about SERVICE=…, for MONITORING_DURATION=300 seconds
monitor-long: ## The same for an hour
logs: ## What the last release of SERVICE=… says, to its end
metrics: ## What the serving pods count: requests, errors
monitor monitor-long logs metrics: node_modules
	@node scripts/cluster/look.mjs $@

bundle: node_modules ## Lays out the Tasks and the Pipeline for catalogs and Artifact Hub in dist/bundle/
	@node scripts/bundle.mjs
