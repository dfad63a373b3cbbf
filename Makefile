# make demo   installs a ZenML server on a throw-away Kubernetes cluster
# make test   runs all tests, against real servers
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

MODULE  := github.com/zenml-installer/zenml-installer
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X $(MODULE)/internal/version.tag=$(VERSION)
GO      := CGO_ENABLED=0 go
CACHE   := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/zenml-installer
GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)

SYFT_VERSION := v1.57.1
SYFT := $(CACHE)/bin/syft-$(SYFT_VERSION)/syft
GORELEASER_VERSION := v2.15.1
GORELEASER := $(CACHE)/bin/goreleaser-$(GORELEASER_VERSION)

# The demo: ANSWERS=file.yaml runs it unattended, NODES=real|simulated|auto, SERVER=real|stand-in|auto is the ZenML
# server, DATABASE=mysql|mariadb|memory|none|auto, CHART=current|legacy the generation of the chart. ADDONS=https
# adds cert-manager, an ACME server and an ingress controller. PUBLISHED=1 takes the published chart and image where their
# registries answer.
ANSWERS   ?=
NODES     ?= auto
SERVER    ?= auto
DATABASE  ?= auto
CHART     ?= current
ADDONS    ?=
PUBLISHED ?=

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.PHONY: build
build: ## build bin/zenml-installer
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/zenml-installer .

.PHONY: packages
packages: ## install what the demo and the tests need (as root on Debian), or name it
	@sandbox/install-packages.sh

.PHONY: demo
demo: packages build ## install ZenML on a throw-away Kubernetes cluster
	@sandbox=$$(sandbox/build.sh $(if $(ADDONS),--addons $(ADDONS))) && exec $$sandbox demo --installer bin/zenml-installer --nodes "$(NODES)" --server "$(SERVER)" --database "$(DATABASE)" --chart "$(CHART)" $(if $(ADDONS),--addons "$(ADDONS)") $(if $(ANSWERS),--answers "$(ANSWERS)") $(if $(PUBLISHED),--published)

.PHONY: demo-down
demo-down: ## remove the demo's cluster
	@$$(sandbox/build.sh) down --name demo

.PHONY: test
test: packages ## unit and integration tests
	@.ci/test

.PHONY: test-scenarios
test-scenarios: packages ## install every sample with the real server, in about 15 minutes
	@.ci/test scenarios

.PHONY: kills
kills: packages ## kill runs at every write of an install, an upgrade and an uninstall
	ZENML_TEST_ALL_KILLS=1 go test ./cmd -count=1 -timeout 45m -v -run TestKilledRun

.PHONY: attack
attack: packages ## try to claim servers from a pod while they are installed, 20 times each way
	ZENML_TEST_ATTACKS=20 go test ./cmd -count=1 -timeout 60m -v -run TestNobodyClaimsServer

.PHONY: measure-install
measure-install: packages ## compare the time to an answering server with helm install --wait, five times each
	GOBIN=$(CACHE)/bin go install helm.sh/helm/v3/cmd/helm@$$(go list -m -f '{{.Version}}' helm.sh/helm/v3)
	ZENML_TEST_HELM=$(CACHE)/bin/helm go test ./cmd/scenarios -count=1 -timeout 30m -v -run TestMeasureInstall

.PHONY: measure-start
measure-start: build ## compare the start and generate with helm, 20 times each in turns
	CGO_ENABLED=0 GOBIN=$(CACHE)/bin/static go install -trimpath -ldflags '-s -w' helm.sh/helm/v3/cmd/helm@$$(go list -m -f '{{.Version}}' helm.sh/helm/v3)
	.ci/measure-start bin/zenml-installer $(CACHE)/bin/static/helm sandbox/charts/current

CYCLES ?= 200
.PHONY: soak
soak: packages ## install, upgrade and uninstall CYCLES times in one process
	ZENML_TEST_SOAK_CYCLES=$(CYCLES) go test ./cmd -count=1 -timeout 4h -v -run TestSoak

.PHONY: lint
lint: $(GOLANGCI) ## golangci-lint, on all modules
	$(GOLANGCI) run ./...
	cd sandbox && $(GOLANGCI) run ./...
	cd sandbox/addons/https && $(GOLANGCI) run ./...
	cd sandbox/addons/https/certmanager && $(GOLANGCI) run ./...

$(GOLANGCI):
	@echo "building golangci-lint $(GOLANGCI_VERSION) once, which takes about 3 minutes" >&2
	@mkdir -p $(@D) && tmp=$$(mktemp -d) && \
	  GOBIN=$$tmp GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION) && \
	  mv $$tmp/golangci-lint $@ && rmdir $$tmp

PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
.PHONY: compile-all
compile-all: ## compile for PLATFORMS, by default every released one
	@for target in $(PLATFORMS); do \
	  echo "compile $$target"; \
	  GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -trimpath -o /dev/null . ; \
	done

.PHONY: snapshot
snapshot: packages $(GORELEASER) $(SYFT) ## build and verify every artifact of a release, without publishing
	@PATH=$(dir $(SYFT)):$$PATH .ci/snapshot $(GORELEASER) --snapshot

.PHONY: artifacts
artifacts: packages $(GORELEASER) $(SYFT) ## the same for a tag: the workflow of the release publishes its dist/
	@PATH=$(dir $(SYFT)):$$PATH .ci/snapshot $(GORELEASER)

$(SYFT):
	@echo "building syft $(SYFT_VERSION) once, which takes about 5 minutes" >&2
	@GOBIN=$(@D) GOFLAGS= $(GO) install -ldflags '-s -w -X main.version=$(SYFT_VERSION)' github.com/anchore/syft/cmd/syft@$(SYFT_VERSION)

$(GORELEASER):
	@echo "building goreleaser $(GORELEASER_VERSION) once, which takes about 5 minutes" >&2
	@mkdir -p $(@D) && tmp=$$(mktemp -d) && \
	  GOBIN=$$tmp GOFLAGS= go install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION) && \
	  mv $$tmp/goreleaser $@ && rmdir $$tmp

.PHONY: site
site: ## build the documentation as a site in site/
	@.ci/site

.PHONY: pictures
pictures: packages ## take the pictures of the docs from a guided install of the real server
	@mkdir -p docs/pictures
	@sandbox=$$(sandbox/build.sh) && record=$$(mktemp) && trap "$$sandbox down --name pictures; rm -f $$record" EXIT && \
	  $$sandbox up --name pictures >/dev/null && $$sandbox status --name pictures -o json >$$record && \
	  ZENML_TEST_SANDBOX_JSON=$$record ZENML_TEST_PICTURES=$(CURDIR)/docs/pictures go test ./cmd -count=1 -run TestGuidedInstall

.PHONY: bench
bench: build ## benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
